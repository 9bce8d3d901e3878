"""Signing in and out of the console."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

from tests.browser.console.conftest import Console
from tests.client import Client
from tests.conftest import TOKEN


def enter(console: Console, token: str) -> None:
    console.page.get_by_label("Access token").fill(token)
    console.page.get_by_role("button", name="Sign in").click()


def test_a_wrong_token_says_so(console: Console) -> None:
    page = console.open()
    expect(page.get_by_label("Access token")).to_be_focused()
    enter(console, "ptc_nobody")
    expect(page.get_by_text("The access token is not known")).to_be_visible()
    expect(page.get_by_label("Access token")).to_be_focused()
    console.check_accessible()
    assert page.evaluate("sessionStorage.length") == 0
    console.check()


def test_a_right_token_opens_the_place_that_was_asked_for(console: Console) -> None:
    page = console.open("/console/access")
    enter(console, TOKEN)
    expect(page.get_by_role("heading", level=1)).to_have_text("Access")
    assert page.url == f"{console.home}/console/access"
    console.check()


def test_signing_out_forgets_the_token(console: Console) -> None:
    page = console.sign_in()
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Access token")).to_be_visible()
    assert page.evaluate("sessionStorage.length") == 0
    page.reload()
    expect(page.get_by_label("Access token")).to_be_visible()


def test_a_revoked_token_leads_back_to_the_same_place(
    console: Console, admin: Client, make_portal: Callable[..., Any]
) -> None:
    made = admin.made("/portico/v1/tokens", {"name": "Short", "role": "admin"})
    make_portal(name="Somewhere")
    page = console.sign_in("/console/portals", made["token"])
    expect(page.get_by_role("link", name="Somewhere", exact=True)).to_be_visible()
    admin.delete(f"/portico/v1/tokens/{made['id']}")
    page.get_by_role("link", name="Somewhere", exact=True).click()
    expect(page.get_by_text("Your token no longer counts")).to_be_visible()
    enter(console, TOKEN)
    expect(page.get_by_role("heading", level=1)).to_have_text("Somewhere")


def test_other_sites_cannot_be_named_as_the_place_to_go(console: Console) -> None:
    page = console.open("/console/sign-in?then=//example.com/")
    enter(console, TOKEN)
    expect(page.get_by_role("heading", level=1)).to_have_text("Portals")
    assert page.url.startswith(f"{console.home}/console/portals")


def test_the_keyboard_gets_past_the_navigation(console: Console) -> None:
    page = console.sign_in()
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    first = page.evaluate("document.querySelector('a, button, input, [tabindex]').textContent")
    assert first == "Skip to content"
    page.get_by_role("link", name="Skip to content").focus()
    expect(page.get_by_role("link", name="Skip to content")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()
