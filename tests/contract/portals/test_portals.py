"""/v3/portals over HTTP."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from chalicelib import clock
from tests.client import Client


def test_a_name_is_all_a_portal_needs(admin: Client) -> None:
    made = admin.made("/v3/portals", {"name": "Payments"})
    assert made["display_name"] == "Payments"
    assert made["description"] is None
    assert made["authentication_enabled"] is True
    assert made["default_api_visibility"] == made["default_page_visibility"] == "private"
    assert made["default_application_auth_strategy_id"] is not None
    assert made["canonical_domain"] == made["default_domain"]
    assert admin.get(f"/v3/portals/{made['id']}").json() == made


def test_an_explicit_null_strategy_stays_null(make_portal: Callable[..., Any]) -> None:
    assert (
        make_portal(default_application_auth_strategy_id=None)["default_application_auth_strategy_id"] is None
    )


def test_a_portal_without_authentication_has_no_default_strategy(make_portal: Callable[..., Any]) -> None:
    made = make_portal(authentication_enabled=False)
    assert made["default_application_auth_strategy_id"] is None


def test_an_unknown_strategy_is_refused(admin: Client) -> None:
    reply = admin.post(
        "/v3/portals", {"name": "x", "default_application_auth_strategy_id": str(uuid.uuid4())}
    )
    assert reply.fields() == {"default_application_auth_strategy_id": "missing_reference"}


def test_a_taken_name_is_refused(admin: Client, portal: Any) -> None:
    reply = admin.post("/v3/portals", {"name": portal["name"]})
    assert reply.status == 409
    assert "already exists" in reply.json()["detail"]


def test_every_violation_is_named_at_once(admin: Client) -> None:
    reply = admin.post(
        "/v3/portals",
        {
            "name": "",
            "surprise": 1,
            "rbac_enabled": "yes",
            "default_api_visibility": "all",
            "labels": {"kong": "a"},
        },
    )
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.fields() == {
        "name": "min_length",
        "surprise": "unknown_property",
        "rbac_enabled": "is_boolean",
        "default_api_visibility": "enum",
        "labels": "is_label",
    }


def test_read_only_members_are_passed_over(admin: Client) -> None:
    made = admin.made("/v3/portals", {"name": "Echo", "id": "x", "default_domain": "y", "created_at": 3})
    assert made["id"] != "x"


def test_patch_changes_what_is_sent_and_nothing_else(admin: Client, portal: Any) -> None:
    changed = admin.patch(f"/v3/portals/{portal['id']}", {"description": "new", "labels": {"a": "1"}}).json()
    assert changed["description"] == "new"
    assert changed["labels"] == {"a": "1"}
    assert changed["name"] == portal["name"]
    changed = admin.patch(
        f"/v3/portals/{portal['id']}", {"description": None, "labels": {"a": None, "b": "2"}}
    ).json()
    assert changed["description"] is None
    assert changed["labels"] == {"b": "2"}


def test_a_renamed_portal_frees_its_name(admin: Client, portal: Any) -> None:
    admin.patch(f"/v3/portals/{portal['id']}", {"name": f"{portal['name']}-new"})
    assert admin.post("/v3/portals", {"name": portal["name"]}).status == 201


def test_a_stale_writer_gets_409_and_changes_nothing(admin: Client, portal: Any) -> None:
    path = f"/v3/portals/{portal['id']}"
    tag = admin.get(path).headers["etag"]
    assert admin.patch(path, {"description": "first"}, headers={"If-Match": tag}).status == 200
    reply = admin.patch(path, {"description": "second"}, headers={"If-Match": tag})
    assert reply.status == 409
    assert admin.delete(path, headers={"If-Match": tag}).status == 409
    assert admin.get(path).json()["description"] == "first"


def test_a_retried_creation_makes_one(admin: Client) -> None:
    key = {"Idempotency-Key": str(uuid.uuid4())}
    first = admin.made("/v3/portals", {"name": "Once"}, headers=key)
    again = admin.made("/v3/portals", {"name": "Once"}, headers=key)
    assert again["id"] == first["id"]
    assert admin.post("/v3/portals", {"name": "Other"}, headers=key).status == 409


def test_lists_filter_sort_and_count(admin: Client) -> None:
    mark = uuid.uuid4().hex
    for name in ("b", "A", "c"):
        admin.made("/v3/portals", {"name": f"{mark}-{name}", "rbac_enabled": name == "c"})
    found = admin.get(
        "/v3/portals", query={"filter[name][contains]": mark, "sort": "name", "page[size]": 2}
    ).json()
    assert [one["name"][-1] for one in found["data"]] == ["A", "b"]
    assert found["meta"]["page"] == {"number": 1, "size": 2, "total": 3}
    found = admin.get(
        "/v3/portals", query={"filter[name][contains]": mark, "filter[rbac_enabled]": "true"}
    ).json()
    assert [one["name"][-1] for one in found["data"]] == ["c"]
    domain = found["data"][0]["default_domain"]
    found = admin.get("/v3/portals", query={"filter[default_domain]": domain}).json()
    assert found["meta"]["page"]["total"] == 1


def test_wrong_list_parameters_are_all_named(admin: Client) -> None:
    reply = admin.get(
        "/v3/portals", query={"page[size]": 0, "page[number]": "x", "sort": "id", "filter[nam]": "a"}
    )
    assert reply.fields() == {
        "page[size]": "invalid",
        "page[number]": "is_number",
        "sort": "enum",
        "filter[nam]": "unknown_property",
    }


def test_a_deleted_portal_is_gone_with_its_host_and_name(
    admin: Client, portal: Any, visitor: Callable[[Any], Client]
) -> None:
    assert visitor(portal).get("/openapi.json").status == 200
    assert admin.delete(f"/v3/portals/{portal['id']}").status == 204
    assert admin.get(f"/v3/portals/{portal['id']}").status == 404
    assert visitor(portal).get("/openapi.json").status == 404
    assert admin.post("/v3/portals", {"name": portal["name"]}).status == 201


def test_checks_come_in_order(admin: Client, as_role: Callable[[str], Client], portal: Any) -> None:
    nowhere = f"/v3/portals/{uuid.uuid4()}"
    wrong = {"name": 3}
    assert Client(admin.port, token="nobody").patch(nowhere, wrong).status == 401
    assert as_role("viewer").patch(nowhere, wrong).status == 403
    assert admin.patch(nowhere, wrong).status == 404
    assert admin.patch(f"/v3/portals/{portal['id']}", wrong).status == 400
    assert admin.get("/v3/portals/not-a-uuid").status == 404


def test_get_by_id_takes_two_trips_and_a_first_page_three(admin: Client, portal: Any, trips: Any) -> None:
    assert trips(lambda: admin.get(f"/v3/portals/{portal['id']}")) <= 2
    assert trips(lambda: admin.get("/v3/portals")) <= 3


def test_an_idempotency_key_is_free_again_after_a_day(admin: Client) -> None:
    key = {"Idempotency-Key": str(uuid.uuid4())}
    admin.made("/v3/portals", {"name": f"day-one-{uuid.uuid4()}"}, headers=key)
    clock.travel(25 * 3_600_000)
    try:
        assert admin.post("/v3/portals", {"name": f"day-two-{uuid.uuid4()}"}, headers=key).status == 201
    finally:
        clock.travel(0)


def test_another_upload_under_the_same_idempotency_key_is_another_request(admin: Client) -> None:
    headers = {"Idempotency-Key": str(uuid.uuid4())}
    for expected in (201, 409):
        headers["X-Portico-Upload"] = admin.upload(f'{{"name": "upload-{uuid.uuid4()}"}}'.encode())
        assert admin.post("/v3/portals", None, headers=headers).status == expected
