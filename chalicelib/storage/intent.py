"""What the caller attached to one request, for storage to honour: kept apart from services, which never
see a request.

`expected_rev` comes from If-Match, `idempotency` from Idempotency-Key. http/ sets it, `expect` and
`Transaction` read it.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass

from chalicelib.errors import STALE, Conflict
from chalicelib.storage.records import Record


@dataclass(eq=False, repr=False)
class Intent:
    """`idempotency`: key of the item that remembers a creation; `fingerprint`: hash of what was sent."""

    expected_rev: int | None = None
    idempotency: str | None = None
    fingerprint: str = ""


intent: ContextVar[Intent] = ContextVar("intent", default=Intent())  # noqa: B039 - never changed in place


def expect(record: Record) -> None:
    """Refuse to change a record that is not the one the caller read (If-Match).

    Called by every service on the record that its operation changes or deletes; one that was never written
    is of revision 0. Raises Conflict (409): reading again here would not help, the caller has to.
    """
    expect_revision(record.rev or 0)


def expect_revision(revision: int) -> None:
    """As `expect`, for a thing that shares its record with others and counts its own revisions."""
    wanted = intent.get().expected_rev
    if wanted is not None and revision != wanted:
        raise Conflict(STALE)
