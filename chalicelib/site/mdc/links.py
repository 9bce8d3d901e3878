"""Addresses an author may point to."""

from __future__ import annotations

import re
from urllib.parse import quote

SCHEMES = frozenset({"http", "https", "mailto", "tel"})
IMAGE_SCHEMES = frozenset({"http", "https"})

# A browser drops these wherever they stand in an address, so `java\tscript:` must be read as it reads it.
_DROPPED = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]+")
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_CLEAN = re.compile(r"[A-Za-z0-9\-._~:/?#@!$&()*+,;=%]*")
_SAFE = "-._~:/?#[]@!$&()*+,;=%"


def safe_url(url: str, schemes: frozenset[str] = SCHEMES) -> str | None:
    """The address, percent-encoded, or None where its scheme is not one of `schemes`.

    An address without a scheme is a path, a query or a fragment of the portal itself, or `//host/path`.
    """
    if not _CLEAN.fullmatch(url):
        url = quote(_DROPPED.sub("", url).strip(), safe=_SAFE)
    scheme = _SCHEME.match(url)
    if scheme:
        return url if scheme[1].lower() in schemes else None
    # `&#106;avascript:` or `%6aavascript:` are no schemes to a browser, but nobody writes them in good faith.
    return None if ":" in re.split(r"[/?#]", url, maxsplit=1)[0] else url


def is_external(url: str) -> bool:
    """Does this (safe) address leave the portal?"""
    return url.startswith("//") or url[:5].lower() in ("http:", "https")


def is_internal(url: str) -> bool:
    """Is this (safe) address a path of the portal, absolute or relative?"""
    return not url.startswith(("//", "#")) and not _SCHEME.match(url)
