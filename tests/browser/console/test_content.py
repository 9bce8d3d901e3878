"""Pages, snippets, menus and appearance of a portal in the console, with their previews."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from typing import Any, Literal

import pytest
from playwright.sync_api import FrameLocator, Locator, Page, expect

from tests.browser.console.conftest import Console
from tests.client import Client

LOGO = b"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'><rect width='9' height='9'/></svg>"


@pytest.fixture
def add(admin: Client, portal: Any) -> Callable[..., Any]:
    """Adds a published page of this slug."""

    def make(slug: str, content: str = "Text", **members: Any) -> Any:
        body = {"slug": slug, "content": content, "status": "published", **members}
        return admin.made(f"/v3/portals/{portal['id']}/pages", body)

    return make


@pytest.fixture
def place(portal: Any) -> str:
    """The portal's place in the console."""
    return f"/console/portals/{portal['id']}"


@pytest.fixture
def stored(admin: Client, portal: Any) -> Callable[[Any], Any]:
    """A page as it is stored."""
    return lambda page: admin.get(f"/v3/portals/{portal['id']}/pages/{page['id']}").json()


def preview(page: Page) -> FrameLocator:
    return page.frame_locator("iframe.preview-frame")


def follow(page: Page, role: Literal["link", "tab"], name: str) -> None:
    """Choose something in the preview by keyboard: where a click in a frame goes is not known to the browser
    for a moment after the frame was resized."""
    preview(page).get_by_role(role, name=name).press("Enter")


def text_of(page: Page, name: str) -> Locator:
    return page.get_by_role("textbox", name=f"Text of {name}")


def write(page: Page, name: str, text: str) -> None:
    """Types at the end of a text."""
    text_of(page, name).click()
    page.keyboard.press("Control+End")
    page.keyboard.insert_text(text)


def save(page: Page) -> None:
    """Saves a text, and waits until it is."""
    page.get_by_test_id("save").click()
    expect_saved(page)


def expect_saved(page: Page) -> None:
    expect(page.locator(".content-editor-state")).to_have_text("Saved")


def outline(admin: Client, portal: Any) -> Any:
    def short(entries: Any) -> Any:
        return [[one["slug"], short(one["children"])] if one["children"] else one["slug"] for one in entries]

    return short(admin.get(f"/v3/portals/{portal['id']}/pages").json()["data"])


# --- texts ---


def test_a_text_is_previewed_while_it_is_written_and_saved(
    console: Console, place: str, add: Callable[..., Any], stored: Callable[[Any], Any]
) -> None:
    made = add("hello", "---\ntitle: Hello\n---\nFirst")
    page = console.sign_in(f"{place}/content/pages/{made['id']}")
    expect(preview(page).get_by_text("First")).to_be_visible()
    expect(page.get_by_text("Title from the front matter")).to_be_visible()
    write(page, "Hello", "\n\n## Second\n")
    expect(preview(page).get_by_role("heading", name="Second")).to_be_visible()
    save(page)
    assert stored(made)["content"] == "---\ntitle: Hello\n---\nFirst\n\n## Second\n"
    console.check_accessible()
    console.check()


def test_what_is_open_in_the_preview_stays_open_while_its_text_is_written(
    console: Console, place: str, add: Callable[..., Any]
) -> None:
    tabs = "::tab-group\n:::tab-panel{title=First}\nOne\n:::\n:::tab-panel{title=Second}\nTwo\n:::\n::\n"
    made = add("tabs", f"{tabs}\n" + "Line\n\n" * 60)
    page = console.sign_in(f"{place}/content/pages/{made['id']}")
    follow(page, "tab", "Second")
    frame = page.frame(url=re.compile("preview-frame"))
    assert frame is not None
    frame.evaluate("scrollTo(0, 100)")
    write(page, "Tabs", "The end")
    expect(preview(page).get_by_text("The end")).to_be_attached()
    expect(preview(page).get_by_text("Two")).to_be_visible()
    page.keyboard.press("Control+Home")
    for _ in range(5):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("End")
    page.keyboard.insert_text(" changed")
    expect(preview(page).get_by_text("Two changed")).to_be_visible()
    assert frame.evaluate("scrollY") == 100


