"""The API reference in Chromium, under the policy that the site sends."""

from __future__ import annotations

import json
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.reference.host import REFERENCE_POLICY, Answer, Host, as_json
from tests.browser.watched import Watched

_LISTED = '<ul class="ref-operations"><li class="ref-operation" id="op-list" %s>The operations</li></ul>'
_AWKWARD = [
    "discriminator-allof.yaml",
    "duplicate-operation-id.yaml",
    "empty-paths.yaml",
    "external-refs.yaml",
    "falsy-values.yaml",
    "hostile-text.yaml",
    "recursive-schema.yaml",
    "security-kinds.yaml",
    "swagger-2.json",
    "type-arrays-3.1.yaml",
    "unicode-tags.yaml",
    "webhooks-only-3.1.yaml",
    "yaml-dates-and-keys.yaml",
]


def show(
    watched: Watched,
    host: Host,
    document: str | dict[str, Any],
    *,
    fragment: str = "",
    settings: dict[str, bool] | None = None,
    public_url: str = "",
    listed: str = "",
    theme: str = "light",
    policy: str = REFERENCE_POLICY,
    kind: str = "application/json",
) -> Page:
    """Opens a reference page for a document and waits until it is shown, or has failed."""
    text = document if isinstance(document, str) else json.dumps(document)
    host.answers["/document"] = Answer(text, kind)
    url = host.put_page(
        "/apis/example/reference",
        '<main class="site-main"><div id="api-reference" data-spec-url="/document" '
        f'data-public-url="{public_url}" data-options="{escape(json.dumps(settings or {}))}">'
        f"{_LISTED % listed}</div></main>",
        reference=True,
        theme=theme,
        policy=policy,
    )
    watched.page.goto("about:blank")  # else another fragment of the same page would not load it again
    watched.page.goto(url + fragment)
    watched.page.wait_for_selector("#api-reference[data-state]")
    return watched.page


def assert_ready(page: Page) -> None:
    expect(page.locator("#api-reference")).to_have_attribute("data-state", "ready")
    expect(page.get_by_text("The operations", exact=True)).to_have_count(0)


def operation(**more: Any) -> dict[str, Any]:
    return {"responses": {"200": {"description": "Done"}}, **more}


PETS: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Pets", "version": "1.0.0"},
    "servers": [{"url": "https://pets.example.com/v1"}],
    "paths": {
        "/pets": {"get": operation(summary="List pets", operationId="listPets", tags=["Pets"])},
        "/owners": {"get": operation(summary="List owners", operationId="listOwners", tags=["Owners"])},
        "/secret": {"get": operation(summary="Inner life", tags=["Pets"], **{"x-internal": True})},
        "/old": {"get": operation(summary="Old ways", tags=["Pets"], deprecated=True)},
    },
    "components": {"schemas": {"Pet": {"type": "object", "properties": {"name": {"type": "string"}}}}},
}


def test_an_openapi_document_is_shown_without_the_asyncapi_code(
    watched: Watched, host: Host, specs: Path
) -> None:
    page = show(watched, host, as_json(specs / "service-catalog-openapi.yaml"))

    assert_ready(page)
    expect(page.get_by_role("button", name="Catalog Integrations", exact=True)).to_be_visible()
    expect(page.locator(".hljs-string").first).to_be_attached()
    watched.assert_clean()
    assert not [url for url in watched.requests if "asyncapi" in url]


@pytest.mark.parametrize(
    ("name", "operation", "text"),
    [
        ("streetlights-kafka-asyncapi.yml", "turnOn", "Command a particular streetlight"),
        ("simple-asyncapi.yml", "sendUserSignedup", "displayName"),
        ("kraken-websocket-asyncapi.yml", "receivePing", "Ping server to determine whether"),
    ],
)
def test_an_asyncapi_document_is_shown_without_eval(
    watched: Watched, host: Host, specs: Path, name: str, operation: str, text: str
) -> None:
    page = show(watched, host, as_json(specs / name), fragment=f"#/operation-{operation}")

    assert_ready(page)
    expect(page.get_by_role("heading", name=operation, exact=True).first).to_be_visible()
    expect(page.get_by_text(text).first).to_be_visible()
    watched.assert_clean()


@pytest.mark.parametrize("name", _AWKWARD)
def test_an_awkward_document_is_shown(watched: Watched, host: Host, specs: Path, name: str) -> None:
    text = as_json(specs / "awkward" / name)

    page = show(watched, host, text)

    assert_ready(page)
    expect(page.get_by_role("heading", name=json.loads(text)["info"]["title"]).first).to_be_visible()
    watched.assert_clean()


def test_operations_with_one_id_are_both_shown(watched: Watched, host: Host, specs: Path) -> None:
    text = as_json(specs / "awkward" / "duplicate-operation-id.yaml")

    page = show(watched, host, text, fragment="#/paths/two/get")

    assert_ready(page)
    expect(page.get_by_role("heading", name="Second of two")).to_be_in_viewport()
    expect(page.get_by_role("heading", name="First of two").first).to_be_attached()


