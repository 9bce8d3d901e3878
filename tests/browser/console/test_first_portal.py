"""What somebody does who has just installed Portico: from nothing to two portals that visitors read.

It is also where the pictures of the guide docs/first-portal.md are taken.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, FrameLocator, Page, Response, expect

from tests.browser import pictures
from tests.browser.console.conftest import Console
from tests.browser.effort import Effort, effort, watch
from tests.browser.watched import NOTE_VIOLATIONS, Watched, findings
from tests.conftest import TOKEN

LOGO = b"""<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'><circle cx='16' cy='16' r='15' \
fill='#0b6e4f'/><path d='M8 20l8-11 8 11' fill='none' stroke='#fff' stroke-width='3'/></svg>"""
BRAND = "#0b6e4f"


@dataclass
class Visitor:
    """Somebody in a browser of their own, who is signed in nowhere."""

    page: Page
    axe: str

    def go(self, address: str) -> int:
        """Reads a page, which must be sound. Returns the status."""
        watched = Watched(self.page, "/".join(address.split("/")[:3]) + "/")
        answer = self.page.goto(address)
        assert answer is not None
        if self.page.locator("#api-reference").count():
            self.page.wait_for_selector("#api-reference[data-state]")
        watched.assert_clean()
        return answer.status

    def assert_accessible(self) -> None:
        assert findings(self.page, self.axe) == []


@dataclass
class Traffic:
    """All that any tab asked for, and the policies of the documents that came."""

    hosts: set[str] = field(default_factory=set)
    policies: dict[str, str] = field(default_factory=dict)

    def note(self, answer: Response) -> None:
        url = urlsplit(answer.url)
        if url.scheme in ("http", "https"):
            self.hosts.add(url.netloc)
        if answer.request.resource_type == "document":
            self.policies[url.path] = answer.headers.get("content-security-policy", "")


@pytest.fixture
def traffic(console: Console) -> Traffic:
    found = Traffic()
    console.page.on("response", found.note)
    return found


@pytest.fixture
def visitor(browser: Browser, axe: str, traffic: Traffic) -> Iterator[Visitor]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    context.set_default_timeout(10_000)
    context.add_init_script(NOTE_VIOLATIONS)
    context.on("response", traffic.note)
    yield Visitor(context.new_page(), axe)
    context.close()


def choose(page: Page, file: Path) -> None:
    """As a person does: by the button, and the dialog of the system."""
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose a file").click()
    chooser.value.set_files(file)


def name(page: Page, text: str) -> None:
    page.get_by_label("Name", exact=True).click()
    page.keyboard.type(text)


def create(page: Page) -> None:
    page.get_by_role("button", name="Create and continue").click()
    expect(page.get_by_role("heading", name="Appearance")).to_be_visible()


def preview(page: Page) -> FrameLocator:
    return page.frame_locator("iframe.preview-frame")


def brand(page: Page, colour: str) -> None:
    """Chooses a colour and sees it at once."""
    page.get_by_label("Brand colour", exact=True).fill(colour)
    expect(preview(page).locator("html")).to_have_css("--brand", colour)


def address(page: Page) -> str:
    """Of the portal that is ready."""
    found = page.get_by_role("region", name="Your portal’s address").get_by_role("link").first
    return (found.get_attribute("href") or "").rstrip("/")


