"""What the processes of `make run` have in common: they die with their parent, and one folder has one user.

Standard library only: the emulator's process imports this too.
"""

from __future__ import annotations

import fcntl
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import IO

PR_SET_PDEATHSIG = 1


def die_with_parent(parent: int, sig: signal.Signals = signal.SIGTERM) -> None:
    """Have this process sent `sig` when its parent, the process `parent`, is gone, however it ended.

    On Linux the kernel does it (the parent must have started this process from a thread that lives as long
    as itself); elsewhere a thread looks once a second.
    """
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(sig))
    else:
        threading.Thread(target=_watch, args=(parent, sig), daemon=True).start()
    if os.getppid() != parent:  # it went before we asked
        os.kill(os.getpid(), sig)


def _watch(parent: int, sig: signal.Signals) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), sig)


class InUseError(Exception):
    """Another process holds the lock."""


def lock(path: Path, wait: float = 0) -> IO[str]:
    """Take the lock file at `path` for as long as the returned file is open.

    The kernel gives it back when the process ends, even by kill -9. Waits up to `wait` seconds for another
    holder, then raises InUseError.
    """
    file = path.open("a")
    deadline = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= deadline:
                file.close()
                raise InUseError(str(path)) from None
            time.sleep(0.1)
        else:
            return file
