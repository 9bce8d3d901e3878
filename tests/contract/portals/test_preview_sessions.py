"""Previews: an admin looks at a portal as an approved developer would."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from chalicelib import clock
from infra.web_build import build
from tests.client import Client, Reply


@pytest.fixture(scope="module", autouse=True)
def built() -> None:
    build()


@pytest.fixture
def later() -> Iterator[Callable[[int], None]]:
    """Moves the clock by so many seconds, until the test ends."""
    yield lambda seconds: clock.travel(seconds * 1000)
    clock.travel(0)


def link(admin: Client, portal: Any) -> str:
    """The path of a new one-time link."""
    made = admin.made(f"/portico/v1/portals/{portal['id']}/preview-sessions", None)
    url = urlsplit(made["url"])
    assert url.netloc == portal["default_domain"]
    path: str = url.path
    return path


def cookie_of(reply: Reply) -> dict[str, str]:
    assert reply.status == 302, (reply.status, reply.text)
    (cookie,) = reply.cookies
    return {"Cookie": cookie.partition(";")[0]}


def enter(admin: Client, portal: Any) -> dict[str, str]:
    """A preview's headers."""
    return cookie_of(admin.at(portal["default_domain"]).get(link(admin, portal)))


def page(admin: Client, portal: Any, slug: str, **members: Any) -> None:
    body = {"slug": slug, "title": slug, "content": f"Text of {slug}", "status": "published", **members}
    admin.made(f"/v3/portals/{portal['id']}/pages", body)


def publish(admin: Client, portal: Any, visibility: str) -> Any:
    api = admin.made("/v3/apis", {"name": f"api-{uuid.uuid4()}"})
    reply = admin.put(f"/v3/apis/{api['id']}/publications/{portal['id']}", {"visibility": visibility})
    assert reply.status == 200
    return api


def test_the_link_leads_to_the_portal_with_a_cookie_of_its_host(
    admin: Client, portal: Any, visitor: Callable[[Any], Client]
) -> None:
    reply = visitor(portal).get(link(admin, portal))
    assert (reply.status, reply.headers["location"]) == (302, "/")
    assert reply.headers["cache-control"] == "private, no-store"
    (cookie,) = reply.cookies
    name, *attributes = cookie.split("; ")
    assert name.startswith("portico_preview=")
    assert set(attributes) == {"Path=/", "Max-Age=3600", "HttpOnly", "SameSite=Lax"}


def test_a_preview_shows_private_pages_under_a_banner_and_nobody_keeps_them(
    admin: Client, portal: Any, visitor: Callable[[Any], Client]
) -> None:
    page(admin, portal, "secret", visibility="private")
    page(admin, portal, "draft", visibility="public", status="unpublished")
    host, preview = visitor(portal), enter(admin, portal)
    assert host.get("/secret").status == 404
    reply = host.get("/secret", headers=preview)
    assert reply.status == 200
    assert "Text of secret" in reply.text
    assert "Preview: you see this portal as an approved developer" in reply.text
    assert reply.headers["cache-control"] == "private, no-store"
    assert host.get("/draft", headers=preview).status == 404
    page(admin, portal, "open", visibility="public")
    assert host.get("/open", headers=preview).headers["cache-control"] == "private, no-store"
    assert "Preview:" not in host.get("/open").text


def test_the_portal_api_takes_a_preview_too(
    admin: Client, portal: Any, visitor: Callable[[Any], Client]
) -> None:
    api = publish(admin, portal, "private")
    host, preview = visitor(portal), enter(admin, portal)
    assert host.get("/api/v3/apis").json()["data"] == []
    assert [one["id"] for one in host.get("/api/v3/apis", headers=preview).json()["data"]] == [api["id"]]


def test_with_roles_on_a_preview_sees_every_published_api(
    admin: Client, make_portal: Callable[..., Any], visitor: Callable[[Any], Client]
) -> None:
    portal = make_portal(rbac_enabled=True)
    api = publish(admin, portal, "private")
    reply = visitor(portal).get(f"/api/v3/apis/{api['id']}", headers=enter(admin, portal))
    assert reply.status == 200


def test_without_sign_in_a_preview_sees_what_everyone_sees(
    admin: Client, make_portal: Callable[..., Any], visitor: Callable[[Any], Client]
) -> None:
    portal = make_portal(authentication_enabled=False)
    page(admin, portal, "secret", visibility="private")
    assert visitor(portal).get("/secret", headers=enter(admin, portal)).status == 404


