"""Fixtures of the front end's browser tests: a host for it, and a watched page in Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.browser.reference.host import Host, serve
from tests.browser.watched import NOTE_VIOLATIONS, Watched


@pytest.fixture(scope="session")
def host(dist: Path) -> Iterator[Host]:
    with serve(dist) as host:
        yield host


@pytest.fixture(scope="session")
def context(browser: Browser) -> BrowserContext:
    """One for all tests, so that the scripts are compiled once. It prefers dark."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="dark")
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    context.set_default_timeout(10_000)
    context.add_init_script(NOTE_VIOLATIONS)
    return context


@pytest.fixture
def watched(context: BrowserContext, host: Host) -> Iterator[Watched]:
    page = context.new_page()
    yield Watched(page, host.address)
    page.close()
