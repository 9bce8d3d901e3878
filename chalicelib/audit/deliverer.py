"""From the queue to the destinations: at least once, in order of time within a batch, patiently.

Each destination is a group of the queue. A batch of the queue may hold several groups: each is delivered in a
thread of its own, and what is done is deleted at once, so that a slow destination holds up nobody. What fails
goes back into the queue and stays out of sight for longer each time, up to five minutes; after a thousand
times, more than three days, the queue moves it to the dead letters.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from itertools import groupby
from typing import Any, NamedTuple

from chalicelib.audit import attempts, queue, store
from chalicelib.audit.entries import Entry, place
from chalicelib.audit.formats import render
from chalicelib.audit.forwarder import concerns, load_webhooks
from chalicelib.audit.outbound import Reply
from chalicelib.audit.queue import Message
from chalicelib.audit.records import ORGANIZATION, Destination, Webhook, secret_purpose
from chalicelib.audit.replays import service as replays
from chalicelib.audit.sending import WAITS, Sender
from chalicelib.audit.shapes import BATCH_BYTES, BATCH_EVENTS, Event, Target
from chalicelib.audit.signing import signer
from chalicelib.http.log import logger
from chalicelib.settings import settings
from chalicelib.storage import aws, keys, secrets, table

#: nothing new is begun after so many seconds of the function's 120
WORK_SECONDS = 80.0
#: seconds out of sight after the first, second … failure
BACK_AFTER = (10, 30, 60, 120, 300)
#: from this delivery on, one try has to do: the waits are between deliveries then
ONE_TRY_FROM = 3
#: deliveries after which a replay has failed
REPLAY_TRIES = 5
#: entries that are held at once
CHUNK = 4 * BATCH_EVENTS


class Work(NamedTuple):
    """A message in hand."""

    id: str
    receipt: str
    received: int
    message: Message


def handle(event: dict[str, Any], sleep: Callable[[float], None] = time.sleep) -> dict[str, Any]:
    """An SQS batch; the messages that are to come again."""
    groups: dict[str, list[Work]] = {}
    failed: list[str] = []
    for record in event.get("Records", []):
        try:
            work = _work(record)
        except (ValueError, KeyError, TypeError):
            logger().exception("a message of the audit queue is none of ours")
            failed.append(record["messageId"])
        else:
            groups.setdefault(record["attributes"]["MessageGroupId"], []).append(work)
    end = time.monotonic() + WORK_SECONDS
    with ThreadPoolExecutor(max(1, len(groups))) as pool:
        for names in pool.map(lambda works: _Group(works, sleep, end).run(), groups.values()):
            failed += names
    return {"batchItemFailures": [{"itemIdentifier": name} for name in failed]}


def _work(record: dict[str, Any]) -> Work:
    message: Message = json.loads(record["body"])
    if not isinstance(message["scope"] + message["destination"], str):
        raise TypeError
    received = int(record["attributes"]["ApproximateReceiveCount"])
    return Work(record["messageId"], record["receiptHandle"], received, message)


class _Group:
    """The messages of one group, in their order."""

    def __init__(self, works: list[Work], sleep: Callable[[float], None], end: float) -> None:
        self.works = works
        self.sleep = sleep
        self.end = end
        self.done: set[str] = set()
        self.again_in = 0.0
        self.senders: dict[str, Sender] = {}

    def run(self) -> list[str]:
        """Deliver; the ids of the messages that are not done, which have been put out of sight."""
        try:
            self._run()
        except Exception:
            logger().exception("audit events could not be delivered and will be tried again")
        left = [work for work in self.works if work.id not in self.done]
        self._put_back(left)
        return [work.id for work in left]

    def _over(self) -> bool:
        return time.monotonic() > self.end

    def _run(self) -> None:
        scopes = list(dict.fromkeys(work.message["scope"] for work in self.works))
        webhooks = load_webhooks(scopes)
        destinations = load_destinations([webhook.destination_id for webhook in webhooks.values()])
        for scope, works in groupby(self.works, lambda work: work.message["scope"]):
            webhook = webhooks.get(scope)
            destination = destinations.get((webhook.destination_id if webhook else None) or "")
            if not self._run_scope(scope, list(works), webhook, destination):
                return

    def _run_scope(
        self, scope: str, works: list[Work], webhook: Webhook | None, destination: Destination | None
    ) -> bool:
        """False: it came to a halt, and what is behind waits as well."""
        wanted = [work for work in works if self._still_wanted(work)]
        if destination is None or webhook is None or not webhook.enabled:
            for work in wanted:
                if "replay" in work.message:
                    replays.finish(scope, work.message["replay"], "failed")
            self._finish(works)
            return True
        self._finish([work for work in works if work not in wanted])
        elsewhere = [work for work in wanted if work.message["destination"] != destination.id]
        if elsewhere:  # what waits follows the webhook
            moved = [work.message.copy() for work in elsewhere]
            for message in moved:
                message["destination"] = destination.id
            queue.send(moved)
            self._finish(elsewhere)
        here = [work for work in wanted if work not in elsewhere]
        return all(self._deliver(scope, destination, some) for some in _chunks(here))

    def _still_wanted(self, work: Work) -> bool:
        """Whether a replay's message is one of the replay that is under way."""
        replay_id = work.message.get("replay")
        if replay_id is None:
            return True
        replay = replays.load(work.message["scope"])
        if replay.rev is None or replay.id != replay_id or not replay.under_way:
            return False
        if work.received > REPLAY_TRIES:
            replays.finish(work.message["scope"], replay_id, "failed")
            return False
        return True

    def _deliver(self, scope: str, destination: Destination, some: list[tuple[Work, list[Entry]]]) -> bool:
        entries = {entry["id"]: entry for _, found in some for entry in found}
        sender = self._sender(scope, destination, some[0][0].received)
        settled: set[str] = set()
        complete = True
        for batch in batches(sorted(entries.values(), key=place), destination.log_format, scope):
            outcome = sender.send(batch)
            settled.update(outcome.delivered, outcome.bad)
            if outcome.bad:
                _bury(scope, destination.id, [entries[name] for name in outcome.bad], outcome.bad)
            if not outcome.complete:
                complete, self.again_in = False, outcome.again_in
                break
        finished = []
        for work, found in some:
            if not all(entry["id"] in settled for entry in found):
                break  # those behind it keep their place
            finished.append(work)
        told = [work.message for work in finished if "replay" in work.message]
        if told:  # in their order, so the last one stands for all
            replays.delivered(told[-1])
        self._finish(finished)
        return complete

    def _sender(self, scope: str, destination: Destination, received: int) -> Sender:
        """One for all of a scope's messages, so that it is known whether the destination takes any."""
        if scope not in self.senders:
            target = open_target(destination)

            def attempted(reply: Reply, took: bool) -> None:
                attempts.note(scope, reply, took=took, secret=target.secret)

            waits = WAITS if received < ONE_TRY_FROM else ()
            self.senders[scope] = Sender(
                target, attempted, waits=waits, sleep=self.sleep, deadline=self._over
            )
        return self.senders[scope]

    def _finish(self, works: list[Work]) -> None:
        """Done: gone from the queue now, whatever the other groups of the batch still wait for."""
        for start in range(0, len(works), queue.BATCH):
            aws.client("sqs").delete_message_batch(
                QueueUrl=settings().audit_queue_url,
                Entries=[
                    {"Id": str(number), "ReceiptHandle": work.receipt}
                    for number, work in enumerate(works[start : start + queue.BATCH])
                ],
            )
        self.done.update(work.id for work in works)

    def _put_back(self, works: list[Work]) -> None:
        if not works:
            return
        seconds = BACK_AFTER[min(works[0].received, len(BACK_AFTER)) - 1]
        if self._over():
            seconds = 0  # it was our own time that ran out
        seconds = min(max(seconds, round(self.again_in)), 3600)
        try:
            aws.client("sqs").change_message_visibility_batch(
                QueueUrl=settings().audit_queue_url,
                Entries=[
                    {"Id": str(number), "ReceiptHandle": work.receipt, "VisibilityTimeout": seconds}
                    for number, work in enumerate(works)
                ],
            )
        except Exception:  # it comes again after the queue's own time then
            logger().exception("messages could not be put out of sight")


