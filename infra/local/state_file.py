"""The emulator's state on disk: one file that is checked when read, and the one before it.

    state.json            one line a service, the last line is the SHA-256 of all before it
    state.previous.json   the save before, in case the newest gets damaged

A save is written beside them and takes its place by one atomic rename, so that a process killed at any moment
leaves a complete file behind, with all services at the same instant.

Standard library only: the emulator's process imports this too.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Iterable
from pathlib import Path

RESTORE = ".venv/bin/python -m infra.local.run --restore"
SUM = b"sha256 "


class DamagedError(Exception):
    """The state is not what was written; the message says which file and what to do."""


class StateFile:
    """The state in one folder. One process at a time writes."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "state.json"
        self.previous = folder / "state.previous.json"
        self._unfinished = folder / "state.unfinished"

    def read(self) -> list[bytes]:
        """The lines that were saved last, none where nothing ever was.

        Raises DamagedError where the file is not complete or was changed.
        """
        try:
            body, _, end = self.path.read_bytes().rpartition(SUM)
        except FileNotFoundError:
            if self.previous.exists():
                raise DamagedError(self._advice("is missing")) from None
            return []
        except OSError as error:
            raise DamagedError(self._advice(f"cannot be read ({error.strerror})")) from None
        if hashlib.sha256(body).hexdigest().encode() != end.strip():
            raise DamagedError(self._advice("is damaged"))
        return body.splitlines()

    def write(self, lines: Iterable[bytes]) -> None:
        """Save these lines (none has a line break in it).

        Raises OSError, and leaves what was saved before, where they cannot be written.
        """
        digest = hashlib.sha256()
        with self._unfinished.open("wb") as file:
            for line in lines:
                digest.update(line + b"\n")
                file.write(line + b"\n")
            file.write(SUM + digest.hexdigest().encode() + b"\n")
            os.fsync(file.fileno())
        if self.path.exists():
            self._keep_previous()
        self._unfinished.replace(self.path)
        self._sync_folder()

    def restore(self) -> str:
        """Go back to the save before; the newest file is kept under another name. The time of that save.

        Raises FileNotFoundError where there is none.
        """
        moment = self._moment()
        shutil.copyfile(self.previous, self._unfinished)
        with self._unfinished.open("rb") as file:
            os.fsync(file.fileno())
        if self.path.exists():
            self.path.replace(self.path.with_name(f"state.damaged-{int(time.time())}.json"))
        self._unfinished.replace(self.path)
        self._sync_folder()
        return moment

    def _keep_previous(self) -> None:
        """Give the current file its second name, at no moment without the first."""
        link = self.previous.with_suffix(".new")
        link.unlink(missing_ok=True)
        try:
            os.link(self.path, link)
        except OSError:  # a file system without hard links
            shutil.copyfile(self.path, link)
        link.replace(self.previous)

    def _sync_folder(self) -> None:
        descriptor = os.open(self.path.parent, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _moment(self) -> str:
        return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(self.previous.stat().st_mtime))

    def _advice(self, what: str) -> str:
        lines = [f"The saved state cannot be used: {self.path} {what}.", "Nothing was changed."]
        if self.previous.exists():
            lines += [
                f"An older copy, of {self._moment()}, is in {self.previous}. To go on with that one:",
                f"  {RESTORE}",
            ]
        lines += ["To begin with nothing, move this folder away:", f"  {self.path.parent}"]
        return "\n".join(lines)
