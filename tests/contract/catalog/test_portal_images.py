"""/api/v3/apis/{apiIdOrSlug}/images and /_media as visitors of a portal get them."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.access.principal import Developer, Viewer
from chalicelib.catalog.images import service
from chalicelib.errors import NotFound
from tests.client import Client
from tests.contract.catalog.making import load_api, make_api, publish
from tests.contract.catalog.test_images import icon, png, put


@pytest.fixture
def api(admin: Client, portal: Any) -> str:
    """An API with an icon that anyone sees at the portal."""
    api_id = make_api(admin)
    publish(admin, api_id, portal)
    put(admin, api_id, png())
    return api_id


@pytest.fixture
def guest(visitor: Callable[[Any], Client], portal: Any) -> Client:
    return visitor(portal)


def location(guest: Client, api: str) -> str:
    reply = guest.get(f"/api/v3/apis/{api}/images/icon/raw")
    assert reply.status == 302, reply.text
    return reply.headers["location"]


def test_raw_leads_to_the_image(guest: Client, api: str, portal: Any) -> None:
    where = location(guest, api)
    assert where.startswith("/_media/")
    assert location(guest, load_api(api).slug) == where
    reply = guest.get(where)
    assert (reply.status, reply.body, reply.headers["content-type"]) == (200, png(), "image/png")
    assert reply.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert reply.headers["cache-tag"] == f"p-{portal['id']},api-{api}"
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in reply.headers["content-security-policy"]
    again = guest.get(where, headers={"If-None-Match": reply.headers["etag"]})
    assert (again.status, again.body) == (304, b"")


def test_another_image_has_another_address(guest: Client, admin: Client, api: str) -> None:
    old = location(guest, api)
    put(admin, api, png(5, 5))
    new = location(guest, api)
    assert guest.get(new).body == png(5, 5)
    assert guest.get(old).status == 404
    put(admin, api, png(999, 1))  # not valid, so not shown
    assert location(guest, api) == new
    admin.delete(icon(api))
    assert guest.get(new).status == 404
    assert guest.get(f"/api/v3/apis/{api}/images/icon/raw").status == 404


def test_an_address_is_of_one_portal(
    guest: Client, admin: Client, api: str, make_portal: Callable[..., Any], visitor: Callable[[Any], Client]
) -> None:
    where, other = location(guest, api), make_portal()
    publish(admin, api, other)
    assert visitor(other).get(where).status == 404
    assert location(visitor(other), api) != where
    assert Client(admin.port).get(where).status == 404


def test_what_a_visitor_does_not_see_is_not_served(
    guest: Client, admin: Client, api: str, portal: Any
) -> None:
    where = location(guest, api)
    publish(admin, api, portal, "private")
    assert guest.get(where).status == 404
    assert guest.get(f"/api/v3/apis/{api}/images/icon/raw").status == 404
    publish(admin, api, portal)
    assert guest.get(where).status == 200
    admin.delete(f"/v3/apis/{api}/publications/{portal['id']}")
    assert guest.get(where).status == 404


def test_an_approved_developer_gets_the_image_of_a_private_api_which_no_cache_keeps(
    admin: Client, api: str, portal: Any
) -> None:
    publish(admin, api, portal, "private")
    developer = Viewer(portal["id"], Developer("d", portal["id"]))
    key = service.visible_address(developer, api, "icon").removeprefix("/_media/")
    served = service.served_to(developer, key)
    assert (served.image.data, served.public) == (png(), False)
    with pytest.raises(NotFound):
        service.served_to(Viewer(portal["id"], Developer("d", str(uuid.uuid4()))), key)


def test_a_bad_session_is_401_for_the_api_and_none_for_the_image(guest: Client, api: str) -> None:
    where, headers = location(guest, api), {"Cookie": "portalaccesstoken=nobody"}
    assert guest.get(f"/api/v3/apis/{api}/images/icon/raw", headers=headers).status == 401
    assert guest.get(where, headers=headers).status == 200


def test_there_is_no_other_image(guest: Client, api: str) -> None:
    assert guest.get(f"/api/v3/apis/{api}/images/logo/raw").status == 404
    assert guest.get(f"/api/v3/apis/{uuid.uuid4()}/images/icon/raw").status == 404
    assert guest.get("/_media/nothing").status == 404


def test_trips(guest: Client, api: str, trips: Any) -> None:
    where = location(guest, api)
    guest.get(where)
    assert trips(lambda: guest.get(f"/api/v3/apis/{api}/images/icon/raw")) <= 2
    assert trips(lambda: guest.get(where)) <= 3