def test_a_recursive_schema_is_shown_down_to_where_it_begins_again(
    watched: Watched, host: Host, specs: Path
) -> None:
    text = as_json(specs / "awkward" / "recursive-schema.yaml")

    page = show(watched, host, text, fragment="#/operations/createNode")

    assert_ready(page)
    expect(page.get_by_text("siblings").first).to_be_visible()
    expect(page.get_by_text("Recursive: see Node.").first).to_be_visible()


def test_hostile_text_has_no_effect(watched: Watched, host: Host, specs: Path) -> None:
    document = json.loads(as_json(specs / "awkward" / "hostile-text.yaml"))
    document["servers"].append({"url": "<img src=x onerror=window.pwned=1>"})
    document["paths"]["/x"]["get"]["description"] = "<img src=x onerror=window.pwned=1><style>*{}</style>"

    page = show(watched, host, document, fragment="#/paths/x/get")
    assert_ready(page)
    expect(page.get_by_role("heading", name="</title><svg onload=window.pwned=1>")).to_be_visible()
    page.locator("a[href^='javascript:']").first.evaluate("link => { link.target = ''; link.click() }")
    page.evaluate("new Promise(requestAnimationFrame)")

    assert page.evaluate("window.pwned") is None
    assert watched.foreign_requests == []


def test_references_that_multiply_are_cut(watched: Watched, host: Host) -> None:
    schemas: dict[str, Any] = {"Level0": {"type": "string"}}
    for level in range(1, 15):
        below = {"$ref": f"#/components/schemas/Level{level - 1}"}
        schemas[f"Level{level}"] = {"type": "object", "properties": {f"p{i}": below for i in range(10)}}
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Level14"}}}
    bomb = {**PETS, "components": {"schemas": schemas}}
    bomb["paths"] = {"/x": {"post": operation(requestBody={"content": content})}}

    page = show(watched, host, bomb, fragment="#/schemas/Level5")

    assert_ready(page)
    expect(page.get_by_text("Too large to be shown here.").first).to_be_visible()


def test_a_server_url_in_a_message_is_text(watched: Watched, host: Host) -> None:
    document = {**PETS, "servers": [{"url": "<b id=injected>x</b>"}]}

    page = show(watched, host, document, fragment="#/operations/listPets")

    expect(page.get_by_text("Invalid URL value").first).to_contain_text("<b id=injected>x</b>")
    expect(page.locator("#injected")).to_have_count(0)


def test_a_large_document_makes_a_small_page(watched: Watched, host: Host, specs: Path) -> None:
    page = show(watched, host, as_json(specs / "mesh-openapi-1MB.yaml"))

    assert_ready(page)
    assert page.evaluate("document.querySelectorAll('*').length") < 6000
    watched.assert_clean()


def test_yaml_is_read_as_well(watched: Watched, host: Host, specs: Path) -> None:
    text = (specs / "simple-asyncapi.yml").read_text()

    page = show(watched, host, text, kind="application/yaml")

    assert_ready(page)
    watched.assert_clean()


@pytest.mark.parametrize(
    "document", ["not a specification", '{"openapi": "3.1.0"', '{"info": {}}', '{"asyncapi": "9.0.0"}']
)
def test_what_cannot_be_read_leaves_the_listed_operations(
    watched: Watched, host: Host, document: str
) -> None:
    page = show(watched, host, document)

    expect(page.get_by_text("The operations", exact=True)).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text("could not be shown")


def test_a_missing_document_leaves_the_listed_operations(watched: Watched, host: Host) -> None:
    host.answers.pop("/document", None)
    url = host.put_page(
        "/apis/gone/reference",
        f'<div id="api-reference" data-spec-url="/gone">{_LISTED % ""}</div>',
        reference=True,
        policy=REFERENCE_POLICY,
    )

    watched.page.goto(url)

    expect(watched.page.get_by_text("The operations", exact=True)).to_be_visible()
    expect(watched.page.get_by_role("status")).to_contain_text("could not be shown")


def test_a_section_has_an_address(watched: Watched, host: Host) -> None:
    page = show(watched, host, PETS, fragment="#/operations/listOwners")
    assert_ready(page)
    expect(page.get_by_role("heading", name="List owners")).to_be_in_viewport()

    page.get_by_role("button", name="Pets").click()
    page.get_by_role("link", name="List pets").click()
    expect(page).to_have_url(host.address + "/apis/example/reference#/operations/listPets")
    expect(page.get_by_role("heading", name="List pets")).to_be_in_viewport()

    page.go_back()
    expect(page.get_by_role("link", name="List owners")).to_have_class("active")


def test_an_unknown_address_shows_the_overview(watched: Watched, host: Host, specs: Path) -> None:
    page = show(watched, host, as_json(specs / "simple-asyncapi.yml"), fragment="#/operation-unknown")

    assert_ready(page)
    expect(page.get_by_role("heading", name="Account Service")).to_be_in_viewport()


