"""Headers of pages: what they may load, and who may keep them.

Cached pages cannot carry a fresh nonce, so there is no inline script at all, and the one inline stylesheet is
allowed by its hash.
"""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from chalicelib.site.state import Visit

_SHARED = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "manifest-src": "'self'",
}
#: authors may show pictures, films and frames of other hosts on their pages
_AUTHORED = {"img-src": "'self' data: https:", "media-src": "'self' https:", "frame-src": "https:"}
#: what a specification says may reach no other host
_DESCRIBED = {"img-src": "'self' data:"}

PUBLIC_CACHE = "public, max-age=0, s-maxage=3600, stale-while-revalidate=600, stale-if-error=3600"
MISSING_CACHE = "public, max-age=0, s-maxage=10"
IMMUTABLE = "public, max-age=31536000, immutable"
PRIVATE = "private, no-store"
#: what is no secret, for the browser of a viewer with a session
OWN = "private, max-age=31536000, immutable"
#: of pages: with a session another viewer, with another Accept the page as Markdown
VARY = "Accept-Encoding, Accept, Cookie"


def content_security(css: str, *, authored: bool, **more: str) -> str:
    """The policy of a page whose inline stylesheet is `css`; `more` adds directives (`script_src="…"`)."""
    directives = {**_SHARED, **(_AUTHORED if authored else _DESCRIBED)}
    if css:
        digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
        directives["style-src"] += f" 'sha256-{digest}'"
    for name, value in more.items():
        directive = name.replace("_", "-")
        directives[directive] = f"{directives.get(directive, '')} {value}".strip()
    return "; ".join(f"{name} {value}".strip() for name, value in directives.items())


def data() -> dict[str, str]:
    """Headers of what is no page: opened by itself, it can do nothing."""
    return {"Content-Security-Policy": "default-src 'none'; sandbox"}


def caching(visit: Visit, tags: tuple[str, ...] = (), *, kept: str = PUBLIC_CACHE) -> dict[str, str]:
    """Headers that say who may keep an answer: a shared cache only what everyone may see, as `kept` says. The
    portal's tag goes before `tags`; all that is kept has it, so that it can be taken back."""
    if not visit.shared:
        return {"Cache-Control": PRIVATE}
    return {
        "Cache-Control": kept,
        "Cache-Tag": ",".join((f"p-{visit.site.portal.id}", *tags)),
    }


def security() -> dict[str, str]:
    """Headers of every page besides its policy."""
    return {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
