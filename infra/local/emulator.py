"""The AWS emulator in a process of ours, so that its state outlives any way of ending.

Runs in the emulator's own virtual environment: `python -m infra.local.emulator --parent PID [--state DIR]`,
started by `infra.local.emulator_process`. Says one JSON line on standard output, `{"port": N}` once it
answers or `{"error": "..."}`, and serves until SIGTERM, SIGINT or the end of its parent.

The emulator saves its state on an orderly stop only. Here the process forks after writes, every two seconds
at most: the child holds the state of one instant, writes it and exits, while the parent
goes on after milliseconds. S3 bodies are written by the emulator at once. What kill -9 can lose is therefore
what was written in the last seconds.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import copy
import json
import logging
import os
import signal
import socket
import sys
import warnings
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

from infra.local.process import InUseError, die_with_parent, lock
from infra.local.state_file import DamagedError, StateFile

#: seconds from one save to the next while there are writes
INTERVAL = 2.0
#: a save that takes longer is given up (a fork may inherit a lock whose holder it does not have) and repeated
SAVE_SECONDS = 60
#: seconds a stop waits for requests under way
STOP_SECONDS = 3.0
#: seconds to wait for the process before us to finish its last save
LOCK_SECONDS = 15.0
#: operations that change nothing, among those called all the time
READS = {
    "GetItem",
    "BatchGetItem",
    "TransactGetItems",
    "Query",
    "Scan",
    "ReceiveMessage",
    "Encrypt",
    "Decrypt",
}

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]


class Gate:
    """Stands before the emulator: notes writes and requests under way, and says when it has started."""

    def __init__(self, app: App, started: Callable[[], None]) -> None:
        self.app = app
        self.started = started
        self.written = False
        self.under_way = 0
        self.closed = False

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":

            async def told(message: Message) -> None:
                await send(message)
                if message["type"] == "lifespan.startup.complete":
                    self.started()

            await self.app(scope, receive, told)
            return
        if self.closed:
            return  # the last save is being written: an answer would promise what is not kept
        self.under_way += 1
        try:
            await self.app(scope, receive, send)
        finally:
            self.under_way -= 1
            self.written |= _writes(scope)


def _writes(scope: dict[str, Any]) -> bool:
    if scope.get("method") in ("GET", "HEAD", "OPTIONS"):
        return False
    for name, value in scope.get("headers", ()):
        if name.lower() == b"x-amz-target":
            return value.decode("latin-1").rpartition(".")[2] not in READS
    return True


class Saver:
    """Keeps the emulator's state in a file."""

    def __init__(self, file: StateFile) -> None:
        self.file = file
        self.child: int | None = None

    def load(self) -> None:
        """Have the emulator start from what was saved. Raises DamagedError."""
        import ministack.app as emulator
        from ministack.core import persistence

        saved: dict[str, Any] = {}
        for line in self.file.read():
            name, version, state = json.loads(line, object_hook=persistence._json_object_hook)
            if version > persistence._state_format_version(name):
                raise DamagedError(f"{self.file.path} was written by a newer emulator: {name} {version}.")
            saved[name] = state
        emulator.load_state = saved.get

    def save(self) -> None:
        """Write the state of this process. What could not be read was refused at the start: all is in it."""
        import ministack.app as emulator
        from ministack.core import persistence

        def lines() -> Iterator[bytes]:
            for name, get_state in emulator._build_persistence_save_dict().items():
                state = get_state()
                if state is not None:
                    entry = [name, persistence._state_format_version(name), state]
                    yield json.dumps(entry, default=persistence._json_default).encode()

        self.file.write(lines())

    async def save_in_child(self) -> bool:
        """Fork, have the child save, and wait for it. Whether it worked."""
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # other threads do hold locks: SAVE_SECONDS
            parent = os.getpid()
            self.child = os.fork()
        if self.child == 0:
            self._child(parent)
        _, status = await asyncio.to_thread(os.waitpid, self.child, 0)
        self.child = None
        return os.waitstatus_to_exitcode(status) == 0

    def _child(self, parent: int) -> NoReturn:
        code = 1
        try:
            die_with_parent(parent, signal.SIGKILL)
            signal.set_wakeup_fd(-1)
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            signal.alarm(SAVE_SECONDS)
            os.closerange(3, 65536)  # the listening socket above all: it must be free when the parent is gone
            # nobody else is left in this process who could change what is being copied
            copy.deepcopy = lambda x, memo=None, _nil=[]: x
            self.save()
            code = 0
        except BaseException:
            logging.getLogger("emulator").exception("the state was not saved; trying again")
        finally:
            os._exit(code)

    def stop(self) -> None:
        """End a save that is under way: what comes now is newer."""
        if self.child:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.child, signal.SIGKILL)


