"""/v3/apis over HTTP."""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.catalog.apis import service
from chalicelib.storage import keys, lists, table
from chalicelib.storage.records import Reservation
from tests.client import Client
from tests.contract.catalog.making import publish

SPEC = json.dumps({"openapi": "3.0.3", "info": {"title": "Flights", "version": "1.4.2"}, "paths": {}})


@pytest.fixture
def make(admin: Client) -> Callable[..., Any]:
    """Makes an API of a name of its own; keywords are members of the request."""
    return lambda **members: admin.made("/v3/apis", {"name": f"api {uuid.uuid4()}", **members})


def at_once(*sends: Callable[[], Any]) -> list[Any]:
    """What each of these returns, all of them begun at the same moment."""
    gate = threading.Barrier(len(sends))
    answers: list[Any] = [None] * len(sends)

    def run(index: int) -> None:
        gate.wait()
        answers[index] = sends[index]()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(sends))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def total(admin: Client) -> int:
    found: int = admin.get("/v3/apis").json()["meta"]["page"]["total"]
    return found


def test_a_name_is_all_an_api_needs(admin: Client) -> None:
    made = admin.made("/v3/apis", {"name": "myAPI"})
    assert made == {
        "id": made["id"],
        "name": "myAPI",
        "description": None,
        "version": None,
        "current_version_summary": None,
        "slug": "my-api",
        "api_spec_ids": [],
        "portals": [],
        "labels": {},
        "implementation_mode": None,
        "attributes": {},
        "created_at": made["created_at"],
        "updated_at": made["updated_at"],
    }
    assert admin.get(f"/v3/apis/{made['id']}").json() == made


@pytest.mark.parametrize(
    ("name", "version", "slug"),
    [
        ("my-test-api", "3", "my-test-api-3"),
        ("My Test API", "v3", "my-test-api-v3"),
        ("myAPI", "v1", "my-api-v1"),
        ("Überblick", "1.4.2", "uberblick-1"),
    ],
)
def test_a_slug_is_made_of_name_and_major_version(admin: Client, name: str, version: str, slug: str) -> None:
    assert admin.made("/v3/apis", {"name": name, "version": version})["slug"] == slug


def test_an_automatic_slug_that_is_taken_or_empty_gets_a_short_suffix(admin: Client) -> None:
    first = admin.made("/v3/apis", {"name": "X", "version": "1.4"})
    second = admin.made("/v3/apis", {"name": "X", "version": "1.5"})
    assert first["slug"] == "x-1"
    assert second["slug"].startswith("x-1-")
    assert len(second["slug"]) == len("x-1-") + 4
    assert admin.made("/v3/apis", {"name": "!!!"})["slug"].startswith("api-")


def test_an_explicit_slug_that_is_taken_is_refused(admin: Client, make: Callable[..., Any]) -> None:
    make(slug="taken")
    reply = admin.post("/v3/apis", {"name": "another", "slug": "taken"})
    assert reply.status == 409
    assert "not unique" in reply.json()["detail"]
    assert admin.patch(f"/v3/apis/{make()['id']}", {"slug": "taken"}).status == 409


def test_a_slug_of_another_form_is_refused(admin: Client) -> None:
    for slug in ("a b", "a/b", "", "a.b", "über-uns"):
        assert admin.post("/v3/apis", {"name": "x", "slug": slug}).fields() == {"slug": "matches_regex"}


def test_a_null_slug_asks_for_none_in_particular(admin: Client) -> None:
    made = admin.made("/v3/apis", {"name": "Without Slug", "slug": None})
    assert made["slug"] == "without-slug"
    changed = admin.patch(f"/v3/apis/{made['id']}", {"name": "Renamed", "slug": None}).json()
    assert (changed["name"], changed["slug"]) == ("Renamed", "without-slug")


def test_name_and_version_are_unique_together(admin: Client, make: Callable[..., Any]) -> None:
    first, other = make(version="v1"), make()
    again = {"name": first["name"], "version": "v1"}
    refused = admin.post("/v3/apis", again)
    assert refused.status == 409
    assert "already exists" in refused.json()["detail"]
    assert make(**{**again, "version": "v2"})["name"] == first["name"]
    assert make(**{**again, "version": None})["version"] is None
    assert admin.post("/v3/apis", {"name": first["name"]}).status == 409
    assert admin.patch(f"/v3/apis/{other['id']}", again).status == 409
    assert admin.patch(f"/v3/apis/{other['id']}", {"description": "x"}).json()["name"] == other["name"]


