"""Finds Chromium for the tests and benchmarks, and installs Debian's where there is none:
`python -m infra.chromium`."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

MISSING = """\
The browser tests need Chromium, and there is none on this machine. Install it in one of these ways:
  .venv/bin/playwright install chromium
  apt-get install chromium        (Debian; as root, `make test` does it by itself)"""


class ChromiumError(Exception):
    """There is no Chromium; the message says what to do."""


def find() -> Path:
    """Playwright's own Chromium, or else the system's. Raises ChromiumError."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        return choose(playwright.chromium.executable_path)


def choose(own: str) -> Path:
    """The browser that Playwright brought along (`own`) if it is there, or else the system's. Raises
    ChromiumError."""
    found = own if Path(own).is_file() else shutil.which("chromium") or shutil.which("chromium-browser")
    if not found:
        raise ChromiumError(MISSING)
    return Path(found)


def install() -> None:
    """Debian's package, for root. Raises ChromiumError."""
    apt = shutil.which("apt-get")
    if apt is None or os.geteuid() != 0:
        raise ChromiumError(MISSING)
    print("Installing Chromium for the browser tests ...", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (
        ["update"],
        ["install", "-y", "--no-install-recommends", "chromium", "fonts-dejavu-core"],
    ):
        done = subprocess.run(  # noqa: S603 - apt-get, of this machine
            [apt, "-qq", *command], env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode and command != ["update"]:
            raise ChromiumError(f"{MISSING}\napt-get said:\n{done.stderr.strip()[-2000:]}")


def main() -> int:
    """The command; its exit code."""
    try:
        try:
            find()
        except ChromiumError:
            install()
            find()
    except ChromiumError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