def test_a_problem_leads_to_its_line(console: Console, place: str, add: Callable[..., Any]) -> None:
    made = add("wrong", "One\n\nTwo\n\n::no-such-thing\n::\n")
    page = console.sign_in(f"{place}/content/pages/{made['id']}")
    page.get_by_role("button", name="Line 5").click()
    expect(text_of(page, "Wrong")).to_be_focused()
    page.keyboard.insert_text("HERE ")
    expect(page.locator(".cm-activeLine")).to_have_text("HERE ::no-such-thing")
    expect(page.get_by_text("1 problem")).to_be_hidden()


def test_the_keyboard_leaves_the_text_by_escape_then_tab(
    console: Console, place: str, add: Callable[..., Any]
) -> None:
    made = add("keys", "Text")
    page = console.sign_in(f"{place}/content/pages/{made['id']}")
    editor = page.get_by_role("textbox", name=re.compile("press Escape, then Tab"))
    editor.click()
    page.keyboard.press("Tab")
    expect(editor).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Desktop")).to_be_focused()


def test_a_conflict_shows_both_texts_to_choose_from(
    console: Console,
    place: str,
    portal: Any,
    admin: Client,
    add: Callable[..., Any],
    stored: Callable[[Any], Any],
) -> None:
    made = add("both", "Common\n")
    path = f"/v3/portals/{portal['id']}/pages/{made['id']}"
    page = console.sign_in(f"{place}/content/pages/{made['id']}")
    write(page, "Both", "Mine\n")
    admin.patch(path, {"content": "Common\nTheirs\n"})
    page.get_by_test_id("save").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("textbox", name="Their text")).to_contain_text("Theirs")
    expect(dialog.get_by_role("textbox", name="Your text")).to_contain_text("Mine")
    console.check_accessible()
    page.set_viewport_size({"width": 390, "height": 844})
    expect(dialog.get_by_role("textbox", name="Their text")).to_be_hidden()
    dialog.get_by_role("button", name="Theirs", exact=True).click()
    expect(dialog.get_by_role("textbox", name="Their text")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    console.check_accessible()
    page.set_viewport_size({"width": 1280, "height": 900})
    dialog.get_by_role("textbox", name="Your text").click()
    page.keyboard.press("Control+End")
    page.keyboard.insert_text("Merged\n")
    dialog.get_by_role("button", name="Save my text").click()
    expect(dialog).to_be_hidden()
    expect_saved(page)
    assert stored(made)["content"] == "Common\nMine\nMerged\n"

    write(page, "Both", "More\n")
    admin.patch(path, {"content": "Theirs alone\n"})
    page.get_by_test_id("save").click()
    dialog.get_by_role("button", name="Take theirs").click()
    expect(text_of(page, "Both")).to_have_text("Theirs alone")
    expect_saved(page)
    assert stored(made)["content"] == "Theirs alone\n"
    console.check()


def test_what_others_change_besides_the_text_is_no_conflict(
    console: Console,
    place: str,
    portal: Any,
    admin: Client,
    add: Callable[..., Any],
    stored: Callable[[Any], Any],
) -> None:
    made = add("calm", "Text")
    page = console.sign_in(f"{place}/content/pages/{made['id']}")
    write(page, "Calm", " and more")
    admin.patch(f"/v3/portals/{portal['id']}/pages/{made['id']}", {"visibility": "public"})
    save(page)
    now = stored(made)
    assert (now["content"], now["visibility"]) == ("Text and more", "public")


def test_a_text_that_was_not_saved_is_offered_again(
    console: Console, place: str, add: Callable[..., Any], stored: Callable[[Any], Any]
) -> None:
    made = add("lost", "Text")
    page = console.sign_in(f"{place}/content/pages/{made['id']}")
    write(page, "Lost", " not saved")
    page.on("dialog", lambda dialog: dialog.accept())  # the browser asks before it closes the tab
    page.reload()
    page.get_by_role("button", name="Continue with it").click()
    expect(text_of(page, "Lost")).to_have_text("Text not saved")
    save(page)
    page.reload()
    expect(text_of(page, "Lost")).to_have_text("Text not saved")
    expect(page.get_by_role("button", name="Continue with it")).to_be_hidden()
    assert stored(made)["content"] == "Text not saved"


def test_a_text_that_is_offered_again_does_not_hide_what_others_saved_since(
    console: Console,
    place: str,
    portal: Any,
    admin: Client,
    add: Callable[..., Any],
    stored: Callable[[Any], Any],
) -> None:
    made = add("late", "Text")
    page = console.sign_in(f"{place}/content/pages/{made['id']}")
    write(page, "Late", " of mine")
    page.on("dialog", lambda dialog: dialog.accept())
    admin.patch(f"/v3/portals/{portal['id']}/pages/{made['id']}", {"content": "Text of theirs"})
    page.reload()
    expect(page.get_by_text("Somebody has saved another text since.")).to_be_visible()
    page.get_by_role("button", name="Continue with it").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("textbox", name="Their text")).to_have_text("Text of theirs")
    dialog.get_by_role("button", name="Save my text").click()
    expect_saved(page)
    assert stored(made)["content"] == "Text of mine"


