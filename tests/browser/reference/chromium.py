"""Which Chromium the browser tests run in."""

from __future__ import annotations

import shutil
from pathlib import Path

from playwright.sync_api import Browser, Playwright

_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def launch(playwright: Playwright) -> Browser:
    """Starts Playwright's own Chromium, or else Debian's. Raises RuntimeError where there is none."""
    own = playwright.chromium.executable_path
    found = own if Path(own).is_file() else shutil.which("chromium")
    if not found:
        raise RuntimeError(
            "The browser tests need Chromium: `playwright install chromium` or `apt-get install chromium`"
        )
    return playwright.chromium.launch(executable_path=found, args=_ARGUMENTS)
