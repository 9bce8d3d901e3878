"""Which Chromium the browser tests run in."""

from __future__ import annotations

from playwright.sync_api import Browser, Playwright

from infra.chromium import choose

_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def launch(playwright: Playwright) -> Browser:
    """Starts Playwright's own Chromium, or else the system's. Raises ChromiumError where there is none."""
    return playwright.chromium.launch(
        executable_path=choose(playwright.chromium.executable_path), args=_ARGUMENTS
    )
