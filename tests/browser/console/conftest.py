"""The console in Chromium, over the product's own server: screens are watched for what must not happen."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browser.watched import NOTE_VIOLATIONS, findings
from tests.conftest import TOKEN

#: once for a tab, whose name outlives its pages
_TAKE_TOKEN = """
if (window === top && window.name !== 'signed in') {
  window.name = 'signed in'
  sessionStorage.setItem('portico.token', TOKEN)
}
"""

#: colours that are on their way from one to another are neither
_STILL = """
new Promise(requestAnimationFrame).then(() =>
  Promise.all(document.getAnimations().map((one) => one.finished.catch(() => undefined))))
"""


@pytest.fixture(scope="session")
def context(browser: Browser) -> BrowserContext:
    """One for all tests, so that the scripts are compiled once."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    context.set_default_timeout(10_000)
    context.add_init_script(NOTE_VIOLATIONS)
    return context


@dataclass
class Console:
    """A tab with the console, and what went wrong in it, or left its host."""

    page: Page
    port: int
    axe: str
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def home(self) -> str:
        return f"http://localhost:{self.port}"

    def open(self, path: str = "/console") -> Page:
        self.page.goto(self.home + path)
        return self.page

    def sign_in(self, path: str = "/console", token: str = TOKEN) -> Page:
        """Opens a place as who the token stands for."""
        self.page.add_init_script(_TAKE_TOKEN.replace("TOKEN", json.dumps(token)))
        return self.open(path)

    def check(self) -> None:
        """Nothing failed, nothing was refused by the policy, nothing went elsewhere."""
        foreign = [url for url in self.requests if not url.startswith((f"{self.home}/", "data:", "blob:"))]
        assert foreign == []
        assert self.page.evaluate("window.violations") == []
        assert self.errors == []

    def check_accessible(self) -> None:
        """No finding of axe, in light and in dark."""
        found = []
        for scheme in ("light", "dark"):
            self.page.emulate_media(color_scheme=scheme)
            self.page.evaluate(_STILL)
            found += [(scheme, *finding) for finding in findings(self.page, self.axe)]
        self.page.emulate_media(color_scheme="light")
        assert not found, "\n".join(map(str, found))


@pytest.fixture
def console(context: BrowserContext, server: int, table: str, axe: str) -> Iterator[Console]:
    page = context.new_page()
    console = Console(page, server, axe)
    page.on("request", lambda request: console.requests.append(request.url))
    page.on("pageerror", lambda error: console.errors.append(str(error)))
    yield console
    page.close()


@pytest.fixture
def token_of(as_role: Callable[[str], Any]) -> Callable[[str], str]:
    """A token of a role."""
    return lambda role: as_role(role).token or ""
