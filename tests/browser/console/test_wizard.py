"""The wizard that makes a portal."""

from __future__ import annotations

import base64
import json
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, Route, expect

from tests.browser.console.conftest import Console
from tests.client import Client

SMALL = b"""openapi: 3.1.0
info: {title: Parcels, version: 1.10}
paths:
  /parcels:
    get: {responses: {'200': {description: Parcels}}}
    post: {responses: {'201': {description: 3}}}
"""


def begin(console: Console, name: str) -> Page:
    page = console.sign_in("/console/portals/new")
    page.get_by_label("Name", exact=True).fill(name)
    return page


def upload(page: Page, body: bytes | Path, name: str = "parcels.yaml") -> None:
    file: Any = (
        body if isinstance(body, Path) else {"name": name, "mimeType": "application/yaml", "buffer": body}
    )
    page.get_by_label("Drop an OpenAPI").set_input_files(file)


def drop(page: Page, content: str) -> None:
    """Drop a file; its content is an expression of JavaScript."""
    data = page.evaluate_handle(
        f"(() => {{ const data = new DataTransfer(); data.items.add(new File([{content}], 'dropped.json')); "
        "return data })()"
    )
    page.dispatch_event(".file-drop", "drop", {"dataTransfer": data})


def create(page: Page) -> None:
    page.get_by_role("button", name="Create and continue").click()


def expect_appearance(page: Page) -> None:
    expect(page.get_by_role("heading", name="Appearance")).to_be_visible()


def portal_named(admin: Client, name: str) -> Any:
    (portal,) = admin.get("/v3/portals", query={"filter[name]": name}).json()["data"]
    return portal


def published(admin: Client, portal: Any) -> Any:
    return admin.get(f"/v3/portals/{portal['id']}/api-publications").json()["data"]


def pages(admin: Client, portal: Any) -> Any:
    return admin.get(f"/v3/portals/{portal['id']}/pages").json()["data"]


def test_a_private_portal_with_an_uploaded_specification(
    console: Console, admin: Client, specs: Path, visitor: Callable[[Any], Client]
) -> None:
    page = begin(console, "Private one")
    expect(page.get_by_label("Private")).to_be_checked()
    console.check_accessible()
    upload(page, specs / "simple-asyncapi.yml")
    expect(page.get_by_text("AsyncAPI")).to_have_count(3)
    page.get_by_label("API name").fill("Streams")
    create(page)
    expect_appearance(page)

    portal = portal_named(admin, "Private one")
    assert portal["authentication_enabled"] is True
    assert portal["default_application_auth_strategy_id"]
    assert (portal["default_api_visibility"], portal["default_page_visibility"]) == ("private", "private")
    (publication,) = published(admin, portal)
    assert publication["visibility"] == "private"
    assert publication["auth_strategy_ids"] == [portal["default_application_auth_strategy_id"]]
    assert admin.get(f"/v3/apis/{publication['api_id']}").json()["name"] == "Streams"
    assert {one["visibility"] for one in pages(admin, portal)} == {"private"}
    assert "There is nothing public here yet" in visitor(portal).get("/").text
    console.check()


def test_a_public_portal_shows_its_first_api_and_pages_while_later_ones_start_private(
    console: Console, admin: Client, visitor: Callable[[Any], Client]
) -> None:
    page = begin(console, "Public one")
    page.get_by_role("radio", name="Public").check()
    expect(page.get_by_text("APIs and pages that you add later start private")).to_be_visible()
    upload(page, SMALL)
    expect(page.get_by_text("OpenAPI 3.1.0 · 2 operations")).to_be_visible()
    page.get_by_text("it can be used as it is").click()
    expect(page.get_by_text("Line 6:")).to_be_visible()
    expect(page.get_by_label("API version")).to_have_value("1.10")
    console.check_accessible()
    create(page)
    expect_appearance(page)

    portal = portal_named(admin, "Public one")
    assert portal["authentication_enabled"] is False
    assert portal["default_application_auth_strategy_id"] is None
    assert (portal["default_api_visibility"], portal["default_page_visibility"]) == ("private", "private")
    (publication,) = published(admin, portal)
    assert (publication["visibility"], publication["auth_strategy_ids"]) == ("public", None)
    assert {one["visibility"] for one in pages(admin, portal)} == {"public"}
    assert visitor(portal).get("/apis/parcels-1").status == 200
    console.check()


def test_on_a_public_portal_later_ones_are_public_too_where_wished(console: Console, admin: Client) -> None:
    page = begin(console, "Public for good")
    page.get_by_role("radio", name="Public").check()
    page.get_by_role("switch", name="Make what is added later public too").check()
    page.get_by_label("Not now").check()
    create(page)
    expect_appearance(page)
    portal = portal_named(admin, "Public for good")
    assert (portal["default_api_visibility"], portal["default_page_visibility"]) == ("public", "public")
    assert published(admin, portal) == []


