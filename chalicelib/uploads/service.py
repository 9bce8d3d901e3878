"""Bodies too large for a request: put at a presigned address of S3 first, then named by the request."""

from __future__ import annotations

import gzip
import io
import uuid
import zlib
from typing import Any

from chalicelib.errors import Invalid, NotFound, TooLarge
from chalicelib.settings import settings
from chalicelib.storage import aws

#: how long an address takes a body, and (by the bucket's own rule, a day) how long it is kept
SECONDS = 900


def _name(upload_id: str) -> str:
    return f"uploads/{upload_id}"


def create() -> tuple[str, str]:
    """A new upload: its id, and the address to PUT the body at."""
    upload_id = str(uuid.uuid4())
    url: str = aws.client("s3").generate_presigned_url(
        "put_object",
        Params={"Bucket": settings().bucket, "Key": _name(upload_id)},
        ExpiresIn=SECONDS,
    )
    return upload_id, url


def take(upload_id: str, limit: int) -> bytes:
    """The body that was put, unpacked where it is gzip. Two trips.

    Raises NotFound where nothing was put, TooLarge beyond `limit` bytes.
    """
    from botocore.exceptions import ClientError

    try:
        upload_id = str(uuid.UUID(upload_id))
        answer: Any = aws.client("s3").get_object(Bucket=settings().bucket, Key=_name(upload_id))
    except (ValueError, ClientError) as error:
        raise NotFound(
            "Nothing was uploaded under this id, or it has been taken away after a day."
        ) from error
    if answer["ContentLength"] > limit:
        raise TooLarge(f"The upload has more than {limit:,} bytes, the most this operation takes.")
    raw: bytes = answer["Body"].read()
    if raw[:2] == b"\x1f\x8b":
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(raw)) as packed:
                raw = packed.read(limit + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise Invalid.field("", "the upload is not valid gzip") from error
        if len(raw) > limit:
            raise TooLarge(f"The upload unpacks to more than {limit:,} bytes, the most this operation takes.")
    return raw
