"""/v3/apis/{apiId}/versions and /v3/apis/validate-specification over HTTP."""

from __future__ import annotations

import gzip
import json
import random
import urllib.request
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from chalicelib.catalog import specification
from chalicelib.catalog.records import Operations, Version
from chalicelib.catalog.versions import current
from chalicelib.storage import keys, table
from tests.client import Client
from tests.conftest import SHARED
from tests.contract.catalog.making import load_api
from tests.contract.catalog.test_apis import at_once

SPECS = SHARED / "specs"
AWKWARD = sorted((SPECS / "awkward").glob("*.yaml")) + sorted((SPECS / "awkward").glob("*.json"))
REAL = sorted(SPECS.glob("*.y*ml"))
REFUSED = "alias-bomb.yaml"
UNCLEAN = "external-refs.yaml"
needs_specs = pytest.mark.skipif(not SPECS.exists(), reason=f"the sample specifications are not at {SPECS}")

ASYNCAPI = "asyncapi: 3.0.0\r\ninfo:\r\n  title: Lights\r\n  version: '7'\r\nchannels: {}\r\n"


def spec(version: str | None = "1.0.0", **members: Any) -> str:
    info = {"title": "Flights", **({"version": version} if version else {})}
    return json.dumps({"openapi": "3.0.3", "info": info, "paths": {}, **members})


@pytest.fixture
def api(admin: Client) -> str:
    """The path of an API without versions."""
    made = admin.made("/v3/apis", {"name": f"api {uuid.uuid4()}"})
    return f"/v3/apis/{made['id']}"


def post(admin: Client, api: str, text: str, **members: Any) -> Any:
    return admin.made(f"{api}/versions", {"spec": {"content": text}, **members})


def stored(api: str, version_id: str) -> Version:
    found = table.get(Version, keys.Key(keys.api(api.rpartition("/")[2]), f"VER#{version_id}"))
    assert found is not None
    return found


def texts(version: Any) -> list[str]:
    return [one["message"] for one in version["spec"]["validation_messages"]]


def test_a_version_is_called_what_its_specification_states(admin: Client, api: str) -> None:
    text = spec("1.9.32")
    made = post(admin, api, text)
    assert made == {
        "id": made["id"],
        "version": "1.9.32",
        "spec": {"content": text, "type": "oas3", "validation_messages": []},
        "created_at": made["created_at"],
        "updated_at": made["updated_at"],
    }
    assert admin.get(f"{api}/versions/{made['id']}").json() == made


@pytest.mark.parametrize(
    ("text", "kind", "version"),
    [
        ("openapi: 3.1.0\ninfo: {title: a, version: 1.10.0}\npaths: {}\n", "oas3", "1.10.0"),
        ('{"swagger":"2.0","info":{"title":"a","version":"2"},"paths":{}}', "oas2", "2"),
        (
            "\ufeff# first\nasyncapi: 2.6.0\ninfo:\n  title: a\n  version: 2024-01-15\nchannels: {}\n",
            "asyncapi",
            "2024-01-15",
        ),
        (ASYNCAPI, "asyncapi", "7"),
    ],
)
def test_every_kind_is_kept_byte_for_byte(
    admin: Client, api: str, text: str, kind: str, version: str
) -> None:
    made = post(admin, api, text)
    assert (made["spec"]["type"], made["version"], texts(made)) == (kind, version, [])
    assert admin.get(f"{api}/versions/{made['id']}").json()["spec"]["content"] == text


def test_an_explicit_version_wins_and_the_difference_is_told(admin: Client, api: str) -> None:
    made = post(admin, api, spec("1.0.0"), version="v1")
    assert made["version"] == "v1"
    assert texts(made) == ["/info/version: is '1.0.0', while this version is called 'v1'"]
    renamed = admin.patch(f"{api}/versions/{made['id']}", {"version": "1.0.0"}).json()
    assert texts(renamed) == []
    assert texts(post(admin, api, spec("2"), version=None)) == []