def test_an_api_that_exists_is_published_too(console: Console, admin: Client) -> None:
    for number in range(10):
        admin.made("/v3/apis", {"name": f"Existing {number}"})
    page = begin(console, "With an existing one")
    page.get_by_label("An API that is here already").check()
    create(page)
    expect(page.get_by_text("Choose an API, or another way")).to_be_visible()
    page.get_by_label("Search APIs by name").fill("existing 9")
    page.get_by_role("radio", name="Existing 9").check()
    console.check_accessible()
    create(page)
    expect_appearance(page)
    (publication,) = published(admin, portal_named(admin, "With an existing one"))
    assert admin.get(f"/v3/apis/{publication['api_id']}").json()["name"] == "Existing 9"
    console.check()


def test_what_cannot_be_parsed_says_where(console: Console) -> None:
    page = begin(console, "Unparsed")
    upload(page, b"openapi: 3.1.0\ninfo: [a\npaths: {}\n")
    expect(page.get_by_text("This file cannot be read as a specification")).to_contain_text("(line 3, column")
    upload(page, b"\x00\xff\xfe", "picture.png")
    expect(page.get_by_text("This file is no text in UTF-8.")).to_be_visible()
    drop(page, "new Uint8Array(8 * 1024 * 1024 + 1)")
    expect(page.get_by_text("This file has more than 8 MB")).to_be_visible()
    drop(page, "' '")
    expect(page.get_by_text("This file is empty.")).to_be_visible()
    create(page)
    expect(page.get_by_text("Choose a file, or another way")).to_be_visible()
    console.check_accessible()
    console.check()


def test_what_no_request_can_carry_goes_by_an_upload(console: Console) -> None:
    page = begin(console, "Heavy")
    noise = base64.b64encode(random.Random(1).randbytes(4_060_000)).decode()
    info = {"title": "Heavy", "version": "1", "description": noise}
    upload(page, json.dumps({"openapi": "3.1.0", "info": info, "paths": {}}).encode(), "heavy.json")
    expect(page.get_by_text("OpenAPI 3.1.0 · no operations")).to_be_visible()
    (foreign,) = (url for url in console.requests if not url.startswith(console.home))
    assert "/uploads/" in foreign
    assert page.evaluate("window.violations") == []
    assert console.errors == []


def test_a_name_that_is_taken_stands_at_the_name(console: Console, make_portal: Callable[..., Any]) -> None:
    make_portal(name="Taken")
    page = begin(console, "Taken")
    page.get_by_label("Not now").check()
    create(page)
    expect(page.get_by_text("A portal of this name exists already")).to_be_visible()
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    page.get_by_label("Name", exact=True).fill("Not taken")
    expect(page.get_by_text("A portal of this name exists already")).to_be_hidden()
    create(page)
    expect_appearance(page)


def test_after_a_failure_half_way_the_rest_is_made_and_nothing_twice(console: Console, admin: Client) -> None:
    """Of the API's creation the answer is lost once, then the publication fails."""
    page = begin(console, "Interrupted")
    upload(page, SMALL.replace(b"Parcels", b"Letters"))
    expect(page.get_by_label("API name")).to_have_value("Letters")

    def lose_answer(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/v3/apis", lose_answer, times=1)
    create(page)
    expect(page.get_by_text("This happened while making the API")).to_be_visible()
    expect(page.get_by_text("There is already: the portal “Interrupted”, its first pages.")).to_be_visible()
    expect(page.get_by_label("Name", exact=True)).to_be_disabled()
    console.check_accessible()

    page.route("**/publications/*", lambda route: route.abort(), times=1)
    page.get_by_role("button", name="Continue", exact=True).click()
    expect(page.get_by_text("This happened while making the publication")).to_be_visible()
    page.reload()
    expect(page.get_by_text("the API “Letters”")).to_be_visible()
    page.get_by_role("button", name="Continue", exact=True).click()
    expect_appearance(page)

    portal = portal_named(admin, "Interrupted")
    (api,) = admin.get("/v3/apis", query={"filter[name]": "Letters"}).json()["data"]
    assert [one["api_id"] for one in published(admin, portal)] == [api["id"]]


def test_what_was_typed_is_there_after_leaving(console: Console) -> None:
    page = begin(console, "Half typed")
    page.get_by_role("radio", name="Public").check()
    upload(page, SMALL)
    page.get_by_label("API name").fill("Renamed")
    page.get_by_role("link", name="Portals").first.click()
    page.get_by_role("link", name="New portal").click()
    expect(page.get_by_label("Name", exact=True)).to_have_value("Half typed")
    page.reload()
    expect(page.get_by_role("radio", name="Public")).to_be_checked()
    expect(page.get_by_label("API name")).to_have_value("Renamed")
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("link", name="New portal").click()
    expect(page.get_by_label("Name", exact=True)).to_have_value("")


def test_a_double_click_makes_one_portal(console: Console, admin: Client) -> None:
    page = begin(console, "Once")
    page.get_by_label("Not now").check()
    page.get_by_role("button", name="Create and continue").dblclick()
    expect_appearance(page)
    portal_named(admin, "Once")
