"""Signing in and out of the console."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from chalicelib.access import admin_sessions
from tests.accounts import Accounts, Person, provided
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


@pytest.fixture
def accounts(console: Console, emulator: str) -> Iterator[Accounts]:
    with provided(console.port, emulator) as made:
        yield made


def prove(console: Console, person: Person) -> None:
    """On the pool's own page."""
    page = console.page
    page.get_by_role("button", name="Sign in with your account").click()
    page.get_by_label("Username").fill(person.email)
    page.get_by_label("Password").fill(person.password)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_an_account_signs_in_on_the_pools_page_and_out_again(console: Console, accounts: Accounts) -> None:
    page = console.open("/console/apis?q=none")
    expect(page.get_by_role("button", name="Sign in with your account")).to_be_focused()
    console.check_accessible()
    prove(console, accounts.person("viewer", name="Somebody"))
    expect(page.get_by_role("heading", level=1)).to_have_text("APIs")
    assert page.url == f"{console.home}/console/apis?q=none"
    expect(page.locator(".frame-name")).to_have_text("Somebody")
    expect(page.locator(".frame-role")).to_have_text("viewer")
    token = page.evaluate("sessionStorage.getItem('portico.token')")
    assert Client(console.port, token=token).get("/v3/users/me").status == 200

    # put out in the middle of the work: back to the same place
    user_id = Client(console.port, token=token).get("/v3/users/me").json()["id"]
    assert admin_sessions.end_all(user_id) == 1
    page.get_by_role("link", name="Portals", exact=True).click()
    expect(page.get_by_role("alert")).to_have_text("Your session has ended. Sign in again.")
    prove(console, accounts.person("admin"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Portals")
    expect(page.locator(".frame-role")).to_have_text("admin")

    token = page.evaluate("sessionStorage.getItem('portico.token')")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in with your account")).to_be_visible()
    assert any(url.startswith(f"{accounts.endpoint}/logout?") for url in console.requests)
    assert page.url == f"{console.home}/console/sign-in"
    assert page.evaluate("sessionStorage.length") == 0
    assert Client(console.port, token=token).get("/v3/users/me").status == 401


def test_an_account_without_a_role_and_a_foreign_code_are_told_so(
    console: Console, accounts: Accounts
) -> None:
    page = console.open("/console/access")
    prove(console, accounts.person())
    expect(page.get_by_role("alert")).to_contain_text("Your account has no role here")
    console.check_accessible()
    assert page.evaluate("sessionStorage.length") == 0
    assert page.url == f"{console.home}/console/sign-in?then=/access"
    expect(page.get_by_role("button", name="Use another account")).to_be_visible()
    # somebody else's code, which a link could carry
    console.open("/console/sign-in?code=somebodys&state=theirs")
    expect(page.get_by_role("alert")).to_contain_text("was not begun in this tab")
    assert page.url == f"{console.home}/console/sign-in"
    assert not any(url.endswith("/portico/v1/sessions") for url in console.requests[-8:])
    console.open("/console/sign-in?error=access_denied&state=theirs")
    expect(page.get_by_role("alert")).to_be_visible()
    # a token does all the same
    page.get_by_label("Access token").fill(TOKEN)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Portals")
