"""Sessions of developers at a portal: an opaque cookie that stands for a record of this very portal."""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie

from chalicelib.access.principal import Anonymous, Principal
from chalicelib.errors import Unauthorized

COOKIE = "portalaccesstoken"
#: of an admin's preview (`access.previews`)
PREVIEW_COOKIE = "portico_preview"


def authenticate(portal_id: str, cookie_header: str, *, refuse: bool) -> Principal:
    """Who the cookies stand for at this portal. No cookie: anonymous. A trip where there is a cookie.

    A preview goes before a session. Its cookie is never refused: without a session it counts as none.
    A session's cookie that stands for nobody is refused (Unauthorized) where `refuse` says so, else counts as
    none. No session of a developer has been issued by this release, so every such cookie is of that kind.
    """
    preview = cookie(cookie_header, PREVIEW_COOKIE)
    if preview:
        from chalicelib.access import previews

        found = previews.developer(portal_id, preview)
        if found is not None:
            return found
    if cookie(cookie_header, COOKIE) and refuse:
        raise Unauthorized("The session has ended. Log in again.", "token_expired")
    return Anonymous()


def cookie(header: str, name: str) -> str:
    """The value of a cookie in a Cookie header, empty where there is none."""
    try:
        found = SimpleCookie(header).get(name)
    except CookieError:
        return ""
    return found.value if found is not None else ""