def test_leaving_a_text_that_is_not_saved_asks(console: Console, place: str, add: Callable[..., Any]) -> None:
    made = add("stay", "Text")
    page = console.sign_in(f"{place}/content/pages/{made['id']}")
    write(page, "Stay", " changed")
    page.get_by_role("link", name="All pages").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    expect(text_of(page, "Stay")).to_have_text("Text changed")
    page.get_by_role("link", name="All pages").click()
    page.get_by_role("dialog").get_by_role("button", name="Leave").click()
    page.get_by_role("link", name="Stay", exact=True).click()
    expect(text_of(page, "Stay")).to_have_text("Text")


def test_a_preview_runs_no_script_and_never_leaves(
    console: Console, place: str, add: Callable[..., Any]
) -> None:
    made = add("links", "[Away](https://example.com/) [Here](#there)\n\n## There\n")
    page = console.sign_in(f"{place}/content/pages/{made['id']}")
    follow(page, "link", "Away")
    expect(page.get_by_text("This link leads to example.com.")).to_be_visible()
    expect(preview(page).get_by_role("heading", name="There")).to_be_visible()
    frame = page.frame(url=re.compile("preview-frame"))
    assert frame is not None
    assert frame.evaluate("window.origin") == "null"
    console.check()


# --- the tree of pages ---


def test_pages_move_by_keyboard_and_by_dragging(
    console: Console, place: str, portal: Any, admin: Client, add: Callable[..., Any]
) -> None:
    for slug in ("one", "two", "three"):
        add(slug)
    page = console.sign_in(f"{place}/content")
    handle = page.get_by_role("button", name="Move Two", exact=True)
    handle.focus()
    for key, expected in (
        ("ArrowUp", ["two", "one", "three"]),
        ("ArrowDown", ["one", "two", "three"]),
        ("ArrowRight", [["one", ["two"]], "three"]),
        ("ArrowLeft", ["one", "two", "three"]),
    ):
        before = page.locator(".tree").inner_html()
        page.keyboard.press(key)
        page.wait_for_function("before => document.querySelector('.tree').innerHTML !== before", arg=before)
        expect(handle).to_be_focused()
        assert outline(admin, portal) == expected
    expect(
        page.get_by_role("status").filter(has_text="Two is now number 2 of 3 at the top.")
    ).to_be_attached()
    page.get_by_role("button", name="Move Three", exact=True).click()
    page.get_by_role("group", name="Move Three").get_by_role("button", name="Up").click()
    rows = page.locator(".tree-row")
    expect(rows.nth(1)).to_contain_text("Three")
    rows.filter(has_text="Two").drag_to(rows.filter(has_text="One"))
    expect(page.get_by_text("/one/two")).to_be_visible()
    assert outline(admin, portal) == [["one", ["two"]], "three"]
    console.check_accessible()
    console.check()


