"""SQS's and the scheduler's part on one machine: messages of the queue and ticks go to the worker Lambdas.

One batch at a time in each thread, as an event source mapping hands it over: what the function reports as
failed, or the whole batch where it raises, stays in the queue, comes back after the visibility timeout and
goes to the dead-letter queue after the number of tries its redrive policy says. Messages are deleted only
when they are done, so that a process killed at any moment loses none.
"""

from __future__ import annotations

import sys
import threading
import traceback
from collections.abc import Callable
from typing import Any

from infra.local import events

Function = Callable[[events.Event, events.Context], Any]

BATCH = 10
#: how long one receive waits, which is also how long a stop may wait for it
POLL_SECONDS = 1
#: pause after the queue could not be reached
RETRY_SECONDS = 1.0
SCHEDULE_SECONDS = 60.0
#: the worker Lambda's timeout
FUNCTION_SECONDS = 300.0


class Worker:
    """Polls one queue and ticks one schedule, each in threads of their own.

    `sqs` is a botocore client. `scheduled` may be None. `complain` takes lines for whoever watches.
    `threads`: batches that may be under way at the same time. `poll_seconds`: how long one receive waits.
    """

    def __init__(
        self,
        sqs: Any,
        queue_url: str,
        function: Function,
        scheduled: Function | None = None,
        complain: Callable[[str], None] | None = None,
        threads: int = 1,
        poll_seconds: int = POLL_SECONDS,
    ) -> None:
        self.sqs = sqs
        self.queue_url = queue_url
        self.function = function
        self.scheduled = scheduled
        self.complain = complain or (lambda line: print(line, file=sys.stderr))
        self.threads = threads
        self.poll_seconds = poll_seconds
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begin, in the background."""
        jobs = [*[self._poll] * self.threads, *([self._tick] if self.scheduled else [])]
        self._threads = [threading.Thread(target=job, daemon=True, name="worker") for job in jobs]
        for thread in self._threads:
            thread.start()

    def stop(self, seconds: float = 10) -> None:
        """Let what is under way come to its end, for `seconds` at most: its messages come again later."""
        self._stopping.set()
        for thread in self._threads:
            thread.join(seconds)

    def _poll(self) -> None:
        while not self._stopping.is_set():
            try:
                self.once()
            except Exception:
                if not self._stopping.wait(RETRY_SECONDS):
                    self.complain(f"the queue could not be read\n{traceback.format_exc()}")

    def once(self) -> int:
        """Receive one batch, if one comes in time, and have it done; the number of messages."""
        messages: list[events.Event] = self.sqs.receive_message(
            QueueUrl=self.queue_url,
            MaxNumberOfMessages=BATCH,
            WaitTimeSeconds=self.poll_seconds,
            MessageSystemAttributeNames=["All"],
            MessageAttributeNames=["All"],
        ).get("Messages", [])
        if not messages:
            return 0
        failed = self._invoke(messages)
        done = [message for message in messages if message["MessageId"] not in failed]
        if done:
            self.sqs.delete_message_batch(
                QueueUrl=self.queue_url,
                Entries=[
                    {"Id": str(number), "ReceiptHandle": message["ReceiptHandle"]}
                    for number, message in enumerate(done)
                ],
            )
        return len(messages)

    def _invoke(self, messages: list[events.Event]) -> set[str]:
        """Call the function with a batch; the ids of the messages that failed."""
        ids = {message["MessageId"] for message in messages}
        arn = f"arn:aws:sqs:{self._region}:{events.ACCOUNT}:{self.queue_url.rpartition('/')[2]}"
        try:
            returned = self.function(
                events.sqs(messages, arn, self._region),
                events.Context("portico-local-worker", seconds=FUNCTION_SECONDS),
            )
            failures = (returned or {}).get("batchItemFailures") or []
            failed = {failure["itemIdentifier"] for failure in failures}
        except Exception:
            self.complain(f"the worker failed\n{traceback.format_exc()}")
            return ids
        if not failed <= ids:  # Lambda takes an answer it cannot match for a failure of the whole batch
            self.complain(f"the worker named messages that it was not given: {sorted(failed - ids)}")
            return ids
        return failed

    @property
    def _region(self) -> str:
        region: str = self.sqs.meta.region_name
        return region

    def _tick(self) -> None:
        assert self.scheduled is not None
        while True:
            try:
                self.scheduled(
                    events.schedule("portico-local-schedule", self._region),
                    events.Context("portico-local-scheduled", seconds=FUNCTION_SECONDS),
                )
            except Exception:
                self.complain(f"the scheduled work failed\n{traceback.format_exc()}")
            if self._stopping.wait(SCHEDULE_SECONDS):
                return
