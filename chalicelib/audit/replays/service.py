"""Sending the events of a span of time again: one replay at a time in each scope.

A job hands the stored objects to the queue, hour by hour, remembering the last one, so that it goes on where
it was interrupted; the deliverer does the rest, and finishes the replay with its last message. `accepted`: it
is recorded; `pending`: what is to be sent is being looked up; `running`: it is being sent.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import cast

from chalicelib import clock
from chalicelib.audit import queue, store
from chalicelib.audit.forwarder import load_webhooks
from chalicelib.audit.queue import Message
from chalicelib.audit.records import ORGANIZATION, Replay, partition
from chalicelib.audit.replays.schemas import ReplaceReplayJob, ReplayJobOut, ReplayProgressOut, Status
from chalicelib.audit.store import Stored
from chalicelib.errors import Conflict, Invalid, NotFound, Stale, Violation
from chalicelib.jobs import service as jobs
from chalicelib.jobs.records import Job
from chalicelib.portals import service as portals
from chalicelib.storage import keys, table
from chalicelib.storage.intent import expect
from chalicelib.storage.transaction import Transaction, retrying

NEVER = "0001-01-01T00:00:00Z"
#: clocks may disagree by so much
SKEW_MS = 60_000


def load(scope: str) -> Replay:
    """The replay of a scope. One trip. One that was never asked for has no revision."""
    key = keys.Key(partition(scope), keys.AUDIT_REPLAY)
    return table.get(Replay, key) or Replay(pk=key.pk, sk=key.sk, scope=scope, status="unconfigured")


def get(scope: str) -> ReplayJobOut:
    """The replay job of a scope. One trip, two for a portal. Raises NotFound where there is no portal."""
    _check_portal(scope)
    return show(load(scope))


def show(replay: Replay) -> ReplayJobOut:
    """A replay as the wire has it."""
    if replay.rev is None:
        return ReplayJobOut(start_at=NEVER, end_at=NEVER, status="unconfigured", updated_at=NEVER).at(0)
    return ReplayJobOut(
        start_at=clock.rfc3339(replay.start_at),
        end_at=clock.rfc3339(replay.end_at),
        status=_status(replay),
        updated_at=clock.rfc3339(replay.updated_at),
    ).at(replay.rev)


def progress(scope: str) -> ReplayProgressOut:
    """How far the replay of a scope has come. Trips and failures as `get`."""
    _check_portal(scope)
    replay = load(scope)
    known = replay.rev is not None

    def moment(ms: int | None) -> str | None:
        return clock.rfc3339(ms) if known and ms is not None else None

    return ReplayProgressOut(
        status=_status(replay),
        start_at=moment(replay.start_at),
        end_at=moment(replay.end_at),
        delivered_to=moment(replay.delivered_to),
        updated_at=moment(replay.updated_at),
    ).at(replay.rev or 0)


def _status(replay: Replay) -> Status:
    lost = replay.status in ("accepted", "pending", "running") and not replay.under_way
    return "failed" if lost else cast("Status", replay.status)


def _check_portal(scope: str) -> None:
    if scope != ORGANIZATION:
        portals.load(scope)


def replace(scope: str, body: ReplaceReplayJob) -> ReplayJobOut:
    """Begin a replay. Two trips, three for a portal.

    Raises NotFound where there is no portal, Invalid for a span that is not within the last seven days,
    Conflict while one is under way.
    """
    _check_portal(scope)
    start, end = _span(body)

    def work() -> tuple[Replay, Job]:
        replay = load(scope)
        expect(replay)
        if replay.rev is not None and replay.under_way:
            raise Conflict("A replay job is currently running")
        replay.id = str(uuid.uuid4())
        replay.start_at, replay.end_at = start, end
        replay.status, replay.cursor = "accepted", None
        replay.delivered_to = None
        with Transaction() as tx:
            if replay.rev is None:
                tx.insert(replay, Stale())
            else:
                tx.update(replay)
            job = jobs.leave(tx, "audit_replay", scope=scope, replay_id=replay.id)
        return replay, job

    replay, job = retrying(work)
    jobs.announce(job)
    return show(replay)


def _span(body: ReplaceReplayJob) -> tuple[int, int]:
    now = clock.now_ms()
    wrong: list[Violation] = []
    found: dict[str, int] = {}
    for name in ("start_at", "end_at"):
        try:
            found[name] = clock.parse(getattr(body, name))
        except (ValueError, OverflowError):
            wrong.append(Violation(name, "must be an RFC 3339 date-time with a time zone", "is_date_time"))
            continue
        if not now - store.WINDOW_MS - SKEW_MS <= found[name] <= now + SKEW_MS:
            wrong.append(Violation(name, "must be within the last 7 days", "invalid"))
    if not wrong and found["start_at"] >= found["end_at"]:
        wrong.append(Violation("end_at", "must be after start_at", "invalid"))
    if wrong:
        raise Invalid(wrong)
    return found["start_at"], found["end_at"]


def run(scope: str, replay_id: str) -> None:
    """The job: hand what is to be sent to the queue. May be called again after a crash and goes on then."""
    webhook = load_webhooks([scope]).get(scope)
    if webhook is None or not webhook.enabled or webhook.destination_id is None:
        finish(scope, replay_id, "failed")
        return
    replay = _move(scope, replay_id, "pending")
    if replay is None:
        return
    about: Message = {
        "scope": scope,
        "destination": webhook.destination_id,
        "keys": [],
        "start": replay.start_at,
        "end": replay.end_at,
        "replay": replay_id,
    }
    for hour in store.hours(replay.start_at, replay.end_at):
        if replay.cursor is not None and hour <= replay.cursor:
            continue
        found = [
            one for one in store.objects(hour) if one.last >= replay.start_at and one.first <= replay.end_at
        ]
        queue.send({**about, "keys": names} for names in _bundles(found))
        replay = _move(scope, replay_id, "running", hour)
        if replay is None:
            return
    queue.send([{**about, "last": True}])
    _move(scope, replay_id, "running")


def _bundles(found: list[Stored]) -> Iterator[list[str]]:
    names: list[str] = []
    size = 0
    for one in found:
        if names and (len(names) >= queue.KEYS or size + one.size > queue.OBJECT_BYTES):
            yield names
            names, size = [], 0
        names.append(one.key)
        size += one.size
    if names:
        yield names


def _move(
    scope: str,
    replay_id: str,
    status: str | None = None,
    cursor: str | None = None,
    delivered_to: int | None = None,
) -> Replay | None:
    """Note how far this replay has come; None where it is over, or was another one."""

    def work() -> Replay | None:
        replay = load(scope)
        if replay.rev is None or replay.id != replay_id or not replay.under_way:
            return None
        replay.status = status or replay.status
        replay.cursor = cursor or replay.cursor
        if delivered_to is not None:
            replay.delivered_to = max(replay.delivered_to or 0, min(delivered_to, replay.end_at))
        with Transaction() as tx:
            tx.update(replay)
        return replay

    try:
        return retrying(work, tries=5)
    except NotFound:  # its portal is being deleted
        return None


def delivered(message: Message) -> None:
    """Note that what a message of a replay is about has arrived. Two trips."""
    if message.get("last"):
        finish(message["scope"], message["replay"], "completed")
    else:
        until = max(store.times(key)[1] for key in message["keys"])
        _move(message["scope"], message["replay"], delivered_to=until)


def finish(scope: str, replay_id: str, status: str) -> None:
    """End a replay, if it is still the one that is under way. Two trips."""
    _move(scope, replay_id, status)
