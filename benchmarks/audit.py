"""What telling of a request adds to it; how soon an event is at a receiver on this machine (a whole run of
`make run`, 50 events a second); many events through one forwarder and one deliverer, of which none may be
lost and for which memory must not grow; and the same events, which are those of a day, sent again by a replay
whose worker is killed half way. AWS is the emulator.
"""

from __future__ import annotations

import base64
import contextlib
import gzip
import json
import os
import resource
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from unittest import mock

from benchmarks import installation
from benchmarks.cold import ROOT
from benchmarks.figures import Figure
from benchmarks.installation import TOKEN

FULL = os.environ.get("BENCH_FULL") == "1"
EVENTS = 100_000 if FULL else 20_000
SECONDS = 60 if FULL else 15
RATE = 50
#: lines of one log batch
BATCH = 1000
DAY_MS = 86_400_000


class Receiver:
    """Hands each event, and the milliseconds it took, to `note`."""

    def __init__(self, note: Callable[[Any, float], None]) -> None:

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                now = time.time() * 1000
                for line in gzip.decompress(body).splitlines():
                    event = json.loads(line)
                    note(event, now - event["rt"])
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}/"


def measure() -> list[Figure]:
    return [*_telling(), *_soon(), *_many()]


def _telling() -> list[Figure]:
    """The line of a change, written to a file as a Lambda's output is."""
    from chalicelib.access.principal import Admin
    from chalicelib.audit import events

    facts = events.Facts(
        operation="update-portal",
        method="PATCH",
        path=f"/v3/portals/{uuid.uuid4()}",
        query="",
        status=200,
        principal=Admin(str(uuid.uuid4()), "x"),
        portal_id=None,
        logins=(events.Login("pat", "success", str(uuid.uuid4())),),
        denied=False,
        trace_id=str(uuid.uuid4()),
        source_ip="203.0.113.7",
        user_agent="Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0",
    )
    took = []
    with tempfile.TemporaryFile("w") as file, contextlib.redirect_stdout(file):
        for _ in range(20_000):
            began = time.perf_counter()
            events.emit(facts)
            took.append((time.perf_counter() - began) * 1000)
    return [
        Figure("added to a request", statistics.median(took), "ms", most=0.2),
        Figure("added to a request, p99", statistics.quantiles(took, n=100)[98], "ms"),
    ]


@contextlib.contextmanager
def _run() -> Iterator[int]:
    """A whole run on this machine; its port."""
    with tempfile.TemporaryDirectory() as state:
        with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as free:
            port: int = free.getsockname()[1]
        clean = {
            name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PORTICO_"))
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "infra.local.run"],
            cwd=ROOT,
            env={**clean, "STATE_DIR": state, "PORT": str(port), "ADMIN_TOKEN": TOKEN},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            assert process.stdout is not None
            for line in process.stdout:
                if "stop  " in line:
                    break
            yield port
        finally:
            process.terminate()
            process.wait()


def _ask(port: int, method: str, path: str, body: Any = None) -> Any:
    connection = HTTPConnection("127.0.0.1", port, timeout=30)
    headers = {"Authorization": f"Bearer {TOKEN}", "Host": f"localhost:{port}"}
    connection.request(method, path, json.dumps(body) if body is not None else None, headers)
    answer = connection.getresponse()
    data = answer.read()
    connection.close()
    if answer.status >= 300:
        raise RuntimeError(f"{method} {path}: {answer.status} {data!r}")
    return json.loads(data) if data else None


def _soon() -> list[Figure]:
    found: dict[str, float] = {}

    def came(event: Any, delay: float) -> None:
        found.setdefault(event["event_id"], delay)

    receiver = Receiver(came)
    with _run() as port:
        destination = _ask(
            port,
            "POST",
            "/v3/audit-log-destinations",
            {"name": "r", "endpoint": receiver.url, "authorization": "x", "log_format": "json"},
        )
        webhook = {"audit_log_destination_id": destination["id"], "enabled": True}
        _ask(port, "PATCH", "/v3/audit-log-webhook", webhook)
        began = time.perf_counter()
        sent = 0
        while sent < RATE * SECONDS:  # every read tells of the token that was used: one event
            _ask(port, "GET", "/v3/users/me")
            sent += 1
            wait = began + sent / RATE - time.perf_counter()
            if wait > 0:
                time.sleep(wait)
        rate = sent / (time.perf_counter() - began)
        deadline = time.monotonic() + 30
        while len(found) < sent and time.monotonic() < deadline:
            time.sleep(0.05)
    delays = list(found.values())
    rates = f"{len(delays):,} events, {rate:.0f} a second"
    return [
        Figure("from event to receiver, p50", statistics.median(delays), "ms", note=rates),
        Figure("from event to receiver, p99", statistics.quantiles(delays, n=100)[98], "ms", most=5000),
        Figure("events that did not arrive", max(0, sent - len(delays)), "", most=0),
    ]


