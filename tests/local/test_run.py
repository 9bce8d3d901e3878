"""`make run` end to end: what it says, what it serves, and that nothing is lost or left behind."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.local import stack
from infra.local.emulator_process import ROOT
from infra.local.process import lock
from tests.accounts import Accounts, Person
from tests.client import Client
from tests.conftest import free_port
from tests.local.waiting import alive, until

Start = Callable[..., "Running"]


class Running:
    """A run in a process of its own."""

    def __init__(self, state: Path, *arguments: str, **environment: str) -> None:
        self.port = int(environment.get("PORT") or free_port())
        clean = {
            name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PORTICO_"))
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "infra.local.run", *arguments],
            cwd=ROOT,
            env={**clean, "STATE_DIR": str(state), "PORT": str(self.port), **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.said = ""

    def up(self) -> Running:
        """Wait until it says that it runs."""
        assert self.process.stdout
        while "stop  " not in self.said:
            line = self.process.stdout.readline()
            assert line, f"it ended: {self.said}"
            self.said += line
        return self

    def emulator(self) -> str:
        """The emulator's address."""
        found = re.search(r"AWS emulator +(\S+)", self.said)
        assert found
        return found.group(1)

    def descendants(self) -> list[int]:
        tasks = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        return [int(pid) for children in tasks for pid in children.read_text().split()]

    def end(self, sig: signal.Signals = signal.SIGINT) -> int:
        """Send a signal and wait for the end; the exit code. All it said is in `said`."""
        self.process.send_signal(sig)
        return self.finish()

    def finish(self) -> int:
        self.said += self.process.communicate(timeout=30)[0]
        return self.process.returncode


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    started: list[Running] = []

    def make(*arguments: str, state: Path = tmp_path / "state", **environment: str) -> Running:
        started.append(Running(state, *arguments, **environment))
        return started[-1]

    yield make
    for running in started:
        if running.process.poll() is None:
            running.process.kill()
            running.process.wait()


def token_in(said: str) -> str:
    found = re.search(r"token of the first admin.*:  (\S+)", said)
    assert found, said
    return found.group(1)


def names(portals: Any) -> list[str]:
    return sorted(portal["name"] for portal in portals.json()["data"])


def test_it_serves_the_product_keeps_the_data_and_leaves_nothing_behind(start: Start, tmp_path: Path) -> None:
    running = start().up()
    assert f"http://localhost:{running.port}" in running.said
    assert Client(running.port).get("/v3/portals").status == 401
    admin_token = until_token(running)
    admin = Client(running.port, token=admin_token)
    portal = admin.made("/v3/portals", {"name": "kept"})
    assert portal["default_domain"].endswith(f".localhost:{running.port}")
    processes = [running.process.pid, *running.descendants()]
    assert len(processes) == 2
    assert running.end() == 0
    until(lambda: not any(alive(pid) for pid in processes), "the end of all processes")
    socket.create_server(("127.0.0.1", running.port)).close()
    assert admin_token not in (tmp_path / "state/logs/portico.log").read_text()
    assert '"/v3/portals"' in (tmp_path / "state/logs/portico.log").read_text()

    again = start().up()
    assert names(Client(again.port, token=admin_token).get("/v3/portals")) == ["kept"]
    assert again.end() == 0
    assert "first admin" not in again.said


def until_token(running: Running) -> str:
    """The token comes after the greeting."""
    assert running.process.stdout
    while "first admin" not in running.said:
        running.said += running.process.stdout.readline()
    return token_in(running.said)


def test_somebody_who_is_invited_signs_in_until_the_role_is_another(start: Start, tmp_path: Path) -> None:
    running = start(ADMIN_TOKEN="ptc_given").up()

    def admin(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "infra.deploy", "admin", "--stage", "local", *arguments],
            cwd=ROOT,
            env={"PATH": os.environ["PATH"], "STATE_DIR": str(tmp_path / "state")},
            capture_output=True,
            text=True,
            check=False,
        )
        return done.stdout if done.returncode == 0 else done.stderr

    assert "one of admin, publisher" in admin("--email", "someone@example.com", "--role", "owner")
    assert "There is no account" in admin("--email", "someone@example.com", "--role", "none")
    said = admin("--email", "Someone@example.com", "--role", "publisher")
    assert "someone@example.com has the role publisher." in said
    password = re.search(r"First password .*:  (\S+)", said)
    assert password
    accounts = Accounts(running.port, running.emulator(), "")
    person = Person("someone@example.com", password[1], "")
    client = accounts.signed_in(person, first="Passw0rd-of-their-own")
    assert client.get("/v3/users/me").json()["roles"] == ["publisher"]
    assert "has the role publisher" in admin("--email", person.email, "--role", "publisher")
    assert client.get("/v3/users/me").status == 200
    assert "has signed in before" in admin("--email", person.email, "--role", "viewer", "--resend")
    assert "has the role viewer" in admin("--email", person.email, "--role", "viewer")
    assert client.get("/v3/users/me").status == 401
    again = accounts.signed_in(person._replace(password="Passw0rd-of-their-own"))
    assert again.get("/v3/users/me").json()["roles"] == ["viewer"]
    assert running.end() == 0
    assert "Start it first: make run" in admin("--email", person.email, "--role", "viewer")


