"""Sessions of developers at a portal: an opaque cookie that stands for a record of this very portal."""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie

from chalicelib.access.principal import Anonymous, Principal
from chalicelib.errors import Unauthorized

COOKIE = "portalaccesstoken"


def authenticate(portal_id: str, cookie_header: str, *, refuse: bool) -> Principal:
    """Who the cookie stands for at this portal. No cookie: anonymous.

    A cookie that stands for nobody is refused (Unauthorized) where `refuse` says so, else counts as none.
    No session has been issued by this release, so every cookie is of that kind.
    """
    try:
        cookie = SimpleCookie(cookie_header).get(COOKIE)
    except CookieError:
        cookie = None
    if cookie is not None and cookie.value and refuse:
        raise Unauthorized("The session has ended. Log in again.")
    return Anonymous()
