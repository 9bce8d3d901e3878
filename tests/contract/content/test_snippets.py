"""/v3/portals/{portalId}/snippets over HTTP."""

from __future__ import annotations

import gzip
import json
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from chalicelib import clock
from chalicelib.content.records import Snippet
from chalicelib.storage import blobs, keys, table
from tests.client import Client


@pytest.fixture
def snippets(portal: Any) -> str:
    return f"/v3/portals/{portal['id']}/snippets"


@pytest.fixture
def make(admin: Client, snippets: str) -> Callable[..., Any]:
    return lambda name, **members: admin.made(snippets, {"name": name, "content": f"# {name}", **members})


def names(client: Client, path: str, **query: Any) -> list[str]:
    reply = client.get(path, query=query)
    assert reply.status == 200, reply.text
    return [one["name"] for one in reply.json()["data"]]


def test_name_and_content_are_all_a_snippet_needs(admin: Client, portal: Any, snippets: str) -> None:
    made = admin.made(snippets, {"name": "guides-sidebar", "content": "Hello\r\n"})
    assert {name: made[name] for name in made if name not in ("id", "created_at", "updated_at")} == {
        "name": "guides-sidebar",
        "title": "Guides sidebar",
        "content": "Hello\r\n",
        "visibility": portal["default_page_visibility"],
        "status": "unpublished",
    }
    assert admin.get(f"{snippets}/{made['id']}").json() == made


def test_visibility_is_the_portals_default(admin: Client, make_portal: Callable[..., Any]) -> None:
    portal = make_portal(default_page_visibility="public")
    made = admin.made(f"/v3/portals/{portal['id']}/snippets", {"name": "a", "content": ""})
    assert made["visibility"] == "public"


def test_front_matter_wins_over_the_request(admin: Client, snippets: str) -> None:
    content = "---\ntitle: From the text\ndescription: What it says\n---\n# Body"
    made = admin.made(snippets, {"name": "a", "title": "Sent", "description": "Sent", "content": content})
    assert (made["title"], made["description"]) == ("From the text", "What it says")
    changed = admin.patch(f"{snippets}/{made['id']}", {"title": "Sent again", "status": "published"}).json()
    assert (changed["title"], changed["status"]) == ("From the text", "published")
    changed = admin.patch(f"{snippets}/{made['id']}", {"content": "none", "title": "Mine"}).json()
    assert (changed["title"], changed["description"], changed["content"]) == ("Mine", "What it says", "none")


def test_every_violation_is_named_at_once(admin: Client, snippets: str) -> None:
    reply = admin.post(
        snippets,
        {
            "name": "x" * 513,
            "title": "x" * 513,
            "content": None,
            "visibility": "",
            "status": 1,
            "description": "x" * 161,
            "slug": "x",
        },
    )
    assert reply.fields() == {
        "name": "max_length",
        "title": "max_length",
        "content": "is_string",
        "visibility": "enum",
        "status": "enum",
        "description": "max_length",
        "slug": "unknown_property",
    }
    assert admin.post(snippets, {}).fields() == {"name": "required", "content": "required"}


def test_names_are_unique_in_a_portal(
    admin: Client, snippets: str, make: Callable[..., Any], make_portal: Callable[..., Any]
) -> None:
    first, second = make("one"), make("two")
    reply = admin.post(snippets, {"name": "one", "content": ""})
    assert reply.status == 409
    assert "not unique" in reply.json()["detail"]
    assert admin.patch(f"{snippets}/{second['id']}", {"name": "one"}).status == 409
    assert admin.get(f"{snippets}/{second['id']}").json()["name"] == "two"
    assert admin.patch(f"{snippets}/{first['id']}", {"name": "three"}).json()["name"] == "three"
    assert admin.patch(f"{snippets}/{second['id']}", {"name": "one"}).status == 200
    assert admin.delete(f"{snippets}/{second['id']}").status == 204
    make("one")
    admin.made(f"/v3/portals/{make_portal()['id']}/snippets", {"name": "one", "content": ""})