def test_a_link_is_good_once(admin: Client, portal: Any, visitor: Callable[[Any], Client]) -> None:
    path = link(admin, portal)
    assert visitor(portal).get(path).status == 302
    reply = visitor(portal).get(path)
    assert reply.status == 404
    assert "Open the portal from the console again" in reply.text
    assert not reply.cookies
    assert reply.headers["cache-control"] == "private, no-store"


def test_a_link_is_good_for_a_minute(
    admin: Client, portal: Any, visitor: Callable[[Any], Client], later: Callable[[int], None]
) -> None:
    path = link(admin, portal)
    later(61)
    reply = visitor(portal).get(path)
    assert (reply.status, reply.cookies) == (410, [])


def test_a_link_of_another_portal_is_none(
    admin: Client, make_portal: Callable[..., Any], visitor: Callable[[Any], Client]
) -> None:
    one, other = make_portal(), make_portal()
    path = link(admin, one)
    assert visitor(other).get(path).status == 404
    assert visitor(one).get(path).status == 302


def test_a_preview_of_another_portal_counts_for_nothing(
    admin: Client, make_portal: Callable[..., Any], visitor: Callable[[Any], Client]
) -> None:
    one, other = make_portal(), make_portal()
    page(admin, other, "secret", visibility="private")
    assert visitor(other).get("/secret", headers=enter(admin, one)).status == 404


def test_a_preview_ends_after_an_hour_and_is_then_none(
    admin: Client, portal: Any, visitor: Callable[[Any], Client], later: Callable[[int], None]
) -> None:
    page(admin, portal, "secret", visibility="private")
    host, preview = visitor(portal), enter(admin, portal)
    later(3500)
    assert host.get("/secret", headers=preview).status == 200
    later(3601)
    assert host.get("/secret", headers=preview).status == 404
    assert host.get("/api/v3/apis", headers=preview).status == 200


def test_leaving_ends_the_session_itself(
    admin: Client, portal: Any, visitor: Callable[[Any], Client]
) -> None:
    page(admin, portal, "secret", visibility="private")
    host, preview = visitor(portal), enter(admin, portal)
    reply = host.get("/_preview-mode/leave", headers=preview)
    assert (reply.status, reply.headers["location"]) == (302, "/")
    assert "Max-Age=0" in reply.cookies[0]
    assert host.get("/secret", headers=preview).status == 404
    assert host.get("/_preview-mode/leave", headers=preview).status == 302
    assert host.get("/_preview-mode/leave").status == 302


@pytest.mark.parametrize("value", ["x", "", "\\udfff", "a" * 4000, '"'])
def test_a_made_up_cookie_is_none_and_never_401(
    portal: Any, visitor: Callable[[Any], Client], value: str
) -> None:
    reply = visitor(portal).get("/api/v3/apis", headers={"Cookie": f"portico_preview={value}"})
    assert reply.status == 200


def test_whoever_may_look_may_preview(as_role: Callable[[str], Client], portal: Any, admin: Client) -> None:
    assert link(as_role("viewer"), portal).startswith("/_preview-mode/")
    nobody = Client(admin.port)
    assert nobody.post(f"/portico/v1/portals/{portal['id']}/preview-sessions").status == 401
    assert admin.post(f"/portico/v1/portals/{uuid.uuid4()}/preview-sessions").status == 404


def test_neither_token_nor_cookie_is_stored(
    admin: Client, portal: Any, visitor: Callable[[Any], Client], table: str, aws: Callable[[str], Any]
) -> None:
    path = link(admin, portal)
    token = path.rpartition("/")[2]
    assert token not in str(aws("dynamodb").scan(TableName=table)["Items"])
    cookie = cookie_of(visitor(portal).get(path))["Cookie"].partition("=")[2]
    assert cookie not in str(aws("dynamodb").scan(TableName=table)["Items"])


def test_over_https_the_cookie_is_secure(
    admin: Client, portal: Any, visitor: Callable[[Any], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    from chalicelib.settings import settings

    path = link(admin, portal)
    monkeypatch.setenv("PORTICO_SCHEME", "https")
    settings.cache_clear()
    try:
        assert "Secure" in visitor(portal).get(path).cookies[0].split("; ")
    finally:
        monkeypatch.undo()
        settings.cache_clear()


def test_a_preview_costs_one_trip(
    admin: Client, portal: Any, visitor: Callable[[Any], Client], trips: Callable[[Callable[[], Any]], int]
) -> None:
    host, preview = visitor(portal), enter(admin, portal)
    host.get("/api/v3/portal")
    plain = trips(lambda: host.get("/api/v3/portal"))
    assert trips(lambda: host.get("/api/v3/portal", headers=preview)) == plain + 1
