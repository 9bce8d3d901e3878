"""Text bodies and images in S3, named by the SHA-256 of their bytes.

A blob is written before the record that points to it, and never changes, so a torn write leaves at worst an
orphan, and a process may keep what it has read for as long as it lives.
"""

from __future__ import annotations

import gzip
import hashlib
import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from chalicelib.settings import settings
from chalicelib.storage import aws

#: how many bytes of blobs a process keeps
KEPT_BYTES = 64 * 1024 * 1024
#: larger ones are not kept, so that one specification cannot push out a site's pages
KEPT_EACH = 8 * 1024 * 1024

_kept: OrderedDict[str, bytes] = OrderedDict()
_size = 0
_lock = threading.Lock()


def _name(digest: str) -> str:
    return f"blobs/{digest[:2]}/{digest}"


def put(body: bytes | str) -> str:
    """Store a body (gzipped where that helps) and return its SHA-256 in hex. One trip."""
    raw = body.encode() if isinstance(body, str) else body
    digest = hashlib.sha256(raw).hexdigest()
    arguments: dict[str, Any] = {}
    stored = raw
    if len(raw) > 1024:
        packed = gzip.compress(raw, 5, mtime=0)
        if len(packed) < len(raw) * 0.9:
            stored, arguments = packed, {"ContentEncoding": "gzip"}
    aws.client("s3").put_object(Bucket=settings().bucket, Key=_name(digest), Body=stored, **arguments)
    _keep(digest, raw)
    return digest


def get(digest: str) -> bytes:
    """The body of this name. No trip where the process holds it, else one."""
    with _lock:
        held = _kept.get(digest)
        if held is not None:
            _kept.move_to_end(digest)
            return held
    answer = aws.client("s3").get_object(Bucket=settings().bucket, Key=_name(digest))
    raw: bytes = answer["Body"].read()
    if answer.get("ContentEncoding") == "gzip":
        raw = gzip.decompress(raw)
    _keep(digest, raw)
    return raw


def presigned(body: bytes, media_type: str, seconds: int = 600) -> str:
    """An address of S3 itself at which this body can be fetched for a while, without credentials."""
    s3 = aws.client("s3")
    name = f"answers/{hashlib.sha256(body).hexdigest()}"
    s3.put_object(Bucket=settings().bucket, Key=name, Body=body, ContentType=media_type)
    url: str = s3.generate_presigned_url(
        "get_object", Params={"Bucket": settings().bucket, "Key": name}, ExpiresIn=seconds
    )
    return url


def text(digest: str) -> str:
    """The body of this name as text."""
    return get(digest).decode()


def get_all(digests: list[str]) -> dict[str, bytes]:
    """Several bodies at once: as many trips as bodies, but all under way together."""
    wanted = list(dict.fromkeys(digests))
    return dict(zip(wanted, aws.together(get, wanted), strict=True))


def put_all(bodies: Sequence[str]) -> list[str]:
    """Store several bodies and return their names in this order. A trip each, all under way together."""
    return aws.together(put, bodies)


def _keep(digest: str, raw: bytes) -> None:
    global _size  # noqa: PLW0603 - one cache for the process
    if len(raw) > KEPT_EACH:
        return
    with _lock:
        if digest not in _kept:
            _kept[digest] = raw
            _size += len(raw)
        while _size > KEPT_BYTES:
            _, gone = _kept.popitem(last=False)
            _size -= len(gone)
