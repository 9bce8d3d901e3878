"""/v3/portals/{portalId}/integrations and /api/v3/integrations over HTTP."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from tests.client import Client

TAG_MANAGER: dict[str, Any] = {
    "enabled": True,
    "type": "tracking",
    "config_data": {
        "id": "GTM-ABC123",
        "l": "layer",
        "preview": None,
        "cookies_win": True,
        "debug": False,
        "npa": None,
        "data_layer": "other",
        "env_name": "env-1",
        "auth_referrer_policy": "no-referrer",
    },
}
ANALYTICS: dict[str, Any] = {"enabled": False, "type": "analytics", "config_data": {"id": "G-ABC-1"}}
EQUAL_WEB: dict[str, Any] = {
    "enabled": True,
    "type": "accessibility",
    "config_data": {
        "site_key": "a1" * 16,
        "widget_config": {"Position": "left", "scale": [0.5, 1, None, {"deep": None}], "btnStyle": {"a": {}}},
    },
}
FULL = {"google_tag_manager": TAG_MANAGER, "google_analytics_4": ANALYTICS, "equal_web": EQUAL_WEB}


@pytest.fixture
def path(portal: Any) -> str:
    return f"/v3/portals/{portal['id']}/integrations"


def test_a_portal_begins_with_none(
    admin: Client, portal: Any, path: str, visitor: Callable[[Any], Client]
) -> None:
    reply = admin.get(path)
    assert (reply.status, reply.json()) == (200, {})
    assert visitor(portal).get("/api/v3/integrations").json() == {}


def test_what_is_set_comes_back_as_it_was_sent(admin: Client, path: str) -> None:
    reply = admin.put(path, FULL)
    assert (reply.status, reply.json()) == (200, FULL)
    assert admin.get(path).json() == FULL


def test_no_defaults_are_added(admin: Client, path: str) -> None:
    sent = {
        "equal_web": {"enabled": False, "type": "accessibility", "config_data": {"site_key": "b" * 32}},
        "google_analytics_4": None,
    }
    assert admin.put(path, sent).json() == sent
    assert admin.get(path).json() == sent


def test_put_replaces_all(admin: Client, path: str) -> None:
    admin.put(path, FULL)
    assert admin.put(path, {"google_analytics_4": ANALYTICS}).json() == {"google_analytics_4": ANALYTICS}
    assert admin.put(path, {}).json() == {}
    assert admin.get(path).json() == {}


def test_patch_merges_and_null_removes(admin: Client, path: str) -> None:
    admin.put(path, FULL)
    changed = admin.patch(
        path,
        {
            "google_tag_manager": {"config_data": {"l": None, "debug": True}},
            "google_analytics_4": None,
            "equal_web": {"enabled": False, "config_data": {"widget_config": {"Position": "right"}}},
        },
    )
    assert changed.status == 200
    config = {name: value for name, value in TAG_MANAGER["config_data"].items() if name != "l"}
    widget = {**EQUAL_WEB["config_data"]["widget_config"], "Position": "right"}
    assert changed.json() == {
        "google_tag_manager": {**TAG_MANAGER, "config_data": {**config, "debug": True}},
        "equal_web": {
            **EQUAL_WEB,
            "enabled": False,
            "config_data": {**EQUAL_WEB["config_data"], "widget_config": widget},
        },
    }
    assert admin.get(path).json() == changed.json()
    assert admin.patch(path, {}).json() == changed.json()


def test_patch_adds_a_complete_integration_and_no_other(admin: Client, path: str) -> None:
    assert admin.patch(path, {"google_analytics_4": ANALYTICS}).json() == {"google_analytics_4": ANALYTICS}
    reply = admin.patch(path, {"google_tag_manager": {"enabled": True}, "equal_web": {"config_data": {}}})
    assert reply.fields() == {
        "google_tag_manager.type": "required",
        "google_tag_manager.config_data": "required",
        "equal_web.enabled": "required",
        "equal_web.type": "required",
        "equal_web.config_data.site_key": "required",
    }
    assert admin.get(path).json() == {"google_analytics_4": ANALYTICS}


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_every_violation_is_named(admin: Client, path: str, method: str) -> None:
    wrong = {
        "surprise": {},
        "google_tag_manager": {
            "enabled": "yes",
            "type": "analytics",
            "config_data": {"id": "UA-12345", "l": "x" * 101, "consent_required": True},
        },
        "google_analytics_4": {"enabled": True, "type": "analytics", "config_data": {"id": "G-"}, "more": 1},
        "equal_web": {
            "enabled": True,
            "type": "accessibility",
            "config_data": {"site_key": "a" * 31 + "-", "widget_config": []},
        },
    }
    assert admin.request(method, path, wrong).fields() == {
        "surprise": "unknown_property",
        "google_tag_manager.enabled": "is_boolean",
        "google_tag_manager.type": "enum",
        "google_tag_manager.config_data.id": "matches_regex",
        "google_tag_manager.config_data.l": "max_length",
        "google_tag_manager.config_data.consent_required": "unknown_property",
        "google_analytics_4.config_data.id": "min_length",
        "google_analytics_4.more": "unknown_property",
        "equal_web.config_data.site_key": "matches_regex",
        "equal_web.config_data.widget_config": "is_object",
    }


def test_put_asks_for_complete_integrations(admin: Client, path: str) -> None:
    reply = admin.put(path, {"google_tag_manager": {}, "google_analytics_4": {"config_data": {}}})
    assert reply.fields() == {
        "google_tag_manager.enabled": "required",
        "google_tag_manager.type": "required",
        "google_tag_manager.config_data": "required",
        "google_analytics_4.enabled": "required",
        "google_analytics_4.type": "required",
        "google_analytics_4.config_data.id": "required",
    }
    assert admin.put(path, b"").fields() == {"": "required"}


def test_more_than_a_record_holds_is_refused(admin: Client, path: str) -> None:
    def config(filler: str) -> Any:
        return {
            **EQUAL_WEB,
            "config_data": {**EQUAL_WEB["config_data"], "widget_config": {"filler": filler}},
        }

    assert admin.put(path, {"equal_web": config("x" * 140_000)}).status == 413
    # the costliest characters there are: two bytes on the wire, six in the record
    large = config("ü" * 64_000)
    assert admin.put(path, {"equal_web": large}).status == 413
    raw = '{"equal_web": {"enabled": true, "type": "accessibility", "config_data": {"site_key": "%s", '
    raw = raw % ("a" * 32) + '"widget_config": {"filler": "%s"}}}}' % ("ü" * 65_000)
    reply = admin.put(path, raw.encode(), headers={"Content-Type": "application/json"})
    assert reply.status == 200


def test_visitors_get_the_enabled_ones(
    admin: Client, portal: Any, path: str, visitor: Callable[[Any], Client]
) -> None:
    admin.put(path, {**FULL, "equal_web": None})
    assert visitor(portal).get("/api/v3/integrations").json() == {"google_tag_manager": TAG_MANAGER}


def test_only_who_manages_portals_may_set_scripts_of_others(
    as_role: Callable[[str], Client], path: str
) -> None:
    for role in ("viewer", "content_editor", "publisher"):
        client = as_role(role)
        assert client.get(path).status == 200
        assert client.put(path, FULL).status == 403
        assert client.patch(path, FULL).status == 403


def test_checks_come_in_order(admin: Client, as_role: Callable[[str], Client], path: str) -> None:
    nowhere = f"/v3/portals/{uuid.uuid4()}/integrations"
    wrong = {"google_tag_manager": 3}
    for method in ("PUT", "PATCH"):
        assert Client(admin.port).request(method, nowhere, wrong).status == 401
        assert as_role("viewer").request(method, nowhere, wrong).status == 403
        assert admin.request(method, nowhere, wrong).status == 404
        assert admin.request(method, nowhere, {}).status == 404
        assert admin.request(method, path, wrong, headers={"If-Match": '"7-x"'}).status == 400
    assert admin.get(nowhere).status == 404


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_stale_writer_gets_409_and_changes_nothing(admin: Client, path: str, method: str) -> None:
    untouched = {"If-Match": admin.get(path).headers["etag"]}
    first, second = {"equal_web": EQUAL_WEB}, {"google_analytics_4": ANALYTICS}
    assert admin.request(method, path, first, headers=untouched).status == 200
    assert admin.request(method, path, second, headers=untouched).status == 409
    current = {"If-Match": admin.get(path).headers["etag"]}
    assert admin.request(method, path, first, headers=current).status == 200
    assert admin.request(method, path, second, headers=current).status == 409
    assert admin.get(path).json() == first


def test_reading_takes_two_trips(
    admin: Client, portal: Any, path: str, visitor: Callable[[Any], Client], trips: Any
) -> None:
    from chalicelib.http import hosts

    admin.put(path, FULL)
    assert trips(lambda: admin.get(path)) == 2
    hosts.forget()
    assert trips(lambda: visitor(portal).get("/api/v3/integrations")) == 2