def test_kill_9_loses_nothing_because_the_emulator_saves_when_its_parent_is_gone(start: Start) -> None:
    running = start(ADMIN_TOKEN="ptc_given").up()
    Client(running.port, token="ptc_given").made("/v3/portals", {"name": "last-moment"})
    children = running.descendants()
    running.end(signal.SIGKILL)
    again = start(PORT=str(running.port)).up()
    assert not any(alive(pid) for pid in children)
    assert names(Client(again.port, token="ptc_given").get("/v3/portals")) == ["last-moment"]
    assert again.end(signal.SIGTERM) == 0


def test_what_requests_leave_to_be_done_is_done(start: Start) -> None:
    running = start(ADMIN_TOKEN="ptc_given").up()
    admin = Client(running.port, token="ptc_given")
    portal = admin.made("/v3/portals", {"name": "short-lived"})
    dynamodb = stack.client("dynamodb", running.emulator())
    (table,) = dynamodb.list_tables()["TableNames"]
    assert admin.delete(f"/v3/portals/{portal['id']}", query={"force": "true"}).status == 204
    until(lambda: portal["id"] not in str(dynamodb.scan(TableName=table)["Items"]), "the drained portal")
    until(lambda: "'job'" not in str(dynamodb.scan(TableName=table)["Items"]), "the end of the job")
    assert running.end() == 0


def test_an_emulator_that_ends_ends_the_run_and_says_so(start: Start) -> None:
    running = start().up()
    (emulator,) = running.descendants()
    os.kill(emulator, signal.SIGKILL)
    assert running.finish() == 1
    assert "The AWS emulator has ended" in running.said


def test_a_used_port_is_refused_before_anything_is_touched(start: Start, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        running = start(PORT=str(port))
        assert running.finish() == 1
    assert f"Port {port} is in use" in running.said
    assert re.search(r"PORT=\d+ make run", running.said)
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize("port", ["zero", "0", "65536", "-1"])
def test_a_port_that_is_none_is_refused(start: Start, monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    from infra.local import run

    with pytest.raises(run.RefusedError, match="1 to 65535"):
        run._listen(port)


def test_two_runs_cannot_share_a_folder(start: Start, tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.mkdir()
    with lock(state / "lock") as held:
        held.write("4711")
        held.flush()
        running = start()
        assert running.finish() == 1
    assert "4711" in running.said
    assert "STATE_DIR=" in running.said
    assert [path.name for path in state.iterdir() if path.name not in ("lock", "logs")] == []


def test_a_folder_that_cannot_be_written_is_refused(start: Start, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    running = start(state=tmp_path / "file" / "state")
    assert running.finish() == 1
    assert "STATE_DIR=" in running.said
    assert "Traceback" not in running.said


def test_a_damaged_state_is_refused_and_the_older_copy_comes_back_on_request(
    start: Start, tmp_path: Path
) -> None:
    assert start(ADMIN_TOKEN="ptc_given").up().end() == 0
    state = tmp_path / "state" / "emulator" / "state.json"
    state.with_name("state.previous.json").write_bytes(state.read_bytes())
    state.write_bytes(b"")
    refused = start()
    assert refused.finish() == 1
    assert str(state) in refused.said
    assert "--restore" in refused.said
    restored = start("--restore")
    assert restored.finish() == 0
    running = start().up()
    assert Client(running.port, token="ptc_given").get("/v3/portals").status == 200
    assert running.end() == 0


def test_without_an_older_copy_restore_says_so(start: Start) -> None:
    running = start("--restore")
    assert running.finish() == 1
    assert "no older copy" in running.said
    assert "Traceback" not in running.said


def test_help_names_what_can_be_set(start: Start) -> None:
    running = start("--help")
    assert running.finish() == 0
    for name in ("PORT", "STATE_DIR", "ADMIN_TOKEN", "--restore"):
        assert name in running.said