def _many() -> list[Figure]:
    import app
    from chalicelib.audit.destinations import service as destinations
    from chalicelib.audit.records import ORGANIZATION
    from chalicelib.audit.webhooks import service as webhooks
    from chalicelib.audit.webhooks.schemas import UpdateWebhook
    from chalicelib.settings import settings
    from infra.local import stack
    from infra.local.worker import Worker

    with installation.emulated() as endpoint:
        installation.make_table()
        arrived = bytearray(EVENTS + 1)  # by number: nothing that grows while memory is watched

        def note(event: Any, delay: float) -> None:
            arrived[int(event["seq"].rpartition(".")[2])] = 1

        receiver = Receiver(note)
        made = destinations.make(name="r", endpoint=receiver.url, log_format="json", authorization="x")
        webhooks.update(ORGANIZATION, UpdateWebhook(audit_log_destination_id=made.id, enabled=True))
        worker = Worker(
            stack.client("sqs", endpoint), settings().audit_queue_url, app.audit_deliverer, poll_seconds=0
        )
        early = 0.0
        began = time.perf_counter()
        for number in range(EVENTS // BATCH):
            app.audit_forwarder(_log_batch(number), None)
            while worker.once():
                pass
            if number == EVENTS // BATCH // 10:
                early = _megabytes()
        took = time.perf_counter() - began
        late = _megabytes()
        lost = EVENTS - sum(arrived)
        arrived[:] = bytes(len(arrived))
        again = _replay(worker)
    return [
        Figure("through one forwarder", EVENTS / took, "events/s", note=f"{EVENTS:,} events, delivered"),
        Figure("events that were lost", lost, "", most=0),
        Figure(
            "peak memory",
            late,
            "MB",
            late / early,
            1.1,
            f"baseline {early:.0f} MB, after a tenth of the events",
        ),
        Figure("by a replay", EVENTS / again, "events/s", note="of 24 hours; its worker is killed once"),
        Figure("events that the replay lost", EVENTS - sum(arrived), "", most=0),
    ]


def _replay(worker: Any) -> float:
    """Send everything again; the seconds that took. Raises RuntimeError where it does not go as it has to."""
    from chalicelib import clock
    from chalicelib.audit import store
    from chalicelib.audit.records import ORGANIZATION
    from chalicelib.audit.replays import service as replays
    from chalicelib.audit.replays.schemas import ReplaceReplayJob
    from chalicelib.errors import Conflict

    now = clock.now_ms()
    span = ReplaceReplayJob(start_at=clock.rfc3339(now - DAY_MS - 3_600_000), end_at=clock.rfc3339(now))
    began = time.perf_counter()
    replays.replace(ORGANIZATION, span)
    replay_id = replays.load(ORGANIZATION).id
    objects, looked = store.objects, []

    def killed(hour: str) -> Any:
        looked.append(hour)
        if len(looked) == 12:
            raise KeyboardInterrupt
        return objects(hour)

    with mock.patch.object(store, "objects", killed), contextlib.suppress(KeyboardInterrupt):
        replays.run(ORGANIZATION, replay_id)
    try:
        replays.replace(ORGANIZATION, span)
    except Conflict:
        pass
    else:
        raise RuntimeError("a second replay was taken while one runs")
    replays.run(ORGANIZATION, replay_id)
    while worker.once():
        pass
    status = replays.get(ORGANIZATION).status
    if status != "completed":
        raise RuntimeError(f"the replay is {status}")
    return time.perf_counter() - began


def _megabytes() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _log_batch(number: int) -> dict[str, Any]:
    # all batches together are a day
    now = int(time.time() * 1000)
    first, step = now - DAY_MS, DAY_MS / EVENTS
    lines = [
        {
            "v": 1,
            "id": str(uuid.uuid4()),
            "ts": first + int((number * BATCH + index) * step),
            "writer": "0badcafe",
            "number": number * BATCH + index + 1,
            "portal_number": 0,
            "portal_id": None,
            "principal_id": str(uuid.uuid4()),
            "operation": "update-portal",
            "method": "PATCH",
            "path": f"/v3/portals/{uuid.uuid4()}",
            "query": "",
            "status": 200,
            "trace_id": str(uuid.uuid4()),
            "source_ip": "203.0.113.7",
            "user_agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko)",
            "parts": [["access"]],
        }
        for index in range(BATCH)
    ]
    batch = {
        "messageType": "DATA_MESSAGE",
        "logStream": "s",
        "logEvents": [
            {
                "id": str(index),
                "timestamp": now,
                "message": json.dumps({"audit": line}, separators=(",", ":")),
            }
            for index, line in enumerate(lines)
        ],
    }
    return {"awslogs": {"data": base64.b64encode(gzip.compress(json.dumps(batch).encode())).decode()}}