def _chunks(works: Sequence[Work]) -> Iterator[list[tuple[Work, list[Entry]]]]:
    """Messages with their entries, so many together that requests are full and memory is not."""
    some: list[tuple[Work, list[Entry]]] = []
    for work in works:
        some.append((work, _entries(work.message)))
        if sum(len(found) for _, found in some) >= CHUNK:
            yield some
            some = []
    if some:
        yield some


def _entries(message: Message) -> list[Entry]:
    found = message.get("entries") or store.read_all(message["keys"])
    start, end = message.get("start", 0), message.get("end", 1 << 62)
    return [entry for entry in found if concerns(message["scope"], entry) and start <= entry["ts"] <= end]


def batches(entries: Sequence[Entry], log_format: str, scope: str) -> Iterator[list[Event]]:
    """Entries as signed lines, in batches of what one request takes."""
    some: list[Event] = []
    size = 0
    for entry in entries:
        for_portal = scope != ORGANIZATION
        line = render(entry, log_format, signer(), for_portal=for_portal)
        if some and (len(some) >= BATCH_EVENTS or size + len(line) > BATCH_BYTES):
            yield some
            some, size = [], 0
        some.append(Event(entry, line, for_portal))
        size += len(line)
    if some:
        yield some


def load_destinations(ids: Sequence[str | None]) -> dict[str, Destination]:
    """The destinations of these ids. One trip."""
    wanted = [keys.Key(keys.destination(found)) for found in dict.fromkeys(ids) if found]
    return {destination.id: destination for destination in table.get_many(Destination, wanted)}


def open_target(destination: Destination) -> Target:
    """A destination with its secret in clear. A trip where this process has not opened it yet."""
    return Target(
        destination.id,
        destination.endpoint,
        _open(destination.secret, secret_purpose(destination.id)) if destination.secret else "",
        destination.log_format,
        not destination.skip_ssl_verification,
        destination.shape,
        destination.header_name,
    )


@lru_cache(maxsize=100)
def _open(ciphertext: str, for_purpose: str) -> str:
    return secrets.decrypt(ciphertext, for_purpose)


def _bury(scope: str, destination_id: str, entries: list[Entry], reasons: dict[str, str]) -> None:
    for entry in entries:
        logger().error(
            "a destination does not take an audit event", destination=destination_id, event_id=entry["id"]
        )
        queue.bury(
            {
                "scope": scope,
                "destination": destination_id,
                "keys": [],
                "entries": [entry],
                "reason": reasons[entry["id"]],
            }
        )
