"""/v3/portals/{portalId}/default-content over HTTP, and the texts it brings."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from chalicelib.content.default import service
from chalicelib.site.mdc import Context, render, snippet_names
from tests.client import Client

TEXTS = Path(service.__file__).parent
PATHS = [f"/{path}" for path in service.PAGES]
ALL = sorted(TEXTS.rglob("*.md"))


@pytest.fixture
def here(portal: Any) -> str:
    return f"/v3/portals/{portal['id']}"


def outline(client: Client, here: str) -> Any:
    def short(entries: Any) -> Any:
        return [[one["slug"], short(one["children"])] if one["children"] else one["slug"] for one in entries]

    return short(client.get(f"{here}/pages").json()["data"])


def test_an_empty_portal_gets_pages_snippets_and_menus(admin: Client, here: str) -> None:
    reply = admin.post(f"{here}/default-content")
    assert reply.status == 201
    assert reply.json() == {"pages": PATHS, "snippets": list(service.SNIPPETS)}
    assert outline(admin, here) == [
        "home",
        "apis",
        "getting-started",
        ["guides", ["document-apis", ["publish-apis", ["versioning"]]]],
    ]
    names = {one["name"] for one in admin.get(f"{here}/snippets").json()["data"]}
    assert names == set(service.SNIPPETS)
    customization = admin.get(f"{here}/customization").json()
    assert customization == {
        "theme": {"mode": "light"},
        "layout": "topnav",
        "menu": {
            "main": [
                {"path": path, "title": title, "visibility": "private", "external": False}
                for title, path in service.MENU
            ]
        },
    }


def test_it_is_published_and_as_visible_as_the_portals_pages(
    admin: Client, make_portal: Callable[..., Any], visitor: Callable[[Any], Client]
) -> None:
    for visibility, shown in (("public", 200), ("private", 404)):
        portal = make_portal(default_page_visibility=visibility)
        here = f"/v3/portals/{portal['id']}"
        admin.made(f"{here}/default-content", None)
        entries = admin.get(f"{here}/snippets").json()["data"] + admin.get(f"{here}/pages").json()["data"]
        assert {(one["visibility"], one["status"]) for one in entries} == {(visibility, "published")}
        menu = admin.get(f"{here}/customization").json()["menu"]["main"]
        assert {item["visibility"] for item in menu} == {visibility}
        anyone = visitor(portal)
        assert anyone.get("/api/v3/pages/%2F").status == shown
        assert anyone.get("/api/v3/pages/%2Fguides%2Fpublish-apis%2Fversioning").status == shown
        assert anyone.get("/api/v3/snippets/support-note").status == shown


def test_a_second_time_there_is_nothing_to_do(admin: Client, here: str) -> None:
    admin.made(f"{here}/default-content", None)
    before = admin.get(f"{here}/pages").json(), admin.get(f"{here}/snippets").json()
    assert admin.made(f"{here}/default-content", None) == {"pages": [], "snippets": []}
    assert (admin.get(f"{here}/pages").json(), admin.get(f"{here}/snippets").json()) == before


def test_what_is_there_stays_as_it_is(admin: Client, here: str) -> None:
    home = admin.made(f"{here}/pages", {"slug": "/", "content": "My home"})
    guides = admin.made(f"{here}/pages", {"slug": "/guides", "content": "My guides", "title": "Mine"})
    admin.made(f"{here}/snippets", {"name": "support-note", "content": "Mine"})
    customization = {"theme": {"mode": "dark"}, "menu": {"main": []}}
    admin.put(f"{here}/customization", customization)
    made = admin.made(f"{here}/default-content", None)
    assert made["pages"] == [path for path in PATHS if path not in ("/home", "/guides")]
    assert made["snippets"] == [name for name in service.SNIPPETS if name != "support-note"]
    assert admin.get(f"{here}/pages/{home['id']}").json() == home
    assert admin.get(f"{here}/pages/{guides['id']}").json() == guides
    assert outline(admin, here)[:2] == ["/", ["/guides", ["document-apis", ["publish-apis", ["versioning"]]]]]
    assert admin.get(f"{here}/customization").json() == {**customization, "layout": "topnav"}


def test_a_page_that_was_deleted_comes_back(admin: Client, here: str) -> None:
    admin.made(f"{here}/default-content", None)
    (found,) = admin.get(f"{here}/pages", query={"filter[slug]": "publish-apis"}).json()["data"]
    assert admin.delete(f"{here}/pages/{found['id']}").status == 204
    again = admin.made(f"{here}/default-content", None)
    assert again == {"pages": ["/guides/publish-apis", "/guides/publish-apis/versioning"], "snippets": []}


def test_those_who_ask_at_once_make_it_once(admin: Client, here: str) -> None:
    with ThreadPoolExecutor(3) as pool:
        made = list(pool.map(lambda _: admin.made(f"{here}/default-content", None), range(3)))
    assert sorted(path for one in made for path in one["pages"]) == sorted(PATHS)
    assert sorted(name for one in made for name in one["snippets"]) == sorted(service.SNIPPETS)


def test_a_repeated_request_is_answered_by_what_is_there(admin: Client, here: str) -> None:
    key = {"Idempotency-Key": str(uuid.uuid4())}
    assert admin.made(f"{here}/default-content", None, headers=key)["pages"] == PATHS
    assert admin.made(f"{here}/default-content", None, headers=key)["pages"] == []


def test_only_those_who_edit_content_may(as_role: Callable[[str], Client], admin: Client, here: str) -> None:
    assert as_role("viewer").post(f"{here}/default-content").status == 403
    assert as_role("content_editor").post(f"{here}/default-content").status == 201
    assert Client(admin.port).post(f"{here}/default-content").status == 401
    assert admin.post(f"/v3/portals/{uuid.uuid4()}/default-content").status == 404


# the texts


def _snippet(name: str) -> str | None:
    path = TEXTS / "snippets" / f"{name}.md"
    return path.read_text() if path.exists() else None


def test_every_text_is_used() -> None:
    named = [*(f"pages/{path}.md" for path in service.PAGES), *(f"snippets/{n}.md" for n in service.SNIPPETS)]
    assert sorted(str(path.relative_to(TEXTS)) for path in ALL) == sorted(named)
    referred = {name for path in ALL for name in snippet_names(path.read_text())}
    assert referred == set(service.SNIPPETS)


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
def test_a_text_renders_without_a_problem(path: Path) -> None:
    result = render(
        path.read_text(), Context(snippet=_snippet, data={"portal": {"name": "Acme"}, "page": {}})
    )
    assert result.problems == ()
    assert "{{" not in re.sub(r"<pre.*?</pre>", "", result.html, flags=re.DOTALL)
    assert result.front_matter["title"]
    assert result.front_matter["description"]


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
def test_its_links_lead_somewhere(path: Path) -> None:
    html = render(path.read_text(), Context(snippet=_snippet)).html
    for href in re.findall(r'href="(/[^"]*)"', html):
        assert href in PATHS, href
