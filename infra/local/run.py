"""`make run`: emulator, base stack, server and worker, started and stopped together.

One process serves and works; the emulator is its only child and ends with it, whichever way that ends.
Nothing is touched before it is clear that port and folder can be used.
"""

from __future__ import annotations

import argparse
import asyncio
import errno
import json
import os
import signal
import socket
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, NoReturn

from infra.local import accounts, logs, process, server, stack, worker
from infra.local.emulator_process import ROOT, Emulator, EmulatorError
from infra.local.state_file import StateFile

HELP = """\
environment:
  PORT         where console, API and portals answer (default 8000)
  STATE_DIR    folder of everything that is stored, and of the logs (default .local)
  ADMIN_TOKEN  access token of the first admin (default: one is made on the first start and shown once)

Ctrl-C stops everything. What was stored is there again on the next start; what was written in the last
seconds before a kill -9 may be lost."""
LOG_BYTES = 20 * 1024 * 1024
ASSETS = ROOT / "web" / "dist"
#: batches of audit events that may be on their way to destinations at the same time
DELIVERIES = 4


class RefusedError(Exception):
    """It cannot start like this; the message says why and what to do."""


@dataclass(frozen=True)
class Folder:
    """Where a run keeps its things."""

    path: Path

    @property
    def emulator(self) -> Path:
        return self.path / "emulator"

    @property
    def address(self) -> Path:
        """Says where the emulator answers, as long as it does: `make admin` looks here."""
        return self.path / "emulator.url"

    @property
    def log(self) -> Path:
        return self.path / "logs" / "portico.log"

    @property
    def emulator_log(self) -> Path:
        return self.path / "logs" / "emulator.log"


def main() -> int:
    """The command; its exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m infra.local.run",
        description="Run everything on this machine: AWS emulator, API, console, portals and worker.",
        epilog=HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--restore",
        action="store_true",
        help="go back to the copy saved before the last one, where the last one is damaged, and exit",
    )
    arguments = parser.parse_args()
    state = Path(os.environ.get("STATE_DIR") or ".local")
    try:
        if arguments.restore:
            _restore(state)
            return 0
        listener = _listen(os.environ.get("PORT") or "8000")
        folder, held = _open(state)
        with held:
            return Run(listener, folder).go()
    except (RefusedError, EmulatorError, stack.StackError) as error:
        print(error, file=sys.stderr, flush=True)
        return 1


def _listen(port: str) -> socket.socket:
    """A socket on this port of the loopback interface. Raises RefusedError."""
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise RefusedError(f"PORT is {port!r}; it must be a number from 1 to 65535.")
    number = int(port)
    try:
        if _taken(number):
            raise OSError(errno.EADDRINUSE, "in use")
        return socket.create_server(("127.0.0.1", number), backlog=1024)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise RefusedError(
                f"Port {number} is in use by another program. Stop that one, or take another port:\n"
                f"  PORT={_free(number)} make run"
            ) from None
        raise RefusedError(
            f"Port {number} cannot be used: {error.strerror}. Take another: PORT=8000"
        ) from None


def _taken(port: int) -> bool:
    """Whether another program listens on the loopback address of IPv6, where browsers look first."""
    if not socket.has_ipv6:
        return False
    try:
        socket.create_server(("::1", port), family=socket.AF_INET6).close()
    except OSError as error:
        return error.errno == errno.EADDRINUSE
    return False


def _free(port: int) -> int:
    for candidate in range(port + 1, min(port + 100, 65536)):
        try:
            socket.create_server(("127.0.0.1", candidate)).close()
        except OSError:
            continue
        return candidate
    return 8001


def _open(state: Path) -> tuple[Folder, IO[str]]:
    """The state's folder, made if need be, and its lock. Raises RefusedError."""
    folder = Folder(state.resolve())
    try:
        folder.log.parent.mkdir(parents=True, exist_ok=True)
        held = process.lock(folder.path / "lock")
        held.truncate(0)
        held.write(str(os.getpid()))
        held.flush()
    except process.InUseError:
        owner = (folder.path / "lock").read_text() or "unknown"
        raise RefusedError(
            f"{state} is in use by another run (process {owner}). Stop that one, or take another folder:\n"
            f"  STATE_DIR=.local2 make run"
        ) from None
    except OSError as error:
        raise RefusedError(
            f"The state cannot be kept in {state}: {error.strerror}. Take a folder you may write to:\n"
            f"  STATE_DIR=/path/to/folder make run"
        ) from None
    return folder, held


def _restore(state: Path) -> None:
    """Go back to the older copy of the state. Raises RefusedError."""
    folder, held = _open(state)
    try:
        with held, process.lock(folder.emulator / "lock", wait=15):
            moment = StateFile(folder.emulator).restore()
    except FileNotFoundError:
        raise RefusedError(f"There is no older copy in {folder.emulator}.") from None
    except process.InUseError:
        raise RefusedError(f"An emulator still uses {folder.emulator}. Stop it first.") from None
    print(f"The state of {moment} is back. Start with: make run")


