"""The organisation's and a portal's webhook over HTTP, in both shapes."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from tests.client import Client

V3, V2 = "/v3/audit-log-webhook", "/v2/audit-log-webhook"


@pytest.fixture
def destination(admin: Client) -> str:
    body = {"name": "d", "endpoint": "https://siem.example.com", "authorization": "x", "log_format": "json"}
    made: str = admin.made("/v3/audit-log-destinations", body)["id"]
    return made


@pytest.fixture(params=["organisation", "portal"])
def webhook(request: pytest.FixtureRequest, admin: Client, portal: Any) -> Any:
    """The path of a webhook that is not configured."""
    path = V3 if request.param == "organisation" else f"/v3/portals/{portal['id']}/audit-log-webhook"
    admin.delete(path)
    yield path
    admin.delete(path)


def test_before_first_use_it_is_disabled_and_has_no_destination(admin: Client, portal: Any) -> None:
    admin.delete(V3)
    assert admin.get(V3).json() == {"audit_log_destination_id": "", "enabled": False}
    assert admin.get(f"/v3/portals/{portal['id']}/audit-log-webhook").json() == {"enabled": False}


def test_its_status_says_what_is_configured(admin: Client, webhook: str, destination: str) -> None:
    status = f"{webhook}/status"
    assert admin.get(status).json() == {"webhook_enabled": False, "webhook_status": "inactive"}
    admin.patch(webhook, {"audit_log_destination_id": destination})
    assert admin.get(status).json() == {"webhook_enabled": False, "webhook_status": "active"}
    admin.patch(webhook, {"enabled": True})
    assert admin.get(status).json() == {"webhook_enabled": True, "webhook_status": "active"}


def test_only_what_is_sent_is_changed(admin: Client, webhook: str, destination: str) -> None:
    set_up = admin.patch(webhook, {"audit_log_destination_id": destination, "enabled": True})
    assert set_up.json() == {"audit_log_destination_id": destination, "enabled": True}
    assert admin.patch(webhook, {}).json() == set_up.json()
    assert admin.patch(webhook, {"audit_log_destination_id": destination}).json() == set_up.json()
    off = admin.patch(webhook, {"enabled": False}).json()
    assert off == {"audit_log_destination_id": destination, "enabled": False}
    assert admin.get(webhook).json() == off


def test_deleting_clears_it_and_can_be_repeated(admin: Client, webhook: str, destination: str) -> None:
    admin.patch(webhook, {"audit_log_destination_id": destination, "enabled": True})
    assert admin.delete(webhook).status == 204
    assert admin.delete(webhook).status == 204
    found = admin.get(webhook).json()
    assert found["enabled"] is False
    assert not found.get("audit_log_destination_id")


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        ({"audit_log_destination_id": "no-uuid"}, "is_uuid"),
        ({"audit_log_destination_id": None}, "is_string"),
        ({"audit_log_destination_id": str(uuid.uuid4())}, "missing_reference"),
        ({"enabled": True}, "required"),
    ],
)
def test_what_cannot_be_sent_to_is_refused(
    admin: Client, webhook: str, body: dict[str, Any], rule: str
) -> None:
    assert admin.patch(webhook, body).fields() == {"audit_log_destination_id": rule}
    assert admin.get(webhook).json()["enabled"] is False


def test_a_stale_writer_gets_409(admin: Client, webhook: str, destination: str) -> None:
    admin.patch(webhook, {"audit_log_destination_id": destination})
    tag = {"If-Match": admin.get(webhook).headers["etag"]}
    assert admin.patch(webhook, {"enabled": True}, headers=tag).status == 200
    assert admin.patch(webhook, {"enabled": False}, headers=tag).status == 409
    assert admin.get(webhook).json()["enabled"] is True


def test_a_portal_that_is_not_there_is_404(admin: Client, destination: str) -> None:
    path = f"/v3/portals/{uuid.uuid4()}/audit-log-webhook"
    assert admin.get(path).status == 404
    assert admin.get(f"{path}/status").status == 404
    assert admin.patch(path, {"audit_log_destination_id": destination}).status == 404
    assert admin.delete(path).status == 404


def test_reading_costs_two_trips(
    admin: Client, webhook: str, destination: str, trips: Callable[[Callable[[], Any]], int]
) -> None:
    admin.patch(webhook, {"audit_log_destination_id": destination})
    assert trips(lambda: admin.get(webhook)) == 2
    assert trips(lambda: admin.get(f"{webhook}/status")) == 2


@pytest.mark.parametrize("role", ["publisher", "content_editor", "viewer"])
def test_other_roles_see_nothing_of_it(as_role: Callable[[str], Client], portal: Any, role: str) -> None:
    other = as_role(role)
    for path in (V3, V2, f"/v3/portals/{portal['id']}/audit-log-webhook", "/v3/audit-logs"):
        assert other.get(path).status == 403
    assert other.patch(V3, {"enabled": False}).status == 403


def test_the_older_form_has_the_destination_in_it(admin: Client) -> None:
    admin.delete(V3)
    found = admin.get(V2).json()
    assert found == {
        "endpoint": "unconfigured",
        "enabled": False,
        "log_format": "cef",
        "skip_ssl_verification": False,
        "updated_at": found["updated_at"],
    }
    body = {
        "endpoint": "https://older.example.com",
        "authorization": "Bearer older",
        "enabled": True,
        "log_format": "json",
        "skip_ssl_verification": True,
    }
    reply = admin.patch(V2, body)
    assert reply.status == 200
    assert {**reply.json(), "updated_at": None, "authorization": "Bearer older"} == {
        **body,
        "updated_at": None,
    }
    assert "authorization" not in reply.json()
    newer = admin.get(V3).json()
    assert newer["enabled"] is True
    made = admin.get(f"/v3/audit-log-destinations/{newer['audit_log_destination_id']}").json()
    assert made["endpoint"] == "https://older.example.com"

    again = admin.patch(V2, {**body, "endpoint": "https://another.example.com", "authorization": None})
    assert again.json()["endpoint"] == "https://another.example.com"
    assert admin.get(V3).json() == newer, "it is the same destination, changed"
    off = admin.patch(V2, {"enabled": False, "endpoint": None, "log_format": None})
    assert (off.json()["enabled"], off.json()["endpoint"]) == (False, "https://another.example.com")
    assert admin.get(f"{V2}/status").json() == admin.get(f"{V3}/status").json()
    admin.delete(V3)


def test_the_older_form_is_not_enabled_without_an_endpoint(admin: Client) -> None:
    admin.delete(V3)
    assert admin.patch(V2, {"enabled": True, "endpoint": None}).fields() == {"endpoint": "required"}
    assert admin.patch(V2, {"enabled": False, "endpoint": None, "log_format": "cef"}).status == 200
    assert admin.get(V2).json()["endpoint"] == "unconfigured"


@pytest.mark.parametrize("scope", ["/v3", "/v3/portals/{}", "/v2"])
def test_the_tag_of_one_that_was_never_set_holds_for_the_first_change(
    admin: Client, make_portal: Callable[..., Any], scope: str
) -> None:
    path = f"{scope.format(make_portal()['id'])}/audit-log-webhook"
    tag = admin.get(path).headers["etag"]
    assert admin.patch(path, {"enabled": False}, headers={"If-Match": tag}).status == 200