def test_a_page_is_made_published_and_deleted_with_what_is_below(
    console: Console, place: str, portal: Any, admin: Client, add: Callable[..., Any]
) -> None:
    above = add("guides")
    page = console.sign_in(f"{place}/content/pages")
    page.get_by_role("button", name="New page").click()
    page.get_by_label("Title").fill("Où commencer?")
    expect(page.get_by_label("Slug")).to_have_value("ou-commencer")
    page.get_by_label("Under").select_option(above["id"])
    expect(page.get_by_text("Address: /guides/ou-commencer")).to_be_visible()
    console.check_accessible()
    page.get_by_role("button", name="Create page").click()
    expect(text_of(page, "Où commencer?")).to_contain_text("Où commencer?")
    page.get_by_role("link", name="All pages").click()
    page.get_by_role("button", name="Publish Où commencer?", exact=True).click()
    expect(page.get_by_role("button", name="Unpublish Où commencer?")).to_be_visible()
    page.get_by_role("button", name="Delete Guides").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Où commencer? (/guides/ou-commencer)")
    dialog.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("heading", name="No pages yet")).to_be_visible()
    assert outline(admin, portal) == []
    console.check()


def test_a_list_that_is_behind_tells_so_before_it_changes_anything(
    console: Console, place: str, portal: Any, admin: Client, add: Callable[..., Any]
) -> None:
    made = add("behind", "Text")
    path = f"/v3/portals/{portal['id']}/pages/{made['id']}"
    page = console.sign_in(f"{place}/content/pages")
    page.get_by_role("button", name="Unpublish Behind").click()
    page.get_by_role("button", name="Publish Behind", exact=True).click()
    expect(page.get_by_role("button", name="Unpublish Behind")).to_be_visible()
    admin.patch(path, {"title": "Ahead", "visibility": "public"})
    page.get_by_role("button", name="Delete Behind").click()
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    dialog = page.get_by_role("dialog", name="Somebody else changed this meanwhile")
    expect(dialog).to_contain_text("It is called “Ahead” now, is published and public")
    console.check_accessible()
    dialog.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("link", name="Ahead")).to_be_visible()
    admin.patch(path, {"visibility": "private"})
    page.get_by_role("button", name="Unpublish Ahead").click()
    page.get_by_role("button", name="Unpublish it all the same").click()
    expect(page.get_by_role("button", name="Publish Ahead", exact=True)).to_be_visible()
    assert admin.get(path).json()["status"] == "unpublished"
    console.check()


def test_settings_of_a_page_say_what_the_front_matter_states(
    console: Console, place: str, add: Callable[..., Any], stored: Callable[[Any], Any]
) -> None:
    made = add("set", "---\ntitle: Stated\n---\nText")
    page = console.sign_in(f"{place}/content/pages")
    page.get_by_role("button", name="Settings of Stated").click()
    expect(page.get_by_label("Title")).to_be_disabled()
    page.get_by_label("Slug").fill("elsewhere")
    page.get_by_label("Description").fill("What it is about")
    page.get_by_text("Public", exact=True).click()
    page.get_by_role("dialog").get_by_role("button", name="Save").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    expect(page.get_by_text("/elsewhere")).to_be_visible()
    now = stored(made)
    assert (now["slug"], now["description"], now["visibility"]) == ("elsewhere", "What it is about", "public")


def test_default_content_fills_an_empty_portal(
    console: Console, place: str, portal: Any, admin: Client
) -> None:
    page = console.sign_in(f"{place}/content")
    page.get_by_role("button", name="Create default content").click()
    expect(page.get_by_role("link", name="Getting started")).to_be_visible()
    assert len(outline(admin, portal)) == 4
    page.get_by_role("link", name="Snippets").click()
    expect(page.get_by_role("link", name="call-to-action")).to_be_visible()
    console.check_accessible()


