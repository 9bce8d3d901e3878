"""Fixtures of all browser tests: one Chromium, the front end's build, the accessibility checker."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from infra.web_build import build, packages
from tests.browser.chromium import launch
from tests.conftest import SHARED


@pytest.fixture(scope="session")
def dist() -> Path:
    """The folder of the built front end."""
    return build()


@pytest.fixture(scope="session")
def browser(dist: Path) -> Iterator[Browser]:
    """The one browser: Playwright runs once in a process."""
    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """The accessibility checker's script."""
    return (packages() / "axe-core" / "axe.min.js").read_text()


@pytest.fixture(scope="session")
def specs() -> Path:
    """Specifications as they are published by others."""
    folder = SHARED / "specs"
    if not folder.is_dir():
        pytest.skip("the published specifications (../shared/specs) are not here")
    return folder