def test_a_taken_name_leaves_no_slug_behind(admin: Client, make: Callable[..., Any]) -> None:
    first = make(slug="first-one")
    assert admin.post("/v3/apis", {"name": first["name"], "slug": "left-behind"}).status == 409
    assert table.get(Reservation, keys.Key(keys.unique("slug", "left-behind"))) is None


def test_of_many_at_once_with_one_name_exactly_one_wins(admin: Client) -> None:
    before = total(admin)
    body = {"name": f"race-{uuid.uuid4()}", "version": "1.0.0"}
    replies = at_once(*[lambda: admin.post("/v3/apis", body)] * 8)
    assert sorted(reply.status for reply in replies) == [201] + [409] * 7
    assert total(admin) == before + 1


def test_many_at_once_that_share_a_slug_all_get_one_of_their_own(admin: Client) -> None:
    name = f"Race {uuid.uuid4()}"
    sends = [
        lambda minor=minor: admin.post("/v3/apis", {"name": name, "version": f"1.{minor}.0"})
        for minor in range(6)
    ]
    replies = at_once(*sends)
    assert {reply.status for reply in replies} == {201}
    assert len({reply.json()["slug"] for reply in replies}) == 6


def test_every_violation_is_named_at_once(admin: Client) -> None:
    reply = admin.post(
        "/v3/apis",
        {
            "name": "",
            "version": "",
            "description": 3,
            "labels": {"kong": "a"},
            "surprise": 1,
            "attributes": {"Env": ["a"], "env": [], "kind": ["a,b"], "many": ["x"] * 21, "odd": "text"},
        },
    )
    assert reply.fields() == {
        "name": "min_length",
        "version": "min_length",
        "description": "is_string",
        "labels": "is_label",
        "surprise": "unknown_property",
        "attributes.Env": "matches_regex",
        "attributes.env": "min_items",
        "attributes.kind[0]": "matches_regex",
        "attributes.many": "max_items",
        "attributes.odd": "is_array",
    }


def test_what_must_not_be_null_is_refused(admin: Client, make: Callable[..., Any]) -> None:
    wrong = {"name": None, "attributes": None}
    assert set(admin.post("/v3/apis", {**wrong, "spec_content": None}).fields()) == {
        "name",
        "attributes",
        "spec_content",
    }
    assert set(admin.patch(f"/v3/apis/{make()['id']}", wrong).fields()) == {"name", "attributes"}


def test_read_only_members_are_passed_over(make: Callable[..., Any]) -> None:
    made = make(id="x", portals=3, api_spec_ids=None, current_version_summary={}, implementation_mode="y")
    assert made["id"] != "x"
    assert made["implementation_mode"] is None


def test_a_body_that_is_no_json_is_415(admin: Client, make: Callable[..., Any]) -> None:
    text = {"Content-Type": "text/plain"}
    assert admin.post("/v3/apis", b"name: x", headers=text).status == 415
    assert admin.patch(f"/v3/apis/{make()['id']}", b"name: x", headers=text).status == 415


def test_a_description_that_fits_no_record_is_refused(admin: Client, make: Callable[..., Any]) -> None:
    long = "ü" * service.MAX_DESCRIPTION
    made = make(description=long)
    assert admin.get(f"/v3/apis/{made['id']}").json()["description"] == long
    assert admin.post("/v3/apis", {"name": "x", "description": long + "x"}).fields() == {
        "description": "max_length"
    }
    many = {f"key-{number}": ["v" * 500] * 1 for number in range(200)}
    assert admin.post("/v3/apis", {"name": "x", "attributes": many}).fields() == {"attributes": "max_length"}
    assert admin.post("/v3/apis", {"name": "x", "slug": "s" * 256}).fields() == {"slug": "max_length"}


