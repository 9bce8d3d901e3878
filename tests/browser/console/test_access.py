"""Access tokens in the console."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.console.conftest import Console
from tests.client import Client


def test_a_token_is_made_and_shown_once(console: Console) -> None:
    page = console.sign_in("/console/access")
    page.get_by_role("button", name="New token").click()
    expect(page.get_by_label("Name")).to_be_focused()
    console.check_accessible()
    page.get_by_label("Name").fill("Nightly job")
    page.get_by_label("Publisher").check()
    page.get_by_label("In 30 days").check()
    page.get_by_role("button", name="Create token").click()

    expect(page.get_by_role("heading", name="Your new token")).to_be_visible()
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_text("Copied", exact=True)).to_be_visible()
    token = page.evaluate("navigator.clipboard.readText()")
    assert Client(console.port, token=token).get("/v3/users/me").json()["roles"] == ["publisher"]
    console.check_accessible()

    page.get_by_role("button", name="I have copied it").click()
    row = page.get_by_role("row").filter(has_text="Nightly job")
    expect(row).to_contain_text("Publisher")
    expect(row).to_contain_text(f"…{token[-4:]}")
    assert token not in page.content()
    console.check_accessible()
    console.check()


def test_a_token_without_a_name_says_so_at_the_field(console: Console) -> None:
    page = console.sign_in("/console/access")
    page.get_by_role("button", name="New token").click()
    page.get_by_role("button", name="Create token").click()
    expect(page.get_by_text("Must have at least 1 characters")).to_be_visible()
    expect(page.get_by_label("Name")).to_be_focused()
    console.check_accessible()
    console.check()


def test_a_token_is_revoked_only_when_confirmed(console: Console, as_role: Callable[[str], Client]) -> None:
    other = as_role("viewer")
    page = console.sign_in("/console/access")
    page.get_by_role("button", name="Revoke viewer").click()
    expect(page.get_by_role("dialog", name="Revoke “viewer”?")).to_be_visible()
    console.check_accessible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.get_by_role("button", name="Revoke viewer")).to_be_focused()
    assert other.get("/v3/portals").status == 200

    page.get_by_role("button", name="Revoke viewer").click()
    page.get_by_role("dialog").get_by_role("button", name="Revoke", exact=True).click()
    expect(page.get_by_text("Token revoked")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="viewer").get_by_text("revoked")).to_be_visible()
    assert other.get("/v3/portals").status == 401
    console.check()


def test_only_admins_are_offered_access(console: Console, token_of: Callable[[str], str]) -> None:
    page = console.sign_in("/console/access", token_of("publisher"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Not for your role")
    expect(page.get_by_role("navigation", name="Main").get_by_role("link", name="Access")).to_be_hidden()
    console.check()
