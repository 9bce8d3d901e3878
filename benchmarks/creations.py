"""Creations by 8 clients, while the server is killed (kill -9) and started again between them: 1,000 APIs in
one list, 10,000 with BENCH_FULL=1. The clients repeat what got no answer, with the same Idempotency-Key. At
the end there must be as many APIs as were asked for, each once, and rows, totals, counts, reserved names and
pulses must agree with the records (`chalicelib.storage.check`).
"""

from __future__ import annotations

import itertools
import json
import os
import socket
import subprocess
import sys
import threading
import time
import uuid
from http.client import HTTPConnection, HTTPException
from typing import Any

from benchmarks import installation
from benchmarks.cold import ROOT
from benchmarks.figures import Figure

FULL = bool(os.environ.get("BENCH_FULL"))
CREATIONS, KILLS = (10_000, 9) if FULL else (1_000, 4)
CLIENTS = 8
#: a creation that has not succeeded by then ends the run
PATIENCE = 60.0


def measure() -> list[Figure]:
    with installation.emulated():
        installation.make_table()
        began = time.perf_counter()
        run = Run()
        run.go()
        seconds = time.perf_counter() - began
        wrong = run.disagreements()
    note = f"{CREATIONS:,} creations, {KILLS} kills, {run.repeated} requests repeated"
    return [
        Figure("creations a second, kills included", CREATIONS / seconds, "1/s", note=note),
        Figure("disagreements afterwards", len(wrong), "", most=0, note="; ".join(wrong[:3])),
    ]


class Server:
    """The server as a process of its own, on one port through all its lives."""

    def __init__(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as found:
            self.port: int = found.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; clients wait for it by themselves."""
        command = [sys.executable, "-m", "benchmarks.programs.server", str(self.port), str(os.getpid())]
        self._process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)

    def kill(self) -> None:
        assert self._process is not None
        self._process.kill()
        self._process.wait()


class Run:
    """One run: what its clients asked for, and what they were answered."""

    def __init__(self) -> None:
        self.server = Server()
        self.numbers = itertools.count()
        self.made: dict[str, str] = {}
        self.repeated = 0
        self.failures: list[str] = []
        self._lock = threading.Lock()

    def go(self) -> None:
        """Create everything. Raises RuntimeError where a client gave up."""
        clients = [threading.Thread(target=self._client) for _ in range(CLIENTS)]
        self.server.start()
        try:
            for client in clients:
                client.start()
            for kill in range(1, KILLS + 1):
                while len(self.made) < kill * CREATIONS // (KILLS + 1) and not self.failures:
                    time.sleep(0.005)
                self.server.kill()
                self.server.start()
            for client in clients:
                client.join()
        finally:
            self.server.kill()
        if self.failures:
            raise RuntimeError("; ".join(self.failures))

    def _client(self) -> None:
        while not self.failures:
            with self._lock:
                number = next(self.numbers)
            if number >= CREATIONS:
                return
            try:
                self._create(f"api {number}")
            except RuntimeError as error:
                self.failures.append(str(error))

    def _create(self, name: str) -> None:
        headers = {
            "Host": "localhost",
            "Authorization": f"Bearer {installation.TOKEN}",
            "Content-Type": "application/json",
            "Idempotency-Key": str(uuid.uuid4()),
        }
        deadline = time.monotonic() + PATIENCE
        last = ""
        while time.monotonic() < deadline:
            try:
                status, body = self._post(json.dumps({"name": name}), headers)
            except (OSError, HTTPException) as error:
                status, body, last = 0, {}, repr(error)
            if status == 201:
                with self._lock:
                    self.made[name] = body["id"]
                return
            last = f"{status} {body}" if status else last
            if status not in (0, 409, 500, 502, 503, 504):
                break
            with self._lock:
                self.repeated += 1
            time.sleep(0.05)
        raise RuntimeError(f"{name} was not created: {last}")

    def _post(self, body: str, headers: dict[str, str]) -> tuple[int, Any]:
        connection = HTTPConnection("127.0.0.1", self.server.port, timeout=30)
        try:
            connection.request("POST", "/v3/apis", body, headers)
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())
        finally:
            connection.close()

    def disagreements(self) -> list[str]:
        """What is wrong with what was stored."""
        from chalicelib.storage import check, lists

        found = [str(finding) for finding in check.findings()]
        rows = lists.read("apis")
        stored = {row["name"]: row["id"] for row in rows}
        if len(rows) != CREATIONS:
            found.append(f"{len(rows)} APIs, not {CREATIONS}")
        if stored != self.made:
            found.append("clients were told other ids than are stored")
        return found