class Run:
    """One run, from start to stop."""

    def __init__(self, listener: socket.socket, folder: Folder) -> None:
        self.listener = listener
        self.folder = folder
        self.port: int = listener.getsockname()[1]
        self.terminal = sys.stdout
        self.emulator = Emulator(folder.emulator, folder.emulator_log)
        self.worker: worker.Worker | None = None
        self.deliverer: worker.Worker | None = None
        self.subscription: logs.Subscription | None = None
        self.server: Any = None
        self.stopping = False
        self.code = 0

    def go(self) -> int:
        """Start, serve until told to stop, stop; the exit code."""
        for sig in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(sig, _leave)
        if "MAKELEVEL" in os.environ:
            process.die_with_parent(os.getppid())
        try:
            self._log_to_files()
            self._say("Portico is starting ...")
            self.emulator.start()
            threading.Thread(target=self._watch, daemon=True).start()
            token = self._set_up()
            self._greet(token)
            asyncio.run(self.server.serve(sockets=[self.listener]))
        except (KeyboardInterrupt, SystemExit):
            pass
        finally:
            for sig in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(sig, signal.SIG_IGN)
            self._stop()
        return self.code

    def _log_to_files(self) -> None:
        """What the product writes to standard output goes to the log; the terminal keeps what we say."""
        for log in (self.folder.log, self.folder.emulator_log):
            if log.exists() and log.stat().st_size > LOG_BYTES:
                log.replace(log.with_name(log.name + ".1"))
        self.terminal = os.fdopen(os.dup(1), "w", buffering=1, encoding="utf-8", errors="replace")
        with self.folder.log.open("ab") as file:
            os.dup2(file.fileno(), 1)
        sys.stdout = os.fdopen(1, "w", buffering=1, encoding="utf-8", errors="replace", closefd=False)

    def _set_up(self) -> str | None:
        """Bring stack, product, worker and server up; the text of the first admin's token if one was made."""
        os.environ.update(stack.environment(self.emulator.url))
        for name in stack.UNWANTED:
            os.environ.pop(name, None)
        domain = "localhost" if self.port == 80 else f"localhost:{self.port}"
        os.environ.update(
            PORTICO_ADMIN_HOSTS="localhost,127.0.0.1",
            PORTICO_PORTAL_BASE_DOMAIN=domain,
            PORTICO_SCHEME="http",
        )
        os.environ.update(
            accounts.environment(
                self.emulator.url,
                os.environ["PORTICO_ADMIN_POOL"],
                [f"http://{host}{domain.removeprefix('localhost')}" for host in ("localhost", "127.0.0.1")],
            )
        )
        self.folder.address.write_text(self.emulator.url, encoding="utf-8")
        given = os.environ.pop("ADMIN_TOKEN", None)

        import app
        from chalicelib.organization import service

        token = service.bootstrap(given or None)
        self.worker = worker.Worker(
            stack.client("sqs", self.emulator.url),
            os.environ["PORTICO_QUEUE_URL"],
            app.worker,
            app.scheduled,
            self._complain,
        )
        self.worker.start()
        self.deliverer = worker.Worker(
            stack.client("sqs", self.emulator.url),
            os.environ["PORTICO_AUDIT_QUEUE_URL"],
            app.audit_deliverer,
            complain=self._complain,
            threads=DELIVERIES,
        )
        self.deliverer.start()
        self.subscription = logs.Subscription(
            stack.client("logs", self.emulator.url),
            stack.LOG_GROUP,
            self.folder.log,
            self.folder.path / "audit-place.json",
            app.audit_forwarder,
            self._complain,
        )
        self.subscription.start()
        self.server = server.make(app.app, assets=ASSETS, complain=self._complain)
        return token

    def _greet(self, token: str | None) -> None:
        host = "localhost" if self.port == 80 else f"localhost:{self.port}"
        self._say("Portico is running.")
        self._say(f"  console and API   http://{host}")
        self._say(f"  portals           http://<12 hex digits>.{host}")
        self._say(f"  AWS emulator      {self.emulator.url}")
        self._say(f"  log               {_short(self.folder.log)}")
        self._say("  stop              Ctrl-C")
        if token:
            self._say("", f"  Access token of the first admin, shown this once:  {token}")
            self._say(f'  Try:  curl -H "Authorization: Bearer {token}" http://{host}/v3/portals')

    def _watch(self) -> None:
        """The emulator ended by itself: so do we."""
        self.emulator.wait()
        if not self.stopping:
            self.code = 1
            self._say(f"The AWS emulator has ended. Its log: {_short(self.folder.emulator_log)}")
            os.kill(os.getpid(), signal.SIGTERM)

    def _stop(self) -> None:
        self.stopping = True
        self.folder.address.unlink(missing_ok=True)
        self.listener.close()
        if self.subscription:
            self.subscription.stop()
        for running in (self.worker, self.deliverer):
            if running:
                running.stop()
        self.emulator.stop()
        if self.server:
            self._say("Stopped.")

    def _say(self, *lines: str) -> None:
        for line in lines:
            print(line, file=self.terminal, flush=True)

    def _complain(self, line: str) -> None:
        moment = time.strftime("%H:%M:%S")
        self._say(f"{moment}  {line}")
        print(json.dumps({"level": "ERROR", "message": line, "service": "local"}), flush=True)


def _leave(*_: object) -> NoReturn:
    raise SystemExit


def _short(path: Path) -> Path:
    """As one would type it here."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


if __name__ == "__main__":
    exit_code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(exit_code)  # a handler that hangs in a thread must not keep the process
