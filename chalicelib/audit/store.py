"""Events of the last week in S3: gzipped lines of JSON, sorted by time, an object for each batch and hour.

    audit/<hour: 2026-01-31T12>/<first time>-<last time>-<first id>.ndjson.gz

The name is decided by what is in it, so that a batch that comes twice is stored once. Objects expire after
eight days; what is older than seven is never read.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from chalicelib import clock
from chalicelib.audit.entries import Entry, place
from chalicelib.settings import settings
from chalicelib.storage import aws
from chalicelib.storage.lists import Place, Query

PREFIX = "audit/"
HOUR_MS, DAY_MS = 3_600_000, 86_400_000
WINDOW_MS = 7 * DAY_MS
#: objects that one page reads at most: a rare kind of event is looked for page by page
PAGE_OBJECTS = 400
#: objects that are under way together
TOGETHER = 8


class Stored(NamedTuple):
    """An object: its name, the times of its first and last event, its size in bytes."""

    key: str
    first: int
    last: int
    size: int = 0


def hour(ms: int) -> str:
    """The hour of a time: `2026-01-31T12`."""
    return clock.rfc3339(ms)[:13]


def put(entries: Iterable[Entry]) -> list[tuple[Stored, list[Entry]]]:
    """Store entries; each object with what is in it. A trip an hour that they span."""
    hours: dict[str, list[Entry]] = {}
    for entry in sorted(entries, key=place):
        hours.setdefault(hour(entry["ts"]), []).append(entry)
    return [(_put(name, found), found) for name, found in hours.items()]


def _put(name: str, entries: list[Entry]) -> Stored:
    first, last = entries[0], entries[-1]
    key = f"{PREFIX}{name}/{first['ts']:013d}-{last['ts']:013d}-{first['id']}.ndjson.gz"
    lines = "".join(json.dumps(entry, ensure_ascii=False, separators=(",", ":")) + "\n" for entry in entries)
    body = gzip.compress(lines.encode(), 6, mtime=0)
    aws.client("s3").put_object(Bucket=settings().bucket, Key=key, Body=body, ContentType="application/gzip")
    return Stored(key, first["ts"], last["ts"], len(body))


def read(key: str) -> list[Entry]:
    """The entries of an object, in order of time. One trip. Empty where it has expired."""
    from botocore.exceptions import ClientError

    try:
        body = aws.client("s3").get_object(Bucket=settings().bucket, Key=key)["Body"].read()
    except ClientError as error:
        if error.response["Error"]["Code"] in ("NoSuchKey", "404"):
            return []
        raise
    return [json.loads(line) for line in gzip.decompress(body).splitlines()]


def read_all(keys: Sequence[str]) -> list[Entry]:
    """The entries of several objects, each once, in order of time."""
    found = {entry["id"]: entry for part in aws.together(read, keys) for entry in part}
    return sorted(found.values(), key=place)


def hours(first_ms: int, last_ms: int) -> list[str]:
    """The hours between two times, both included, in which anything is stored. One trip (168 in a week)."""
    after = f"{PREFIX}{hour(first_ms - HOUR_MS)}/~"
    pages = _list(Prefix=PREFIX, Delimiter="/", StartAfter=after)
    found = (entry["Prefix"][len(PREFIX) : -1] for page in pages for entry in page.get("CommonPrefixes", []))
    return [name for name in found if hour(first_ms) <= name <= hour(last_ms)]


def objects(name: str) -> list[Stored]:
    """What is stored of an hour, by the time of the first event. A trip a thousand."""
    found = []
    for page in _list(Prefix=f"{PREFIX}{name}/"):
        for entry in page.get("Contents", []):
            found.append(Stored(entry["Key"], *times(entry["Key"]), entry["Size"]))
    return found


def times(key: str) -> tuple[int, int]:
    """The times of an object's first and last event, in milliseconds, as its name has them."""
    first, last, _ = key.rpartition("/")[2].split("-", 2)
    return int(first), int(last)


def _list(**arguments: Any) -> Iterator[dict[str, Any]]:
    s3 = aws.client("s3")
    while True:
        page = s3.list_objects_v2(Bucket=settings().bucket, **arguments)
        yield page
        if not page.get("IsTruncated"):
            return
        arguments["ContinuationToken"] = page["NextContinuationToken"]


