"""Three portals filled by the demonstration, seen in Chromium over the product's own server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext

from infra.demo.client import Api
from infra.demo.fill import fill
from tests.browser.watched import NOTE_VIOLATIONS, Watched
from tests.client import Client
from tests.conftest import TOKEN, make_table

DESKTOP, PHONE = {"width": 1280, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="package")
def table(server: int, aws: Callable[[str], Any]) -> str:
    """One installation for all these tests: they read more than they write."""
    return make_table(aws("dynamodb"))


@pytest.fixture(scope="package")
def portals(table: str, server: int, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The origins of the demonstration's portals: `public`, `partner` and `internal`. The public one follows
    the visitor's system, so that it is seen in light and in dark."""
    api = Api(f"http://localhost:{server}", TOKEN)
    made, _ = fill(api, tmp_path_factory.mktemp("no-specifications"), lambda line: None)
    api.call("PATCH", f"/v3/portals/{made[0]['id']}/customization", {"theme": {"mode": "system"}})
    names = ("public", "partner", "internal")
    return {name: f"http://{one['default_domain']}" for name, one in zip(names, made, strict=True)}


@pytest.fixture(scope="session")
def context(browser: Browser) -> BrowserContext:
    """One for all tests, so that scripts are compiled once."""
    context = browser.new_context(viewport=DESKTOP, reduced_motion="reduce")  # type: ignore[arg-type]
    context.set_default_timeout(15_000)
    context.add_init_script(NOTE_VIOLATIONS)
    return context


@pytest.fixture(scope="session")
def scriptless(browser: Browser) -> BrowserContext:
    """A visitor without JavaScript."""
    context = browser.new_context(viewport=DESKTOP, java_script_enabled=False)  # type: ignore[arg-type]
    context.set_default_timeout(15_000)
    return context


@pytest.fixture
def visit(context: BrowserContext) -> Iterator[Callable[[str], Watched]]:
    """Opens an address in a watched page; the interactive reference is waited for."""
    pages = []

    def go(url: str) -> Watched:
        page = context.new_page()
        pages.append(page)
        watched = Watched(page, "/".join(url.split("/")[:3]) + "/")
        page.goto(url)
        if page.locator("#api-reference").count():
            page.wait_for_selector("#api-reference[data-state]")
        return watched

    yield go
    for page in pages:
        page.close()


@pytest.fixture
def management(server: int, portals: dict[str, str]) -> Client:
    """The management API of the filled installation."""
    return Client(server, token=TOKEN)
