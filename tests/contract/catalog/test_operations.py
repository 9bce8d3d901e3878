"""/v3/apis/{apiId}/operations over HTTP, and the guard over operations that access control enforces."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.catalog.operations.guard import ENFORCED
from chalicelib.storage.transaction import Transaction
from tests.client import Client
from tests.contract.catalog.making import load_api


def spec(version: str, *operations: str, **members: Any) -> str:
    """A specification with operations given as `get /path`."""
    paths: dict[str, Any] = {}
    for one in operations:
        method, path = one.split()
        paths.setdefault(path, {})[method] = {"responses": {"200": {"description": "OK"}}}
    info = {"title": "Flights", "version": version}
    return json.dumps({"openapi": "3.1.0", "info": info, "paths": paths, **members})


def enforce(path: str) -> None:
    """Let access control enforce an API's operations, as linking it will."""
    api = load_api(path.rpartition("/")[2])
    api.implementation_mode = ENFORCED
    with Transaction() as tx:
        tx.update(api)


@pytest.fixture
def enforced(admin: Client) -> Callable[..., str]:
    """Makes an API whose operations are enforced; returns its path."""

    def make(text: str) -> str:
        made = admin.made("/v3/apis", {"name": f"api {uuid.uuid4()}", "spec_content": text})
        enforce(f"/v3/apis/{made['id']}")
        return f"/v3/apis/{made['id']}"

    return make


def listed(admin: Client, api: str, **query: Any) -> list[tuple[str, str]]:
    found = admin.get(f"{api}/operations", query=query).json()
    return [(one["method"], one["path"]) for one in found["data"]]


def current(admin: Client, api: str) -> str:
    return f"{api}/versions/{admin.get(api).json()['current_version_summary']['id']}"


def test_operations_exist_only_where_they_are_enforced(admin: Client) -> None:
    made = admin.made("/v3/apis", {"name": str(uuid.uuid4()), "spec_content": spec("1", "get /a")})
    path = f"/v3/apis/{made['id']}"
    assert admin.get(f"{path}/operations").status == 404
    enforce(path)
    (one,) = admin.get(f"{path}/operations").json()["data"]
    assert one == {"id": one["id"], "method": "GET", "path": "/a"}
    assert admin.get(f"{path}/operations/{one['id']}").json() == one
    assert admin.get(f"{path}/operations/{uuid.uuid4()}").status == 404
    assert admin.get(f"/v3/apis/{uuid.uuid4()}/operations").status == 404
    assert admin.get(f"{path}").json()["implementation_mode"] == ENFORCED


def test_paths_collapse_and_what_is_the_same_then_merges(admin: Client, enforced: Callable[..., str]) -> None:
    api = enforced(
        spec(
            "1",
            *("get /users/{id}", "get /users/{uid}/", "delete /users/{id}", "get /users", "get /"),
            *("get /files/{name}.{format}", "post /users/"),
            webhooks={"gone": {"post": {"responses": {"200": {"description": "OK"}}}}},
        )
    )
    assert listed(admin, api) == [
        ("GET", "/users/*"),
        ("DELETE", "/users/*"),
        ("GET", "/users"),
        ("GET", "/"),
        ("GET", "/files/*.*"),
        ("POST", "/users"),
    ]


def test_lists_filter_and_count(admin: Client, enforced: Callable[..., str]) -> None:
    api = enforced(spec("1", "get /a", "post /a", "get /b/{id}"))
    assert listed(admin, api, **{"filter[method]": "GET"}) == [("GET", "/a"), ("GET", "/b/*")]
    assert listed(admin, api, **{"filter[path][contains]": "B/"}) == [("GET", "/b/*")]
    assert listed(admin, api, **{"filter[method][oeq]": "POST,PUT", "filter[path]": "/a"}) == [("POST", "/a")]
    page = admin.get(f"{api}/operations", query={"page[size]": 2, "page[number]": 2}).json()
    assert len(page["data"]) == 1
    assert page["meta"]["page"] == {"number": 2, "size": 2, "total": 3}
    assert admin.get(f"{api}/operations", query={"filter[id]": "x"}).fields() == {
        "filter[id]": "unknown_property"
    }


