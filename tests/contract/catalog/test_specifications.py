"""/v3/apis/{apiId}/specifications over HTTP: the deprecated paths of versions."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from tests.client import Client

SPEC = json.dumps({"openapi": "3.0.3", "info": {"title": "Flights", "version": "1.4.2"}, "paths": {}})
NAMELESS = json.dumps({"openapi": "3.0.3", "info": {"title": "Flights"}, "paths": {}})
ASYNCAPI = "asyncapi: 2.6.0\ninfo: {title: Lights, version: '7'}\nchannels: {}\n"


@pytest.fixture
def api(admin: Client) -> str:
    """The path of an API without versions."""
    made = admin.made("/v3/apis", {"name": f"api {uuid.uuid4()}"})
    return f"/v3/apis/{made['id']}"


def test_a_specification_is_the_version_of_the_same_id(admin: Client, api: str) -> None:
    made = admin.made(f"{api}/specifications", {"content": SPEC, "type": "oas3"})
    assert made == {
        "id": made["id"],
        "content": SPEC,
        "type": "oas3",
        "validation_messages": [],
        "created_at": made["created_at"],
        "updated_at": made["updated_at"],
    }
    assert admin.get(f"{api}/specifications/{made['id']}").json() == made
    version = admin.get(f"{api}/versions/{made['id']}").json()
    assert (version["version"], version["spec"]["content"]) == ("1.4.2", SPEC)
    shown = admin.get(api).json()
    assert shown["api_spec_ids"] == [made["id"]]
    assert shown["current_version_summary"]["id"] == made["id"]


def test_a_second_one_is_refused(admin: Client, api: str) -> None:
    admin.made(f"{api}/specifications", {"content": SPEC})
    reply = admin.post(f"{api}/specifications", {"content": ASYNCAPI})
    assert reply.status == 409
    assert "already exists" in reply.json()["detail"]
    assert admin.post(f"{api}/specifications", {"content": ""}).fields() == {"content": "min_length"}


def test_it_is_kept_as_the_version_that_the_api_names(admin: Client, api: str) -> None:
    admin.patch(api, {"version": "v1"})
    made = admin.made(f"{api}/specifications", {"content": NAMELESS})
    shown = admin.get(api).json()
    assert (shown["version"], shown["current_version_summary"]["id"]) == ("v1", made["id"])


def test_it_fills_a_current_version_that_has_none(admin: Client, api: str) -> None:
    version = admin.made(f"{api}/versions", {"version": "v1", "spec": {}})
    assert admin.get(f"{api}/specifications").json()["data"] == []
    assert admin.get(f"{api}/specifications/{version['id']}").status == 404
    key = {"Idempotency-Key": str(uuid.uuid4())}
    made = admin.made(f"{api}/specifications", {"content": SPEC}, headers=key)
    assert made["id"] == version["id"]
    assert admin.made(f"{api}/specifications", {"content": SPEC}, headers=key) == made


def test_without_any_name_it_is_refused(admin: Client, api: str) -> None:
    reply = admin.post(f"{api}/specifications", {"content": NAMELESS})
    assert reply.fields() == {"version": "missing_reference"}


def test_what_is_no_specification_is_refused(admin: Client, api: str) -> None:
    assert admin.post(f"{api}/specifications", {}).fields() == {"content": "required"}
    assert admin.post(f"{api}/specifications", {"content": "{"}).fields() == {"content": "invalid"}
    assert admin.post(f"{api}/specifications", {"content": SPEC, "type": "raml"}).fields() == {"type": "enum"}
    assert admin.post(f"/v3/apis/{uuid.uuid4()}/specifications", {"content": "{"}).status == 404


def test_what_the_content_says_of_its_type_counts(admin: Client, api: str) -> None:
    assert admin.made(f"{api}/specifications", {"content": ASYNCAPI, "type": "oas3"})["type"] == "asyncapi"


def test_a_new_content_is_the_versions_too(admin: Client, api: str) -> None:
    made = admin.made(f"{api}/specifications", {"content": SPEC})
    path = f"{api}/specifications/{made['id']}"
    tag = admin.get(path).headers["etag"]
    changed = admin.patch(path, {"content": ASYNCAPI}, headers={"If-Match": tag}).json()
    assert (changed["content"], changed["type"]) == (ASYNCAPI, "asyncapi")
    (message,) = changed["validation_messages"]
    assert message["message"].startswith("/info/version: is '7'")
    version = admin.get(f"{api}/versions/{made['id']}").json()
    assert (version["version"], version["spec"]["content"]) == ("1.4.2", ASYNCAPI)
    assert admin.patch(path, {"content": SPEC}, headers={"If-Match": tag}).status == 409
    assert admin.patch(path, {"content": ""}).fields() == {"content": "min_length"}
    assert admin.patch(path, {}).json()["content"] == ASYNCAPI


def test_deleting_it_deletes_the_version(admin: Client, api: str) -> None:
    made = admin.made(f"{api}/specifications", {"content": SPEC})
    assert admin.delete(f"{api}/specifications/{made['id']}").status == 204
    assert admin.get(f"{api}/specifications/{made['id']}").status == 404
    assert admin.get(f"{api}/versions/{made['id']}").status == 404
    assert admin.delete(f"{api}/specifications/{made['id']}").status == 404
    assert admin.get(api).json()["api_spec_ids"] == []
    assert admin.post(f"{api}/specifications", {"content": SPEC}).status == 201


def test_the_list_holds_what_the_apis_spec_ids_name(admin: Client, api: str) -> None:
    for text in (SPEC, ASYNCAPI):
        admin.made(f"{api}/versions", {"spec": {"content": text}})
    found = admin.get(f"{api}/specifications").json()
    assert found["meta"]["page"] == {"number": 1, "size": 10, "total": 2}
    assert [one["type"] for one in found["data"]] == ["asyncapi", "oas3"]
    assert {one["id"] for one in found["data"]} == set(admin.get(api).json()["api_spec_ids"])
    assert set(found["data"][0]) == {"id", "type", "created_at", "updated_at"}
    only = admin.get(f"{api}/specifications", query={"filter[type]": "oas3", "page[size]": 1}).json()
    assert [one["type"] for one in only["data"]] == ["oas3"]
    assert only["meta"]["page"]["total"] == 1
    assert admin.get(f"/v3/apis/{uuid.uuid4()}/specifications").status == 404


def test_roles_and_trips(admin: Client, as_role: Callable[[str], Client], api: str, trips: Any) -> None:
    made = admin.made(f"{api}/specifications", {"content": SPEC})
    path = f"{api}/specifications/{made['id']}"
    assert as_role("viewer").get(path).status == 200
    assert as_role("viewer").delete(path).status == 403
    assert as_role("content_editor").post(f"{api}/specifications", {"content": SPEC}).status == 403
    assert trips(lambda: admin.get(path)) <= 3
    assert trips(lambda: admin.get(f"{api}/specifications")) <= 3