def test_of_those_who_take_a_name_at_once_one_gets_it(admin: Client, snippets: str) -> None:
    with ThreadPoolExecutor(6) as pool:
        found = pool.map(lambda n: admin.post(snippets, {"name": "same", "content": str(n)}).status, range(6))
        assert sorted(found) == [201] + [409] * 5
    assert names(admin, snippets) == ["same"]


def test_patch_changes_what_is_sent_and_nothing_else(
    admin: Client, snippets: str, make: Callable[..., Any]
) -> None:
    made = make("a", title="A", description="About")
    changed = admin.patch(f"{snippets}/{made['id']}", {"visibility": "public"}).json()
    assert changed == {**made, "visibility": "public", "updated_at": changed["updated_at"]}
    wrong = dict.fromkeys(("name", "title", "content", "visibility", "status", "description"))
    assert set(admin.patch(f"{snippets}/{made['id']}", wrong).fields()) == set(wrong)


def test_a_deleted_snippet_is_gone(admin: Client, snippets: str, make: Callable[..., Any]) -> None:
    path = f"{snippets}/{make('a')['id']}"
    assert admin.delete(path).status == 204
    assert admin.get(path).status == admin.patch(path, {}).status == admin.delete(path).status == 404
    assert names(admin, snippets) == []


def test_a_stale_writer_gets_409_and_changes_nothing(
    admin: Client, snippets: str, make: Callable[..., Any]
) -> None:
    path = f"{snippets}/{make('a')['id']}"
    tag = {"If-Match": admin.get(path).headers["etag"]}
    assert admin.patch(path, {"content": "first"}, headers=tag).status == 200
    assert admin.patch(path, {"content": "second"}, headers=tag).status == 409
    assert admin.delete(path, headers=tag).status == 409
    assert admin.get(path).json()["content"] == "first"


def test_a_retried_creation_makes_one(admin: Client, snippets: str) -> None:
    key = {"Idempotency-Key": str(uuid.uuid4())}
    first = admin.made(snippets, {"name": "once", "content": "x"}, headers=key)
    assert admin.made(snippets, {"name": "once", "content": "x"}, headers=key) == first


def test_a_list_is_paged_newest_first(admin: Client, snippets: str, make: Callable[..., Any]) -> None:
    try:
        for number in range(12):
            clock.travel(number * 1000)
            make(f"s{number:02}")
    finally:
        clock.travel(0)
    assert names(admin, snippets) == [f"s{number:02}" for number in range(11, 1, -1)]
    reply = admin.get(snippets, query={"page[number]": 2, "page[size]": 5}).json()
    assert [one["name"] for one in reply["data"]] == ["s06", "s05", "s04", "s03", "s02"]
    assert reply["meta"] == {"page": {"number": 2, "size": 5, "total": 12}}
    assert names(admin, snippets, sort="created_at", **{"page[size]": 2}) == ["s00", "s01"]
    assert names(admin, snippets, **{"page[number]": 9}) == []


def test_list_entries_have_everything_but_the_content(
    admin: Client, snippets: str, make: Callable[..., Any]
) -> None:
    made = make("a", description="About")
    entry = {name: value for name, value in made.items() if name != "content"}
    assert admin.get(snippets).json()["data"] == [entry]
    assert entry["title"] == "A"


def test_lists_filter_and_sort(admin: Client, snippets: str, make: Callable[..., Any]) -> None:
    made = make("nav", title="Navigation", visibility="public")
    make("toc", title="Contents")
    make("footer", title="Below")
    assert names(admin, snippets, **{"filter[name]": "nav"}) == ["nav"]
    assert names(admin, snippets, **{"filter[name][contains]": "O", "sort": "name"}) == ["footer", "toc"]
    assert names(admin, snippets, **{"filter[title][oeq]": "Contents,Below", "sort": "title desc"}) == [
        "toc",
        "footer",
    ]
    assert names(admin, snippets, **{"filter[visibility][neq]": "private"}) == ["nav"]
    assert names(admin, snippets, **{"filter[id]": made["id"]}) == ["nav"]
    assert names(admin, snippets, **{"filter[updated_at][gt]": "2100-01-01T00:00:00Z"}) == []
    assert names(admin, snippets, sort="visibility,name") == ["footer", "toc", "nav"]
    reply = admin.get(snippets, query={"sort": "slug", "filter[status]": "x", "page[size]": "a"})
    assert reply.fields() == {"sort": "enum", "filter[status]": "unknown_property", "page[size]": "is_number"}