def test_operations_are_those_of_the_current_version_and_keep_their_ids(
    admin: Client, enforced: Callable[..., str]
) -> None:
    api = enforced(spec("1", "get /a"))
    (before,) = admin.get(f"{api}/operations").json()["data"]
    admin.made(f"{api}/versions", {"spec": {"content": spec("2", "get /a", "get /b")}})
    assert listed(admin, api) == [("GET", "/a")]
    assert admin.patch(api, {"version": "2"}).status == 200
    assert listed(admin, api) == [("GET", "/a"), ("GET", "/b")]
    assert admin.get(f"{api}/operations/{before['id']}").json() == before
    admin.patch(f"{api}?force", {"version": None})
    assert listed(admin, api) == []


def test_asyncapi_has_no_operations_of_this_kind(admin: Client, enforced: Callable[..., str]) -> None:
    api = enforced("asyncapi: 2.6.0\ninfo: {title: a, version: '1'}\nchannels: {a: {publish: {}}}\n")
    assert listed(admin, api) == []


def test_a_content_that_drops_an_enforced_operation_is_refused(
    admin: Client, enforced: Callable[..., str]
) -> None:
    api = enforced(spec("1", "get /a", "get /b/{id}"))
    path = current(admin, api)
    more = {"spec": {"content": spec("1", "get /a", "get /b/{other}/", "get /c")}}
    assert admin.patch(path, more).status == 200
    less = {"spec": {"content": spec("1", "get /a")}}
    reply = admin.patch(path, less)
    assert reply.status == 409
    assert "Operations are not allowed to be removed" in reply.json()["detail"]
    assert admin.patch(f"{path}?force=false", less).status == 409
    spec_path = path.replace("/versions/", "/specifications/")
    assert admin.patch(spec_path, less["spec"]).status == 409
    assert len(listed(admin, api)) == 3
    assert admin.patch(f"{path}?force", less).status == 200
    assert listed(admin, api) == [("GET", "/a")]
    assert admin.patch(f"{path}?force=perhaps", less).fields() == {"force": "enum"}


def test_a_switch_that_drops_an_enforced_operation_is_refused(
    admin: Client, enforced: Callable[..., str]
) -> None:
    api = enforced(spec("1", "get /a", "get /b"))
    admin.made(f"{api}/versions", {"spec": {"content": spec("2", "get /a")}})
    for version in ("2", "nowhere", None):
        assert admin.patch(api, {"version": version}).status == 409
    assert admin.patch(current(admin, api), {"version": "0"}).status == 409
    assert admin.get(api).json()["version"] == "1"
    assert admin.patch(api, {"description": "x"}).status == 200
    assert admin.patch(f"{api}?force=true", {"version": "2"}).status == 200
    assert listed(admin, api) == [("GET", "/a")]


def test_nothing_is_guarded_where_nothing_is_enforced(admin: Client) -> None:
    made = admin.made("/v3/apis", {"name": str(uuid.uuid4()), "spec_content": spec("1", "get /a")})
    path = f"/v3/apis/{made['id']}"
    assert admin.patch(current(admin, path), {"spec": {"content": spec("1")}}).status == 200
    assert admin.patch(path, {"version": None}).status == 200


def test_another_version_may_drop_what_it_likes(admin: Client, enforced: Callable[..., str]) -> None:
    api = enforced(spec("1", "get /a"))
    other = admin.made(f"{api}/versions", {"spec": {"content": spec("2", "get /b")}})
    assert admin.patch(f"{api}/versions/{other['id']}", {"spec": {"content": spec("2")}}).status == 200


def test_roles_and_trips(
    admin: Client, as_role: Callable[[str], Client], enforced: Callable[..., str], trips: Any
) -> None:
    api = enforced(spec("1", "get /a"))
    assert as_role("viewer").get(f"{api}/operations").status == 200
    assert trips(lambda: admin.get(f"{api}/operations")) <= 3