def expire() -> None:
    """Delete what is older than eight days in the emulator; on AWS the bucket's own rule does it."""
    if settings().endpoint is None:
        return
    s3 = aws.client("s3")
    limit = hour(clock.now_ms() - 8 * DAY_MS)
    for name in hours(0, clock.now_ms()):
        if name >= limit:
            return
        for one in objects(name):
            s3.delete_object(Bucket=settings().bucket, Key=one.key)


class Found(NamedTuple):
    """Entries newest first, and the places where the pages beside them join on (None: there is none)."""

    entries: list[Entry]
    previous: Place | None
    next: Place | None


def page(first_ms: int, last_ms: int, query: Query, keep: Callable[[Entry], bool]) -> Found:
    """One page of the entries between two times, both included, newest first.

    Trips: one for the hours, one for each hour, one for each eight objects. A page may be short, with a next
    one, where little of what was read was to be kept.
    """
    newer = query.before is not None  # read upwards from a place, otherwise downwards
    walk = _Walk(first_ms, last_ms, query.before if newer else query.after, keep, upwards=newer)
    found = walk.take(query.size + 1)
    more = walk.unfinished or len(found) > query.size
    found = found[: query.size]
    if newer:
        found.reverse()
    if not found:
        end = walk.bound if walk.unfinished else None
        return Found([], end if newer else None, None if newer else end)
    start = place(found[0]) if (more if newer else query.after is not None) else None
    end = place(found[-1]) if (query.before is not None or more) else None
    if walk.unfinished and not newer:
        end = walk.bound
    elif walk.unfinished:
        start = walk.bound
    return Found(found, start, end)


class _Walk:
    """Goes through stored entries in one direction, reading no more objects than it must."""

    def __init__(
        self,
        first_ms: int,
        last_ms: int,
        start: Place | None,
        keep: Callable[[Entry], bool],
        *,
        upwards: bool,
    ) -> None:
        self.sign = 1 if upwards else -1
        self.start, self.keep = start, keep
        if start is not None and upwards:
            first_ms = max(first_ms, start[0])
        elif start is not None:
            last_ms = min(last_ms, start[0])
        self.first_ms, self.last_ms = first_ms, last_ms
        self.read = 0
        #: it stopped before the end; everything up to `bound` has been looked at
        self.unfinished = False
        self.bound: Place | None = None

    def take(self, wanted: int) -> list[Entry]:
        """The next entries in the walk's direction."""
        found: list[Entry] = []
        for name in sorted(hours(self.first_ms, self.last_ms), reverse=self.sign < 0):
            found += self._hour(name, wanted - len(found))
            if len(found) >= wanted or self.unfinished:
                break
        return found

    def _hour(self, name: str, wanted: int) -> list[Entry]:
        """Objects of an hour overlap in time, so an entry is certain once no unread object can precede it."""
        inside = [one for one in objects(name) if one.last >= self.first_ms and one.first <= self.last_ms]
        left = sorted(inside, key=self._near)
        pool: dict[str, Entry] = {}
        while left:
            edge = self._near(left[0])
            certain = self._certain(pool, edge)
            if len(certain) >= wanted:
                return certain
            # the last place before everything that has not been read
            bound = (edge, "") if self.sign > 0 else (-edge + 1, "")
            if self.read >= PAGE_OBJECTS and bound != self.start:
                self.unfinished, self.bound = True, bound
                return certain
            some, left = left[:TOGETHER], left[TOGETHER:]
            self.read += len(some)
            for entry in read_all([one.key for one in some]):
                if self._wanted(entry):
                    pool[entry["id"]] = entry
        return sorted(pool.values(), key=place, reverse=self.sign < 0)

    def _near(self, one: Stored) -> int:
        """How near an object is in the direction of the walk: its first event's time, at best."""
        return one.first if self.sign > 0 else -one.last

    def _certain(self, pool: dict[str, Entry], edge: int) -> list[Entry]:
        found = [entry for entry in pool.values() if entry["ts"] * self.sign < edge]
        return sorted(found, key=place, reverse=self.sign < 0)

    def _wanted(self, entry: Entry) -> bool:
        if not self.first_ms <= entry["ts"] <= self.last_ms or not self.keep(entry):
            return False
        if self.start is None:
            return True
        return place(entry) > self.start if self.sign > 0 else place(entry) < self.start
