"""Addresses under which images are served: `/_media/<key>`.

A key names an API and the start of its image's hash, so that another image has another address, and is signed
for one place: a portal, or the admin host for a few minutes. It finds an image, it does not allow to see it.
"""

from __future__ import annotations

import base64
import hmac
import re
import uuid
from dataclasses import dataclass

from chalicelib import clock
from chalicelib.errors import NotFound
from chalicelib.organization import service as organization

#: for how long at most an address on the admin host is good; at least for half of that
ADMIN_SECONDS = 600
NOTHING = "There is no image at this address."
_ADMIN = "admin"
_REVISION, _EXPIRY, _SIGNATURE = 8, 5, 16
_SHOWN = re.compile(r'(?<= src=")/_media/([\w-]+)(?=")')
_LENGTH = 16 + _REVISION + _EXPIRY + _SIGNATURE


@dataclass(frozen=True)
class Named:
    """What a key names. `revision`: the first bytes of the image's hash, as hex."""

    api_id: str
    revision: str

    def is_of(self, digest: str) -> bool:
        """Whether this is the image of that hash."""
        return digest.startswith(self.revision)


def at_portal(portal_id: str, api_id: str, digest: str) -> str:
    """The path of an image on a portal's host; it stays the same as long as the image does."""
    return _path(portal_id, api_id, digest, 0)


def at_admin(api_id: str, digest: str) -> str:
    """The path of an image on the admin host. `digest`: its hash, or the revision that a key names."""
    # for some minutes the same: what shows it does not fetch it again
    window = ADMIN_SECONDS // 2
    return _path(_ADMIN, api_id, digest, (clock.now_ms() // 1000 // window + 2) * window)


def moved_to_admin(html: str, portal_id: str) -> str:
    """The HTML of a portal's page, with the images that it shows where the admin host has them."""

    def moved(found: re.Match[str]) -> str:
        try:
            named = read(found[1], portal_id)
        except NotFound:
            return found[0]
        return at_admin(named.api_id, named.revision)

    return _SHOWN.sub(moved, html)


def _path(place: str, api_id: str, digest: str, expiry: int) -> str:
    named = uuid.UUID(api_id).bytes + bytes.fromhex(digest)[:_REVISION] + expiry.to_bytes(_EXPIRY, "big")
    key = base64.urlsafe_b64encode(named + _signature(place, named)).decode().rstrip("=")
    return f"/_media/{key}"


def _signature(place: str, named: bytes) -> bytes:
    signed = hmac.digest(organization.derived_key("media"), place.encode() + b"\0" + named, "sha256")
    return signed[:_SIGNATURE]


def read(key: str, portal_id: str | None) -> Named:
    """What a key names at a portal (None: on the admin host). Raises NotFound for one of no such place."""
    try:
        raw = base64.b64decode(key + "=" * (-len(key) % 4), altchars=b"-_", validate=True)
    except ValueError:
        raw = b""
    named, signature = raw[:-_SIGNATURE], raw[-_SIGNATURE:]
    place = _ADMIN if portal_id is None else portal_id
    if len(raw) != _LENGTH or not hmac.compare_digest(signature, _signature(place, named)):
        raise NotFound(NOTHING)
    expiry = int.from_bytes(named[-_EXPIRY:], "big")
    if portal_id is None and expiry * 1000 < clock.now_ms():
        raise NotFound(NOTHING)
    return Named(str(uuid.UUID(bytes=named[:16])), named[16 : 16 + _REVISION].hex())
