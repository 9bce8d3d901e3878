"""The built front end in its bucket: only what is not there yet, under names that say what is in them.

Files of earlier builds stay, since pages that are open in a browser or kept by CloudFront still ask for them.
"""

from __future__ import annotations

import mimetypes
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from infra import edge, web_build
from infra.deploy.account import Account

#: what CloudFront asks for is the path of the request
PREFIX = "_assets/"
CACHE = "public, max-age=31536000, immutable"
TOGETHER = 16


def upload(account: Account, bucket: str) -> tuple[int, int]:
    """Bring the build, and the page that CloudFront shows while nothing answers. How many files were put, and
    how many there are."""
    s3 = account.client("s3")
    there = {one["Key"]: one["Size"] for one in _list(s3, bucket)}
    files = _files(web_build.DIST, PREFIX)
    missing = {key: file for key, file in files.items() if there.get(key) != file.stat().st_size}
    failures = _files(edge.ERRORS, edge.ERRORS_PREFIX)
    missing |= failures  # their names say nothing of what is in them

    def put(key: str) -> None:
        s3.put_object(
            Bucket=bucket,
            Key=key,
            Body=missing[key].read_bytes(),
            ContentType=media_type(key),
            CacheControl=edge.ERRORS_CACHE if key in failures else CACHE,
        )

    with ThreadPoolExecutor(TOGETHER) as pool:
        list(pool.map(put, missing))
    return len(missing), len(files) + len(failures)


def _files(folder: Path, prefix: str) -> dict[str, Path]:
    """Key → file, without hidden ones."""
    return {
        prefix + file.relative_to(folder).as_posix(): file
        for file in sorted(folder.rglob("*"))
        if file.is_file() and not any(part.startswith(".") for part in file.relative_to(folder).parts)
    }


def _list(s3: Any, bucket: str) -> list[dict[str, Any]]:
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=PREFIX)
    return [one for page in pages for one in page.get("Contents", [])]


def media_type(name: str) -> str:
    """What a browser is told that a file is."""
    found = {".js": "text/javascript", ".woff2": "font/woff2", ".map": "application/json"}.get(
        Path(name).suffix, mimetypes.guess_type(name)[0] or "application/octet-stream"
    )
    return f"{found}; charset=utf-8" if found.startswith("text/") else found
