"""/api/v3/portal over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.client import Client


def test_the_context_tells_what_a_website_needs(
    admin: Client, make_portal: Callable[..., Any], visitor: Callable[[Any], Client]
) -> None:
    portal = make_portal(display_name="Shown to all", description="for admins", rbac_enabled=True)
    reply = visitor(portal).get("/api/v3/portal")
    assert reply.status == 200
    assert reply.json() == {
        "portal_id": portal["id"],
        "org_id": admin.get("/v3/organizations/me").json()["id"],
        "basic_auth_enabled": True,
        "oidc_auth_enabled": False,
        "saml_auth_enabled": False,
        "authentication_enabled": True,
        "rbac_enabled": True,
        "name": "Shown to all",
        "canonical_domain": portal["canonical_domain"],
    }


def test_without_authentication_there_is_no_way_to_log_in(
    make_portal: Callable[..., Any], visitor: Callable[[Any], Client]
) -> None:
    context = visitor(make_portal(authentication_enabled=False)).get("/api/v3/portal").json()
    assert context["authentication_enabled"] is False
    assert context["basic_auth_enabled"] is False


def test_a_change_of_the_portal_is_seen_at_once(
    admin: Client, portal: Any, visitor: Callable[[Any], Client]
) -> None:
    before = visitor(portal).get("/api/v3/portal")
    admin.patch(f"/v3/portals/{portal['id']}", {"display_name": "New", "rbac_enabled": True})
    after = visitor(portal).get("/api/v3/portal")
    assert (after.json()["name"], after.json()["rbac_enabled"]) == ("New", True)
    assert after.headers["etag"] != before.headers["etag"]
    again = visitor(portal).get("/api/v3/portal", headers={"If-None-Match": after.headers["etag"]})
    assert again.status == 304


PATHS = (
    *("/api/v3/portal", "/api/v3/customization", "/api/v3/integrations"),
    *("/api/v3/assets/logo", "/api/v3/assets/favicon"),
)


@pytest.mark.parametrize("path", PATHS)
def test_a_session_that_has_ended_does_not_hinder(
    portal: Any, visitor: Callable[[Any], Client], path: str
) -> None:
    reply = visitor(portal).get(path, headers={"Cookie": "portalaccesstoken=ended"})
    assert reply.status == 200


@pytest.mark.parametrize("path", PATHS)
def test_a_host_without_a_portal_has_nothing(
    admin: Client, make_portal: Callable[..., Any], visitor: Callable[[Any], Client], path: str
) -> None:
    portal = make_portal()
    assert visitor(portal).get(path).status == 200
    assert admin.delete(f"/v3/portals/{portal['id']}").status == 204
    assert visitor(portal).get(path).status == 404
    assert admin.at("000000000000.localhost").get(path).status == 404


def test_the_context_takes_two_trips_cold(portal: Any, visitor: Callable[[Any], Client], trips: Any) -> None:
    from chalicelib.http import hosts

    hosts.forget()
    assert trips(lambda: visitor(portal).get("/api/v3/portal")) == 2
