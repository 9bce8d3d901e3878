"""The emulator's state on disk: whole snapshots, of which the newest and the one before are kept.

    current -> 1732500002123     the newest
    previous -> 1732500000098    the one before, in case the newest gets damaged
    1732500002123/dynamodb.json, sqs.json, ..., manifest.json (SHA-256 of each file)

A snapshot is written beside the others and becomes `current` by one atomic rename, so that a process killed
at any moment leaves a complete one behind, with all services at the same instant.

Standard library only: the emulator's process imports this too.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections.abc import Iterable
from pathlib import Path

CURRENT = "current"
PREVIOUS = "previous"
UNFINISHED = "unfinished"
MANIFEST = "manifest.json"
RESTORE = ".venv/bin/python -m infra.local.run --restore"


class DamagedError(Exception):
    """A snapshot is not what was written; the message says which file and what to do."""


class Snapshots:
    """The snapshots in one folder. One process at a time writes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def current(self) -> Path | None:
        """The newest snapshot, None where nothing was ever saved.

        Raises DamagedError where a file of it is missing or was changed.
        """
        link = self.folder / CURRENT
        if not link.is_symlink():
            if (self.folder / PREVIOUS).is_symlink():
                raise DamagedError(self._advice(link, "is missing"))
            return None
        newest = link.resolve()
        for name, digest in self._manifest(newest).items():
            try:
                body = (newest / name).read_bytes()
            except OSError:
                raise DamagedError(self._advice(newest / name, "cannot be read")) from None
            if hashlib.sha256(body).hexdigest() != digest:
                raise DamagedError(self._advice(newest / name, "is damaged"))
        return newest

    def saved_at(self, link: str = CURRENT) -> str:
        """When `current` or `previous` was taken, as local time for people."""
        stamp = int((self.folder / link).resolve().name) / 1000
        return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(stamp))

    def save(self, files: Iterable[tuple[str, bytes]]) -> None:
        """Write a new snapshot and make it the current one; files not given stay as they were.

        Raises OSError, and leaves the current one untouched, where it cannot be written.
        """
        unfinished = self.folder / UNFINISHED
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(parents=True)
        link = self.folder / CURRENT
        newest = link.resolve() if link.is_symlink() else None
        before = self._manifest(newest) if newest else {}
        digests = dict(before)
        for name, body in files:
            digests[name] = hashlib.sha256(body).hexdigest()
            if digests[name] != before.get(name):
                _write(unfinished / name, body)
        for name, digest in before.items():
            if newest and digest == digests[name]:
                _link(newest / name, unfinished / name)
        _write(unfinished / MANIFEST, json.dumps(digests, indent=1).encode())
        _sync(unfinished)
        self._publish(unfinished, newest)

    def restore(self) -> None:
        """Make the snapshot before the newest the current one; the newest is kept aside as `damaged-...`.

        Raises FileNotFoundError where there is none.
        """
        before = (self.folder / PREVIOUS).resolve(strict=True)
        link = self.folder / CURRENT
        newest = link.resolve() if link.is_symlink() else None
        self._point(CURRENT, before.name)
        if newest and newest.exists() and newest != before:
            newest.rename(newest.with_name(f"damaged-{newest.name}"))

    def _publish(self, unfinished: Path, newest: Path | None) -> None:
        stamp = int(time.time() * 1000)
        if newest:
            stamp = max(stamp, int(newest.name) + 1)  # the clock may have been set back
            self._point(PREVIOUS, newest.name)
        unfinished.rename(self.folder / str(stamp))
        self._point(CURRENT, str(stamp))
        keep = {str(stamp), newest.name if newest else ""}
        for path in self.folder.iterdir():
            if path.name.isdigit() and path.name not in keep:
                shutil.rmtree(path, ignore_errors=True)

    def _point(self, link: str, target: str) -> None:
        made = self.folder / f"{link}.new"
        made.unlink(missing_ok=True)
        made.symlink_to(target)
        made.replace(self.folder / link)
        _sync(self.folder)

    def _manifest(self, snapshot: Path) -> dict[str, str]:
        path = snapshot / MANIFEST
        try:
            found = json.loads(path.read_bytes())
        except (OSError, ValueError):
            raise DamagedError(self._advice(path, "is damaged or missing")) from None
        if not isinstance(found, dict):
            raise DamagedError(self._advice(path, "is damaged"))
        return found

    def _advice(self, path: Path, what: str) -> str:
        lines = [f"The saved state cannot be used: {path} {what}.", "Nothing was started or changed."]
        if (self.folder / PREVIOUS).exists():
            lines += [
                f"An older copy, of {self.saved_at(PREVIOUS)}, is in {self.folder / PREVIOUS}.",
                "To go on with that one:  make restore",
            ]
        lines.append(f"To begin with nothing:    move {self.folder} away")
        return "\n".join(lines)


def _link(path: Path, to: Path) -> None:
    try:
        os.link(path, to)
    except OSError:  # a file system without hard links
        _write(to, path.read_bytes())


def _write(path: Path, body: bytes) -> None:
    with path.open("wb") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