def test_a_specification_on_creation_becomes_the_first_version(
    admin: Client, make: Callable[..., Any]
) -> None:
    made = make(spec_content=SPEC)
    assert made["version"] == "1.4.2"
    summary = made["current_version_summary"]
    assert summary["version"] == "1.4.2"
    assert summary["spec"] == {"type": "oas3"}
    assert made["api_spec_ids"] == [summary["id"]]
    version = admin.get(f"/v3/apis/{made['id']}/versions/{summary['id']}").json()
    assert version["spec"]["content"] == SPEC
    assert version["spec"]["validation_messages"] == []
    assert (version["created_at"], version["updated_at"]) == (summary["created_at"], summary["updated_at"])


def test_an_explicit_version_wins_over_what_the_specification_states(
    admin: Client, make: Callable[..., Any]
) -> None:
    made = make(spec_content=SPEC, version="v7")
    assert made["version"] == made["current_version_summary"]["version"] == "v7"
    path = f"/v3/apis/{made['id']}/versions/{made['current_version_summary']['id']}"
    (message,) = admin.get(path).json()["spec"]["validation_messages"]
    assert message["message"].startswith("/info/version: ")
    assert make(spec_content=SPEC, version=None)["version"] == "1.4.2"


def test_a_version_as_written_is_no_number(make: Callable[..., Any]) -> None:
    made = make(spec_content="openapi: 3.0.3\ninfo: {title: a, version: 1.10}\npaths: {}\n")
    assert made["version"] == "1.10"


def test_a_specification_on_creation_must_be_one(admin: Client) -> None:
    for text, rule in (("", "min_length"), (" \n", "min_length"), ("{", "invalid"), ("a: b", "invalid")):
        assert admin.post("/v3/apis", {"name": "x", "spec_content": text}).fields() == {"spec_content": rule}
    nameless = '{"openapi":"3.0.3","info":{"title":"x"},"paths":{}}'
    reply = admin.post("/v3/apis", {"name": "x", "spec_content": nameless})
    assert reply.fields() == {"version": "missing_reference"}


def test_attributes_keep_their_order_each_value_once(make: Callable[..., Any]) -> None:
    made = make(attributes={"domains": ["web", "mobile", "web"], "gone": None})
    assert made["attributes"] == {"domains": ["web", "mobile"]}


def test_patch_changes_what_is_sent_and_nothing_else(admin: Client, make: Callable[..., Any]) -> None:
    made = make(
        description="old", version="v1", labels={"a": "1", "b": "2"}, attributes={"env": ["x"], "kind": ["y"]}
    )
    path = f"/v3/apis/{made['id']}"
    changed = admin.patch(
        path, {"labels": {"a": None, "c": "3"}, "attributes": {"env": None, "tier": ["z"]}}
    ).json()
    assert changed["labels"] == {"b": "2", "c": "3"}
    assert changed["attributes"] == {"kind": ["y"], "tier": ["z"]}
    assert (changed["name"], changed["description"], changed["version"], changed["slug"]) == (
        made["name"],
        "old",
        "v1",
        made["slug"],
    )
    changed = admin.patch(path, {"description": None, "labels": None, "version": None}).json()
    assert (changed["description"], changed["labels"], changed["version"]) == (None, {}, None)
    assert changed["attributes"] == {"kind": ["y"], "tier": ["z"]}
    assert admin.get(path).json() == changed


def test_a_renamed_api_keeps_its_slug_and_frees_its_name(admin: Client, make: Callable[..., Any]) -> None:
    made = make()
    renamed = admin.patch(f"/v3/apis/{made['id']}", {"name": f"{made['name']} new"}).json()
    assert renamed["slug"] == made["slug"]
    assert make(name=made["name"])["slug"] != made["slug"]
    moved = admin.patch(f"/v3/apis/{made['id']}", {"slug": f"{made['slug']}-new"}).json()
    assert moved["slug"].endswith("-new")
    assert make(slug=made["slug"])["slug"] == made["slug"]