def test_a_link_to_a_listed_operation_opens_its_section(watched: Watched, host: Host) -> None:
    listed = 'data-method="get" data-path="/owners"'

    page = show(watched, host, PETS, fragment="#op-list", listed=listed, settings={"infinite_scroll": False})

    expect(page.get_by_role("heading", name="List owners")).to_be_visible()


def test_each_setting_of_a_portal_is_followed(watched: Watched, host: Host) -> None:
    def shown(**settings: bool) -> Page:
        page = show(
            watched, host, PETS, settings=settings, public_url="https://x.example/pets.json", fragment="#/"
        )
        assert_ready(page)
        return page

    def contents(page: Page) -> str:
        return page.locator(".table-of-contents").text_content() or ""

    page = shown()
    assert all(word in contents(page) for word in ("Schemas", "Inner life", "Old ways"))
    expect(page.get_by_role("button", name="Add custom URL")).to_be_visible()
    expect(page.get_by_role("button", name="Try It!").first).to_be_attached()
    expect(page.locator("[data-testid^=tryit-dropdown]").first).to_be_attached()
    expect(page.get_by_role("heading", name="List pets")).to_be_attached()

    assert "Schemas" not in contents(shown(show_schemas=False))
    assert "Inner life" not in contents(shown(hide_internal=True))
    assert "Old ways" not in contents(shown(hide_deprecated=True))
    expect(shown(allow_custom_server_urls=False).get_by_role("button", name="Add custom URL")).to_have_count(
        0
    )
    expect(shown(try_it_insomnia=False).locator("[data-testid^=tryit-dropdown]")).to_have_count(0)
    expect(shown(try_it_ui=False, try_it_insomnia=False).get_by_role("button", name="Try It!")).to_have_count(
        0
    )
    page = shown(infinite_scroll=False)
    expect(page.get_by_role("heading", name="List pets")).to_have_count(0)
    page.get_by_role("button", name="Pets").click()
    page.get_by_role("link", name="Inner life").click()
    expect(page.get_by_role("heading", name="Inner life")).to_be_visible()


def test_groups_of_tags_order_the_contents(watched: Watched, host: Host) -> None:
    groups = [{"name": "People", "tags": ["Owners"]}, {"name": "Nobody", "tags": ["Unknown"]}]

    page = show(watched, host, {**PETS, "x-tagGroups": groups})

    assert_ready(page)
    names = page.locator(".table-of-contents button:visible").all_text_contents()
    assert [name.strip() for name in names] == ["Endpoints", "People", "Owners", "Pets", "Schemas"]


@pytest.fixture
def tried(watched: Watched, host: Host) -> Callable[[Answer], Locator]:
    """Tries an operation at a server on another origin that answers so, and returns what is shown of it."""

    def send(answer: Answer) -> Locator:
        server = host.address.replace("127.0.0.1", "localhost")
        answer.headers = {"access-control-allow-origin": "*", "access-control-allow-headers": "*"}
        host.answers["/api/pets"] = answer
        page = show(
            watched,
            host,
            {**PETS, "servers": [{"url": f"{server}/api"}]},
            fragment="#/operations/listPets",
            policy=REFERENCE_POLICY.replace("connect-src 'self'", f"connect-src 'self' {server}"),
            settings={"infinite_scroll": False},
        )
        page.get_by_role("button", name="Try It!").click()
        return page.locator("[data-testid^=tryit-response]")

    return send


def test_an_operation_is_tried_at_a_server_that_the_policy_allows(
    watched: Watched, host: Host, tried: Callable[[Answer], Locator]
) -> None:
    shown = tried(Answer('{"name": "<img src=x>Rex"}', "application/json"))

    expect(shown).to_contain_text('"<img src=x>Rex"')
    assert watched.violations == []
    assert watched.foreign_requests == [host.address.replace("127.0.0.1", "localhost") + "/api/pets"]


def test_an_image_that_an_operation_answers_is_shown(
    watched: Watched, tried: Callable[[Answer], Locator]
) -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20"/>'

    image = tried(Answer(svg, "image/svg+xml")).locator("img")

    expect(image).to_be_visible()
    assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    assert watched.violations == []


@pytest.mark.parametrize(
    ("theme", "dark"), [("light", False), ("dark", True), ("system", True)]
)  # the browser of the tests prefers dark
def test_the_reference_follows_the_theme(watched: Watched, host: Host, theme: str, dark: bool) -> None:
    page = show(watched, host, PETS, theme=theme)
    assert_ready(page)

    red = page.get_by_role("heading", name="Pets").first.evaluate(
        "heading => Number(getComputedStyle(heading).color.match(/\\d+/)[0])"
    )

    assert (red > 128) is dark


def test_a_phone_has_the_contents_behind_a_button(watched: Watched, host: Host) -> None:
    watched.page.set_viewport_size({"width": 390, "height": 800})
    page = show(watched, host, PETS)
    assert_ready(page)
    link = page.get_by_role("link", name="List owners")
    expect(link).to_be_hidden()

    page.get_by_role("button", name="Contents").click()
    page.get_by_role("button", name="Owners").click()
    link.click()

    expect(link).to_be_hidden()
    expect(page.get_by_role("heading", name="List owners")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
