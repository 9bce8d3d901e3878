"""CloudWatch Logs' part on one machine: what the product writes goes to the log group, and the subscription
hands it to the forwarder.

The product's output is in a file already. Its audit lines are put into the emulator's log group, a stream
for each batch; then each stream is handed over as a subscription does, and deleted, so that nothing piles up.
What has been put is remembered by the place in the file, what has been handed over by the streams that are
left: a process killed at any moment loses nothing, and at most hands a batch over twice.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO

from infra.local import events

#: how often the file is looked at
POLL_SECONDS = 0.05
#: pause after something failed
RETRY_SECONDS = 1.0
#: the forwarder Lambda's timeout
FUNCTION_SECONDS = 60.0
#: what one PutLogEvents takes
BATCH_LINES, BATCH_BYTES = 1000, 500_000
#: audit lines begin so; the others have nothing to do in the subscription
MARK = b'{"audit":'
STREAM = "audit"


class Subscription:
    """Carries audit lines from `file` through the log group to `function`, in a thread of its own.

    `logs` is a botocore client, `place` the file that remembers how far the log has been read. `complain`
    takes lines for whoever watches.
    """

    def __init__(
        self,
        logs: Any,
        group: str,
        file: Path,
        place: Path,
        function: Callable[[events.Event, events.Context], Any],
        complain: Callable[[str], None] | None = None,
    ) -> None:
        self.logs = logs
        self.group = group
        self.file = file
        self.place = place
        self.function = function
        self.complain = complain or (lambda line: print(line, file=sys.stderr))
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        #: streams of an earlier run may be left
        self._waiting = True

    def start(self) -> None:
        """Begin, in the background."""
        self._thread = threading.Thread(target=self._work, daemon=True, name="subscription")
        self._thread.start()

    def stop(self, seconds: float = 10) -> None:
        """Carry what has been written until now, for `seconds` at most: the rest waits for the next start."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(seconds)

    def _work(self) -> None:
        while True:
            last = self._stopping.is_set()
            try:
                self.once()
            except Exception:
                self.complain(f"audit lines could not be carried\n{traceback.format_exc()}")
                if last or self._stopping.wait(RETRY_SECONDS):
                    return
            if last:
                return
            self._stopping.wait(POLL_SECONDS)

    def once(self) -> int:
        """Carry what is there now; how many lines were new."""
        count = 0
        for name, lines, place in self._new():
            if lines:
                self._put(name, lines)
                self._waiting = True
                count += len(lines)
            self._remember(place)
        if self._waiting:
            self._hand_over()
            self._waiting = False
        return count

    def _new(self) -> Iterator[tuple[str, list[str], dict[str, int]]]:
        """Batches of audit lines that have not been put yet: a name, the lines, the place after them."""
        known = self._known()
        earlier = self.file.with_name(self.file.name + ".1")
        for path in (earlier, self.file):
            if not path.exists():
                continue
            inode = path.stat().st_ino
            if path == earlier and inode != known.get("inode"):
                continue  # it was read to its end before it was moved away, or never was a log of ours
            offset = known.get("offset", 0) if inode == known.get("inode") else 0
            if path.stat().st_size <= offset:
                continue
            with path.open("rb") as file:
                file.seek(offset)
                yield from self._batches(file, inode, offset)

    def _batches(
        self, file: BinaryIO, inode: int, start: int
    ) -> Iterator[tuple[str, list[str], dict[str, int]]]:
        lines: list[str] = []
        size, offset = 0, start
        for raw in file:
            if not raw.endswith(b"\n"):
                break  # still being written
            offset += len(raw)
            if raw.startswith(MARK):
                lines.append(raw[:-1].decode("utf-8", "replace"))
                size += len(raw)
            if len(lines) >= BATCH_LINES or size >= BATCH_BYTES:
                yield f"{STREAM}/{inode}-{start:015d}", lines, {"inode": inode, "offset": offset}
                lines, size, start = [], 0, offset
        if offset > start:
            yield f"{STREAM}/{inode}-{start:015d}", lines, {"inode": inode, "offset": offset}

    def _known(self) -> dict[str, int]:
        try:
            found: dict[str, int] = json.loads(self.place.read_text())
        except (FileNotFoundError, ValueError):
            return {}
        return found

    def _remember(self, place: dict[str, int]) -> None:
        unfinished = self.place.with_suffix(".new")
        unfinished.write_text(json.dumps(place))
        os.replace(unfinished, self.place)

    def _put(self, stream: str, lines: list[str]) -> None:
        about = {"logGroupName": self.group, "logStreamName": stream}
        try:
            self.logs.create_log_stream(**about)
        except self.logs.exceptions.ResourceAlreadyExistsException:
            # a run that was killed between this and remembering the place
            self.logs.delete_log_stream(**about)
            self.logs.create_log_stream(**about)
        now = time.time_ns() // 1_000_000
        self.logs.put_log_events(**about, logEvents=[{"timestamp": now, "message": line} for line in lines])

    def _hand_over(self) -> None:
        """Hand every stream over, in the order they were written, and delete it."""
        while streams := self.logs.describe_log_streams(
            logGroupName=self.group, logStreamNamePrefix=f"{STREAM}/"
        )["logStreams"]:
            for stream in sorted(streams, key=lambda one: one["creationTime"]):
                name = stream["logStreamName"]
                self.function(
                    self._event(name), events.Context("portico-local-audit", seconds=FUNCTION_SECONDS)
                )
                self.logs.delete_log_stream(logGroupName=self.group, logStreamName=name)

    def _event(self, stream: str) -> events.Event:
        """The event of a subscription: all of a stream."""
        found: list[events.Event] = []
        token: dict[str, str] = {}
        while True:
            page = self.logs.get_log_events(
                logGroupName=self.group, logStreamName=stream, startFromHead=True, **token
            )
            found += page["events"]
            if not page["events"] or token.get("nextToken") == page["nextForwardToken"]:
                return events.log_batch(self.group, stream, found)
            token = {"nextToken": page["nextForwardToken"]}