def test_the_version_of_an_api_chooses_the_current_one(admin: Client, make: Callable[..., Any]) -> None:
    made = make(spec_content=SPEC)
    path = f"/v3/apis/{made['id']}"
    second = admin.made(f"{path}/versions", {"version": "2.0.0", "spec": {"content": SPEC}})
    assert admin.get(path).json()["current_version_summary"]["version"] == "1.4.2"
    changed = admin.patch(path, {"version": "2.0.0"}).json()
    assert changed["current_version_summary"]["id"] == second["id"]
    assert admin.patch(path, {"version": "3.0.0"}).json()["current_version_summary"] is None
    assert admin.patch(path, {"version": None}).json()["current_version_summary"] is None
    assert (
        admin.patch(path, {"version": "1.4.2"}).json()["current_version_summary"]
        == made["current_version_summary"]
    )


def test_a_stale_writer_gets_409_and_changes_nothing(admin: Client, make: Callable[..., Any]) -> None:
    path = f"/v3/apis/{make()['id']}"
    tag = admin.get(path).headers["etag"]
    assert admin.patch(path, {"description": "first"}, headers={"If-Match": tag}).status == 200
    assert admin.patch(path, {"description": "second"}, headers={"If-Match": tag}).status == 409
    assert admin.delete(path, headers={"If-Match": tag}).status == 409
    assert admin.get(path).json()["description"] == "first"


def test_a_retried_creation_makes_one(admin: Client) -> None:
    key = {"Idempotency-Key": str(uuid.uuid4())}
    body = {"name": "Once", "spec_content": SPEC}
    first = admin.made("/v3/apis", body, headers=key)
    assert admin.made("/v3/apis", body, headers=key) == first


def test_portals_are_joined_and_deleted_ones_drop_out(
    admin: Client, make: Callable[..., Any], make_portal: Callable[..., Any], run_jobs: Callable[[], None]
) -> None:
    made, one, other = make(), make_portal(), make_portal()
    for portal in (one, other):
        publish(admin, made["id"], portal)
    path = f"/v3/apis/{made['id']}"
    shown = [{key: portal[key] for key in ("id", "name", "display_name")} for portal in (one, other)]
    assert admin.get(path).json()["portals"] == shown
    assert admin.delete(f"/v3/portals/{one['id']}?force=true").status == 204
    assert admin.get(path).json()["portals"] == shown[1:]
    listed = admin.get("/v3/apis", query={"filter[id][eq]": made["id"]}).json()["data"]
    assert listed[0]["portals"] == shown[1:]
    changed = admin.patch(path, {"description": "x"}).json()
    assert changed["portals"] == shown[1:]


def test_a_deleted_api_is_gone_with_all_that_is_its(
    admin: Client,
    make: Callable[..., Any],
    portal: Any,
    visitor: Callable[[Any], Client],
    run_jobs: Callable[[], None],
) -> None:
    made = make(spec_content=SPEC)
    publish(admin, made["id"], portal)
    path = f"/v3/apis/{made['id']}"
    version = made["current_version_summary"]["id"]
    before = total(admin)
    assert visitor(portal).get("/api/v3/apis").json()["meta"]["page"]["total"] == 1
    assert admin.delete(path).status == 204
    for gone in (path, f"{path}/versions", f"{path}/versions/{version}", f"{path}/specifications/{version}"):
        assert admin.get(gone).status == 404, gone
    assert admin.delete(path).status == 404
    assert visitor(portal).get("/api/v3/apis").json()["data"] == []
    assert total(admin) == before - 1
    again = make(name=made["name"], version=made["version"], slug=made["slug"])
    assert again["slug"] == made["slug"]
    run_jobs()
    assert lists.read(keys.publications_of(portal["id"])) == []
    assert not table.Partition.read(keys.api(made["id"]))


def test_an_api_with_many_versions_is_gone_at_once(
    admin: Client,
    make: Callable[..., Any],
    portal: Any,
    visitor: Callable[[Any], Client],
    run_jobs: Callable[[], None],
) -> None:
    made = make(spec_content=SPEC)
    path = f"/v3/apis/{made['id']}"
    for number in range(60):  # more than one transaction holds
        admin.made(f"{path}/versions", {"version": f"v{number}", "spec": {}})
    publish(admin, made["id"], portal)
    assert admin.delete(path).status == 204
    assert visitor(portal).get("/api/v3/apis").json()["meta"]["page"]["total"] == 0
    assert visitor(portal).get(f"/api/v3/apis/{made['slug']}").status == 404
    assert admin.get(f"{path}/versions/{made['current_version_summary']['id']}").status == 404
    run_jobs()
    assert not table.Partition.read(keys.api(made["id"]))


