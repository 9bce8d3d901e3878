"""Wire models of uploads."""

from __future__ import annotations

from chalicelib.http.models import Out


class UploadOut(Out):
    """Where to PUT a body. Afterwards send the operation without a body and `X-Portico-Upload: <id>`."""

    id: str
    url: str
    method: str
    expires_at: str