def test_a_snippet_is_made_and_previewed_with_its_own_data(
    console: Console, place: str, portal: Any, admin: Client
) -> None:
    page = console.sign_in(f"{place}/content/snippets")
    page.get_by_role("button", name="New snippet").click()
    page.get_by_label("Name").fill("Big note")
    page.get_by_role("button", name="Create snippet").click()
    expect(text_of(page, "big-note")).to_be_visible()
    write(page, "big-note", "---\nwho: you\n---\nNote for {{ snippet.who }}")
    expect(preview(page).get_by_text("Note for you")).to_be_visible()
    save(page)
    (made,) = admin.get(f"/v3/portals/{portal['id']}/snippets").json()["data"]
    assert made["name"] == "big-note"
    console.check_accessible()
    page.get_by_role("link", name="All snippets").click()
    page.get_by_role("button", name="Unpublish big-note").click()
    expect(page.get_by_role("button", name="Publish big-note", exact=True)).to_be_visible()
    console.check_accessible()
    console.check()


# --- menus and appearance ---


def test_menus_are_edited_with_a_preview(
    console: Console, place: str, portal: Any, admin: Client, add: Callable[..., Any]
) -> None:
    add("guides")
    page = console.sign_in(f"{place}/content/menus")
    main = page.get_by_role("region", name="Main menu")
    for title, path in (("Guides", "/guides"), ("Status", "https://status.example.com")):
        main.get_by_role("button", name="Add link").click()
        page.keyboard.insert_text(title)
        main.get_by_label("Path or address").last.fill(path)
    main.get_by_label("New window").last.check()
    assert page.locator("#menu-paths option[value='/guides']").count() == 1
    expect(preview(page).get_by_role("link", name="Status")).to_be_visible()
    up = main.get_by_role("button", name="Move Status up")
    up.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").filter(has_text="Status is now number 1 of 2.")).to_be_attached()
    footer = page.get_by_role("region", name="Footer")
    footer.get_by_role("button", name="Add section").click()
    page.get_by_role("button", name="Save menus").click()
    expect(page.get_by_text("Every link needs a title and a path, every section a heading.")).to_be_visible()
    page.get_by_label("Heading").fill("More")
    console.check_accessible()
    page.get_by_role("button", name="Save menus").click()
    expect(page.get_by_role("button", name="Save menus")).to_be_disabled()
    assert admin.get(f"/v3/portals/{portal['id']}/customization").json()["menu"] == {
        "main": [
            {
                "title": "Status",
                "path": "https://status.example.com",
                "visibility": "private",
                "external": True,
            },
            {"title": "Guides", "path": "/guides", "visibility": "private", "external": False},
        ],
        "footer_sections": [{"title": "More", "items": []}],
        "footer_bottom": [],
    }
    console.check()


def test_brand_colour_and_mode_are_followed_without_a_request(
    console: Console, place: str, portal: Any, admin: Client
) -> None:
    page = console.sign_in(f"{place}/appearance")
    root = preview(page).locator(":root")
    expect(preview(page).get_by_role("heading", name="Build with our APIs")).to_be_visible()
    console.requests.clear()
    page.get_by_label("Brand colour", exact=True).fill("#ffcc00")
    expect(root).to_have_css("--brand", "#ffcc00")
    expect(root).to_have_css("--brand-ink", "#111")
    page.get_by_label("Dark").check()
    expect(root).to_have_attribute("data-theme", "dark")
    page.get_by_role("textbox", name="Custom CSS").fill("h1 { letter-spacing: 9px }")
    expect(preview(page).get_by_role("heading", level=1)).to_have_css("letter-spacing", "9px")
    assert console.requests == []
    expect(page.get_by_text("Text on it is black")).to_be_visible()
    console.check_accessible()
    page.get_by_role("button", name="Save appearance").click()
    expect(page.get_by_role("button", name="Save appearance")).to_be_disabled()
    now = admin.get(f"/v3/portals/{portal['id']}/customization").json()
    assert now == {
        "theme": {"mode": "dark", "colors": {"primary": "#ffcc00"}},
        "css": "h1 { letter-spacing: 9px }",
    }
    console.check()


