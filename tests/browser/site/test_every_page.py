"""Every kind of page: legible to everyone, in light and dark, on desktop and phone; nothing is refused by its
policy, nothing reaches another host."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, expect

from tests.browser.site.conftest import DESKTOP, PHONE
from tests.browser.watched import Watched, findings
from tests.client import Client

#: portal and path of a page of each kind
PAGES = {
    "front page": ("public", "/"),
    "nested page": ("public", "/guides/first-order"),
    "page with both sidebars": ("public", "/guides/publish-apis/versioning"),
    "page with a right sidebar": ("public", "/getting-started"),
    "page of links": ("public", "/guides"),
    "catalog": ("public", "/apis"),
    "catalog with filters": ("public", "/apis?q=o&attribute=domain:commerce"),
    "catalog without a match": ("public", "/apis?q=nothing"),
    "API overview": ("public", "/apis/orders"),
    "API overview of one version": ("public", "/apis/parcels"),
    "document": ("public", "/apis/orders/docs/getting-started/webhooks"),
    "OpenAPI reference": ("public", "/apis/orders/reference"),
    "Swagger reference": ("public", "/apis/addresses/reference"),
    "AsyncAPI reference": ("public", "/apis/parcels/reference"),
    "missing page": ("public", "/missing"),
    "portal in dark": ("partner", "/"),
    "nothing public": ("internal", "/"),
}


@pytest.mark.parametrize("kind", PAGES)
def test_a_page_is_sound(
    visit: Callable[[str], Watched], portals: dict[str, str], axe: str, kind: str
) -> None:
    portal, path = PAGES[kind]
    watched = visit(portals[portal] + path)
    page = watched.page
    found: list[Any] = []
    for device, size in (("desktop", DESKTOP), ("phone", PHONE)):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.evaluate("Promise.allSettled(document.getAnimations().map((one) => one.finished))")
            found += [(device, scheme, *finding) for finding in findings(page, axe)]
        width = page.evaluate("document.documentElement.scrollWidth")
        if width > size["width"]:
            found.append((device, f"{width} pixels wide"))
    assert found == [], "\n".join(map(str, found))
    watched.assert_clean()


@pytest.mark.parametrize("kind", PAGES)
def test_a_page_is_whole_without_script(
    scriptless: BrowserContext, portals: dict[str, str], kind: str
) -> None:
    portal, path = PAGES[kind]
    page = scriptless.new_page()
    page.goto(portals[portal] + path)

    expect(page.get_by_role("main")).to_be_visible()
    expect(page.locator("h1").first).to_be_visible()
    if path.endswith("/reference"):
        expect(page.locator("li.ref-operation").first).to_be_visible()
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert page.locator("header .site-nav").is_visible() or portal == "internal"
    page.close()


def test_a_portal_with_nothing_public_says_so(
    visit: Callable[[str], Watched], portals: dict[str, str]
) -> None:
    page = visit(portals["internal"]).page

    expect(page.get_by_role("heading", name="Welcome to Internal Portal")).to_be_visible()


def test_the_built_in_catalog_is_sound(visit: Callable[[str], Watched], management: Client, axe: str) -> None:
    portal = management.made(
        "/v3/portals", {"name": "bare", "authentication_enabled": False, "default_page_visibility": "public"}
    )
    watched = visit(f"http://{portal['default_domain']}/apis")

    expect(watched.page.get_by_role("heading", name="APIs", exact=True)).to_be_visible()
    assert findings(watched.page, axe) == []
    watched.assert_clean()
