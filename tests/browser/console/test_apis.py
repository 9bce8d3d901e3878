"""APIs in the console: made, marked, versioned, documented and published, as an admin sees it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Request, expect

from tests.browser.console.conftest import Console
from tests.client import Client

SMALL = """openapi: 3.1.0
info: {title: Parcels, version: 1.4.2}
paths:
  /parcels:
    get: {summary: List parcels, responses: {'200': {description: Parcels}}}
    post: {summary: Send a parcel, responses: {'201': {description: 3}}}
"""
BROKEN = "openapi: 3.1.0\ninfo:\n  title: [unclosed\npaths: {}\n"
ICON = b"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 9 9'><rect width='9' height='9'/></svg>"
HUGE_ICON = b"<svg xmlns='http://www.w3.org/2000/svg' width='900' height='9'/>"
NOTE_PROGRESS = """() => {
  window.said = new Set()
  const note = () => document.querySelectorAll('.upload-progress').forEach((one) => said.add(one.innerText))
  new MutationObserver(note).observe(document.body, {subtree: true, childList: true, characterData: true})
}"""
PHONE = {"width": 390, "height": 844}


def spec(version: str, title: str = "Parcels", **members: Any) -> str:
    operation = {"summary": f"List in {version}", "responses": {"200": {"description": "Parcels"}}}
    info = {"title": title, "version": version}
    return json.dumps(
        {"openapi": "3.0.3", "info": info, "paths": {"/parcels": {"get": operation}}, **members}
    )


@pytest.fixture
def api(admin: Client) -> Any:
    """An API with a version 1.0.0."""
    return admin.made("/v3/apis", {"name": f"Parcels {uuid.uuid4()}", "spec_content": spec("1.0.0")})


@pytest.fixture
def visit(context: BrowserContext) -> Callable[[str], tuple[int, str]]:
    """What somebody who is signed in nowhere finds at an address: status and text."""

    def look(address: str) -> tuple[int, str]:
        # a tab only for this moment: it puts the console's into the background, where all is slow
        tab = context.new_page()
        try:
            answer = tab.goto(address)
            assert answer is not None
            return answer.status, tab.get_by_role("main").inner_text()
        finally:
            tab.close()

    return look


def upload(
    page: Page, content: str | bytes | Path, name: str = "parcels.yaml", label: str = "Drop an OpenAPI"
) -> None:
    file: Any = content
    if not isinstance(content, Path):
        kind = "image/svg+xml" if name.endswith(".svg") else "application/yaml"
        file = {
            "name": name,
            "mimeType": kind,
            "buffer": content.encode() if isinstance(content, str) else content,
        }
    page.get_by_label(label).set_input_files(file)


def button(page: Page | Locator, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def tab(page: Page, name: str) -> None:
    page.get_by_role("navigation", name="API").get_by_role("link", name=name).click()


def row(page: Page, text: str) -> Locator:
    return page.get_by_role("row").filter(has_text=text)


def told(page: Page, text: str) -> None:
    """The console said so in passing."""
    expect(page.get_by_test_id("toast").filter(has_text=text)).to_be_visible()


def fits(page: Page) -> None:
    """Nothing stands beyond the edge of a phone."""
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.set_viewport_size({"width": 1280, "height": 900})


def test_an_api_is_made_of_an_uploaded_specification(console: Console) -> None:
    page = console.sign_in("/console/apis/new")
    upload(page, SMALL)
    expect(page.get_by_text("OpenAPI 3.1.0 · 2 operations")).to_be_visible()
    page.get_by_text("1 problem").click()
    expect(page.get_by_text("/paths/~1parcels/post/responses/201/description")).to_be_visible()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Parcels")
    expect(page.get_by_label("Version", exact=True)).to_have_value("1.4.2")
    console.check_accessible()
    fits(page)
    button(page, "Create API").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Parcels 1.4.2")
    expect(page.get_by_label("Slug")).to_have_value("parcels-1")
    console.check()


def test_yaml_that_cannot_be_read_is_refused_with_line_and_column(console: Console) -> None:
    page = console.sign_in("/console/apis/new")
    upload(page, BROKEN)
    expect(page.get_by_text("(line 4, column 6)")).to_be_visible()
    expect(button(page, "Create API")).to_be_disabled()
    upload(page, SMALL)
    expect(page.get_by_text("(line 4, column 6)")).to_have_count(0)
    expect(page.get_by_text("2 operations")).to_be_visible()
    console.check()


def test_a_megabyte_goes_out_packed_and_tells_how_far_it_is(
    console: Console, specs: Path, admin: Client
) -> None:
    file = specs / "mesh-openapi-1MB.yaml"
    if not file.is_file():
        pytest.skip("mesh-openapi-1MB.yaml is not among the published specifications")
    page = console.sign_in("/console/apis/new")
    page.evaluate(NOTE_PROGRESS)
    packed: list[str | None] = []

    def note(sent: Request) -> None:
        if sent.method == "POST":
            packed.append(sent.headers.get("content-encoding"))

    page.on("request", note)
    upload(page, file)
    expect(page.get_by_text("OpenAPI 3.0.3")).to_be_visible()
    page.get_by_label("Name", exact=True).fill("Mesh")
    button(page, "Create API").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mesh 0.1.0")
    assert packed == ["gzip", "gzip"]
    assert "Uploaded. Reading it …" in page.evaluate("[...said]")
    (made,) = admin.get("/v3/apis", query={"filter[name]": "Mesh"}).json()["data"]
    version = admin.get(f"/v3/apis/{made['id']}/versions/{made['current_version_summary']['id']}").json()
    assert version["spec"]["content"] == file.read_text()
    console.check()


def test_an_api_is_made_by_its_name_alone_and_a_wrong_slug_is_told_at_its_field(console: Console) -> None:
    page = console.sign_in("/console/apis/new")
    page.get_by_label("A name only").check()
    page.get_by_label("Name", exact=True).fill("Later")
    page.get_by_label("Slug").fill("not a slug")
    button(page, "Create API").click()
    expect(page.get_by_label("Slug")).to_be_focused()
    expect(page.get_by_label("Slug")).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Slug").fill("later-on")
    button(page, "Create API").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Later")
    tab(page, "Versions")
    expect(page.get_by_text("No version yet")).to_be_visible()
    console.check()


def test_the_list_is_searched_narrowed_down_and_ordered_in_its_address(
    console: Console, admin: Client
) -> None:
    for name, label, domain in (
        ("Alpha pay", "prod", "money"),
        ("Beta pay", "test", "money"),
        ("Gamma", "prod", "geo"),
    ):
        admin.made("/v3/apis", {"name": name, "labels": {"env": label}, "attributes": {"domain": [domain]}})
    page = console.sign_in("/console/apis")
    names = page.locator("tbody th a")
    page.get_by_label("Search APIs by name").fill("pay")
    expect(names).to_have_text(["Alpha pay", "Beta pay"])
    page.get_by_label("Order").select_option("Name, Z to A")
    expect(names).to_have_text(["Beta pay", "Alpha pay"])
    page.get_by_label("Search APIs by name").fill("")
    page.get_by_label("Attribute").select_option("domain:money")
    page.get_by_label("Label", exact=True).fill("env:prod")
    button(page, "Add").click()
    expect(names).to_have_text(["Alpha pay"])
    console.check_accessible()
    fits(page)
    page.reload()
    expect(names).to_have_text(["Alpha pay"])
    button(page, "Remove the filter env: prod").click()
    expect(names).to_have_text(["Beta pay", "Alpha pay"])
    console.check()


def test_what_an_api_is_marked_with_is_changed_in_place(console: Console, admin: Client, api: Any) -> None:
    page = console.sign_in(f"/console/apis/{api['id']}")
    button(page, "Add label").click()
    expect(page.get_by_label("Key of label 1")).to_be_focused()
    page.keyboard.type("kong")
    page.get_by_label("Value of label 1").fill("prod")
    button(page, "Save").click()
    expect(page.get_by_text("must not start with")).to_be_visible()
    expect(page.get_by_label("Key of label 1")).to_be_focused()
    page.get_by_label("Key of label 1").fill("env")
    button(page, "Add attribute").click()
    page.keyboard.type("audience")
    page.get_by_label("Values of attribute 1").fill("partner, internal")
    page.get_by_label("Description").fill("All about parcels")
    button(page, "Save").click()
    told(page, "Saved")
    now = admin.get(f"/v3/apis/{api['id']}").json()
    assert now["labels"] == {"env": "prod"}
    assert now["attributes"] == {"audience": ["partner", "internal"]}
    assert now["description"] == "All about parcels"
    console.check_accessible()
    fits(page)
    console.check()


def test_who_was_too_late_sees_what_others_stored_and_may_save_over_it(
    console: Console, admin: Client, api: Any
) -> None:
    page = console.sign_in(f"/console/apis/{api['id']}")
    page.get_by_label("Description").fill("Mine")
    admin.patch(f"/v3/apis/{api['id']}", {"description": "Theirs", "labels": {"by": "them"}})
    # reading the API again is no look at what the form holds
    button(page, "Delete API").click()
    with page.expect_response(f"**/v3/apis/{api['id']}"):
        button(page.get_by_role("dialog"), "Cancel").click()
    button(page, "Save").click()
    conflict = page.get_by_role("alert").filter(has_text="Somebody else changed this")
    expect(conflict).to_contain_text("Theirs")
    expect(page.get_by_label("Key of label 1")).to_have_value("by")
    console.check_accessible()
    button(page, "Save mine over it").click()
    told(page, "Saved")
    now = admin.get(f"/v3/apis/{api['id']}").json()
    assert (now["description"], now["labels"]) == ("Mine", {"by": "them"})
    console.check()


def test_a_version_is_added_and_made_the_current_one(console: Console, admin: Client, api: Any) -> None:
    page = console.sign_in(f"/console/apis/{api['id']}/versions")
    button(page, "New version").click()
    expect(button(page, "Choose a file")).to_be_focused()
    button(page, "Cancel").click()
    expect(button(page, "New version")).to_be_focused()
    page.keyboard.press("Enter")
    upload(page, spec("2.0.0", servers=[{"url": 3}]), "parcels.json")
    expect(page.get_by_label("Version", exact=True)).to_have_value("2.0.0")
    button(page, "Add version").click()
    expect(page.get_by_role("heading", name="Version 2.0.0")).to_be_visible()
    expect(page.get_by_text("/servers/0/url", exact=True)).to_be_visible()
    console.check_accessible()
    page.get_by_role("link", name="All versions").click()
    expect(page.locator("tbody th a")).to_have_text(["2.0.0", "1.0.0"])
    expect(row(page, "2.0.0")).to_contain_text("1 operation")
    button(page, "Make current: 2.0.0").click()
    told(page, "2.0.0 is shown first")
    expect(row(page, "2.0.0")).to_contain_text("Current")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{api['name']} 2.0.0")
    assert admin.get(f"/v3/apis/{api['id']}").json()["current_version_summary"]["version"] == "2.0.0"
    console.check_accessible()
    fits(page)
    console.check()


def test_a_specification_is_replaced_and_a_version_renamed_and_deleted(
    console: Console, admin: Client, api: Any
) -> None:
    version_id = api["current_version_summary"]["id"]
    page = console.sign_in(f"/console/apis/{api['id']}/versions/{version_id}")
    button(page, "Replace specification").click()
    upload(page, SMALL)
    expect(page.get_by_text("The file states the version 1.4.2")).to_be_visible()
    path = f"/v3/apis/{api['id']}/versions/{version_id}"
    admin.patch(path, {"spec": {"content": spec("1.0.0", "Others")}})
    button(page, "Replace").click()
    expect(page.get_by_role("dialog")).to_contain_text("another specification than the one you have seen")
    button(page, "Replace it all the same").click()
    told(page, "The specification has been replaced")
    assert admin.get(path).json()["spec"]["content"] == SMALL
    page.get_by_label("Version", exact=True).fill("1.4.2")
    button(page, "Rename").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{api['name']} 1.4.2")
    button(page, "Delete version").click()
    expect(page.get_by_role("dialog")).to_contain_text("It is the current version")
    button(page.get_by_role("dialog"), "Delete version").click()
    expect(page.get_by_text("No version yet")).to_be_visible()
    assert admin.get(path).status == 404
    console.check()


def test_an_api_is_published_and_seen_by_everyone_until_it_is_unpublished(
    console: Console, api: Any, make_portal: Callable[..., Any], visit: Callable[[str], tuple[int, str]]
) -> None:
    portal = make_portal(name=f"Open {uuid.uuid4()}", authentication_enabled=False)
    address = f"http://{portal['default_domain']}/apis/{api['slug']}"
    page = console.sign_in(f"/console/apis/{api['id']}/publications")
    button(page, "Publish").click()
    page.get_by_label(portal["name"]).check()
    expect(page.get_by_text(f"Nobody sees it on {portal['name']}")).to_be_visible()
    page.get_by_label("Public", exact=True).check()
    expect(page.get_by_text(f"Nobody sees it on {portal['name']}")).to_have_count(0)
    page.get_by_label("Application auth").select_option("None: no applications")
    console.check_accessible()
    fits(page)
    button(page, "Publish").click()
    told(page, f"Published to {portal['name']}")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.get_by_role("link", name=f"/apis/{api['slug']}")).to_have_attribute("href", address)
    status, text = visit(address)
    assert status == 200
    assert api["name"] in text
    console.check_accessible()

    button(page, f"Unpublish from {portal['name']}").click()
    button(page.get_by_role("dialog"), "Unpublish").click()
    expect(page.get_by_text("Published nowhere yet")).to_be_visible()
    assert visit(address)[0] == 404
    console.check()


def test_how_an_api_is_published_is_changed(console: Console, admin: Client, api: Any, portal: Any) -> None:
    path = f"/v3/apis/{api['id']}/publications/{portal['id']}"
    admin.put(path, {"visibility": "private"})
    page = console.sign_in(f"/console/apis/{api['id']}/publications")
    expect(row(page, portal["name"])).to_contain_text("key-auth")
    button(page, f"Change how it is published to {portal['name']}").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Private", exact=True)).to_be_checked()
    dialog.get_by_label("Approve registrations of applications at once").check()
    dialog.get_by_label("Public", exact=True).check()
    admin.put(path, {"visibility": "private", "auto_approve_registrations": False, "auth_strategy_ids": None})
    console.check_accessible()
    button(dialog, "Save").click()
    told(page, "Saved")
    now = admin.get(path).json()
    # what others changed meanwhile, and was not touched here, stays theirs
    assert (now["visibility"], now["auto_approve_registrations"], now["auth_strategy_ids"]) == (
        "public",
        True,
        None,
    )
    console.check()


def test_a_portal_lists_its_apis_and_takes_more(
    console: Console, admin: Client, api: Any, portal: Any
) -> None:
    other = admin.made("/v3/apis", {"name": f"Letters {uuid.uuid4()}"})
    admin.put(f"/v3/apis/{other['id']}/publications/{portal['id']}", {})
    page = console.sign_in(f"/console/portals/{portal['id']}/apis")
    expect(row(page, other["name"])).to_contain_text("Private")
    button(page, "Publish an API").click()
    page.get_by_label("Search APIs by name").fill(other["name"])
    expect(page.get_by_role("radio", name=other["name"])).to_be_disabled()
    page.get_by_label("Search APIs by name").fill(api["name"])
    page.get_by_role("radio", name=api["name"]).check()
    console.check_accessible()
    fits(page)
    button(page, "Publish").click()
    told(page, "has been published")
    expect(row(page, api["name"])).to_contain_text("key-auth")
    button(page, f"Unpublish {other['name']}").click()
    button(page.get_by_role("dialog"), "Unpublish").click()
    expect(row(page, other["name"])).to_have_count(0)
    assert [
        one["api_id"] for one in admin.get(f"/v3/portals/{portal['id']}/api-publications").json()["data"]
    ] == [api["id"]]
    console.check_accessible()
    console.check()


def test_documents_are_written_put_in_order_and_read_on_the_site(
    console: Console,
    admin: Client,
    api: Any,
    make_portal: Callable[..., Any],
    visit: Callable[[str], tuple[int, str]],
) -> None:
    portal = make_portal(authentication_enabled=False)
    admin.put(
        f"/v3/apis/{api['id']}/publications/{portal['id']}",
        {"visibility": "public", "auth_strategy_ids": None},
    )
    guide = admin.made(
        f"/v3/apis/{api['id']}/documents", {"title": "Guide", "content": "# Guide", "status": "published"}
    )
    page = console.sign_in(f"/console/apis/{api['id']}/documents")
    button(page, "New document").click()
    page.get_by_label("Title").fill("First steps")
    page.get_by_label("Published", exact=True).check()
    console.check_accessible()
    button(page, "Create document").click()
    editor = page.get_by_role("textbox", name="Text of First steps")
    expect(editor).to_contain_text("First steps")
    editor.press("Control+End")
    page.keyboard.type("Send a *parcel*.")
    expect(page.frame_locator(".preview-frame").get_by_text("Send a parcel.")).to_be_visible(timeout=20_000)
    console.check_accessible()
    page.keyboard.press("Control+s")
    told(page, "Saved")
    page.get_by_role("link", name="All documents").click()

    button(page, "Move First steps").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_text("First steps is now number 1 of 1 under Guide.")).to_be_attached()
    expect(button(page, "Move First steps")).to_be_focused()
    address = f"http://{portal['default_domain']}/apis/{api['slug']}/docs/guide/first-steps"
    assert "Send a parcel." in visit(address)[1]
    console.check_accessible()
    fits(page)

    button(page, "Delete Guide").click()
    expect(page.get_by_role("dialog")).to_contain_text("First steps (guide/first-steps)")
    button(page.get_by_role("dialog"), "Delete").click()
    expect(page.get_by_text("No documents yet")).to_be_visible()
    assert admin.get(f"/v3/apis/{api['id']}/documents/{guide['id']}").status == 404
    console.check()


def test_an_icon_is_shown_and_one_that_is_refused_leaves_it(console: Console, api: Any) -> None:
    page = console.sign_in(f"/console/apis/{api['id']}")
    upload(page, ICON, "icon.svg", "Drop an icon here")
    told(page, "The icon has been changed")
    icon = page.get_by_alt_text("The icon of this API")
    expect(icon).to_be_visible()
    assert icon.evaluate("image => image.decode().then(() => image.naturalWidth > 0)")
    upload(page, HUGE_ICON, "huge.svg", "Drop an icon here")
    expect(page.get_by_text("900 × 9 pixels")).to_be_visible()
    expect(icon).to_be_visible()
    button(page, "Remove icon").click()
    told(page, "The icon has been removed")
    expect(icon).to_have_count(0)
    console.check()


def test_deleting_an_api_tells_what_goes_with_it_and_asks_for_its_name(
    console: Console, admin: Client, api: Any, portal: Any
) -> None:
    admin.put(f"/v3/apis/{api['id']}/publications/{portal['id']}", {})
    admin.made(f"/v3/apis/{api['id']}/documents", {"content": "# Guide"})
    page = console.sign_in(f"/console/apis/{api['id']}")
    button(page, "Delete API").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("listitem")).to_have_text(
        [
            "1 version, with their specifications",
            "1 document",
            f"its publication to the portal {portal['name']}",
        ]
    )
    console.check_accessible()
    expect(button(dialog, "Delete API")).to_be_disabled()
    page.keyboard.type(api["name"])
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("APIs")
    assert admin.get(f"/v3/apis/{api['id']}").status == 404
    console.check()


@pytest.mark.parametrize("role", ["viewer", "content_editor"])
def test_a_role_is_offered_what_it_may_do(
    console: Console, admin: Client, api: Any, token_of: Callable[[str], str], portal: Any, role: str
) -> None:
    admin.put(f"/v3/apis/{api['id']}/publications/{portal['id']}", {})
    admin.made(f"/v3/apis/{api['id']}/documents", {"title": "Guide", "content": "# Guide"})
    page = console.sign_in(f"/console/apis/{api['id']}", token_of(role))
    buttons = page.get_by_role("main").get_by_role("button")
    expect(page.get_by_role("heading", name="At a glance")).to_be_visible()
    expect(buttons.filter(has_text="Delete")).to_have_count(0)
    tab(page, "Versions")
    expect(page.get_by_role("link", name="1.0.0")).to_be_visible()
    expect(buttons).to_have_count(0)
    tab(page, "Publications")
    expect(row(page, portal["name"])).to_be_visible()
    expect(buttons).to_have_count(0)
    tab(page, "Documents")
    expect(page.get_by_role("link", name="Guide")).to_be_visible()
    expect(button(page, "New document")).to_have_count(0 if role == "viewer" else 1)
    page.goto(f"{console.home}/console/apis/new")
    expect(page.get_by_text("Not for your role")).to_be_visible()
    console.check()
