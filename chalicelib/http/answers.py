"""What an operation may return, and how it becomes the status, headers and bytes of a response."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Annotated, Any
from urllib.parse import urlencode

from pydantic import WithJsonSchema

from chalicelib.http.filters import cursor
from chalicelib.http.models import Out
from chalicelib.storage.lists import CursorPage, FlatCursorPage, Page, Place

JSON = "application/json"


@dataclass(frozen=True, eq=False, repr=False)
class Answer:
    """An answer that is more than a model with the declared status.

    `body`: a model, a page, bytes or text of `media_type`, or None. `cookies`: whole Set-Cookie values.
    """

    body: Any = None
    status: int | None = None
    headers: dict[str, str] = field(default_factory=dict)
    media_type: str = JSON
    cookies: tuple[str, ...] = ()


#: an answer whose body is the bytes of a JSON object
JsonObject = Annotated[Answer, WithJsonSchema({"type": "object"})]


@dataclass(eq=False, repr=False)
class Response:
    """A response before it is packed for API Gateway."""

    status: int
    headers: dict[str, str]
    body: bytes = b""
    cookies: tuple[str, ...] = ()


def redirect(location: str, status: int = 302, headers: dict[str, str] | None = None) -> Answer:
    """A redirection to a path of the same host, or to a presigned address."""
    return Answer(None, status, {"Location": location, **(headers or {})})


def image(data: bytes, media_type: str, cache: str = "no-store") -> Answer:
    """An image that somebody uploaded. Whatever its bytes are, a browser may draw them and nothing more."""
    return Answer(
        data,
        headers={
            "Content-Security-Policy": "sandbox; default-src 'none'",
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": cache,
        },
        media_type=media_type,
    )


def render(result: Any, status: int) -> Response:
    """Serialise what a handler returned. `status` is the one the operation declares."""
    if not isinstance(result, Answer):
        result = Answer(result)
    headers = dict(result.headers)
    body, rev = _body(result.body)
    if result.body is not None:
        headers.setdefault("Content-Type", result.media_type)
    final = result.status or status
    if body and 200 <= final < 300:
        tag = hashlib.sha256(body).hexdigest()[:20]
        headers.setdefault("ETag", f'"{rev}-{tag}"' if rev is not None else f'"{tag}"')
    return Response(final, headers, body, result.cookies)


def _body(value: Any) -> tuple[bytes, int | None]:
    if value is None:
        return b"", None
    if isinstance(value, bytes):
        return value, None
    if isinstance(value, str):
        return value.encode(), None
    if isinstance(value, Out):
        return model_json(value), value._rev
    if isinstance(value, Page):
        meta = {"page": {"number": value.query.number, "size": value.query.size, "total": value.total}}
        data = b",".join(model_json(entry) for entry in value.data)
        return b'{"data":[' + data + b'],"meta":' + json.dumps(meta).encode() + b"}", None
    if isinstance(value, CursorPage):
        data = b",".join(model_json(entry) for entry in value.data)
        found: dict[str, Any] = {
            "first": value.query.address + urlencode({"page[size]": value.query.size}),
            "next": _beside(value, "after", value.next),
            "previous": _beside(value, "before", value.previous),
            "size": value.query.size,
        }
        meta = found if isinstance(value, FlatCursorPage) else {"page": found}
        return b'{"data":[' + data + b'],"meta":' + json.dumps(meta).encode() + b"}", None
    if isinstance(value, list):
        return b"[" + b",".join(model_json(entry) for entry in value) + b"]", None
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode(), None


def _beside(page: CursorPage[Any], side: str, place: Place | None) -> str | None:
    """The address of the page that joins on here."""
    if place is None:
        return None
    return page.query.address + urlencode({f"page[{side}]": cursor(place), "page[size]": page.query.size})


def model_json(model: Out) -> bytes:
    """A model's JSON: only the members that were given, so that absent stays absent."""
    return model.__pydantic_serializer__.to_json(model, exclude_unset=True, by_alias=True)


def revision(tag: str) -> int | None:
    """The record's revision in an entity tag, None where it holds none."""
    number = tag.strip().removeprefix("W/").strip('"').partition("-")[0]
    return int(number) if number.isascii() and number.isdigit() else None
