"""/portico/v1/apis/{apiId}/versions: versions at a glance."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from tests.client import Client
from tests.contract.catalog.making import make_api


def spec(version: str, **members: Any) -> str:
    info = {"title": "Flights", "version": version}
    operation = {"responses": {"200": {"description": "Flights"}}}
    return json.dumps(
        {"openapi": "3.0.3", "info": info, "paths": {"/flights": {"get": operation}}, **members}
    )


def add(admin: Client, api_id: str, text: str, **members: Any) -> str:
    made: str = admin.made(f"/v3/apis/{api_id}/versions", {"spec": {"content": text}, **members})["id"]
    return made


def overviews(admin: Client, api_id: str) -> Any:
    reply = admin.get(f"/portico/v1/apis/{api_id}/versions")
    assert reply.status == 200, reply.text
    return reply.json()["data"]


def test_versions_stand_by_semver_order_and_the_current_one_is_named(admin: Client) -> None:
    api_id = make_api(admin)
    for version in ("1.2.0", "1.10.0", "1.10.0-rc.1", "first"):
        add(admin, api_id, spec(version))
    found = [(one["version"], one["current"]) for one in overviews(admin, api_id)]
    assert found == [("1.10.0", False), ("1.10.0-rc.1", False), ("1.2.0", True), ("first", False)]


def test_each_tells_what_its_specification_holds(admin: Client) -> None:
    api_id = make_api(admin)
    version_id = add(admin, api_id, spec("1.0.0"))
    (found,) = overviews(admin, api_id)
    version = admin.get(f"/v3/apis/{api_id}/versions/{version_id}").json()
    assert found == {
        "id": version_id,
        "version": "1.0.0",
        "current": True,
        "type": "oas3",
        "spec_version": "3.0.3",
        "title": "Flights",
        "operations": 1,
        "webhooks": 0,
        "channels": 0,
        "problems": 0,
        "created_at": version["created_at"],
        "updated_at": version["updated_at"],
    }


def test_problems_are_counted_as_the_version_lists_them(admin: Client) -> None:
    api_id = make_api(admin)
    text = spec("2", servers=[{"url": 3}], tags=[{"description": "nameless"}])
    version_id = add(admin, api_id, text, version="3")
    listed = admin.get(f"/v3/apis/{api_id}/versions/{version_id}").json()["spec"]["validation_messages"]
    assert len(listed) >= 3
    assert overviews(admin, api_id)[0]["problems"] == len(listed)


def test_a_version_without_a_specification_holds_nothing(admin: Client) -> None:
    api_id = make_api(admin)
    admin.made(f"/v3/apis/{api_id}/versions", {"version": "1", "spec": {}})
    (found,) = overviews(admin, api_id)
    assert (found["type"], found["operations"], found["problems"]) == (None, 0, 0)


def test_many_versions_take_as_few_trips_as_one(
    admin: Client, trips: Callable[[Callable[[], Any]], int]
) -> None:
    api_id = make_api(admin)
    for number in range(5):
        add(admin, api_id, spec(f"{number}.0.0"))
    assert trips(lambda: overviews(admin, api_id)) == 3


def test_a_viewer_may_look_and_an_unknown_api_is_not_found(
    admin: Client, as_role: Callable[[str], Client]
) -> None:
    viewer = as_role("viewer")
    assert overviews(viewer, make_api(admin)) == []
    unknown = "/portico/v1/apis/00000000-0000-0000-0000-000000000000/versions"
    assert viewer.get(unknown).status == 404
