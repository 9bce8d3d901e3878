"""Images as the contracts carry them: data URIs in base64 (`data:image/png;base64,…`).

The text decides what an image is taken for, as in the contracts' patterns; what its bytes really are is
looked at by `dimensions` alone. Whoever serves these bytes sends them with a policy that lets them do nothing
(an SVG may hold scripts).
"""

from __future__ import annotations

import base64
import re
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import AfterValidator, WithJsonSchema

from chalicelib.http.types import RuleError

PNG, JPEG, GIF, ICO, SVG = "image/png", "image/jpeg", "image/gif", "image/x-icon", "image/svg+xml"
ANY = (PNG, JPEG, GIF, ICO, SVG)
ICON = (PNG, JPEG, SVG)

#: how each media type may be written, as the contracts' patterns have it
_WRITTEN = {
    PNG: "image/png",
    JPEG: "image/jpeg",
    GIF: "image/gif",
    ICO: "image/(x-icon|ico|icon|vnd.microsoft.icon)",
    SVG: r"image/svg\+xml",
}
_NAMES = {PNG: "PNG", JPEG: "JPEG", GIF: "GIF", ICO: "ICO", SVG: "SVG"}
_BASE64 = "(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?"
_HEADS = {kind: re.compile(f"data:{written}(;base64)?,") for kind, written in _WRITTEN.items()}

_SVG_ROOT = "http://www.w3.org/2000/svg svg"
_LENGTH = re.compile(r"\s*\+?([0-9]{0,12}\.?[0-9]{1,12}(?:[eE][+-]?[0-9]{1,3})?)(px|in|cm|mm|pt|pc|)\s*")
#: CSS pixels of a unit
_UNITS = {"": 1.0, "px": 1.0, "in": 96.0, "cm": 96 / 2.54, "mm": 96 / 25.4, "pt": 96 / 72, "pc": 16.0}


@dataclass(frozen=True)
class DataUri:
    """An image: one of the media types above, and its bytes."""

    media_type: str
    data: bytes


def parse(text: str, kinds: Sequence[str] = ANY) -> DataUri:
    """Read a data URI of an image of one of these kinds. The bytes are not looked at.

    Raises RuleError: `matches_regex` for another form or kind, `is_base64` where the data is not.
    """
    for kind in kinds:
        head = _HEADS[kind].match(text)
        if head is not None:
            return DataUri(kind, _decoded(text[head.end() :]))
    names = [_NAMES[kind] for kind in kinds]
    raise RuleError(
        f"must be a data URI of a {', '.join(names[:-1])} or {names[-1]} image in base64, "
        "as data:image/png;base64,…",
        "matches_regex",
    )


def _decoded(text: str) -> bytes:
    try:
        # the standard library alone lets whole blocks of padding pass
        if len(text) % 4 == 0 and not text.endswith("==="):
            return base64.b64decode(text, validate=True)
    except ValueError:  # not ASCII, or no base64
        pass
    raise RuleError("the data of the data URI is not valid base64", "is_base64")


def _schema(kinds: Sequence[str]) -> dict[str, Any]:
    return {
        "oneOf": [
            {"type": "string", "format": "uri", "pattern": f"^data:{_WRITTEN[kind]}(;base64)?,{_BASE64}$"}
            for kind in kinds
        ]
    }


def _checked(kinds: Sequence[str]) -> AfterValidator:
    def check(text: str) -> str:
        parse(text, kinds)
        return text

    return AfterValidator(check)


#: members of wire models; the text stays as it came
ImageUri = Annotated[str, _checked(ANY), WithJsonSchema(_schema(ANY))]
IconUri = Annotated[str, _checked(ICON), WithJsonSchema(_schema(ICON))]


def dimensions(image: DataUri) -> tuple[int, int] | None:
    """Width and height of a PNG, JPEG or SVG in pixels; None for an SVG that has no size of its own.

    Reads the head of the image only. Raises RuleError where the bytes are not of the kind that is said.
    """
    read = {PNG: _png, JPEG: _jpeg, SVG: _svg}[image.media_type]
    try:
        return read(image.data)
    except (ValueError, IndexError, struct.error) as error:
        raise RuleError(f"the data is not a readable {_NAMES[image.media_type]} image") from error


def _png(data: bytes) -> tuple[int, int]:
    if not data.startswith(b"\x89PNG\r\n\x1a\n") or data[12:16] != b"IHDR":
        raise ValueError
    width, height = struct.unpack(">II", data[16:24])
    return _positive(width, height)


def _jpeg(data: bytes) -> tuple[int, int]:
    if not data.startswith(b"\xff\xd8"):
        raise ValueError
    at = 2
    while True:
        if data[at] != 0xFF:
            raise ValueError
        while data[at] == 0xFF:
            at += 1
        marker = data[at]
        at += 1
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            height, width = struct.unpack(">HH", data[at + 3 : at + 7])
            return _positive(width, height)
        if marker in (0xD9, 0xDA):  # the end, or pixels, before any size
            raise ValueError
        if marker != 0x01 and not 0xD0 <= marker <= 0xD7:
            (length,) = struct.unpack(">H", data[at : at + 2])
            if length < 2:
                raise ValueError
            at += length


class _RootSeen(Exception):
    """Ends the parsing of an SVG at its root element."""


def _svg(data: bytes) -> tuple[int, int] | None:
    from xml.parsers import expat

    found: dict[str, str] = {}

    def root(name: str, attributes: dict[str, str]) -> None:
        if name != _SVG_ROOT:
            raise ValueError
        found.update(attributes)
        raise _RootSeen

    def entity(*_: object) -> None:
        raise ValueError  # the root's attributes could be blown up with them

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = root
    parser.EntityDeclHandler = entity
    try:
        parser.Parse(data, True)
    except _RootSeen:
        pass
    except (expat.ExpatError, LookupError) as error:  # LookupError: an unknown encoding
        raise ValueError from error
    width, height = _pixels(found.get("width")), _pixels(found.get("height"))
    if width is None and height is None:
        return None
    # a side that is not given follows the other by the image's proportions, which are not worked out here
    return width or height or 0, height or width or 0


def _pixels(length: str | None) -> int | None:
    """A CSS length in pixels, None where it depends on the surroundings (per cent, em)."""
    read = _LENGTH.fullmatch(length[:64]) if length is not None else None
    if read is None:
        return None
    return -int(-min(float(read[1]) * _UNITS[read[2]], 1e9) // 1)


def _positive(width: int, height: int) -> tuple[int, int]:
    if width == 0 or height == 0:
        raise ValueError
    return width, height
