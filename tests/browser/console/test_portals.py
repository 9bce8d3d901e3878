"""Portals in the console: the list, one portal's overview, its settings, its end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import expect

from tests.browser.console.conftest import Console
from tests.client import Client

PHONE = {"width": 390, "height": 800}
DESKTOP = {"width": 1280, "height": 900}


def test_an_empty_list_invites_to_make_the_first_portal(console: Console) -> None:
    page = console.sign_in()
    expect(page.get_by_role("heading", name="Make your first portal")).to_be_visible()
    console.check_accessible()
    page.get_by_role("link", name="New portal").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("New portal")
    console.check()


def test_portals_are_searched_and_paged_and_the_address_keeps_both(
    console: Console, make_portal: Callable[..., Any]
) -> None:
    for number in range(1, 24):
        make_portal(name=f"Portal {number:02}", authentication_enabled=number != 7)
    page = console.sign_in()
    expect(page.get_by_text("Page 1 of 2, 23 in all")).to_be_visible()
    expect(page.get_by_role("row").filter(has_text="Portal 01")).to_contain_text("Key authentication")
    console.check_accessible()
    page.get_by_role("button", name="Next").click()
    expect(page.get_by_role("link", name="Portal 23")).to_be_visible()
    page.go_back()
    expect(page.get_by_role("link", name="Portal 01")).to_be_visible()

    page.get_by_label("Search portals by name").fill("al 07")
    row = page.get_by_role("row").filter(has_text="Portal 07")
    expect(row).to_contain_text("without sign-in")
    expect(page.get_by_role("row")).to_have_count(2)
    page.reload()
    expect(page.get_by_label("Search portals by name")).to_have_value("al 07")
    expect(page.get_by_role("row")).to_have_count(2)
    page.get_by_label("Search portals by name").fill("nothing like it")
    expect(page.get_by_text("No portal’s name contains “nothing like it”.")).to_be_visible()
    console.check()


def test_a_phone_needs_no_sideways_scrolling(console: Console, make_portal: Callable[..., Any]) -> None:
    portal = make_portal(name="Portal with " + "a-very-long-name" * 8)
    page = console.sign_in()
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    tabs = ("", "/settings")
    try:
        for path in ("", "/new", *(f"/{portal['id']}{tab}" for tab in tabs)):
            page.goto(f"{console.home}/console/portals{path}")
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            page.wait_for_load_state("networkidle")
            assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path
    finally:
        page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]


def test_the_overview_says_what_is_missing_and_leads_there(
    console: Console, make_portal: Callable[..., Any], admin: Client
) -> None:
    portal = make_portal(name="Fresh", authentication_enabled=False)
    page = console.sign_in(f"/console/portals/{portal['id']}")
    tasks = page.get_by_role("region", name="For a good start").get_by_role("listitem")
    expect(tasks.filter(has_text="An API is published")).to_contain_text("To do")
    expect(tasks.filter(has_text="Visitors see a front page")).to_contain_text("To do")
    console.check_accessible()

    admin.patch(f"/v3/portals/{portal['id']}", {"default_page_visibility": "public"})
    admin.made(f"/v3/portals/{portal['id']}/default-content", None)
    page.reload()
    expect(tasks.filter(has_text="Visitors see a front page")).to_contain_text("Done")
    expect(tasks.filter(has_text="The menu leads somewhere")).to_contain_text("Done")
    console.check()


def test_what_nobody_would_see_is_made_visible_with_one_click(
    console: Console, make_portal: Callable[..., Any], admin: Client
) -> None:
    portal = make_portal(authentication_enabled=False)
    page = console.sign_in(f"/console/portals/{portal['id']}")
    expect(page.get_by_text("nobody sees what is private")).to_be_visible()
    page.get_by_role("button", name="Make new ones public").click()
    expect(page.get_by_text("nobody sees what is private")).to_be_hidden()
    stored = admin.get(f"/v3/portals/{portal['id']}").json()
    assert (stored["default_api_visibility"], stored["default_page_visibility"]) == ("public", "public")
    console.check()


def test_open_portal_shows_a_private_portal_as_its_developers_see_it(
    console: Console, make_portal: Callable[..., Any], admin: Client
) -> None:
    portal = make_portal(name="Inner")
    admin.made(f"/v3/portals/{portal['id']}/default-content", None)
    page = console.sign_in(f"/console/portals/{portal['id']}")
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Open portal").click()
    portal_page = opened.value
    expect(portal_page.get_by_text("Preview: you see this portal as an approved developer")).to_be_visible()
    assert portal_page.url == f"http://{portal['default_domain']}/"
    expect(portal_page.get_by_role("link", name="Getting Started").first).to_be_visible()
    assert portal_page.evaluate("window.opener") is None
    portal_page.get_by_role("link", name="Leave preview").click()
    expect(portal_page.get_by_text("There is nothing public here yet")).to_be_visible()
    portal_page.close()
    console.check()


def test_settings_are_saved_and_a_refusal_stands_at_its_field(
    console: Console, make_portal: Callable[..., Any], admin: Client
) -> None:
    portal = make_portal(name="Before")
    page = console.sign_in(f"/console/portals/{portal['id']}/settings")
    general = page.get_by_role("region", name="General")
    console.check_accessible()
    general.get_by_label("Display name").fill("")
    general.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Must have at least 1 characters")).to_be_visible()
    expect(general.get_by_label("Display name")).to_be_focused()
    general.get_by_label("Display name").fill("For visitors")
    general.get_by_label("Name", exact=True).fill("After")
    general.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("After")
    stored = admin.get(f"/v3/portals/{portal['id']}").json()
    assert (stored["name"], stored["display_name"]) == ("After", "For visitors")
    console.check()


def test_security_warns_of_what_has_no_effect(
    console: Console, make_portal: Callable[..., Any], admin: Client
) -> None:
    portal = make_portal()
    page = console.sign_in(f"/console/portals/{portal['id']}/settings")
    security = page.get_by_role("region", name="Security")
    security.get_by_role("switch", name="Developers can sign in").uncheck()
    expect(page.get_by_text("signs every developer out")).to_be_visible()
    security.get_by_role("switch", name="Roles decide").check()
    expect(page.get_by_text("Roles have no effect while developers cannot sign in")).to_be_visible()
    security.get_by_role("group", name="New APIs are").get_by_label("Public").check()
    console.check_accessible()
    security.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    stored = admin.get(f"/v3/portals/{portal['id']}").json()
    assert stored["authentication_enabled"] is False
    assert stored["rbac_enabled"] is True
    assert stored["default_api_visibility"] == "public"
    console.check()


def test_settings_that_others_changed_are_told_and_kept(
    console: Console, make_portal: Callable[..., Any], admin: Client
) -> None:
    """One form has saved since: what the other one shows is older than that."""
    portal = make_portal()
    path = f"/v3/portals/{portal['id']}"
    page = console.sign_in(f"/console/portals/{portal['id']}/settings")
    general, security = (page.get_by_role("region", name=name) for name in ("General", "Security"))
    general.get_by_label("Description").fill("Mine")
    security.get_by_role("switch", name="Roles decide").check()
    admin.patch(path, {"rbac_enabled": True, "auto_approve_developers": True, "description": "Theirs"})
    general.get_by_role("button", name="Save").click()
    expect(general.get_by_role("alert")).to_contain_text("Theirs")
    console.check_accessible()
    general.get_by_role("button", name="Save mine over it").click()
    expect(page.get_by_text("Saved", exact=True)).to_be_visible()
    security.get_by_role("group", name="New APIs are").get_by_label("Public").check()
    admin.patch(path, {"default_api_visibility": "private", "auto_approve_applications": True})
    security.get_by_role("button", name="Save").click()
    expect(security.get_by_role("button", name="Save")).to_be_disabled()
    expect(security.get_by_role("switch", name="Approve registrations")).to_be_checked()
    stored = admin.get(path).json()
    assert stored["description"] == "Mine"
    for name in ("rbac_enabled", "auto_approve_developers", "auto_approve_applications"):
        assert stored[name] is True
    assert stored["default_api_visibility"] == "public"
    console.check()


def test_leaving_unsaved_settings_asks_first(console: Console, make_portal: Callable[..., Any]) -> None:
    portal = make_portal()
    page = console.sign_in(f"/console/portals/{portal['id']}/settings")
    page.get_by_label("Description").fill("Not saved yet")
    page.get_by_role("link", name="Overview").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    expect(page.get_by_label("Description")).to_have_value("Not saved yet")
    page.get_by_role("link", name="Overview").click()
    page.get_by_role("dialog").get_by_role("button", name="Leave").click()
    expect(page.get_by_role("heading", name="For a good start")).to_be_visible()


def test_a_portal_is_deleted_when_its_name_is_typed(
    console: Console, make_portal: Callable[..., Any], admin: Client
) -> None:
    portal = make_portal(name="Doomed")
    admin.made(f"/v3/portals/{portal['id']}/default-content", None)
    api = admin.made("/v3/apis", {"name": "Survivor"})
    admin.put(f"/v3/apis/{api['id']}/publications/{portal['id']}", {})
    page = console.sign_in(f"/console/portals/{portal['id']}/settings")
    page.get_by_role("button", name="Delete portal").click()
    dialog = page.get_by_role("dialog", name="Delete “Doomed”?")
    expect(dialog).to_contain_text("7 pages")
    expect(dialog).to_contain_text("1 publication (the API stays)")
    expect(dialog.get_by_role("button", name="Delete portal")).to_be_disabled()
    console.check_accessible()
    dialog.get_by_label("Type “Doomed” to confirm").fill("Doomed")
    dialog.get_by_role("button", name="Delete portal").click()
    expect(page.get_by_text("Doomed has been deleted")).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_have_text("Portals")
    assert admin.get(f"/v3/portals/{portal['id']}").status == 404
    assert admin.get(f"/v3/apis/{api['id']}").status == 200
    console.check()


def test_a_viewer_is_offered_nothing_that_changes(
    console: Console, make_portal: Callable[..., Any], token_of: Callable[[str], str]
) -> None:
    portal = make_portal(authentication_enabled=False)
    page = console.sign_in(f"/console/portals/{portal['id']}", token_of("viewer"))
    expect(page.get_by_role("heading", name="For a good start")).to_be_visible()
    expect(page.get_by_role("link", name="Settings")).to_be_hidden()
    expect(page.get_by_role("button", name="Make new ones public")).to_be_hidden()
    page.goto(f"{console.home}/console/portals")
    expect(page.get_by_role("table")).to_be_visible()
    expect(page.get_by_role("link", name="New portal")).to_be_hidden()
    for path in ("/new", f"/{portal['id']}/settings"):
        page.goto(f"{console.home}/console/portals{path}")
        expect(page.get_by_role("heading", name="Not for your role")).to_be_visible()
    console.check()


def test_a_portal_that_is_gone_says_so(console: Console) -> None:
    page = console.sign_in("/console/portals/5a1f0f0e-4a3c-4c57-9f36-0a8d35a5e3f1")
    expect(page.get_by_role("alert")).to_contain_text("It may have been deleted")
    console.check_accessible()
    console.check()
