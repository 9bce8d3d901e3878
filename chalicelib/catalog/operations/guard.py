"""Where access control enforces an API's operations, none of them vanishes by accident."""

from __future__ import annotations

from chalicelib.catalog.operations import packing
from chalicelib.catalog.records import Api
from chalicelib.errors import Conflict

#: the implementation mode in which operations are enforced
ENFORCED = "access_control_enforcement"
METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "CONNECT", "TRACE")


def offered(packed: bytes | None) -> list[tuple[str, str]]:
    """Method and collapsed path of each HTTP operation, in their order, each once."""
    if packed is None:
        return []
    found = (
        (one.method, one.collapsed)
        for one in packing.unpack(packed).items
        if one.kind == "path" and one.method in METHODS
    )
    return list(dict.fromkeys(found))


def check(api: Api, before: bytes | None, after: bytes | None) -> None:
    """Raises Conflict where operations are enforced and one of the current version would vanish."""
    if api.implementation_mode == ENFORCED and set(offered(before)) - set(offered(after)):
        raise Conflict(
            "Operations are not allowed to be removed from the current version when using access control "
            "enforcement. Repeat the request with force=true to remove them."
        )