def test_from_nothing_to_two_portals_that_visitors_read(
    console: Console, visitor: Visitor, traffic: Traffic, specs: Path
) -> None:
    page = console.open("/")
    page.get_by_label("Access token").fill(TOKEN)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Make your first portal")).to_be_visible()

    # a public portal, by five clicks and one field
    watch(page)
    page.get_by_role("link", name="New portal").click()
    page.get_by_text("For everyone, without accounts.").click()
    name(page, "Street lights")
    choose(page, specs / "streetlights-kafka-asyncapi.yml")
    expect(page.get_by_text("AsyncAPI", exact=False).first).to_be_visible()
    expect(page.get_by_label("API name")).not_to_have_value("")
    page.evaluate("scrollTo(0, 0)")
    pictures.take(page, "first-portal-wizard", height=1450)
    create(page)
    assert effort(page) == Effort(clicks=5, fields=1)
    expect(preview(page).get_by_role("heading", level=1)).to_be_visible()
    brand(page, BRAND)
    page.get_by_label("Logo", exact=True).set_input_files(
        {"name": "logo.svg", "mimeType": "image/svg+xml", "buffer": LOGO}
    )
    expect(preview(page).locator(".site-logo img")).to_be_visible()
    pictures.take(page, "first-portal-appearance")
    console.check_accessible()
    page.get_by_label("Name in the header").fill("Street lights of the town")
    page.get_by_role("button", name="Save and continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Street lights is ready")
    expect(page.get_by_role("region", name="What comes next")).to_contain_text("An API is published")
    console.check_accessible()
    public = address(page)

    # a private one, with a large specification
    page.get_by_role("link", name="Portals").first.click()
    page.get_by_role("link", name="New portal").click()
    expect(page.get_by_label("Private")).to_be_checked()
    name(page, "Mesh")
    with page.expect_request("**/specifications/describe") as described:
        choose(page, specs / "mesh-openapi-1MB.yaml")
    assert described.value.headers["content-encoding"] == "gzip"
    expect(page.get_by_label("API version")).not_to_have_value("")
    create(page)
    brand(page, "#7a1fa2")
    page.get_by_label("Dark").check()
    expect(preview(page).locator("html")).to_have_attribute("data-theme", "dark")
    page.get_by_role("button", name="Save and continue").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mesh is ready")
    private = address(page)

    # what anybody sees of them
    assert visitor.go(private) == 200
    expect(visitor.page.get_by_text("There is nothing public here yet")).to_be_visible()
    expect(visitor.page.locator("html")).to_have_attribute("data-theme", "dark")
    visitor.go(f"{private}/apis")
    expect(visitor.page.locator(".api-card")).to_have_count(0)
    assert visitor.go(public) == 200
    expect(visitor.page.locator("html")).to_have_css("--brand", BRAND)
    expect(visitor.page.locator(".site-logo img")).to_be_visible()
    expect(visitor.page.locator(".site-logo")).to_have_text("Street lights of the town")
    visitor.assert_accessible()
    pictures.take(visitor.page, "first-portal-site")
    assert visitor.go(f"{public}/apis") == 200
    visitor.page.locator(".api-card a").click()
    visitor.page.get_by_role("link", name="Reference").first.click()
    expect(visitor.page.get_by_text("light", exact=False).first).to_be_visible()
    api = re.sub(r"/reference.*", "", visitor.page.url)
    assert visitor.go(f"{api}/reference") == 200

    # a page, with its preview
    page.get_by_role("link", name="Portals").first.click()
    page.get_by_role("link", name="Street lights").click()
    page.get_by_role("link", name="Content", exact=True).click()
    page.get_by_role("link", name="Getting Started").first.click()
    page.get_by_role("textbox", name="Text of").get_by_text("1. Find an API").click()
    page.keyboard.press("Home")
    page.keyboard.type("## Before you begin\nAsk the *lights team* for a key.\n\n")
    expect(preview(page).get_by_role("heading", name="Before you begin")).to_be_visible()
    page.keyboard.press("Control+Home")
    console.check_accessible()
    page.evaluate("scrollTo(0, 0)")
    pictures.take(page, "first-portal-editor")
    page.get_by_test_id("save").click()
    expect(page.locator(".content-editor-state")).to_have_text("Saved")
    assert visitor.go(f"{public}/getting-started") == 200
    expect(visitor.page.get_by_role("heading", name="Before you begin")).to_be_visible()

    # a document of the API
    page.get_by_role("link", name="APIs", exact=True).first.click()
    page.get_by_role("row").filter(has_text="AsyncAPI").get_by_role("link").first.click()
    api_tabs = page.get_by_role("navigation", name="API")
    api_tabs.get_by_role("link", name="Documents").click()
    page.get_by_role("button", name="New document").click()
    page.get_by_label("Title").fill("Dim the lights")
    page.get_by_role("button", name="Create document").click()
    page.get_by_role("textbox", name="Text of Dim the lights").click()
    page.keyboard.press("Control+End")
    page.keyboard.type("Send **dimLight**.")
    page.keyboard.press("Control+s")
    expect(page.locator(".content-editor-state")).to_have_text("Saved")
    page.get_by_role("link", name="All documents").click()
    assert visitor.go(f"{api}/docs/dim-the-lights") == 404
    page.get_by_role("button", name="Publish Dim the lights").click()
    expect(page.get_by_role("button", name="Unpublish Dim the lights")).to_be_visible()
    assert visitor.go(f"{api}/docs/dim-the-lights") == 200
    expect(visitor.page.get_by_text("Send dimLight.")).to_be_visible()

    # and away with the API
    api_tabs.get_by_role("link", name="Publications").click()
    pictures.take(page, "first-portal-publications", height=440)
    page.get_by_role("button", name="Unpublish from Street lights").click()
    page.get_by_role("dialog").get_by_role("button", name="Unpublish").click()
    expect(page.get_by_text("Published nowhere yet")).to_be_visible()
    assert visitor.go(api) == 404
    assert visitor.go(public) == 200

    console.check()
    own = console.home.partition("//")[2]
    assert {host for host in traffic.hosts if host != own and not host.endswith(f".{own}")} == set()
    assert len(traffic.policies) > 6
    for path, policy in traffic.policies.items():
        scripts = [part for part in policy.split("; ") if part.startswith(("default-src", "script-src"))]
        assert scripts[0] == "default-src 'none'", path
        assert "'unsafe-inline'" not in scripts[1], path
        assert "'unsafe-eval'" not in scripts[1], path
    for tab in (page, visitor.page):
        assert tab.locator("script:not([src])").count() == 0
