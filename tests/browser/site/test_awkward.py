"""Documents of kinds that have broken portals: right on their pages, in the search, in the download."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.watched import Watched
from tests.client import Client

Visit = Callable[[str], Watched]

#: file → what of it is to be read without script
DOCUMENTS = {
    "discriminator-allof.yaml": ["/pets", "Pet", "Cat", "claws", "Dog", "bark"],
    "duplicate-operation-id.yaml": ["/one", "/two", "First of two", "Second of two"],
    "empty-paths.yaml": ["No operation has been described yet.", "no operation so far"],
    "external-refs.yaml": ["/a", "/b", "/c", "passwd"],
    "falsy-values.yaml": ["Default 0", "At least 0", "Default false", 'Default ""', "Default []"],
    "hostile-text.yaml": ["</title><svg onload=window.pwned=1>", "/x", "<img src=x onerror=window.pwned=1>"],
    "recursive-schema.yaml": ["Create a node", "siblings", "array of Node"],
    "security-kinds.yaml": [
        "Authentication: Certificate",
        "Authentication: OpenId",
        "Authentication: Key and Bearer",
        "Client certificate (mutual TLS)",
        "API key in header x-api-key",
    ],
    "swagger-2.json": ["/files", "file", "array of integer", "https://api.example.com/v1"],
    "type-arrays-3.1.yaml": ["string or null", "integer or string", "Greater than 0", 'Always "open"'],
    "unicode-tags.yaml": ["주문 조회", "/주문/{번호}", "주문 관리", "상품"],
    "webhooks-only-3.1.yaml": ["orderShipped", "An order left the warehouse", "string (uuid)"],
    "yaml-dates-and-keys.yaml": ["1999-12-31", '"NO"', '"on"', '"2024-02-29": 1'],
}


@pytest.fixture(scope="package")
def awkward(portals: dict[str, str], server: int, specs: Path) -> dict[str, Any]:
    """The documents as APIs of a portal of their own; under "" the portal's origin."""
    from tests.conftest import TOKEN

    admin = Client(server, token=TOKEN)
    portal = admin.made("/v3/portals", {"name": "awkward", "authentication_enabled": False})
    apis: dict[str, Any] = {"": f"http://{portal['default_domain']}"}
    for name in DOCUMENTS:
        text = (specs / "awkward" / name).read_bytes().decode()
        title = json.loads(_json(text))["info"]["title"]
        apis[name] = admin.made("/v3/apis", {"name": title, "spec_content": text})
        path = f"/v3/apis/{apis[name]['id']}/publications/{portal['id']}"
        assert admin.put(path, {"visibility": "public", "auth_strategy_ids": None}).status == 200
    return apis


def _json(text: str) -> str:
    from chalicelib.catalog import specification

    return specification.as_json(specification.parse(text))


def address(awkward: dict[str, Any], name: str) -> str:
    return f"{awkward['']}/apis/{awkward[name]['slug']}"


def open_all(page: Page) -> None:
    """Opens all details, as a visitor would by hand."""
    for summary in page.locator("details > summary").all():
        summary.click()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_is_read_without_script(
    scriptless: BrowserContext, awkward: dict[str, Any], name: str
) -> None:
    page = scriptless.new_page()
    page.goto(f"{address(awkward, name)}/reference")
    open_all(page)

    text = page.get_by_role("main").inner_text()

    assert [wanted for wanted in DOCUMENTS[name] if wanted not in text] == []
    page.close()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_is_shown_by_script(visit: Visit, awkward: dict[str, Any], name: str) -> None:
    watched = visit(f"{address(awkward, name)}/reference")

    expect(watched.page.locator("#api-reference")).to_have_attribute("data-state", "ready")
    shown = watched.page.locator("#api-reference")
    expect(shown.get_by_role("heading", name=awkward[name]["name"], exact=True).first).to_be_visible()
    assert watched.page.evaluate("window.pwned") is None
    watched.assert_clean()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_is_found_by_its_name(
    scriptless: BrowserContext, awkward: dict[str, Any], name: str
) -> None:
    page = scriptless.new_page()
    page.goto(f"{awkward['']}/apis")

    page.get_by_role("searchbox").fill(awkward[name]["name"])
    page.get_by_role("button", name="Search").click()

    expect(page.locator(".api-card-title")).to_have_text([awkward[name]["name"]])
    page.locator(".api-card-title a").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(awkward[name]["name"])
    page.close()


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_is_downloaded_byte_for_byte(
    awkward: dict[str, Any], specs: Path, management: Client, name: str
) -> None:
    visitor = management.at(awkward[""].partition("//")[2])
    version = management.get(f"/v3/apis/{awkward[name]['id']}/versions").json()["data"][0]

    reply = visitor.get(f"/apis/{awkward[name]['slug']}/reference/{version['id']}/download")

    assert reply.body == (specs / "awkward" / name).read_bytes()


def test_hostile_text_has_no_effect_wherever_it_is_followed(visit: Visit, awkward: dict[str, Any]) -> None:
    watched = visit(f"{address(awkward, 'hostile-text.yaml')}/reference")
    page = watched.page
    contents = page.locator(".table-of-contents")
    contents.get_by_role("link", name="svg onload").click()
    page.evaluate("new Promise(requestAnimationFrame)")

    links = page.eval_on_selector_all("a[href]", "links => links.map((link) => link.href)")
    assert [link for link in links if link.startswith("javascript:")] == []
    expect(page.get_by_role("heading", name="</title><svg onload=window.pwned=1>").first).to_be_visible()
    titles = page.locator("h1, h2, h3, nav, .default-markdown").all_inner_texts()
    assert [title for title in titles if "&lt;" in title] == []
    for path in ("", "/reference"):
        watched = visit(address(awkward, "hostile-text.yaml") + path)
        assert watched.page.evaluate("window.pwned") is None
        watched.assert_clean()


def test_both_operations_of_one_id_are_reached(visit: Visit, awkward: dict[str, Any]) -> None:
    page = visit(f"{address(awkward, 'duplicate-operation-id.yaml')}/reference").page

    contents = page.locator(".table-of-contents")
    contents.get_by_role("button", name="B").click()
    for text in ("First of two", "Second of two"):
        contents.get_by_role("link", name=text).click()
        expect(page.get_by_role("heading", name=text).first).to_be_in_viewport()


def test_a_document_that_explodes_is_refused(management: Client, specs: Path) -> None:
    text = (specs / "awkward" / "alias-bomb.yaml").read_text()

    reply = management.post("/v3/apis", {"name": "bomb", "spec_content": text})

    assert reply.status == 400
