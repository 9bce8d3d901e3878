"""/api/v3/apis/{apiIdOrSlug}/documents as visitors of a portal get it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.access.principal import Developer, Viewer
from chalicelib.catalog.documents import nodes, service
from chalicelib.errors import NotFound
from tests.client import Client
from tests.contract.catalog.making import load_api, make_api, publish

NODES = "application/vnd.konnect.document-nodes+json"


@pytest.fixture
def api(admin: Client, portal: Any) -> str:
    """An API that anyone sees at the portal."""
    api_id = make_api(admin)
    publish(admin, api_id, portal)
    return api_id


@pytest.fixture
def make(admin: Client, api: str) -> Callable[..., Any]:
    """Makes a published document of the API; keywords are members of the request."""

    def made(title: str, **members: Any) -> Any:
        body = {"content": f"# {title}\n", "title": title, "status": "published", **members}
        return admin.made(f"/v3/apis/{api}/documents", body)

    return made


@pytest.fixture
def guest(visitor: Callable[[Any], Client], portal: Any) -> Client:
    return visitor(portal)


def outline(guest: Client, api: str) -> Any:
    reply = guest.get(f"/api/v3/apis/{api}/documents")
    assert reply.status == 200, reply.text

    def titles(items: Any) -> Any:
        return {item["title"]: titles(item["children"]) for item in items}

    return titles(reply.json()["data"])


def test_the_tree_has_what_is_published_below_what_is_published(
    guest: Client, api: str, make: Callable[..., Any], admin: Client
) -> None:
    a = make("a")
    b = make("b", parent_document_id=a["id"])
    c = make("c", parent_document_id=b["id"])
    make("d", status="unpublished")
    assert outline(guest, api) == {"a": {"b": {"c": {}}}}
    admin.patch(f"/v3/apis/{api}/documents/{b['id']}", {"status": "unpublished"})
    assert outline(guest, api) == {"a": {}}
    for hidden in (b, c):
        assert guest.get(f"/api/v3/apis/{api}/documents/{hidden['id']}").status == 404
    admin.patch(f"/v3/apis/{api}/documents/{b['id']}", {"status": "published"})
    assert outline(guest, api) == {"a": {"b": {"c": {}}}}


def test_an_entry_says_no_more_than_the_contract(guest: Client, api: str, make: Callable[..., Any]) -> None:
    made = make("a")
    below = make("b", parent_document_id=made["id"])
    (entry,) = guest.get(f"/api/v3/apis/{api}/documents").json()["data"]
    wanted = {name: made[name] for name in ("id", "title", "slug", "created_at", "updated_at")}
    assert {name: value for name, value in entry.items() if name != "children"} == {
        **wanted,
        "parent_document_id": None,
    }
    assert entry["children"][0]["parent_document_id"] == made["id"]
    assert guest.get(f"/api/v3/apis/{api}/documents/{below['id']}").json() == {
        "id": below["id"],
        "parent_document_id": made["id"],
        "slug": "b",
        "title": "b",
        "content": "# b\n",
    }


def test_a_document_is_found_by_id_or_slug_of_an_api_by_id_or_slug(
    guest: Client, api: str, make: Callable[..., Any]
) -> None:
    made = make("My page")
    decoy = make("decoy", slug=made["id"])  # an id goes before a slug of the same text
    slug = load_api(api).slug
    for one in (api, slug):
        for wanted in (made["id"], "my-page", made["id"].upper()):
            assert guest.get(f"/api/v3/apis/{one}/documents/{wanted}").json()["id"] == made["id"]
    assert guest.get(f"/api/v3/apis/{api}/documents/{decoy['id']}").json()["id"] == decoy["id"]
    assert guest.get(f"/api/v3/apis/{api}/documents/my-pag").status == 404
    assert guest.get(f"/api/v3/apis/{api}/documents/{uuid.uuid4()}").status == 404


def test_whoever_does_not_see_the_api_sees_no_documents(
    guest: Client, admin: Client, portal: Any, make_portal: Callable[..., Any]
) -> None:
    private, elsewhere, nowhere = make_api(admin), make_api(admin), make_api(admin)
    publish(admin, private, portal, "private")
    publish(admin, elsewhere, make_portal())
    unseen = []
    for api_id in (private, elsewhere, nowhere):
        made = admin.made(
            f"/v3/apis/{api_id}/documents", {"content": "", "title": "x", "status": "published"}
        )
        unseen += [f"{api_id}/documents", f"{api_id}/documents/{made['id']}", f"{api_id}/documents/x"]
    for path in unseen:
        assert guest.get(f"/api/v3/apis/{path}").status == 404, path


def test_an_approved_developer_sees_the_documents_of_a_private_api(admin: Client, portal: Any) -> None:
    api_id = make_api(admin)
    publish(admin, api_id, portal, "private")
    body = {"content": "text", "title": "x", "status": "published"}
    made = admin.made(f"/v3/apis/{api_id}/documents", body)
    developer = Viewer(portal["id"], Developer("d", portal["id"]))
    assert [one.id for one in service.visible_tree(developer, api_id).data] == [made["id"]]
    assert service.visible_document(developer, api_id, "x").content == "text"
    stranger = Viewer(portal["id"], Developer("d", str(uuid.uuid4())))
    with pytest.raises(NotFound):
        service.visible_tree(stranger, api_id)


def test_accept_chooses_the_form(guest: Client, api: str, make: Callable[..., Any]) -> None:
    content = "---\ntitle: a\n---\n# Hello *you*\n"
    url = f"/api/v3/apis/{api}/documents/{make('a', content=content)['id']}"
    for accept in (None, "*/*", "application/json", "text/html", "application/json, text/markdown;q=0.9"):
        reply = guest.get(url, headers={"Accept": accept} if accept else {})
        assert reply.headers["content-type"] == "application/json"
        assert reply.json()["content"] == content
    markdown = guest.get(url, headers={"Accept": "text/markdown"})
    assert markdown.headers["content-type"] == "text/markdown; charset=utf-8"
    assert markdown.text == content
    assert "Accept" in markdown.headers["vary"].split(", ")
    tree = guest.get(url, headers={"Accept": NODES})
    assert tree.headers["content-type"] == NODES
    assert tree.json()["title"] == "a"
    assert tree.json()["content"]["children"] == [
        {
            "type": "heading",
            "level": 1,
            "children": [
                {"type": "text", "text": "Hello "},
                {"type": "emphasis", "level": 1, "children": [{"type": "text", "text": "you"}]},
            ],
        }
    ]


def test_a_bad_session_is_401(guest: Client, api: str, make: Callable[..., Any]) -> None:
    make("a")
    headers = {"Cookie": "portalaccesstoken=nobody"}
    assert guest.get(f"/api/v3/apis/{api}/documents", headers=headers).status == 401
    assert guest.get(f"/api/v3/apis/{api}/documents/a", headers=headers).status == 401


def test_trips(guest: Client, api: str, make: Callable[..., Any], trips: Any) -> None:
    make("a")
    assert trips(lambda: guest.get(f"/api/v3/apis/{api}/documents")) <= 3
    assert trips(lambda: guest.get(f"/api/v3/apis/{api}/documents/a")) <= 4


def text(value: str) -> Any:
    return {"type": "text", "text": value}


@pytest.mark.parametrize(
    ("markdown", "children"),
    [
        ("", []),
        ("a\nb", [{"type": "paragraph", "children": [text("a"), text(" "), text("b")]}]),
        ("a\\\nb", [{"type": "paragraph", "children": [text("a"), {"type": "break"}, text("b")]}]),
        (
            "**a** ~~b~~ `c`",
            [
                {
                    "type": "paragraph",
                    "children": [
                        {"type": "emphasis", "level": 2, "children": [text("a")]},
                        text(" "),
                        {"type": "strikethrough", "children": [text("b")]},
                        text(" "),
                        {"type": "code", "children": [text("c")]},
                    ],
                }
            ],
        ),
        (
            '[a](/b "c") ![d](e)',
            [
                {
                    "type": "paragraph",
                    "children": [
                        {"type": "link", "href": "/b", "title": "c", "children": [text("a")]},
                        text(" "),
                        {"type": "image", "url": "e", "alt": "d", "title": ""},
                    ],
                }
            ],
        ),
        ("```js x\ny\n```", [{"type": "code_block", "lang": "js", "children": [text("y\n")]}]),
        ("    y", [{"type": "code_block", "lang": "plain", "children": [text("y\n")]}]),
        (
            "1. a\n2. b",
            [
                {
                    "type": "list",
                    "isOrdered": True,
                    "children": [
                        {"type": "list_item", "children": [{"type": "text_block", "children": [text(one)]}]}
                        for one in "ab"
                    ],
                }
            ],
        ),
        (
            "|a|\n|-:|\n|b|",
            [
                {
                    "type": "table",
                    "children": [
                        {
                            "type": "table_header",
                            "children": [{"type": "table_cell", "align": "right", "children": [text("a")]}],
                        },
                        {
                            "type": "table_row",
                            "children": [{"type": "table_cell", "align": "right", "children": [text("b")]}],
                        },
                    ],
                }
            ],
        ),
        (
            "> a\n\n---",
            [
                {"type": "blockquote", "children": [{"type": "paragraph", "children": [text("a")]}]},
                {"type": "thematic_break"},
            ],
        ),
        ("<b>a</b>", [{"type": "paragraph", "children": [text("<b>a</b>")]}]),
        ("[a](javascript:b)", [{"type": "paragraph", "children": [text("[a](javascript:b)")]}]),
    ],
)
def test_nodes_of_markdown(markdown: str, children: Any) -> None:
    assert nodes.of(markdown) == {"type": "document", "version": 1, "children": children}


def test_markdown_nested_without_end_becomes_a_tree_that_can_be_read() -> None:
    tree = json.loads(json.dumps(nodes.of("> " * 5000 + "a\n\nb")))
    assert tree["children"][-1] == {"type": "paragraph", "children": [text("b")]}
