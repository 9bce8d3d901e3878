"""Sending one batch to one destination: retries with waits, and finding the event that is not taken.

Retried, four times at most and one to thirty seconds apart, are connections that fail, 5xx and 429 (whose
Retry-After is waited for). Where an answer says that something in the batch is wrong and not what, the batch
is halved until it is found. An event counts as the one to blame only where others were taken: a destination
that takes nothing is wrong itself, and nothing is given up for that.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime

from chalicelib import clock
from chalicelib.audit import outbound, shapes
from chalicelib.audit.outbound import Reply
from chalicelib.audit.shapes import REFUSED, RETRY, Event, Request, Target, Verdict

#: seconds before each retry, and the most that is waited for within one delivery
WAITS = (1.0, 2.0, 4.0, 8.0)
LONGEST_WAIT = 30.0
#: refusals in a row after which a destination is not asked for single events any further
PATIENCE = 20
#: how often, and after which pauses, an acknowledgement is asked for
ACK_WAITS = (0.2, 0.5, 1.0, 2.0, 4.0)

Post = Callable[[Request], Reply]


@dataclass
class Outcome:
    """What became of a batch. `again_in`: seconds that the destination asked to be left alone for."""

    delivered: list[str] = field(default_factory=list)
    bad: dict[str, str] = field(default_factory=dict)
    complete: bool = True
    again_in: float = 0.0


class Sender:
    """Sends to one destination, batch after batch.

    `attempted` is told of every attempt and whether something was taken; `waits` are empty where a first try
    is all that makes sense; `deadline` says that nothing more is to be begun.
    """

    def __init__(
        self,
        target: Target,
        attempted: Callable[[Reply, bool], None],
        *,
        waits: Sequence[float] = WAITS,
        sleep: Callable[[float], None] = time.sleep,
        deadline: Callable[[], bool] = lambda: False,
        post: Post | None = None,
    ) -> None:
        self.target = target
        self.attempted = attempted
        self.waits = waits
        self.sleep = sleep
        self.deadline = deadline
        self.post = post or self._post
        #: whether this destination has taken anything since this sender began
        self.takes = False

    def _post(self, request: Request) -> Reply:
        return outbound.post(request.url, request.headers, request.body, verify=self.target.verify)

    def send(self, events: Sequence[Event]) -> Outcome:
        """Send a batch. Not complete: not an event but the destination is to blame; try again later."""
        outcome = Outcome()
        left = [list(events)]
        tries = refusals = 0
        while left:
            if self.deadline():
                outcome.complete = False
                break
            chunk = left.pop()
            reply, verdict = self._attempt(chunk)
            waiting = _retry_after(reply)
            refusals += len(verdict.bad) + verdict.split
            if verdict.failed == REFUSED or (refusals > PATIENCE and not self.takes):
                outcome.complete = False
                break
            if verdict.split:
                if len(chunk) == 1:
                    outcome.bad[chunk[0].entry["id"]] = _excerpt(reply)
                else:
                    half = len(chunk) // 2
                    left += [chunk[half:], chunk[:half]]
                continue
            again = chunk if verdict.failed else [chunk[index] for index in verdict.again]
            if not verdict.failed:
                self._take(chunk, verdict, outcome)
            if not again:
                tries = 0
                continue
            left.append(again)
            if verdict.bad:
                continue  # the batch is another one now
            if tries >= len(self.waits) or waiting > LONGEST_WAIT:
                outcome.complete = False
                outcome.again_in = waiting
                break
            self.sleep(min(max(self.waits[tries], waiting), LONGEST_WAIT))
            tries += 1
        if outcome.bad and not self.takes:
            outcome.bad, outcome.complete = {}, False
        return outcome

    def _attempt(self, chunk: list[Event]) -> tuple[Reply, Verdict]:
        reply = self.post(shapes.build(self.target, chunk))
        verdict = shapes.judge(self.target, reply, chunk)
        if verdict.ticket is not None and not self._acknowledged(verdict.ticket):
            verdict = Verdict(failed=RETRY)
            reply = reply._replace(status=None, error="taken, but not acknowledged")
        self.attempted(reply, not verdict.failed and not verdict.split and len(verdict.again) < len(chunk))
        return reply, verdict

    def _acknowledged(self, ticket: object) -> bool:
        for pause in ACK_WAITS:
            if self.deadline():
                return False
            self.sleep(pause)
            reply = self.post(shapes.splunk_acknowledgement(self.target, ticket))
            if shapes.splunk_acknowledged(reply, ticket):
                return True
        return False

    def _take(self, chunk: list[Event], verdict: Verdict, outcome: Outcome) -> None:
        for index, event in enumerate(chunk):
            if index in verdict.bad:
                outcome.bad[event.entry["id"]] = verdict.bad[index]
            elif index not in verdict.again:
                outcome.delivered.append(event.entry["id"])
                self.takes = True


def _retry_after(reply: Reply) -> float:
    """Seconds that an answer asks to wait, 0 where it does not."""
    text = reply.headers.get("retry-after", "").strip()
    if reply.status not in (429, 503) or not text:
        return 0.0
    if text.isascii() and text.isdigit():
        return min(float(text), 86_400.0)
    try:
        return max(0.0, parsedate_to_datetime(text).timestamp() - clock.now_ms() / 1000)
    except (ValueError, TypeError):
        return 0.0


def _excerpt(reply: Reply) -> str:
    return f"{reply.status}: {reply.body[:200].decode('utf-8', 'replace')}"
