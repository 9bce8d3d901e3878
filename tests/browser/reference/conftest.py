"""Fixtures of the front end's browser tests: its build, a host for it, and a watched page in Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from infra.web_build import build
from tests.browser.reference.chromium import launch
from tests.browser.reference.host import Host, serve

_NOTE_VIOLATIONS = """
window.violations = [];
document.addEventListener('securitypolicyviolation', (event) =>
  violations.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sample}`));
"""


@pytest.fixture(scope="session")
def specs() -> Path:
    folder = Path(__file__).resolve().parents[4] / "shared" / "specs"
    if not folder.is_dir():
        pytest.skip("the published specifications (../shared/specs) are not here")
    return folder


@pytest.fixture(scope="session")
def host() -> Iterator[Host]:
    with serve(build()) as host:
        yield host


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def context(browser: Browser) -> BrowserContext:
    """One for all tests, so that the scripts are compiled once. It prefers dark."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="dark")
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    context.set_default_timeout(10_000)
    context.add_init_script(_NOTE_VIOLATIONS)
    return context


@dataclass
class Watched:
    """A page and what went wrong on it, or left it."""

    page: Page
    home: str
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def foreign_requests(self) -> list[str]:
        return [url for url in self.requests if not url.startswith((self.home, "data:", "blob:"))]

    @property
    def violations(self) -> list[str]:
        found: list[str] = self.page.evaluate("window.violations")
        return found

    def assert_clean(self) -> None:
        assert self.errors == []
        assert self.violations == []
        assert self.foreign_requests == []


@pytest.fixture
def watched(context: BrowserContext, host: Host) -> Iterator[Watched]:
    page = context.new_page()
    watched = Watched(page, host.address)
    page.on("request", lambda request: watched.requests.append(request.url))
    page.on("pageerror", lambda error: watched.errors.append(str(error)))
    yield watched
    page.close()
