"""GET /openapi.json, on the admin host and on every portal's: what the service can do, told by itself."""

from __future__ import annotations

from functools import cache

from chalicelib.http.answers import Answer, JsonObject
from chalicelib.http.describe import openapi
from chalicelib.http.operation import Host, Public, operation


@cache
def _text(host: Host) -> bytes:
    import json

    return json.dumps(openapi.document(host), ensure_ascii=False, separators=(",", ":")).encode()


@operation("describe", "GET", "/openapi.json", allow=Public.ANYONE, errors=())
def describe() -> JsonObject:
    """Describe the management API"""
    return Answer(_text(Host.ADMIN))


@operation("describe-portal-api", "GET", "/openapi.json", allow=Public.GUEST, errors=())
def describe_portal_api() -> JsonObject:
    """Describe the portal API"""
    return Answer(_text(Host.PORTAL))
