"""An API Gateway proxy event, read once into what the rest of http/ works with."""

from __future__ import annotations

import base64
import binascii
import gzip
import io
import zlib
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from chalicelib.errors import Invalid, TooLarge, UnsupportedMediaType, Violation
from chalicelib.settings import settings


@dataclass(eq=False, repr=False)
class Request:
    """One request. `path` is as the client sent it, still percent-encoded; headers are lower-cased."""

    method: str
    path: str
    headers: dict[str, str]
    query: list[tuple[str, str]]
    trace_id: str
    source_ip: str
    raw_body: bytes = b""
    #: the host the viewer called, without port, lower-case: CloudFront passes it on in a header
    host: str = field(init=False)
    #: the path's parts, each decoded once, so that `%2F` stays inside its part
    segments: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        self.host = self._host()
        self.segments = self._segments()

    @classmethod
    def from_event(cls, event: dict[str, Any]) -> Request:
        """Read a REST API proxy event. Never raises: a body that is not base64 is taken as it is."""
        context = event.get("requestContext") or {}
        identity = context.get("identity") or {}
        many = event.get("multiValueHeaders") or {}
        headers = {name.lower(): ", ".join(values) for name, values in many.items()}
        for name, value in (event.get("headers") or {}).items():
            headers.setdefault(name.lower(), value)
        query: list[tuple[str, str]] = []
        for name, values in (event.get("multiValueQueryStringParameters") or {}).items():
            query.extend((name, value) for value in values)
        body = event.get("body") or ""
        raw = body.encode() if isinstance(body, str) else bytes(body)
        if event.get("isBase64Encoded"):
            try:
                raw = base64.b64decode(raw, validate=True)
            except binascii.Error:
                raw = body.encode() if isinstance(body, str) else body
        return cls(
            method=event.get("httpMethod", "GET").upper(),
            path=event.get("path") or "/",
            headers=headers,
            query=query,
            trace_id=str(context.get("requestId") or ""),
            source_ip=str(identity.get("sourceIp") or ""),
            raw_body=raw,
        )

    def _host(self) -> str:
        forwarded = self.headers.get("x-portico-host") if settings().origin_secrets else None
        name = (forwarded or self.headers.get("host") or "").strip().lower()
        if name.startswith("["):
            return name.partition("]")[0] + "]"
        return name.partition(":")[0].rstrip(".")

    @property
    def origin(self) -> str:
        """The origin the viewer called: scheme, host, and port where it is not the scheme's own."""
        forwarded = self.headers.get("x-portico-host") if settings().origin_secrets else None
        authority = (forwarded or self.headers.get("host") or "").strip().lower()
        return f"{settings().scheme}://{authority}"

    @property
    def client_ip(self) -> str:
        """The viewer's address: where CloudFront stands in front, the one it added to those it was told."""
        if settings().origin_secrets:
            forwarded = self.headers.get("x-forwarded-for", "").split(",")
            if len(forwarded) > 1:
                return forwarded[-2].strip()  # the last is CloudFront's own
        return self.source_ip

    def _segments(self) -> tuple[str, ...]:
        # one slash at the end is passed over; an empty part between others is a part, which no operation has
        path = self.path.removeprefix("/").removesuffix("/")
        return tuple(unquote(part, errors="replace") for part in path.split("/")) if path else ()

    @property
    def media_type(self) -> str:
        """The body's media type without parameters, lower-case; empty where none is said."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    def accepts_gzip(self) -> bool:
        """Whether the client reads gzip."""
        for part in self.headers.get("accept-encoding", "").split(","):
            name, _, parameter = part.strip().partition(";")
            if name.strip().lower() in ("gzip", "*"):
                return parameter.replace(" ", "") not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
        return False

    def prefers(self, *offered: str) -> str:
        """Which of these media types the client wants most (Accept); the first where it does not say."""

        def wish(media_type: str) -> tuple[float, int, int]:
            fitting = [
                (exactness, quality, -place)
                for place, (wanted, quality) in enumerate(self._accepted())
                if (exactness := _exactness(wanted, media_type))
            ]
            # the most exact range that fits says how much; of equals, the one that stands first
            exactness, quality, place = max(fitting, default=(0, 0.0, 0))
            return quality, exactness, place

        return max(offered, key=wish)

    def _accepted(self) -> list[tuple[str, float]]:
        ranges = []
        for part in self.headers.get("accept", "").split(","):
            name, *parameters = (piece.strip().lower() for piece in part.split(";"))
            quality = next((text[2:] for text in parameters if text.startswith("q=")), "1")
            try:
                ranges.append((name, float(quality)))
            except ValueError:
                continue
        return ranges

    def body(self, limit: int) -> bytes:
        """The body, unpacked where it came gzipped.

        Raises TooLarge beyond `limit` bytes, UnsupportedMediaType for another encoding, Invalid where it
        is not gzip at all.
        """
        coding = self.headers.get("content-encoding", "").strip().lower()
        raw = self.raw_body
        if coding in ("gzip", "x-gzip"):
            try:
                with gzip.GzipFile(fileobj=io.BytesIO(raw)) as packed:
                    raw = packed.read(limit + 1)
            except (OSError, EOFError, zlib.error) as error:
                raise Invalid([Violation("", "the body is not valid gzip", "invalid")]) from error
        elif coding not in ("", "identity"):
            raise UnsupportedMediaType(f"Content-Encoding {coding!r} is not read here; send gzip or none.")
        if len(raw) > limit:
            raise TooLarge(f"The body has more than {limit:,} bytes, which is the most this operation takes.")
        return raw


def _exactness(wanted: str, media_type: str) -> int:
    """How exactly a range of Accept names a media type: 3 itself, 2 its kind, 1 any, 0 not at all."""
    ranges = (media_type, media_type.partition("/")[0] + "/*", "*/*")
    return 3 - ranges.index(wanted) if wanted in ranges else 0
