"""Images in data URIs."""

from __future__ import annotations

import base64
import re
import struct
import zlib

import pytest

from chalicelib import data_uris
from chalicelib.data_uris import GIF, ICO, ICON, JPEG, PNG, SVG, DataUri, dimensions, parse
from chalicelib.http.types import RuleError


def png(width: int, height: int) -> bytes:
    header = struct.pack(">II", width, height) + b"\x08\x00\x00\x00\x00"
    chunk = b"IHDR" + header
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk))


def jpeg(width: int, height: int, *, sof: int = 0xC0) -> bytes:
    app = b"\xff\xe0" + struct.pack(">H", 2 + 5) + b"JFIF\0"
    tables = b"\xff\xff\xc4" + struct.pack(">H", 2 + 1) + b"\0"
    frame = bytes([0xFF, sof]) + struct.pack(">HBHHB", 8, 8, height, width, 0)
    return b"\xff\xd8" + app + tables + frame + b"\xff\xd9"


def svg(attributes: str, before: str = "") -> bytes:
    return f'{before}<svg xmlns="http://www.w3.org/2000/svg" {attributes}><script/></svg>'.encode()


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        ("data:image/png;base64,", PNG),
        ("data:image/png,", PNG),
        ("data:image/jpeg;base64,", JPEG),
        ("data:image/gif;base64,", GIF),
        ("data:image/x-icon;base64,", ICO),
        ("data:image/ico,", ICO),
        ("data:image/icon;base64,", ICO),
        ("data:image/vnd.microsoft.icon;base64,", ICO),
        ("data:image/svg+xml;base64,", SVG),
    ],
)
def test_every_way_to_write_a_kind_is_read(head: str, kind: str) -> None:
    assert parse(head + base64.b64encode(b"bytes").decode()) == DataUri(kind, b"bytes")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "data:",
        "https://example.com/logo.png",
        "data:text/html;base64,AAAA",
        "data:image/webp;base64,AAAA",
        "data:image/svg+xml;utf8,<svg/>",
        "data:image/png;charset=x;base64,AAAA",
        "DATA:image/png;base64,AAAA",
        " data:image/png;base64,AAAA",
    ],
)
def test_another_form_or_kind_is_refused(text: str) -> None:
    with pytest.raises(RuleError, match="PNG, JPEG, GIF, ICO or SVG") as refused:
        parse(text)
    assert refused.value.rule == "matches_regex"


def test_a_kind_that_is_not_wanted_is_refused() -> None:
    with pytest.raises(RuleError, match="PNG, JPEG or SVG"):
        parse("data:image/gif;base64,AAAA", ICON)


_TAILS = ["", "AAAA", "AAA=", "AA==", "AAAAAA==", "+/+/"]
_BAD_TAILS = [
    *("A", "AA", "AAA", "A===", "====", "=", "AA=A", "AA==AAAA", "AAAA=", "AAA==", "AA=", "AAAA===="),
    *("AAAA\n", "AA AA", "AA-_", "%41AAA", "ÄÄÄÄ", "AAAA\r\nAAAA", "AAAA,AAAA", "\0AAA"),
]


@pytest.mark.parametrize("tail", _TAILS + _BAD_TAILS)
def test_base64_is_taken_exactly_as_the_published_pattern_has_it(tail: str) -> None:
    text = "data:image/png;base64," + tail
    published = next(one["pattern"] for one in data_uris._schema([PNG])["oneOf"])
    good = re.fullmatch(published.removeprefix("^").removesuffix("$"), text) is not None
    assert good is (tail in _TAILS)
    if good:
        parse(text)
    else:
        with pytest.raises(RuleError) as refused:
            parse(text)
        assert refused.value.rule == "is_base64"


def test_dimensions_of_raster_images() -> None:
    assert dimensions(DataUri(PNG, png(350, 1))) == (350, 1)
    assert dimensions(DataUri(JPEG, jpeg(640, 480))) == (640, 480)
    assert dimensions(DataUri(JPEG, jpeg(64, 48, sof=0xC2))) == (64, 48)


@pytest.mark.parametrize(
    ("attributes", "size"),
    [
        ('width="24" height="32"', (24, 32)),
        ('width=" 24.2px" height="1in "', (25, 96)),
        ('width="72pt" height="25.4mm"', (96, 96)),
        ('width="2.54cm" height="1pc"', (96, 16)),
        ('width="1e3" height=".5"', (1000, 1)),
        ('width="9e999" height="1"', (1_000_000_000, 1)),
        ('width="400"', (400, 400)),
        ('width="100%" height="2em"', None),
        ('viewBox="0 0 512 512"', None),
        ('width="" height="-3"', None),
    ],
)
def test_dimensions_of_an_svg_are_its_own_size_in_pixels(
    attributes: str, size: tuple[int, int] | None
) -> None:
    assert dimensions(DataUri(SVG, svg(attributes))) == size


def test_an_svg_may_have_a_prolog_and_a_doctype() -> None:
    prolog = '<?xml version="1.0" encoding="UTF-8"?><!-- drawn by hand --><!DOCTYPE svg>'
    assert dimensions(DataUri(SVG, svg('width="1" height="2"', prolog))) == (1, 2)
    assert dimensions(DataUri(SVG, svg('width="1" height="2"').decode().encode("utf-16"))) == (1, 2)


_BOMB = '<!DOCTYPE svg [<!ENTITY a "1111111111"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    "image",
    [
        DataUri(PNG, b""),
        DataUri(PNG, jpeg(1, 1)),
        DataUri(PNG, png(1, 1)[:20]),
        DataUri(PNG, png(0, 5)),
        DataUri(JPEG, b""),
        DataUri(JPEG, png(1, 1)),
        DataUri(JPEG, b"\xff\xd8"),
        DataUri(JPEG, b"\xff\xd8" + b"\xff" * 1000),
        DataUri(JPEG, b"\xff\xd8\xff\xe0\x00\x00\xff\xe0\x00\x00"),
        DataUri(JPEG, b"\xff\xd8\xff\xd9"),
        DataUri(JPEG, jpeg(1, 1)[:18]),
        DataUri(SVG, b""),
        DataUri(SVG, b"not xml"),
        DataUri(SVG, b"<svg/>"),
        DataUri(SVG, b'<html xmlns="http://www.w3.org/1999/xhtml"/>'),
        DataUri(SVG, svg('width="&b;"', _BOMB)),
        DataUri(SVG, b'<?xml version="1.0" encoding="no-such"?>' + svg("")),
        DataUri(SVG, png(1, 1)),
    ],
    ids=lambda image: f"{image.media_type} {image.data[:24]!r}",
)
def test_bytes_that_are_not_what_they_are_said_to_be_are_refused(image: DataUri) -> None:
    with pytest.raises(RuleError, match="not a readable"):
        dimensions(image)
