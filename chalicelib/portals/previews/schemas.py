"""Wire models of previews."""

from __future__ import annotations

from chalicelib.http.models import Out
from chalicelib.http.types import Time


class PreviewSessionOut(Out):
    """Where the preview begins: an address of the portal's host, good once and until `expires_at`."""

    url: str
    expires_at: Time