def test_name_and_logo_are_seen_before_they_are_saved(
    console: Console, place: str, portal: Any, admin: Client
) -> None:
    page = console.sign_in(f"{place}/appearance")
    page.get_by_label("Name", exact=True).fill("Orbit")
    page.get_by_label("Logo", exact=True).set_input_files(
        {"name": "logo.svg", "mimeType": "image/svg+xml", "buffer": LOGO}
    )
    header = preview(page).get_by_role("banner")
    data = f"data:image/svg+xml;base64,{base64.b64encode(LOGO).decode()}"
    expect(header.locator("img")).to_have_attribute("src", data)
    expect(header).to_contain_text("Orbit")
    page.get_by_role("button", name="Save appearance").click()
    expect(page.get_by_role("button", name="Save appearance")).to_be_disabled()
    assert admin.get(f"/v3/portals/{portal['id']}/assets/logo").json() == {"data": data}
    assert admin.get(f"/v3/portals/{portal['id']}").json()["display_name"] == "Orbit"


def test_links_of_a_stored_page_can_be_followed_in_the_preview(console: Console, place: str) -> None:
    page = console.sign_in(f"{place}/appearance")
    before = page.url
    follow(page, "link", "Get started")
    expect(page.locator(".preview-title")).to_have_text(re.compile("Getting started"))
    page.get_by_role("button", name="Back to /").click()
    expect(page.locator(".preview-title")).to_have_text(re.compile("Home"))
    assert page.url == before


def test_a_viewer_reads_and_changes_nothing(
    console: Console, place: str, add: Callable[..., Any], token_of: Callable[[str], str]
) -> None:
    made = add("read", "Only this")
    page = console.sign_in(f"{place}/content/pages", token_of("viewer"))
    expect(page.get_by_role("link", name="Read")).to_be_visible()
    expect(page.get_by_role("button", name="New page")).to_be_hidden()
    expect(page.get_by_role("button", name="Move Read")).to_be_hidden()
    page.get_by_role("link", name="Read").click()
    expect(preview(page).get_by_text("Only this")).to_be_visible()
    expect(page.get_by_test_id("save")).to_be_hidden()
    write(page, "Read", "x")
    expect(text_of(page, made["title"])).to_have_text("Only this")
    console.open(f"{place}/appearance")
    expect(page.get_by_label("Brand colour", exact=True)).to_be_disabled()
    expect(page.get_by_role("button", name="Save appearance")).to_be_disabled()


def test_content_editors_change_texts_and_looks_but_not_the_portals_name(
    console: Console, place: str, add: Callable[..., Any], token_of: Callable[[str], str]
) -> None:
    made = add("mine", "Text")
    page = console.sign_in(f"{place}/content/pages/{made['id']}", token_of("content_editor"))
    write(page, "Mine", " more")
    save(page)
    console.open(f"{place}/appearance")
    expect(page.get_by_label("Brand colour", exact=True)).to_be_enabled()
    expect(page.get_by_label("Name", exact=True)).to_be_disabled()


def test_on_a_phone_text_and_preview_take_turns(
    console: Console, place: str, add: Callable[..., Any]
) -> None:
    made = add("small", "Words")
    console.page.set_viewport_size({"width": 390, "height": 844})
    page = console.sign_in(f"{place}/content/pages/{made['id']}")
    expect(text_of(page, "Small")).to_be_visible()
    expect(page.locator("iframe.preview-frame")).to_be_hidden()
    page.get_by_role("button", name="Preview").click()
    expect(preview(page).get_by_text("Words")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
