"""/api/v3/pages and /api/v3/snippets: what a visitor and a developer of a portal read."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import pytest

from chalicelib.access import sessions
from chalicelib.access.principal import Developer
from chalicelib.storage import blobs
from tests.client import Client

PUBLIC = {"visibility": "public", "status": "published"}
PRIVATE = {"visibility": "private", "status": "published"}
HIDDEN = {"visibility": "public", "status": "unpublished"}


@pytest.fixture
def make(admin: Client, portal: Any) -> Callable[..., Any]:
    """Makes a page; the parent is a page."""

    def make(slug: str, parent: Any = None, **members: Any) -> Any:
        body = {"slug": slug, "content": f"# {slug}", **members}
        if parent is not None:
            body["parent_page_id"] = parent["id"]
        return admin.made(f"/v3/portals/{portal['id']}/pages", body)

    return make


@pytest.fixture
def snippet(admin: Client, portal: Any) -> Callable[..., Any]:
    path = f"/v3/portals/{portal['id']}/snippets"
    return lambda name, **members: admin.made(path, {"name": name, "content": f"# {name}", **members})


@pytest.fixture
def anyone(visitor: Callable[[Any], Client], portal: Any) -> Client:
    return visitor(portal)


@pytest.fixture
def developer(anyone: Client, portal: Any, monkeypatch: pytest.MonkeyPatch) -> Client:
    """An approved developer: whoever sends a cookie, as long as these tests have no sessions to log in to."""
    known = Developer(id=str(uuid.uuid4()), portal_id=portal["id"])
    anonymous = sessions.authenticate

    def authenticate(portal_id: str, cookie_header: str, *, refuse: bool) -> Any:
        return known if cookie_header else anonymous(portal_id, cookie_header, refuse=refuse)

    monkeypatch.setattr(sessions, "authenticate", authenticate)

    class Known(Client):
        def request(self, method: str, path: str, body: Any = None, **more: Any) -> Any:
            return super().request(
                method, path, body, **{**more, "headers": {"Cookie": "portalaccesstoken=x"}}
            )

    return Known(anyone.port, anyone.host)


def outline(client: Client, **query: Any) -> Any:
    def short(entries: Any) -> Any:
        return [[one["slug"], short(one["children"])] if one["children"] else one["slug"] for one in entries]

    reply = client.get("/api/v3/pages", query=query)
    assert reply.status == 200, reply.text
    return short(reply.json()["data"])


def status(client: Client, path: str) -> int:
    return client.get(f"/api/v3/pages/{quote(path, safe='')}").status


def test_a_visitor_reads_what_is_public_and_published(make: Callable[..., Any], anyone: Client) -> None:
    page = make("/about", **PUBLIC, description="About us")
    reply = anyone.get("/api/v3/pages/%2Fabout")
    assert reply.json() == {name: value for name, value in page.items() if name != "status"}
    entry = {name: value for name, value in page.items() if name not in ("status", "content")}
    assert anyone.get("/api/v3/pages").json() == {"data": [{**entry, "children": []}]}


def test_what_is_hidden_is_nowhere_for_a_visitor(
    make: Callable[..., Any], anyone: Client, developer: Client
) -> None:
    make("open", **PUBLIC)
    make("private", **PRIVATE)
    make("draft", **HIDDEN)
    make("both", visibility="private", status="unpublished")
    assert outline(anyone) == ["open"]
    assert outline(developer) == ["open", "private"]
    for path, visitor, known in [
        ("open", 200, 200),
        ("private", 404, 200),
        ("draft", 404, 404),
        ("both", 404, 404),
        ("none", 404, 404),
    ]:
        assert (status(anyone, path), status(developer, path)) == (visitor, known), path


def test_an_unpublished_page_hides_all_below_it(
    admin: Client, portal: Any, make: Callable[..., Any], anyone: Client, developer: Client
) -> None:
    top = make("top", **HIDDEN)
    low = make("low", make("middle", top, **PUBLIC), **PUBLIC)
    for client in (anyone, developer):
        assert outline(client) == []
        assert status(client, "top/middle/low") == status(client, "top/middle") == 404
    admin.patch(f"/v3/portals/{portal['id']}/pages/{top['id']}", {"status": "published"})
    assert outline(anyone) == [["top", [["middle", ["low"]]]]]
    found = anyone.get("/api/v3/pages/%2Ftop%2Fmiddle%2Flow").json()
    assert found["content"] == low["content"]


def test_a_public_page_below_a_private_one_is_read_and_listed_at_the_top(
    make: Callable[..., Any], anyone: Client, developer: Client
) -> None:
    top = make("top", **PUBLIC)
    private = make("private", top, **PRIVATE)
    low = make("low", private, **PUBLIC)
    make("lowest", low, **PUBLIC)
    assert outline(anyone) == [["top", [["low", ["lowest"]]]]]
    assert outline(developer) == [["top", [["private", [["low", ["lowest"]]]]]]]
    listed = anyone.get("/api/v3/pages").json()["data"][0]["children"][0]
    page = anyone.get("/api/v3/pages/top%2Fprivate%2Flow").json()
    assert listed["parent_page_id"] == page["parent_page_id"] == top["id"]
    assert private["id"] not in anyone.get("/api/v3/pages").text + str(page)
    assert developer.get("/api/v3/pages/top%2Fprivate%2Flow").json()["parent_page_id"] == private["id"]


def test_a_portal_without_authentication_shows_nothing_private(
    admin: Client, portal: Any, make: Callable[..., Any], developer: Client
) -> None:
    make("private", **PRIVATE)
    assert outline(developer) == ["private"]
    admin.patch(f"/v3/portals/{portal['id']}", {"authentication_enabled": False})
    assert outline(developer) == []
    assert status(developer, "private") == 404


@pytest.mark.parametrize("slug", ["/", "home", "/home"])
def test_home_answers_to_both_its_names(make: Callable[..., Any], anyone: Client, slug: str) -> None:
    page = make(slug, **PUBLIC)
    for path in ("%2F", "home", "%2Fhome", "home%2F"):
        assert anyone.get(f"/api/v3/pages/{path}").json()["id"] == page["id"]


def test_a_path_is_decoded_once(make: Callable[..., Any], anyone: Client) -> None:
    page = make("한국 어", make("100%25", **PUBLIC), **PUBLIC)
    for path in ("/100%25/한국 어", "100%25/한국 어/"):
        assert anyone.get(f"/api/v3/pages/{quote(path, safe='')}").json()["id"] == page["id"]
    assert status(anyone, "100%/한국 어") == 404


def test_the_tree_is_filtered_and_sorted(make: Callable[..., Any], anyone: Client, developer: Client) -> None:
    guides = make("/guides", **PUBLIC, title="Guides")
    make("second", guides, **PUBLIC, title="A guide")
    make("first", guides, **PRIVATE, title="Private guide")
    make("apis", **PUBLIC, title="APIs")
    assert outline(anyone, sort="slug") == ["apis", ["/guides", ["second"]]]
    assert outline(developer, sort="title desc") == [["/guides", ["first", "second"]], "apis"]
    assert outline(anyone, **{"filter[title][contains]": "guide"}) == [["/guides", ["second"]]]
    assert outline(anyone, **{"filter[title]": "Private guide"}) == []
    assert outline(anyone, **{"filter[slug][eq]": "second"}) == ["second"]
    assert outline(anyone, **{"filter[slug]": "guides"}) == ["/guides"]
    assert outline(developer, **{"filter[visibility]": "private"}) == ["first"]
    assert outline(anyone, **{"filter[visibility][eq]": "private"}) == []
    reply = anyone.get(
        "/api/v3/pages",
        query={"filter[visibility]": "all", "filter[id]": "x", "filter[title][neq]": "x", "sort": "status"},
    )
    assert reply.fields() == {
        "filter[visibility]": "enum",
        "filter[id]": "unknown_property",
        "filter[title][neq]": "unknown_property",
        "sort": "enum",
    }


def test_a_visitor_reads_snippets_that_are_public_and_published(
    snippet: Callable[..., Any], anyone: Client, developer: Client
) -> None:
    shown = snippet("open", **PUBLIC, description="About")
    snippet("private", **PRIVATE)
    snippet("draft", **HIDDEN)
    assert anyone.get("/api/v3/snippets/open").json() == {
        name: value for name, value in shown.items() if name != "status"
    }
    entry = {name: value for name, value in shown.items() if name not in ("status", "content")}
    page = {"number": 1, "size": 10, "total": 1}
    assert anyone.get("/api/v3/snippets").json() == {"data": [entry], "meta": {"page": page}}
    assert developer.get("/api/v3/snippets").json()["meta"]["page"]["total"] == 2
    for name, visitor, known in [("private", 404, 200), ("draft", 404, 404), ("none", 404, 404)]:
        assert anyone.get(f"/api/v3/snippets/{name}").status == visitor, name
        assert developer.get(f"/api/v3/snippets/{name}").status == known, name


def test_snippets_are_paged_filtered_and_sorted(snippet: Callable[..., Any], anyone: Client) -> None:
    for name, title in (("b", "One"), ("a/b", "Two"), ("c", "Three")):
        snippet(name, **PUBLIC, title=title)

    def names(**query: Any) -> list[str]:
        return [one["name"] for one in anyone.get("/api/v3/snippets", query=query).json()["data"]]

    assert names(sort="name") == ["a/b", "b", "c"]
    assert names(sort="title desc", **{"page[size]": 1, "page[number]": 2}) == ["c"]
    assert names(**{"filter[name]": "b"}) == names(**{"filter[name][eq]": "b"}) == ["b"]
    assert names(**{"filter[title][contains]": "T", "sort": "name"}) == ["a/b", "c"]
    assert names(**{"filter[visibility]": "private"}) == []
    assert anyone.get("/api/v3/snippets/a%2Fb").status == 200
    reply = anyone.get("/api/v3/snippets", query={"filter[name][contains]": "b", "filter[slug]": "b"})
    assert reply.fields() == {
        "filter[name][contains]": "unknown_property",
        "filter[slug]": "unknown_property",
    }


def test_content_of_another_portal_is_not_here(
    make: Callable[..., Any], make_portal: Callable[..., Any], visitor: Callable[[Any], Client]
) -> None:
    make("about", **PUBLIC)
    other = visitor(make_portal())
    assert outline(other) == []
    assert status(other, "about") == 404


def test_a_bad_cookie_counts_as_none(make: Callable[..., Any], anyone: Client) -> None:
    make("about", **PUBLIC)
    reply = anyone.get("/api/v3/pages/about", headers={"Cookie": "portalaccesstoken=stolen"})
    assert reply.status == 200


def test_reading_takes_few_trips(
    make: Callable[..., Any], snippet: Callable[..., Any], anyone: Client, trips: Any
) -> None:
    page = make("a", **PUBLIC)
    make("b", page, **PUBLIC)
    snippet("s", **PUBLIC)
    assert outline(anyone)  # the host is known from here on
    assert trips(lambda: anyone.get("/api/v3/pages")) == 1
    assert trips(lambda: anyone.get("/api/v3/snippets")) == 1
    blobs._kept.clear()
    assert trips(lambda: anyone.get("/api/v3/pages/a%2Fb")) == 2
    assert trips(lambda: anyone.get("/api/v3/snippets/s")) == 2
