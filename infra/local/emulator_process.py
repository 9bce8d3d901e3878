"""Starting and stopping the AWS emulator from another process: `make run` and the tests."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Self

ROOT = Path(__file__).resolve().parents[2]
PYTHON = ROOT / ".venv-emulator" / "bin" / "python"
START_SECONDS = 60.0
STOP_SECONDS = 70.0
#: what the emulator's process gets of our environment: MiniStack reads many names, and should read ours alone
PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR")


class EmulatorError(Exception):
    """The emulator did not start; the message is for people."""


class Emulator:
    """One emulator on a free port of 127.0.0.1; `url` is its endpoint.

    `state_dir` keeps its state (None: in memory), `log` takes its log (None: dropped). It ends with this
    process, whichever way that ends; start it from a thread that lives as long.
    """

    def __init__(self, state_dir: Path | None = None, log: Path | None = None) -> None:
        self.state_dir = state_dir
        self.log = log
        self.url = ""
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> Self:
        """Start it and wait until it answers. Raises EmulatorError."""
        if not PYTHON.exists():
            raise EmulatorError(f"{PYTHON} is missing: `make run` and `make test` install it.")
        command = [str(PYTHON), "-m", "infra.local.emulator", "--parent", str(os.getpid())]
        if self.state_dir:
            command += ["--state", str(self.state_dir.resolve())]
        log: IO[Any] | int = self.log.open("ab") if self.log else subprocess.DEVNULL
        try:
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                command,
                cwd=ROOT,
                env={name: os.environ[name] for name in PASSED_ON if name in os.environ},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for the parent, which stops it when it needs it no more
            )
        finally:
            if not isinstance(log, int):
                log.close()
        try:
            self.url = f"http://127.0.0.1:{self._port(self._process)}"
        except BaseException:
            self.kill()
            raise
        return self

    def _port(self, process: subprocess.Popen[bytes]) -> int:
        assert process.stdout is not None
        with selectors.DefaultSelector() as ready, process.stdout as output:
            ready.register(output, selectors.EVENT_READ)
            line = output.readline() if ready.select(START_SECONDS) else b""
        told = json.loads(line or "{}")
        if "port" in told:
            port: int = told["port"]
            return port
        log = f", see {self.log}" if self.log else ""
        raise EmulatorError(told.get("error") or f"The AWS emulator did not start{log}.")

    @property
    def pid(self) -> int:
        """Its process id."""
        assert self._process is not None
        return self._process.pid

    def wait(self) -> int:
        """Block until it has ended; its exit code."""
        assert self._process is not None
        return self._process.wait()

    def stop(self) -> None:
        """Orderly: it saves its state first. Does nothing when it has ended already."""
        if self._process is None:
            return
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """As kill -9."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