@pytest.mark.parametrize(
    ("method", "path", "roles"),
    [
        ("GET", "", {"admin", "publisher", "content_editor", "viewer"}),
        ("GET", "/{id}", {"admin", "publisher", "content_editor", "viewer"}),
        ("POST", "", {"admin", "publisher", "content_editor"}),
        ("PATCH", "/{id}", {"admin", "publisher", "content_editor"}),
        ("DELETE", "/{id}", {"admin", "publisher", "content_editor"}),
    ],
)
def test_roles_decide_who_may(
    as_role: Callable[[str], Client],
    snippets: str,
    make: Callable[..., Any],
    method: str,
    path: str,
    roles: set[str],
) -> None:
    for role in ("viewer", "content_editor", "publisher", "admin"):
        snippet = make(f"snippet-{role}")
        body = {"POST": {"name": role, "content": ""}, "PATCH": {"title": "x"}}.get(method)
        status = as_role(role).request(method, snippets + path.format(id=snippet["id"]), body).status
        assert (status != 403) == (role in roles), (role, status)
        assert status in (200, 201, 204, 403)


def test_checks_come_in_order(
    admin: Client, as_role: Callable[[str], Client], snippets: str, make: Callable[..., Any]
) -> None:
    wrong, nowhere = {"name": 3}, f"{snippets}/{uuid.uuid4()}"
    assert Client(admin.port, token="nobody").patch(nowhere, wrong).status == 401
    assert as_role("viewer").patch(nowhere, wrong).status == 403
    assert admin.patch(nowhere, wrong).status == 404
    assert admin.patch(f"{snippets}/{make('a')['id']}", wrong).status == 400
    none = f"/v3/portals/{uuid.uuid4()}/snippets"
    assert admin.get(none).status == 404
    assert admin.post(none, {"name": "a", "content": ""}).status == 404
    assert admin.get(f"{snippets}/x").status == 404


def test_a_snippet_takes_a_million_characters_and_no_more(admin: Client, snippets: str) -> None:
    content = "\U0001f600" * 1_000_000
    body = gzip.compress(json.dumps({"name": "large", "content": content}).encode(), 1)
    packed = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    reply = admin.post(snippets, body, headers=packed)
    assert reply.status == 201
    path = f"{snippets}/{reply.json()['id']}"
    assert admin.get(path).json()["content"] == content
    assert admin.patch(path, {"content": "b" * 1_000_001}).fields() == {"content": "max_length"}


def test_a_record_names_the_snippets_its_text_refers_to(
    admin: Client, portal: Any, snippets: str, make: Callable[..., Any]
) -> None:
    def stored(snippet_id: str) -> Any:
        found = table.get(Snippet, keys.Key(keys.portal(portal["id"]), keys.snippet(snippet_id)))
        assert found is not None
        return found.snippets

    content = '---\npage-layout:\n  sidebar-left: nav\n---\n::snippet{name="toc"}\n::\n'
    made = make("a", content=content)
    assert stored(made["id"]) == ["nav", "toc"]
    admin.patch(f"{snippets}/{made['id']}", {"title": "x"})
    assert stored(made["id"]) == ["nav", "toc"]
    many = "\n".join(f'::snippet{{name="{"x" * 500}{number}"}}\n::\n' for number in range(900))
    admin.patch(f"{snippets}/{made['id']}", {"content": many})
    assert 0 < len(stored(made["id"])) <= 100


def test_reads_and_writes_take_few_trips(
    admin: Client, snippets: str, make: Callable[..., Any], trips: Any
) -> None:
    path = f"{snippets}/{make('a')['id']}"
    assert trips(lambda: admin.get(snippets)) == 2
    blobs._kept.clear()
    assert trips(lambda: admin.get(path)) == 3
    assert trips(lambda: admin.patch(path, {"status": "published"})) == 3
    assert trips(lambda: admin.post(snippets, {"name": "c", "content": "new"})) == 4
    assert trips(lambda: admin.delete(path)) == 3