def test_lists_filter_sort_and_count(admin: Client, make: Callable[..., Any]) -> None:
    mark = uuid.uuid4().hex
    for name, version, env in (("b", "2", "prod"), ("A", "1", "dev"), ("c", None, None)):
        make(
            name=f"{mark}-{name}",
            version=version,
            labels={"env": env} if env else {},
            attributes={"kind": [env, "rest"]} if env else {},
        )
    mine = {"filter[name][contains]": mark}

    def names(**more: Any) -> list[str]:
        found = admin.get("/v3/apis", query={**mine, **more}).json()
        assert found["meta"]["page"]["total"] == len(found["data"])
        return [one["name"][-1] for one in found["data"]]

    assert names() == ["c", "A", "b"]
    assert names(sort="name") == ["A", "b", "c"]
    assert names(sort="name desc") == ["c", "b", "A"]
    assert names(sort="version,name") == ["A", "b", "c"]
    assert names(sort="created_at") == ["b", "A", "c"]
    assert names(**{"filter[version]": "1"}) == ["A"]
    assert names(**{"filter[labels.env]": "prod"}) == ["b"]
    assert names(**{"filter[labels.env]": ""}) == ["A", "b"]
    assert names(**{"filter[labels.env][neq]": "prod"}) == ["c", "A"]
    assert names(**{"filter[labels.env][ocontains]": "DEV,pro"}) == ["A", "b"]
    assert names(**{"filter[attributes.kind]": "rest"}) == ["A", "b"]
    assert names(**{"filter[attributes.kind][oeq]": "prod,x"}) == ["b"]
    assert names(**{"filter[created_at][gte]": "2000-01-01T00:00:00Z"}) == ["c", "A", "b"]
    assert names(**{"filter[updated_at][lt]": "2000-01-01T00:00:00Z"}) == []
    assert names(**{"filter[implementation_mode]": "access_control_enforcement"}) == []
    page = admin.get("/v3/apis", query={**mine, "page[size]": 2, "page[number]": 2, "sort": "name"}).json()
    assert [one["name"][-1] for one in page["data"]] == ["c"]
    assert page["meta"]["page"] == {"number": 2, "size": 2, "total": 3}


def test_wrong_list_parameters_are_all_named(admin: Client) -> None:
    query = {"sort": "slug", "filter[slug]": "x", "filter[labels]": "x", "filter[created_at]": "today"}
    assert admin.get("/v3/apis", query=query).fields() == {
        "sort": "enum",
        "filter[slug]": "unknown_property",
        "filter[labels]": "unknown_property",
        "filter[created_at]": "is_date_time",
    }


def test_checks_come_in_order(
    admin: Client, as_role: Callable[[str], Client], make: Callable[..., Any]
) -> None:
    nowhere, wrong = f"/v3/apis/{uuid.uuid4()}", {"name": 3}
    assert Client(admin.port, token="nobody").patch(nowhere, wrong).status == 401
    assert as_role("viewer").patch(nowhere, wrong).status == 403
    assert as_role("content_editor").post("/v3/apis", wrong).status == 403
    assert admin.patch(nowhere, wrong).status == 404
    assert admin.patch(f"/v3/apis/{make()['id']}", wrong).status == 400
    assert admin.get("/v3/apis/not-a-uuid").status == 404
    assert as_role("publisher").post("/v3/apis", {"name": str(uuid.uuid4())}).status == 201


def test_reading_takes_few_trips(admin: Client, make: Callable[..., Any], portal: Any, trips: Any) -> None:
    made = [make(spec_content=SPEC) for _ in range(3)]
    path = f"/v3/apis/{made[0]['id']}"
    assert trips(lambda: admin.get(path)) <= 2
    for one in made:
        publish(admin, one["id"], portal)
    assert trips(lambda: admin.get(path)) <= 3
    assert trips(lambda: admin.get("/v3/apis")) <= 4
    assert trips(lambda: admin.get("/v3/apis", query={"filter[labels.env]": "", "sort": "name"})) <= 3
    assert trips(lambda: admin.post("/v3/apis", {"name": str(uuid.uuid4())})) <= 2