class Errors(logging.Handler):
    """Collects errors logged while the state is read: the emulator would go on without what it cannot read,
    and overwrite it."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.messages: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.messages.append(self.format(record))


def tell(**message: Any) -> None:
    """The one line on standard output."""
    print(json.dumps(message), flush=True)


def refuse(text: str) -> NoReturn:
    """End without saving."""
    tell(error=text)
    os._exit(1)


def _environment(port: int, state: Path | None) -> None:
    """The emulator's settings, read when it is imported: loopback only, no further listeners, no Docker."""
    os.environ.update(
        BIND_HOST="127.0.0.1",
        GATEWAY_PORT=str(port),
        MINISTACK_HOST="localhost",
        IOT_MTLS_ENABLED="0",
        SFTP_ENABLED="0",
        DOCKER_HOST="unix:///nonexistent",
        LOG_LEVEL="WARNING",
        AWS_ACCESS_KEY_ID="local",
        AWS_SECRET_ACCESS_KEY="local",  # noqa: S106 - it takes any
    )
    if state:
        os.environ.update(
            PERSIST_STATE="1", S3_PERSIST="1", STATE_DIR=str(state), S3_DATA_DIR=str(state / "s3")
        )


async def serve(listener: socket.socket, saver: Saver | None) -> None:
    """Serve until told to stop, then save. Does not return."""
    import ministack.app as emulator
    from hypercorn.asyncio import serve as hypercorn
    from hypercorn.config import Config

    loop = asyncio.get_running_loop()
    stop = asyncio.Event()
    for sig in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sig, stop.set)
    errors = Errors()
    if saver:
        saver.load()
        logging.getLogger().addHandler(errors)

    def started() -> None:
        logging.getLogger().removeHandler(errors)
        if errors.messages:
            refuse("The emulator cannot read its saved state: " + "; ".join(errors.messages))
        tell(port=listener.getsockname()[1])
        os.dup2(2, 1)

    gate = Gate(emulator.app, started)
    config = Config()
    config.bind = [f"fd://{listener.fileno()}"]
    config.keep_alive_timeout = 75
    config.loglevel = "WARNING"
    server = asyncio.create_task(hypercorn(gate, config, shutdown_trigger=asyncio.Event().wait))
    keeper = asyncio.create_task(_keep_saving(gate, saver)) if saver else None
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({server, stopping, *([keeper] if keeper else [])}, return_when=asyncio.FIRST_COMPLETED)
    for task in (server, keeper):
        if task and task.done():
            task.result()  # raises what ended it
    await _finish(gate, saver)


async def _keep_saving(gate: Gate, saver: Saver) -> None:
    while True:
        await asyncio.sleep(INTERVAL)
        if gate.written:
            gate.written = False
            if not await saver.save_in_child():
                gate.written = True


async def _finish(gate: Gate, saver: Saver | None) -> NoReturn:
    """Let requests under way end, save, and leave: nothing else here needs an orderly stop."""
    signal.alarm(SAVE_SECONDS)
    deadline = asyncio.get_running_loop().time() + STOP_SECONDS
    while gate.under_way and asyncio.get_running_loop().time() < deadline:
        await asyncio.sleep(0.02)
    gate.closed = True
    if saver:
        saver.stop()
        while saver.child:
            await asyncio.sleep(0.01)
        saver.save()
    os._exit(0)


def main() -> None:
    parser = argparse.ArgumentParser(prog="infra.local.emulator")
    parser.add_argument("--parent", type=int, required=True, help="end with this process")
    parser.add_argument("--state", type=Path, help="keep the state in this folder (default: in memory)")
    arguments = parser.parse_args()
    die_with_parent(arguments.parent)
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
    saver = None
    held = None
    if arguments.state:
        arguments.state.mkdir(parents=True, exist_ok=True)
        try:
            held = lock(arguments.state / "lock", wait=LOCK_SECONDS)
        except InUseError:
            refuse(f"Another emulator uses {arguments.state}.")
        saver = Saver(StateFile(arguments.state))
    listener = socket.create_server(("127.0.0.1", 0), backlog=256)
    _environment(listener.getsockname()[1], arguments.state)
    try:
        asyncio.run(serve(listener, saver))
    except DamagedError as error:
        refuse(str(error))
    finally:
        if held:
            held.close()


if __name__ == "__main__":
    main()
