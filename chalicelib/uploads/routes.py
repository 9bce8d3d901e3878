"""Uploads: the way in for bodies that a request cannot carry."""

from __future__ import annotations

from chalicelib import clock
from chalicelib.access.roles import Permission
from chalicelib.http.operation import operation
from chalicelib.uploads import service
from chalicelib.uploads.schemas import UploadOut


@operation("create-upload", "POST", "/portico/v1/uploads", allow=Permission.EDIT_CONTENT, errors=(401, 403))
def create_upload() -> UploadOut:
    """Create an upload

    PUT the body (JSON, gzipped or not) at `url`, then send the operation it is meant for without a body
    and with the header `X-Portico-Upload: <id>`.
    """
    upload_id, url = service.create()
    expires_at = clock.rfc3339(clock.now_ms() + service.SECONDS * 1000)
    return UploadOut(id=upload_id, url=url, method="PUT", expires_at=expires_at)
