"""Logo and favicon over HTTP: /v3/portals/{portalId}/assets/… and /api/v3/assets/…"""

from __future__ import annotations

import base64
import uuid
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.client import Client

BYTES = {
    "image/png": b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
    "image/jpeg": b"\xff\xd8\xff\xe0 jpeg",
    "image/gif": b"GIF89a...",
    "image/x-icon": b"\0\0\1\0...",
    "image/svg+xml": b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
}
HARMLESS = "sandbox; default-src 'none'"
BOTH = pytest.mark.parametrize("asset", ["logo", "favicon"])


def uri(media_type: str, data: bytes | None = None, mark: str = ";base64") -> str:
    return f"data:{media_type}{mark},{base64.b64encode(data or BYTES[media_type]).decode()}"


@pytest.fixture
def path(portal: Any) -> str:
    return f"/v3/portals/{portal['id']}/assets"


@BOTH
def test_a_portal_begins_with_a_built_in_image(
    admin: Client, portal: Any, path: str, visitor: Callable[[Any], Client], asset: str
) -> None:
    reply = admin.get(f"{path}/{asset}")
    assert reply.status == 200
    assert set(reply.json()) == {"data"}
    head, _, data = reply.json()["data"].partition(",")
    assert head == "data:image/svg+xml;base64"
    drawn = base64.b64decode(data)
    assert ElementTree.fromstring(drawn).tag == "{http://www.w3.org/2000/svg}svg"
    for raw in (admin.get(f"{path}/{asset}/raw"), visitor(portal).get(f"/api/v3/assets/{asset}")):
        assert (raw.status, raw.body) == (200, drawn)
        assert raw.headers["content-type"] == "image/svg+xml"
    # what is read can be set
    assert admin.put(f"{path}/{asset}", reply.json()).status == 200


@BOTH
@pytest.mark.parametrize("media_type", BYTES)
def test_an_image_comes_back_as_it_was_sent(
    admin: Client, portal: Any, path: str, visitor: Callable[[Any], Client], asset: str, media_type: str
) -> None:
    body = {"data": uri(media_type)}
    put = admin.put(f"{path}/{asset}", body)
    assert (put.status, put.json()) == (200, body)
    assert admin.get(f"{path}/{asset}").json() == body
    for raw in (admin.get(f"{path}/{asset}/raw"), visitor(portal).get(f"/api/v3/assets/{asset}")):
        assert (raw.status, raw.body) == (200, BYTES[media_type])
        assert raw.headers["content-type"] == media_type
        assert raw.headers["content-security-policy"] == HARMLESS
        assert raw.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    "data",
    [
        uri("image/png", mark=""),
        "data:image/png;base64,bmljZV9sb29raW5nX3BpY3R1cmU=",
        "data:image/vnd.microsoft.icon;base64,AAABAA==",
        "data:image/ico,AAABAA==",
        "data:image/icon;base64,AAABAA==",
    ],
)
def test_every_form_of_the_contract_is_taken_and_kept(admin: Client, path: str, data: str) -> None:
    assert admin.put(f"{path}/logo", {"data": data}).json() == {"data": data}
    assert admin.get(f"{path}/logo").json() == {"data": data}


def test_logo_and_favicon_are_apart(admin: Client, path: str) -> None:
    favicon = admin.get(f"{path}/favicon").json()
    admin.put(f"{path}/logo", {"data": uri("image/png")})
    assert admin.get(f"{path}/favicon").json() == favicon
    admin.put(f"{path}/favicon", {"data": uri("image/gif")})
    assert admin.get(f"{path}/logo").json() == {"data": uri("image/png")}


@BOTH
def test_null_goes_back_to_the_built_in_image(admin: Client, path: str, asset: str) -> None:
    built_in = admin.get(f"{path}/{asset}").json()
    admin.put(f"{path}/{asset}", {"data": uri("image/png")})
    reply = admin.put(f"{path}/{asset}", b"null")
    assert (reply.status, reply.json()) == (200, built_in)
    assert admin.get(f"{path}/{asset}").json() == built_in


@BOTH
@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"data": "required"}),
        ({"data": None}, {"data": "is_string"}),
        ({"data": 3}, {"data": "is_string"}),
        ({"data": "https://example.com/logo.png"}, {"data": "matches_regex"}),
        ({"data": "data:text/html;base64,PHNjcmlwdD4="}, {"data": "matches_regex"}),
        ({"data": "data:image/png;base64,***"}, {"data": "is_base64"}),
        ({"data": "data:image/png;base64,AAA"}, {"data": "is_base64"}),
        ({"data": uri("image/png"), "filename": "a.png"}, {"filename": "unknown_property"}),
        ([], {"": "is_object"}),
    ],
)
def test_anything_else_is_refused(admin: Client, path: str, asset: str, body: Any, fields: Any) -> None:
    before = admin.get(f"{path}/{asset}").json()
    assert admin.put(f"{path}/{asset}", body).fields() == fields
    assert admin.get(f"{path}/{asset}").json() == before