def test_a_version_that_is_called_nothing_is_refused(admin: Client, api: str) -> None:
    bodies: list[dict[str, Any]] = [
        {"spec": {"content": spec(None)}},
        {"spec": {"content": spec("  ")}},
        {"spec": {}},
        {"spec": {"content": spec(None)}, "version": ""},
    ]
    for body in bodies:
        assert admin.post(f"{api}/versions", body).fields() == {"version": "missing_reference"}, body


def test_a_version_name_longer_than_an_apis_version_is_refused(admin: Client, api: str) -> None:
    assert post(admin, api, spec("1"), version="v" * 255)["version"] == "v" * 255
    for body in (
        {"spec": {"content": spec("v" * 256)}},
        {"spec": {"content": spec("1")}, "version": "v" * 256},
    ):
        assert admin.post(f"{api}/versions", body).fields() == {"version": "max_length"}


@pytest.mark.parametrize(
    ("text", "rule", "reason"),
    [
        ("", "min_length", "at least 1 character"),
        ("\n \n", "min_length", "at least 1 character"),
        ("openapi: 3.0.3\ninfo: [", "invalid", "line 2, column"),
        ('{"openapi": "3.0.3",\n "info": {]}', "invalid", "line 2, column"),
        ("- a\n", "invalid", "not an object"),
        ("title: something else\n", "invalid", "Not a known kind"),
        ("openapi: 4.0.0\n", "invalid", "OpenAPI 4.0.0 is not supported"),
    ],
)
def test_what_is_no_specification_is_refused_with_the_place(
    admin: Client, api: str, text: str, rule: str, reason: str
) -> None:
    for path, field, body in (
        (f"{api}/versions", "spec.content", {"version": "1", "spec": {"content": text}}),
        ("/v3/apis/validate-specification", "content", {"content": text}),
    ):
        reply = admin.post(path, body)
        assert reply.fields() == {field: rule}
        assert reason in reply.json()["invalid_parameters"][0]["reason"]
    assert admin.get(f"{api}/versions").json()["meta"]["page"]["total"] == 0


def test_what_is_merely_wrong_is_accepted_and_told(admin: Client, api: str) -> None:
    text = spec(
        "1", paths={"/a": {"get": {"responses": {"200": {"$ref": "#/components/responses/Nowhere"}}}}}
    )
    made = post(admin, api, text)
    (message,) = texts(made)
    assert message.startswith("/paths/~1a/get/responses/200")
    assert texts(admin.get(f"{api}/versions/{made['id']}").json()) == [message]
    validated = admin.post("/v3/apis/validate-specification", {"content": text})
    assert validated.status == 201
    assert validated.json() == {"validation_messages": [{"message": message}]}


def test_validating_stores_nothing(admin: Client, as_role: Callable[[str], Client], trips: Any) -> None:
    before = admin.get("/v3/apis").json()["meta"]["page"]["total"]
    viewer = as_role("viewer")
    assert viewer.post("/v3/apis/validate-specification", {"content": spec()}).json() == {
        "validation_messages": []
    }
    assert trips(lambda: viewer.post("/v3/apis/validate-specification", {"content": spec()})) == 1
    assert admin.get("/v3/apis").json()["meta"]["page"]["total"] == before
    assert (
        viewer.post("/v3/apis/validate-specification", b"x", headers={"Content-Type": "text/yaml"}).status
        == 415
    )
    assert viewer.post("/v3/apis/validate-specification", {"type": "oas3"}).fields() == {
        "content": "required",
        "type": "unknown_property",
    }


def test_the_same_version_twice_is_refused(admin: Client, api: str) -> None:
    post(admin, api, spec("1"))
    other = post(admin, api, spec("2"))
    reply = admin.post(f"{api}/versions", {"spec": {"content": spec("1")}})
    assert reply.status == 409
    assert "already exists" in reply.json()["detail"]
    assert admin.patch(f"{api}/versions/{other['id']}", {"version": "1"}).status == 409
    assert admin.get(f"{api}/versions").json()["meta"]["page"]["total"] == 2


