"""Eight clients at once against what `make run` starts, reads and writes mixed, for 60 seconds: of ten steps
four read the website or the portal API, two read the management API, two change an API, one makes one and
publishes it, one deletes one. Clients and server share the machine. At the end the installation must have
exactly the APIs that the clients were told of, each with the text that was written last.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from typing import Any

from benchmarks import installation
from benchmarks.cold import ROOT
from benchmarks.figures import Figure
from tests.client import Client, Reply

CLIENTS, SECONDS = 8, 60
#: what `make run` may need to be up
PATIENCE = 60


def measure() -> list[Figure]:
    with tempfile.TemporaryDirectory() as state:
        run = Run(state)
        try:
            run.wait()
            load = Load(run.port)
            load.go()
            wrong = load.disagreements()
        finally:
            run.end()
    took = [milliseconds for client in load.clients for milliseconds in client.took]
    failed = [failure for client in load.clients for failure in client.failures]
    note = f"{CLIENTS} clients, {SECONDS} s, {len(took):,} requests"
    hundredths = statistics.quantiles(took, n=100)
    return [
        Figure("requests a second", len(took) / SECONDS, "1/s", note=note),
        Figure("half of them answered within", hundredths[49], "ms"),
        Figure("99 of 100 answered within", hundredths[98], "ms"),
        Figure("requests that failed", len(failed), "", most=0, note="; ".join(failed[:3])),
        Figure("APIs lost, doubled or stale", len(wrong), "", most=0, note="; ".join(wrong[:3])),
    ]


class Run:
    """The command behind `make run`, with a state of its own."""

    def __init__(self, state: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as found:
            self.port: int = found.getsockname()[1]
        clean = {
            name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PORTICO_"))
        }
        self._process = subprocess.Popen(
            [sys.executable, "-m", "infra.local.run"],
            cwd=ROOT,
            env={**clean, "PORT": str(self.port), "STATE_DIR": state, "ADMIN_TOKEN": installation.TOKEN},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def wait(self) -> None:
        """Until it answers."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline:
            try:
                if Client(self.port, token=installation.TOKEN).get("/v3/users/me").status == 200:
                    return
            except OSError:
                pass
            time.sleep(0.2)
        raise RuntimeError("what `make run` starts did not answer")

    def end(self) -> None:
        """As Ctrl-C does."""
        self._process.send_signal(signal.SIGINT)
        self._process.wait(30)


class Load:
    """A portal, the clients that work on it, and what must be there when they are done."""

    def __init__(self, port: int) -> None:
        self.admin = Client(port, token=installation.TOKEN)
        members = {"name": "Load", "authentication_enabled": False, "default_page_visibility": "public"}
        self.portal = self.admin.made("/v3/portals", members)
        self.admin.made(f"/v3/portals/{self.portal['id']}/default-content", None)
        self.clients = [Worker(self, number) for number in range(CLIENTS)]

    def go(self) -> None:
        deadline = time.monotonic() + SECONDS
        threads = [threading.Thread(target=client.work, args=(deadline,)) for client in self.clients]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def disagreements(self) -> list[str]:
        """What is wrong with what the installation has."""
        found: list[str] = []
        wanted = {api_id: text for client in self.clients for api_id, text in client.apis.items()}
        stored: dict[str, str] = {}
        for page in itertools.count(1):
            query = {"page[size]": 100, "page[number]": page}
            answer = self.admin.get("/v3/apis", query=query).json()
            for api in answer["data"]:
                if api["id"] in stored:
                    found.append(f"{api['name']} is listed twice")
                stored[api["id"]] = api["description"]
            if len(answer["data"]) < 100:
                break
        if answer["meta"]["page"]["total"] != len(wanted):
            found.append(f"the total is {answer['meta']['page']['total']}, not {len(wanted)}")
        found += [f"{api_id} is not as it was left" for api_id in wanted.keys() ^ stored.keys()]
        found += [f"{api_id} is stale" for api_id, text in wanted.items() if stored.get(api_id, text) != text]
        return found


class Worker:
    """One client. `apis`: id → description of those it made."""

    def __init__(self, load: Load, number: int) -> None:
        self.number = number
        self.admin = load.admin
        self.portal_id = load.portal["id"]
        self.site = load.admin.at(load.portal["default_domain"])
        self.apis: dict[str, str] = {}
        self.took: list[float] = []
        self.failures: list[str] = []
        self._choice = random.Random(number)  # the same mixture in every run
        self._written = itertools.count()

    def work(self, deadline: float) -> None:
        steps = [
            *[self.read_site] * 2,
            *[self.read_portal_api] * 2,
            *[self.read_management] * 2,
            *[self.change] * 2,
            self.make,
            self.delete,
        ]
        while time.monotonic() < deadline:
            self._choice.choice(steps)()

    def read_site(self) -> None:
        self._ask(200, self.site, "GET", self._choice.choice(["/", "/apis", "/getting-started"]))

    def read_portal_api(self) -> None:
        self._ask(200, self.site, "GET", "/api/v3/apis")

    def read_management(self) -> None:
        some = self._some()
        self._ask(200, self.admin, "GET", f"/v3/apis/{some}" if some else "/v3/portals")

    def make(self) -> None:
        text = self._text()
        body = {"name": f"API {self.number}-{next(self._written)}", "description": text}
        answer = self._ask(201, self.admin, "POST", "/v3/apis", body)
        if answer is None:
            return
        api_id = answer.json()["id"]
        self.apis[api_id] = text
        path = f"/v3/apis/{api_id}/publications/{self.portal_id}"
        self._ask(200, self.admin, "PUT", path, {"visibility": "public", "auth_strategy_ids": None})

    def change(self) -> None:
        some, text = self._some(), self._text()
        if some and self._ask(200, self.admin, "PATCH", f"/v3/apis/{some}", {"description": text}):
            self.apis[some] = text

    def delete(self) -> None:
        some = self._some()
        if some and self._ask(204, self.admin, "DELETE", f"/v3/apis/{some}?force=true"):
            del self.apis[some]

    def _some(self) -> str:
        return self._choice.choice(list(self.apis)) if self.apis else ""

    def _text(self) -> str:
        return f"Written {next(self._written)}"

    def _ask(self, status: int, client: Client, method: str, path: str, body: Any = None) -> Reply | None:
        began = time.perf_counter()
        try:
            answer = client.request(method, path, body)
        except OSError as error:
            self.failures.append(repr(error))
            return None
        self.took.append((time.perf_counter() - began) * 1000)
        if answer.status != status:
            said = re.sub(r"\s+", " ", answer.text)[:200]
            self.failures.append(f"{method} {path}: {answer.status} {json.dumps(said)}")
            return None
        return answer
