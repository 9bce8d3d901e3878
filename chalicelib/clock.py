"""The one clock. Times are milliseconds since 1970 inside, RFC 3339 UTC with milliseconds on the wire."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from functools import lru_cache

_EPOCH = datetime(1970, 1, 1)
_offset_ms = 0


def now_ms() -> int:
    """Milliseconds since 1970 (shifted by `travel`, which only tests call)."""
    return time.time_ns() // 1_000_000 + _offset_ms


def travel(ms: int) -> None:
    """Move this process's clock forward (or back) by so many milliseconds; 0 comes home."""
    global _offset_ms  # noqa: PLW0603 - the clock is one by design
    _offset_ms = ms


@lru_cache(maxsize=4096)  # what is read often shows the same times
def rfc3339(ms: int) -> str:
    """`2026-01-31T12:00:00.000Z`"""
    return (_EPOCH + timedelta(milliseconds=ms)).isoformat(timespec="milliseconds") + "Z"


def parse(text: str) -> int:
    """Milliseconds of an RFC 3339 text; raises ValueError for anything else (a zone is required)."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("a time zone is missing")
    return round(moment.timestamp() * 1000)