def test_of_many_at_once_with_one_name_exactly_one_wins(admin: Client, api: str) -> None:
    body = {"spec": {"content": spec("1.0.0")}}
    replies = at_once(*[lambda: admin.post(f"{api}/versions", body)] * 8)
    assert sorted(reply.status for reply in replies) == [201] + [409] * 7
    assert admin.get(f"{api}/versions").json()["meta"]["page"]["total"] == 1
    assert len(admin.get(api).json()["api_spec_ids"]) == 1


def test_many_at_once_with_names_of_their_own_all_get_through(admin: Client, api: str) -> None:
    texts = [spec(f"{major}.0.0") for major in range(8)]
    replies = at_once(
        *[lambda text=text: admin.post(f"{api}/versions", {"spec": {"content": text}}) for text in texts]
    )
    assert {reply.status for reply in replies} == {201}
    listed = {one["id"] for one in admin.get(f"{api}/versions").json()["data"]}
    shown = admin.get(api).json()
    assert listed == {reply.json()["id"] for reply in replies} == set(shown["api_spec_ids"])
    assert shown["current_version_summary"]["version"] == shown["version"]


def test_the_first_version_of_an_unversioned_api_becomes_current(admin: Client, api: str) -> None:
    first = post(admin, api, spec("1"))
    second = post(admin, api, spec("2"))
    shown = admin.get(api).json()
    assert shown["version"] == "1"
    assert shown["current_version_summary"] == {
        "id": first["id"],
        "version": "1",
        "spec": {"type": "oas3"},
        "created_at": first["created_at"],
        "updated_at": first["updated_at"],
    }
    assert shown["api_spec_ids"] == [first["id"], second["id"]]


def test_a_version_that_would_make_two_apis_the_same_does_not_become_current(admin: Client, api: str) -> None:
    name = admin.get(api).json()["name"]
    admin.made("/v3/apis", {"name": name, "version": "1"})
    made = post(admin, api, spec("1"))
    shown = admin.get(api).json()
    assert (shown["version"], shown["current_version_summary"]) == (None, None)
    assert shown["api_spec_ids"] == [made["id"]]


def test_a_version_of_the_apis_own_name_becomes_current_and_no_other(admin: Client, api: str) -> None:
    admin.patch(api, {"version": "2"})
    post(admin, api, spec("1"))
    assert admin.get(api).json()["current_version_summary"] is None
    second = post(admin, api, spec("2"))
    assert admin.get(api).json()["current_version_summary"]["id"] == second["id"]


def test_renaming_decides_anew_which_version_is_current(admin: Client, api: str) -> None:
    first, second = post(admin, api, spec("1")), post(admin, api, spec("2"))
    admin.patch(f"{api}/versions/{first['id']}", {"version": "0"})
    shown = admin.get(api).json()
    assert (shown["version"], shown["current_version_summary"]) == ("1", None)
    changed = admin.patch(f"{api}/versions/{second['id']}", {"version": "1"}).json()
    summary = admin.get(api).json()["current_version_summary"]
    assert (summary["id"], summary["updated_at"]) == (second["id"], changed["updated_at"])


