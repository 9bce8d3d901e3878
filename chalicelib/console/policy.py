"""What the console may load and call: this host alone, and the bucket that takes large uploads."""

from __future__ import annotations

from functools import cache
from urllib.parse import urlsplit

from chalicelib.site.policy import security as shared
from chalicelib.uploads import service as uploads


@cache
def _uploads_origin() -> str:
    """The origin of presigned addresses, as they are really made."""
    address = urlsplit(uploads.create()[1])
    return f"{address.scheme}://{address.netloc}"


def content_security(nonce: str) -> str:
    """The policy of the shell. The nonce is for the style element that the text editor makes."""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            f"style-src 'self' 'nonce-{nonce}'",
            f"connect-src 'self' {_uploads_origin()}",
            "img-src 'self' data: blob:",
            "font-src 'self'",
            "frame-src 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        )
    )


def security() -> dict[str, str]:
    """Headers of the shell besides its policy: those of every page, and no referrer to anyone."""
    return {**shared(), "Referrer-Policy": "no-referrer"}
