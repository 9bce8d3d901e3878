"""/v3/apis/{apiId}/images over HTTP, and the addresses on the admin host that it gives out."""

from __future__ import annotations

import base64
import struct
import uuid
import zlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from chalicelib import clock
from chalicelib.catalog.images import addresses
from tests.client import Client
from tests.contract.catalog.making import make_api


def png(width: int = 2, height: int = 2, filling: int = 0) -> bytes:
    """A PNG of one colour, with `filling` bytes of a comment."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + b"\x7f" * width for _ in range(height)))
    comment = chunk(b"tEXt", b"Comment\0" + b"x" * filling) if filling else b""
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + comment + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


def svg(width: str = "10", height: str = "10", inner: str = "") -> bytes:
    text = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}">{inner}</svg>'
    return text.encode()


def uri(data: bytes, media_type: str = "image/png") -> str:
    return f"data:{media_type};base64,{base64.b64encode(data).decode()}"


#: a JPEG's frame header of this size, which is as far as it is read
def jpeg(width: int, height: int) -> bytes:
    return (
        b"\xff\xd8\xff\xe0\x00\x04ab\xff\xc0\x00\x0b\x08" + struct.pack(">HH", height, width) + b"\x01\x11\0"
    )


@pytest.fixture
def api(admin: Client) -> str:
    return make_api(admin)


def icon(api: str) -> str:
    return f"/v3/apis/{api}/images/icon"


def put(admin: Client, api: str, data: bytes, media_type: str = "image/png") -> Any:
    reply = admin.put(icon(api), {"data": uri(data, media_type)})
    assert reply.status in (200, 201), reply.text
    return reply.json()


def raw(admin: Client, api: str) -> bytes:
    """The image that is served, followed as a client would."""
    reply = admin.get(f"{icon(api)}/raw")
    assert reply.status == 302, reply.text
    image = Client(admin.port).get(reply.headers["location"])
    assert image.status == 200, image.text
    return image.body


def test_the_first_image_is_201_and_a_replacement_200(admin: Client, api: str) -> None:
    first = admin.put(icon(api), {"data": uri(png())})
    assert first.status == 201
    made = first.json()
    assert (made["status"], made["error"], made["image_type"]) == ("valid", None, "icon")
    assert made["api_id"] == api
    assert admin.get(icon(api)).json() == made
    assert raw(admin, api) == png()
    again = admin.put(icon(api), {"data": uri(png(3, 3))})
    assert (again.status, again.json()["created_at"]) == (200, made["created_at"])
    assert raw(admin, api) == png(3, 3)


@pytest.mark.parametrize(
    ("data", "media_type"),
    [
        (png(350, 350), "image/png"),
        (jpeg(350, 1), "image/jpeg"),
        (svg("350px", "350"), "image/svg+xml"),
        (svg("100%", "100%"), "image/svg+xml"),
    ],
)
def test_an_image_that_fits_is_served(admin: Client, api: str, data: bytes, media_type: str) -> None:
    assert put(admin, api, data, media_type)["status"] == "valid"
    location = admin.get(f"{icon(api)}/raw").headers["location"]
    reply = Client(admin.port).get(location)
    assert (reply.body, reply.headers["content-type"]) == (data, media_type)


@pytest.mark.parametrize(
    ("data", "media_type", "words"),
    [
        (png(351, 1), "image/png", "351 × 1 pixels"),
        (jpeg(1, 351), "image/jpeg", "1 × 351 pixels"),
        (svg("4in", "1"), "image/svg+xml", "384 × 1 pixels"),
        (png(filling=500 * 1024), "image/png", "less than 500 KB"),
        (png(), "image/jpeg", "JPEG"),
        (b"", "image/png", "PNG"),
        (b"<html></html>", "image/svg+xml", "SVG"),
        (b'<!DOCTYPE svg [<!ENTITY a "b">]>' + svg(), "image/svg+xml", "SVG"),
    ],
)
def test_what_is_wrong_with_an_image_is_said_and_the_one_before_served_on(
    admin: Client, api: str, data: bytes, media_type: str, words: str
) -> None:
    before = png(7, 7)
    put(admin, api, before)
    tried = put(admin, api, data, media_type)
    assert tried["status"] == "invalid"
    assert words in tried["error"]
    assert admin.get(icon(api)).json() == tried
    assert raw(admin, api) == before
    assert put(admin, api, png(8, 8))["status"] == "valid"
    assert raw(admin, api) == png(8, 8)


def test_an_invalid_first_image_is_not_served(admin: Client, api: str) -> None:
    assert put(admin, api, png(999, 1))["status"] == "invalid"
    assert admin.get(f"{icon(api)}/raw").status == 404
    assert admin.put(icon(api), {"data": uri(png())}).status == 200


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"data": "required"}),
        ({"data": 3}, {"data": "is_string"}),
        ({"data": None}, {"data": "is_string"}),
        ({"data": "https://example.com/a.png"}, {"data": "matches_regex"}),
        ({"data": "data:image/gif;base64,AAAA"}, {"data": "matches_regex"}),
        ({"data": "data:image/png;base64,A"}, {"data": "is_base64"}),
        ({"data": uri(png()), "status": "valid"}, {"status": "unknown_property"}),
    ],
)
def test_a_wrong_body_is_refused(admin: Client, api: str, body: Any, fields: Any) -> None:
    assert admin.put(icon(api), body).fields() == fields
    assert admin.get(icon(api)).status == 404


def test_there_is_no_image_of_another_api_or_type(admin: Client, api: str) -> None:
    put(admin, api, png())
    for path in (icon(str(uuid.uuid4())), icon("x"), f"/v3/apis/{api}/images/logo"):
        assert admin.get(path).status == 404
        assert admin.get(f"{path}/raw").status == 404
        assert admin.put(path, {"data": uri(png())}).status == 404
        assert admin.delete(path).status == 404
    empty = make_api(admin)
    assert admin.get(icon(empty)).status == 404
    assert admin.get(f"{icon(empty)}/raw").status == 404
    assert admin.delete(icon(empty)).status == 404


def test_a_deleted_image_is_gone_from_its_address(admin: Client, api: str) -> None:
    put(admin, api, png())
    location = admin.get(f"{icon(api)}/raw").headers["location"]
    assert admin.delete(icon(api)).status == 204
    assert admin.get(icon(api)).status == 404
    assert Client(admin.port).get(location).status == 404
    assert admin.put(icon(api), {"data": uri(png(3, 3))}).status == 201


def test_writing_asks_for_its_permission(as_role: Callable[[str], Client], api: str) -> None:
    viewer, editor = as_role("viewer"), as_role("content_editor")
    body = {"data": uri(png())}
    assert viewer.put(icon(api), body).status == 403
    assert viewer.delete(icon(api)).status == 403
    assert editor.put(icon(api), body).status == 201
    assert viewer.get(icon(api)).status == 200
    assert viewer.get(f"{icon(api)}/raw").status == 302
    assert editor.delete(icon(api)).status == 204


def test_a_stale_writer_gets_409_and_changes_nothing(admin: Client, api: str) -> None:
    put(admin, api, png())
    tag = {"If-Match": admin.get(icon(api)).headers["etag"]}
    assert admin.put(icon(api), {"data": uri(png(3, 3))}, headers=tag).status == 200
    assert admin.put(icon(api), {"data": uri(png(4, 4))}, headers=tag).status == 409
    assert admin.delete(icon(api), headers=tag).status == 409
    assert raw(admin, api) == png(3, 3)


def test_uploads_that_meet_all_get_through(admin: Client, api: str) -> None:
    with ThreadPoolExecutor(4) as pool:
        bodies = [{"data": uri(png(side, side))} for side in range(1, 5)]
        statuses = list(pool.map(lambda body: admin.put(icon(api), body).status, bodies))
    assert sorted(statuses) == [200, 200, 200, 201]


def test_an_address_on_the_admin_host_is_good_for_a_while_and_sandboxed(
    admin: Client, api: str, portal: Any, visitor: Callable[[Any], Client]
) -> None:
    hostile = svg(inner="<script>alert(1)</script>")
    put(admin, api, hostile, "image/svg+xml")
    location = admin.get(f"{icon(api)}/raw").headers["location"]
    anyone = Client(admin.port)
    reply = anyone.get(location)
    assert reply.body == hostile
    policy = reply.headers["content-security-policy"]
    assert "sandbox" in policy
    assert "default-src 'none'" in policy
    assert "script" not in policy
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.headers["cache-control"] == "private, no-store"
    assert visitor(portal).get(location).status == 404
    clock.travel((addresses.ADMIN_SECONDS + 1) * 1000)
    try:
        assert anyone.get(location).status == 404
    finally:
        clock.travel(0)


def test_addresses_cannot_be_made_up(admin: Client, api: str) -> None:
    put(admin, api, png())
    location = admin.get(f"{icon(api)}/raw").headers["location"]
    anyone = Client(admin.port)
    assert anyone.get(location).status == 200
    for place in range(len("/_media/"), len(location)):
        other = "A" if location[place] != "A" else "B"
        assert anyone.get(location[:place] + other + location[place + 1 :]).status == 404
    for wrong in (
        "/_media/",
        "/_media/x",
        location + "A",
        location[:-1],
        "/_media/%00",
        "/_media/" + "%C3%A9" * 30,
    ):
        assert anyone.get(wrong).status == 404


def test_trips(admin: Client, api: str, trips: Any) -> None:
    put(admin, api, png())
    raw(admin, api)
    assert trips(lambda: admin.get(icon(api))) <= 2
    assert trips(lambda: admin.get(f"{icon(api)}/raw")) <= 2
    location = admin.get(f"{icon(api)}/raw").headers["location"]
    assert trips(lambda: Client(admin.port).get(location)) <= 2
