"""An API's pages: overview, documents, reference, download."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.client import Client
from tests.contract.site.making import SPEC, SVG, Maker, done, meta, title

YAML = "openapi: 3.0.0\n# kept\ninfo: {title: Pets, version: 1.10}\npaths: {}\n"


@pytest.fixture
def pets(site: Maker) -> Any:
    """A public API with a specification."""
    return site.api(
        f"Pets {site.portal['id']}",
        SPEC,
        slug=f"pets-{site.portal['id'][:8]}",
        description="Everything about *pets*.",
        attributes={"sub-domain": ["animals", "food"]},
    )


def path(api: Any) -> str:
    return f"/apis/{api['slug']}"


def test_the_overview_tells_what_an_api_is(site: Maker, pets: Any) -> None:
    site.document(pets, "# Feeding", slug="feeding")
    done(site.admin.put(f"/v3/apis/{pets['id']}/images/icon", {"data": SVG}))

    html = site.visitor.get(path(pets)).text

    assert title(html) == f"{pets['name']} | Example Portal"
    assert meta(html, "description") == ["Everything about *pets*."]
    assert re.search(r'<img class="api-icon" src="/_media/[\w-]+"', html)
    assert "Sub domain" in html
    assert ">animals</li>" in html
    assert "https://pets.example.com/v1" in html
    assert f'href="{path(pets)}/docs/feeding"' in html
    assert f'href="{path(pets)}/reference/1.0.0"' in html
    assert f'href="{path(pets)}/reference/1.0.0/download" download' in html
    assert re.findall(r"<td[^>]*>(.*?)</td>", html)[:2] == ["OpenAPI 3", "1"]


def test_an_api_without_anything_has_an_overview(site: Maker) -> None:
    api = site.api(f"Bare {site.portal['id']}")

    html = site.visitor.get(path(api)).text

    assert "No version has been added yet." in html
    assert "api-tabs" not in html
    for missing in ("/docs", "/docs/x", "/reference", "/reference/1", "/x", "/docs.md"):
        assert site.visitor.get(path(api) + missing).status == 404, missing


def test_documents_have_addresses_and_neighbours(site: Maker, pets: Any) -> None:
    first = site.document(pets, "# First", slug="first")
    site.document(pets, "# Inner\n\n## A\n\n## B", slug="inner", parent_document_id=first["id"])
    site.document(pets, "No heading", slug="last", title="The last")
    site.document(pets, "# Draft", slug="draft", status="unpublished")

    reply = site.visitor.get(f"{path(pets)}/docs")
    assert (reply.status, reply.headers["location"]) == (302, f"{path(pets)}/docs/first")

    html = site.visitor.get(f"{path(pets)}/docs/first/inner").text
    assert title(html) == f"Inner · {pets['name']} | Example Portal"
    assert f'<a href="{path(pets)}/docs/first" rel="prev">' in html
    assert f'<a href="{path(pets)}/docs/last" rel="next">' in html
    assert f'<a href="{path(pets)}/docs/first/inner" aria-current="page">' in html
    assert 'href="#a"' in html
    assert "Draft" not in html
    assert "<h1>The last</h1>" in site.visitor.get(f"{path(pets)}/docs/last").text
    assert site.visitor.get(f"{path(pets)}/docs/draft").status == 404
    assert site.visitor.get(f"{path(pets)}/docs/inner").status == 404


def test_a_document_is_given_as_markdown(site: Maker, pets: Any) -> None:
    site.document(pets, "---\ntitle: Feeding\n---\n# Feeding\n\nTwice *a day*.", slug="feeding")

    reply = site.visitor.get(f"{path(pets)}/docs/feeding.md")

    assert reply.text == "# Feeding\n\nTwice *a day*.\n"


def test_overview_and_reference_are_given_as_markdown(site: Maker, pets: Any) -> None:
    overview = site.visitor.get(f"{path(pets)}.md").text
    assert f"[reference]({path(pets)}/reference/1.0.0)" in overview

    reference = site.visitor.get(f"{path(pets)}/reference/1.0.0.md").text
    assert "### GET /pets" in reference
    assert "- kind (query): string" in reference


def test_versions_are_chosen(site: Maker, pets: Any) -> None:
    for version in ("2.0.0", "2.0.0-beta.1", "10.1"):
        body = {"version": version, "spec": {"content": json.dumps({**SPEC, "info": {"title": version}})}}
        site.admin.made(f"/v3/apis/{pets['id']}/versions", body)

    html = site.visitor.get(f"{path(pets)}/reference").text
    options = re.findall(r'<option value="([\w-]+)"( selected)?>(.*?)</option>', html)
    assert [name for _, _, name in options] == ["10.1", "2.0.0", "2.0.0-beta.1", "1.0.0 (current)"]
    assert [name for _, selected, name in options if selected] == ["1.0.0 (current)"]
    reply = site.visitor.get(f"{path(pets)}/reference?version={options[1][0]}")
    assert (reply.status, reply.headers["location"]) == (302, f"{path(pets)}/reference/2.0.0")
    assert site.visitor.get(f"{path(pets)}/reference?version=none").status == 404
    assert site.visitor.get(f"{path(pets)}/reference/9.9").status == 404


@pytest.mark.parametrize("version", ["v 2", "2/3", "../1", "ä", "?", "#", "%2f", "<b>"])
def test_a_version_of_any_name_has_an_address(site: Maker, pets: Any, version: str) -> None:
    body = {"version": version, "spec": {"content": YAML}}
    made = site.admin.made(f"/v3/apis/{pets['id']}/versions", body)

    html = site.visitor.get(path(pets)).text
    found = re.findall(rf'<a href="({re.escape(path(pets))}/reference/[^"/]*)">', html)
    replies = [site.visitor.get(href) for href in found]

    assert [reply.status for reply in replies] == [200, 200]
    assert any(made["id"] in href for href in found) == (version != "ä")


@pytest.mark.parametrize(
    ("text", "media_type", "ending"),
    [
        (YAML, "application/yaml", "yaml"),
        (json.dumps(SPEC, indent=3) + "\n\n", "application/json", "json"),
        ("\ufeff" + json.dumps(SPEC), "application/json", "json"),
    ],
)
def test_a_download_is_what_was_sent_byte_for_byte(
    site: Maker, text: str, media_type: str, ending: str
) -> None:
    api = site.api(f"Sent {site.portal['id']}", text)

    reply = site.visitor.get(f"{path(api)}/reference/{api['version']}/download")

    assert reply.body == text.encode()
    assert reply.headers["content-type"] == media_type
    assert reply.headers["content-disposition"].startswith("attachment;")
    assert reply.headers["content-disposition"].endswith(f".{ending}")
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert site.visitor.get(f"{path(api)}/reference/{api['version']}/document.json").json()


def test_the_reference_lists_every_operation_without_script(site: Maker, pets: Any) -> None:
    html = site.visitor.get(f"{path(pets)}/reference").text

    assert 'id="get-pets" data-method="get" data-path="/pets"' in html
    assert "List pets" in html
    assert "<code>kind</code>" in html
    root = re.search(r'<div id="api-reference" ([^>]*)>', html)
    assert root
    assert f'data-spec-url="{path(pets)}/reference/1.0.0/document.json"' in root[1]
    base = f"http://{site.portal['default_domain']}"
    assert f'data-public-url="{base}{path(pets)}/reference/1.0.0/download"' in root[1]


def test_switches_of_the_reference_are_followed(site: Maker) -> None:
    operation = {"responses": {"200": {"description": "Done"}}}
    spec = {
        **SPEC,
        "paths": {
            "/open": {"get": operation},
            "/inner": {"get": {**operation, "x-internal": True}},
            "/old": {"get": {**operation, "deprecated": True}},
        },
        "components": {"schemas": {"Pet": {"type": "object"}}},
    }
    api = site.api(f"Switched {site.portal['id']}", spec)
    here = f"{path(api)}/reference/1.0.0"

    def shown(**switches: bool) -> tuple[str, str, str]:
        site.customize(spec_renderer=switches)
        page = site.visitor.get(here)
        document = site.visitor.get(f"{here}/document.json").text
        return page.text, document, page.headers["content-security-policy"]

    html, document, policy = shown(hide_internal=False, hide_deprecated=False, show_schemas=True)
    assert all(text in html for text in ("/open", "/inner", "/old", 'id="schema-Pet"'))
    assert "/inner" in document
    html, document, _ = shown(hide_internal=True, hide_deprecated=True, show_schemas=False)
    assert not [text for text in ('data-path="/inner"', 'data-path="/old"', "schema-Pet") if text in html]
    assert "x-internal" not in document
    assert "&#34;hide_internal&#34;: true" in html
    # what was sent stays whole
    assert "x-internal" in site.visitor.get(f"{here}/download").text

    assert "connect-src 'self' https:;" in policy
    assert "connect-src 'self' https://pets.example.com;" in shown(allow_custom_server_urls=False)[2]
    assert "connect-src 'self';" in shown(try_it_ui=False)[2]


def test_a_private_api_is_for_developers(guarded: Maker, signed_in: Callable[[Maker], Client]) -> None:
    api = guarded.api(f"Closed {guarded.portal['id']}", SPEC, visibility="private")
    guarded.document(api, "# Closed", slug="closed")
    paths = [path(api) + end for end in ("", "/docs/closed", "/reference", "/reference/1.0.0/download")]
    missing = guarded.visitor.get("/apis/missing")
    for closed in paths:
        reply = guarded.visitor.get(closed)
        assert (reply.status, reply.body) == (404, missing.body), closed

    developer = signed_in(guarded)

    for closed in paths:
        reply = developer.get(closed)
        assert reply.status == 200, closed
        assert reply.headers["cache-control"] == "private, no-store", closed
    assert "data-public-url" not in developer.get(paths[2]).text


def test_an_unpublished_api_is_missing_by_whatever_name(site: Maker) -> None:
    api = site.api(f"Unpublished {site.portal['id']}", SPEC, visibility=None)

    for name in (api["slug"], api["id"], api["slug"].upper()):
        assert site.visitor.get(f"/apis/{name}").status == 404


def test_only_pages_of_the_reference_load_its_script(site: Maker, pets: Any) -> None:
    def scripts(address: str) -> list[str]:
        return re.findall(r'<script type="module" src="/_assets/(\w+)-', site.visitor.get(address).text)

    assert scripts(path(pets)) == ["site"]
    assert scripts("/") == ["site"]
    assert scripts(f"{path(pets)}/reference") == ["site", "reference"]