def test_an_empty_body_is_not_null(admin: Client, path: str) -> None:
    admin.put(f"{path}/logo", {"data": uri("image/png")})
    assert admin.put(f"{path}/logo", b"").fields() == {"": "required"}
    assert admin.get(f"{path}/logo").json() == {"data": uri("image/png")}


def test_an_image_may_have_three_megabytes(admin: Client, path: str) -> None:
    large = uri("image/png", bytes(range(256)) * 12_000)
    assert admin.put(f"{path}/logo", {"data": large}).status == 200
    assert admin.get(f"{path}/logo", headers={"Accept-Encoding": "identity"}).json() == {"data": large}
    assert admin.put(f"{path}/logo", {"data": large + large.partition(",")[2]}).status == 413


def test_a_browser_asks_again_and_is_told_when_nothing_changed(
    admin: Client, portal: Any, path: str, visitor: Callable[[Any], Client]
) -> None:
    site = visitor(portal)
    first = site.get("/api/v3/assets/logo")
    assert first.headers["cache-control"] == "no-cache"
    held = {"If-None-Match": first.headers["etag"]}
    again = site.get("/api/v3/assets/logo", headers=held)
    assert (again.status, again.body) == (304, b"")
    assert again.headers["content-security-policy"] == HARMLESS
    admin.put(f"{path}/logo", {"data": uri("image/svg+xml")})
    assert site.get("/api/v3/assets/logo", headers=held).body == BYTES["image/svg+xml"]


def test_a_content_editor_may_set_images_and_a_viewer_may_only_look(
    as_role: Callable[[str], Client], path: str
) -> None:
    viewer = as_role("viewer")
    for asset in ("logo", "favicon"):
        assert viewer.get(f"{path}/{asset}").status == 200
        assert viewer.get(f"{path}/{asset}/raw").status == 200
        assert viewer.put(f"{path}/{asset}", {"data": uri("image/png")}).status == 403
        assert viewer.put(f"{path}/{asset}", b"null").status == 403
    assert as_role("content_editor").put(f"{path}/logo", {"data": uri("image/png")}).status == 200


@BOTH
def test_checks_come_in_order(admin: Client, as_role: Callable[[str], Client], path: str, asset: str) -> None:
    nowhere = f"/v3/portals/{uuid.uuid4()}/assets/{asset}"
    wrong = {"data": "x"}
    assert Client(admin.port).put(nowhere, wrong).status == 401
    assert as_role("viewer").put(nowhere, wrong).status == 403
    assert admin.put(nowhere, wrong).status == 404
    assert admin.put(nowhere, {"data": uri("image/png")}).status == 404
    assert admin.put(f"{path}/{asset}", wrong, headers={"If-Match": '"7-x"'}).status == 400
    for address in (nowhere, f"{nowhere}/raw"):
        assert admin.get(address).status == 404
        assert Client(admin.port).get(address).status == 401


@BOTH
def test_a_stale_writer_gets_409_and_changes_nothing(admin: Client, path: str, asset: str) -> None:
    first, second = {"data": uri("image/png")}, {"data": uri("image/gif")}
    untouched = {"If-Match": admin.get(f"{path}/{asset}").headers["etag"]}
    assert admin.put(f"{path}/{asset}", first, headers=untouched).status == 200
    assert admin.put(f"{path}/{asset}", second, headers=untouched).status == 409
    assert admin.put(f"{path}/{asset}", b"null", headers=untouched).status == 409
    assert admin.get(f"{path}/{asset}").json() == first


def test_who_changes_the_logo_has_not_changed_the_favicon(admin: Client, path: str) -> None:
    read = {
        asset: {"If-Match": admin.get(f"{path}/{asset}").headers["etag"]} for asset in ("logo", "favicon")
    }
    assert admin.put(f"{path}/logo", {"data": uri("image/png")}, headers=read["logo"]).status == 200
    assert admin.put(f"{path}/favicon", {"data": uri("image/png")}, headers=read["favicon"]).status == 200


def test_reading_takes_two_trips_and_one_for_the_image(
    admin: Client, portal: Any, path: str, visitor: Callable[[Any], Client], trips: Any
) -> None:
    from chalicelib.http import hosts
    from chalicelib.storage import blobs

    assert trips(lambda: admin.get(f"{path}/logo")) == 2
    admin.put(f"{path}/logo", {"data": uri("image/png")})
    for send in (
        lambda: admin.get(f"{path}/logo"),
        lambda: admin.get(f"{path}/logo/raw"),
        lambda: visitor(portal).get("/api/v3/assets/logo"),
    ):
        blobs._kept.clear()
        hosts.forget()
        assert trips(send) == 3