def test_a_version_that_becomes_current_while_it_is_changed_is_shown_as_it_became(
    admin: Client, api: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    post(admin, api, spec("1"))
    second = post(admin, api, spec("2"))
    check = specification.check

    def switch_first(document: specification.Document) -> list[specification.Message]:
        monkeypatch.setattr(specification, "check", check)
        assert admin.patch(api, {"version": "2"}).status == 200
        return check(document)

    monkeypatch.setattr(specification, "check", switch_first)
    body = {"spec": {"content": spec("2", tags=[{"name": "a"}])}}
    changed = admin.patch(f"{api}/versions/{second['id']}", body).json()
    summary = admin.get(api).json()["current_version_summary"]
    assert (summary["id"], summary["updated_at"]) == (second["id"], changed["updated_at"])


def test_a_version_that_changes_while_it_becomes_current_is_shown_as_it_became(
    admin: Client, api: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    post(admin, api, spec("1"))
    second = post(admin, api, spec("2"))
    path = f"{api}/versions/{second['id']}"
    named = current.named

    def change_after(api_id: str, name: str) -> Version | None:
        monkeypatch.setattr(current, "named", named)
        found = named(api_id, name)
        body = {"spec": {"content": spec("2", tags=[{"name": "a"}])}}
        assert admin.patch(path, body).status == 200
        return found

    monkeypatch.setattr(current, "named", change_after)
    summary = admin.patch(api, {"version": "2"}).json()["current_version_summary"]
    assert summary["updated_at"] == admin.get(path).json()["updated_at"] > second["updated_at"]


def test_a_version_without_specification_can_get_one_later(admin: Client, api: str) -> None:
    made = admin.made(f"{api}/versions", {"version": "1", "spec": {}})
    assert made["spec"] == {"validation_messages": []}
    shown = admin.get(api).json()
    assert shown["api_spec_ids"] == []
    assert shown["current_version_summary"]["spec"] == {}
    text = spec("1")
    changed = admin.patch(f"{api}/versions/{made['id']}", {"spec": {"content": text}}).json()
    assert changed["spec"] == {"content": text, "type": "oas3", "validation_messages": []}
    shown = admin.get(api).json()
    assert shown["api_spec_ids"] == [made["id"]]
    assert shown["current_version_summary"]["spec"] == {"type": "oas3"}


def test_patch_changes_what_is_sent_and_nothing_else(admin: Client, api: str) -> None:
    made = post(admin, api, spec("1", paths={"/a": {"get": {"responses": {}}}}))
    path = f"{api}/versions/{made['id']}"
    changed = admin.patch(path, {"spec": {"content": ASYNCAPI}, "version": None}).json()
    assert changed["version"] == "1"
    assert (changed["spec"]["content"], changed["spec"]["type"]) == (ASYNCAPI, "asyncapi")
    assert admin.get(api).json()["current_version_summary"]["spec"] == {"type": "asyncapi"}
    assert admin.get(path).json() == changed
    again = admin.patch(path, {"version": "7"}).json()
    assert (again["version"], again["spec"]["content"]) == ("7", ASYNCAPI)
    unchanged = admin.patch(path, {"spec": {}}).json()
    assert unchanged["spec"] == again["spec"]
    assert admin.patch(path, {"spec": {"content": ""}}).fields() == {"spec.content": "min_length"}
    assert admin.patch(path, {"spec": {"content": "{"}}).fields() == {"spec.content": "invalid"}
    assert admin.patch(path, {"spec": {"type": "oas3"}, "id": "x"}).fields() == {
        "spec.type": "unknown_property",
        "id": "unknown_property",
    }


def test_a_stale_writer_gets_409_and_changes_nothing(admin: Client, api: str) -> None:
    path = f"{api}/versions/{post(admin, api, spec('1'))['id']}"
    tag = admin.get(path).headers["etag"]
    assert admin.patch(path, {"version": "2"}, headers={"If-Match": tag}).status == 200
    assert admin.patch(path, {"version": "3"}, headers={"If-Match": tag}).status == 409
    assert admin.delete(path, headers={"If-Match": tag}).status == 409
    assert admin.get(path).json()["version"] == "2"


def test_a_retried_creation_makes_one(admin: Client, api: str) -> None:
    key = {"Idempotency-Key": str(uuid.uuid4())}
    first = admin.made(f"{api}/versions", {"spec": {"content": spec("1")}}, headers=key)
    assert admin.made(f"{api}/versions", {"spec": {"content": spec("1")}}, headers=key) == first


def test_a_deleted_version_is_gone_and_its_name_free(admin: Client, api: str) -> None:
    first, second = post(admin, api, spec("1")), post(admin, api, spec("2"))
    assert admin.delete(f"{api}/versions/{first['id']}").status == 204
    assert admin.get(f"{api}/versions/{first['id']}").status == 404
    assert admin.delete(f"{api}/versions/{first['id']}").status == 404
    shown = admin.get(api).json()
    assert (shown["version"], shown["current_version_summary"]) == ("1", None)
    assert shown["api_spec_ids"] == [second["id"]]
    pk = keys.api(api.rpartition("/")[2])
    assert [one.sk for one in table.query(Operations, pk, "OPS#")] == [f"OPS#{second['id']}"]
    again = post(admin, api, spec("1"))
    assert admin.get(api).json()["current_version_summary"]["id"] == again["id"]


def test_versions_of_another_api_are_not_found(admin: Client, api: str) -> None:
    other = admin.made("/v3/apis", {"name": str(uuid.uuid4()), "spec_content": spec("1")})
    version = other["current_version_summary"]["id"]
    assert admin.get(f"{api}/versions/{version}").status == 404
    assert admin.patch(f"{api}/versions/{version}", {"version": "2"}).status == 404
    assert admin.delete(f"{api}/versions/{version}").status == 404
    nowhere = f"/v3/apis/{uuid.uuid4()}/versions"
    assert admin.get(nowhere).status == 404
    assert admin.post(nowhere, {"spec": {"content": "{"}}).status == 404
    assert admin.post(nowhere, {"wrong": 1}).status == 404
    assert admin.get(f"{api}/versions/x").status == 404


def test_lists_filter_sort_and_count(admin: Client, api: str) -> None:
    made = [post(admin, api, text) for text in (spec("1"), ASYNCAPI, spec("10"))]

    def names(**query: Any) -> list[str]:
        return [one["version"] for one in admin.get(f"{api}/versions", query=query).json()["data"]]

    found = admin.get(f"{api}/versions").json()
    assert found["data"] == [
        {
            **{name: one[name] for name in ("id", "version", "created_at", "updated_at")},
            "spec": {"type": one["spec"]["type"]},
        }
        for one in reversed(made)
    ]
    assert found["meta"]["page"] == {"number": 1, "size": 10, "total": 3}
    assert names(sort="created_at") == ["1", "7", "10"]
    assert names(**{"filter[type]": "asyncapi"}) == ["7"]
    assert names(**{"filter[version][contains]": "1"}) == ["10", "1"]
    assert names(**{"filter[version]": "1"}) == ["1"]
    assert names(**{"page[size]": 2, "page[number]": 2}) == ["1"]
    assert admin.get(f"{api}/versions", query={"sort": "version"}).fields() == {"sort": "enum"}


def test_what_pages_show_is_kept_with_the_version(admin: Client, api: str) -> None:
    text = spec("1", servers=[{"url": "https://flights.example"}], tags=[{"name": "seats"}])
    made = post(admin, api, text)
    summary = stored(api, made["id"]).summary
    assert summary["title"] == "Flights"
    assert summary["servers"] == [{"url": "https://flights.example", "description": ""}]
    assert [tag["name"] for tag in summary["tags"]] == ["seats"]


def test_checks_come_in_order(admin: Client, as_role: Callable[[str], Client], api: str) -> None:
    nowhere, wrong = f"{api}/versions/{uuid.uuid4()}", {"version": 3}
    assert Client(admin.port, token="nobody").patch(nowhere, wrong).status == 401
    assert as_role("content_editor").patch(nowhere, wrong).status == 403
    assert admin.patch(nowhere, wrong).status == 404
    made = post(admin, api, spec("1"))
    assert admin.patch(f"{api}/versions/{made['id']}", wrong).status == 400
    assert as_role("viewer").get(f"{api}/versions/{made['id']}").status == 200


def test_reading_takes_few_trips(admin: Client, api: str, trips: Any) -> None:
    path = f"{api}/versions/{post(admin, api, spec('1'))['id']}"
    assert trips(lambda: admin.get(path)) <= 3
    assert trips(lambda: admin.get(f"{api}/versions")) <= 3


def large(size: int) -> str:
    """A specification of about so many bytes that gzip to a little more than half."""
    return spec("1", **{"x-filling": random.Random(1).randbytes(size // 2).hex()})


def test_a_large_specification_goes_through_an_upload(admin: Client, api: str) -> None:
    text = large(6_000_000)
    body = json.dumps({"spec": {"content": text}}).encode()
    upload = admin.made("/portico/v1/uploads", None)
    put = urllib.request.Request(upload["url"], gzip.compress(body, 1), method=upload["method"])
    with urllib.request.urlopen(put) as answer:
        assert answer.status == 200
    made = admin.made(f"{api}/versions", None, headers={"X-Portico-Upload": upload["id"]})
    assert made["spec"]["content"] == text
    path = f"{api}/versions/{made['id']}"
    plain = {"Accept-Encoding": "identity"}
    assert admin.get(path, headers=plain).status == 413
    reply = admin.patch(path, {"version": "2"}, headers=plain)
    assert reply.status == 413
    assert reply.json()["detail"].startswith("What was asked is done.")
    reply = admin.get(path, headers={**plain, "X-Portico-Answer": "presigned"})
    assert reply.status == 303
    with urllib.request.urlopen(reply.headers["location"]) as answer:
        assert json.load(answer)["spec"]["content"] == text


def test_a_specification_beyond_the_bounds_is_refused_with_the_way_to_send_large_ones(
    admin: Client, api: str
) -> None:
    packed = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    for text in (spec("1", **{"x-filling": "a" * 8 * 1024 * 1024}), large(8_000_000)):
        body = gzip.compress(json.dumps({"spec": {"content": text}}).encode(), 1)
        reply = admin.post(f"{api}/versions", body, headers=packed)
        assert reply.status == 413
        assert "gzip" in reply.json()["detail"]
        assert "X-Portico-Upload" in reply.json()["detail"]


@needs_specs
@pytest.mark.parametrize("path", REAL + AWKWARD, ids=lambda path: path.name)
def test_specifications_of_all_kinds_are_kept_byte_for_byte(admin: Client, api: str, path: Path) -> None:
    text = path.read_bytes().decode()
    body = gzip.compress(json.dumps({"version": "1", "spec": {"content": text}}).encode(), 1)
    reply = admin.post(
        f"{api}/versions", body, headers={"Content-Encoding": "gzip", "Content-Type": "application/json"}
    )
    if path.name == REFUSED:
        assert reply.fields() == {"spec.content": "invalid"}
        return
    assert reply.status == 201, reply.text
    made = admin.get(f"{api}/versions/{reply.json()['id']}").json()
    assert made["spec"]["content"].encode() == path.read_bytes()
    problems = [text for text in texts(made) if "this version is called" not in text]
    if path.name == UNCLEAN:
        assert problems
    shown = admin.get(api).json()
    assert shown["current_version_summary"]["spec"]["type"] == made["spec"]["type"]
    assert load_api(shown["id"]).specs == [{"id": made["id"], "type": made["spec"]["type"]}]


def test_messages_beyond_all_bounds_still_fit(admin: Client, api: str) -> None:
    references = [{"$ref": f"#/components/schemas/{'ü' * 300}{number}"} for number in range(600)]
    made = post(admin, api, spec("1", components={"schemas": {"All": {"allOf": references}}}))
    assert 200 <= len(texts(made)) <= 202
    assert texts(admin.get(f"{api}/versions/{made['id']}").json()) == texts(made)


def test_an_api_has_a_bounded_number_of_specifications(
    admin: Client, api: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(current, "MAX_SPECS", 2)
    for number in (1, 2):
        post(admin, api, spec(str(number)))
    reply = admin.post(f"{api}/versions", {"spec": {"content": spec("3")}})
    assert reply.status == 409
    assert admin.get(f"{api}/versions").json()["meta"]["page"]["total"] == 2


def test_a_specification_is_parsed_once_for_a_request(
    admin: Client, api: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    counted = 0
    parse = specification.parse

    def counting(text: str) -> specification.Document:
        nonlocal counted
        counted += 1
        return parse(text)

    monkeypatch.setattr(specification, "parse", counting)
    made = post(admin, api, spec("1"))
    admin.get(f"{api}/versions/{made['id']}")
    admin.get(f"{api}/versions")
    assert counted == 1
