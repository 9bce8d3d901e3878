"""/v3/portals/{portalId}/pages over HTTP."""

from __future__ import annotations

import gzip
import json
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from chalicelib.content.records import Page
from chalicelib.jobs import cascade
from chalicelib.storage import blobs, keys, table
from tests.client import Client, Reply


@pytest.fixture
def pages(portal: Any) -> str:
    return f"/v3/portals/{portal['id']}/pages"


@pytest.fixture
def make(admin: Client, pages: str) -> Callable[..., Any]:
    """Makes a page; the parent is a page."""

    def make(slug: str, parent: Any = None, **members: Any) -> Any:
        body = {"slug": slug, "content": f"# {slug}", **members}
        if parent is not None:
            body["parent_page_id"] = parent["id"]
        return admin.made(pages, body)

    return make


@pytest.fixture
def move(admin: Client, pages: str) -> Callable[..., Reply]:
    return lambda page, **body: admin.post(f"{pages}/{page['id']}/move", body)


@pytest.fixture
def outline(admin: Client, pages: str) -> Callable[..., Any]:
    """The tree as nested lists of slugs: `a` or `[a, [below]]`."""

    def short(entries: Any) -> Any:
        return [[one["slug"], short(one["children"])] if one["children"] else one["slug"] for one in entries]

    def outline(**query: Any) -> Any:
        reply = admin.get(pages, query=query)
        assert reply.status == 200, reply.text
        assert set(reply.json()) == {"data"}
        return short(reply.json()["data"])

    return outline


def test_slug_and_content_are_all_a_page_needs(admin: Client, portal: Any, pages: str) -> None:
    made = admin.made(pages, {"slug": "/getting-started", "content": "Hello"})
    assert {name: made[name] for name in made if name not in ("id", "created_at", "updated_at")} == {
        "slug": "/getting-started",
        "title": "Getting started",
        "content": "Hello",
        "visibility": portal["default_page_visibility"],
        "status": "unpublished",
        "parent_page_id": None,
    }
    assert admin.get(f"{pages}/{made['id']}").json() == made


def test_visibility_is_the_portals_default_at_that_moment(
    admin: Client, make_portal: Callable[..., Any]
) -> None:
    portal = make_portal(default_page_visibility="public")
    pages = f"/v3/portals/{portal['id']}/pages"
    first = admin.made(pages, {"slug": "a", "content": ""})
    admin.patch(f"/v3/portals/{portal['id']}", {"default_page_visibility": "private"})
    second = admin.made(pages, {"slug": "b", "content": ""})
    assert (first["visibility"], second["visibility"]) == ("public", "private")
    assert admin.get(f"{pages}/{first['id']}").json()["visibility"] == "public"


CONTENTS = [
    "",
    "\ufeff# Byte order mark\r\nCarriage returns\r\n",
    "trailing  \n\n\n",
    "---\ntitle: x\n---\n\n# Body \u0000 \U0001f600 한국어\n",
    "<script>alert(1)</script> ::card{x=",
    "---\n: not: [yaml\n---\n",
]


@pytest.mark.parametrize("content", CONTENTS)
def test_content_comes_back_byte_for_byte(admin: Client, pages: str, content: str) -> None:
    made = admin.made(pages, {"slug": f"p-{uuid.uuid4()}", "content": content})
    assert made["content"] == content
    path = f"{pages}/{made['id']}"
    assert admin.get(path).json()["content"] == content
    assert admin.patch(path, {"content": content + "!"}).json()["content"] == content + "!"
    assert admin.get(path).json()["content"] == content + "!"


def test_front_matter_wins_over_the_request(admin: Client, pages: str) -> None:
    content = "---\ntitle: From the text\ndescription: What it says\n---\n# Body"
    made = admin.made(pages, {"slug": "a", "title": "Sent", "description": "Sent", "content": content})
    assert (made["title"], made["description"]) == ("From the text", "What it says")
    path = f"{pages}/{made['id']}"
    changed = admin.patch(path, {"title": "Sent again"}).json()
    assert changed["title"] == "From the text"
    changed = admin.patch(path, {"content": "---\ntitle: 2024\n---\n", "title": "Sent"}).json()
    assert (changed["title"], changed["description"]) == ("2024", "What it says")
    changed = admin.patch(path, {"content": "No front matter"}).json()
    assert changed["title"] == "2024"
    changed = admin.patch(path, {"title": "Mine", "description": "Now"}).json()
    assert (changed["title"], changed["description"]) == ("Mine", "Now")


def test_front_matter_that_cannot_be_shown_is_refused(admin: Client, pages: str) -> None:
    reply = admin.post(pages, {"slug": "a", "content": f"---\ndescription: {'x' * 161}\n---\n"})
    assert reply.fields() == {"content": "max_length"}


@pytest.mark.parametrize("value", ["[a, list]", "true", "null", '""'])
def test_front_matter_without_a_usable_title_states_none(admin: Client, pages: str, value: str) -> None:
    made = admin.made(pages, {"slug": "some-page", "content": f"---\ntitle: {value}\n---\n"})
    assert made["title"] == "Some page"


def test_every_violation_is_named_at_once(admin: Client, pages: str) -> None:
    reply = admin.post(
        pages,
        {
            "slug": "x" * 513,
            "title": "x" * 513,
            "content": 3,
            "visibility": "all",
            "status": "draft",
            "description": "x" * 161,
            "parent_page_id": "home",
            "id": "x",
        },
    )
    assert reply.fields() == {
        "slug": "max_length",
        "title": "max_length",
        "content": "is_string",
        "visibility": "enum",
        "status": "enum",
        "description": "max_length",
        "parent_page_id": "is_uuid",
        "id": "unknown_property",
    }
    assert admin.post(pages, {}).fields() == {"slug": "required", "content": "required"}


def test_members_that_are_never_null_refuse_null(admin: Client, pages: str, make: Callable[..., Any]) -> None:
    page = make("a")
    wrong = dict.fromkeys(("slug", "title", "content", "visibility", "status", "description"))
    assert set(admin.patch(f"{pages}/{page['id']}", wrong).fields()) == set(wrong)


def test_an_unknown_parent_is_refused(admin: Client, pages: str, make: Callable[..., Any]) -> None:
    body = {"slug": "a", "content": "", "parent_page_id": str(uuid.uuid4())}
    assert admin.post(pages, body).fields() == {"parent_page_id": "missing_reference"}
    page = make("a")
    reply = admin.patch(f"{pages}/{page['id']}", {"parent_page_id": str(uuid.uuid4())})
    assert reply.fields() == {"parent_page_id": "missing_reference"}


def test_a_page_of_another_portal_is_no_parent(
    admin: Client, pages: str, make: Callable[..., Any], make_portal: Callable[..., Any]
) -> None:
    other = f"/v3/portals/{make_portal()['id']}/pages"
    page = make("a")
    reply = admin.post(other, {"slug": "b", "content": "", "parent_page_id": page["id"]})
    assert reply.fields() == {"parent_page_id": "missing_reference"}
    assert admin.get(f"{other}/{page['id']}").status == 404


@pytest.mark.parametrize(
    ("taken", "slug"), [("a", "a"), ("a", "/a"), ("/a", "a/"), ("/", "home"), ("home", "/"), ("/", "")]
)
def test_siblings_have_slugs_of_their_own(
    admin: Client, pages: str, make: Callable[..., Any], taken: str, slug: str
) -> None:
    make(taken)
    reply = admin.post(pages, {"slug": slug, "content": ""})
    assert reply.status == 409
    assert "not unique" in reply.json()["detail"]


def test_slugs_may_repeat_elsewhere_and_stand_as_they_were_sent(
    admin: Client, pages: str, make: Callable[..., Any], outline: Callable[..., Any]
) -> None:
    top = make("/guides/")
    make("guides", top)
    other = make("other")
    path = f"{pages}/{other['id']}"
    assert admin.patch(path, {"slug": "guides"}).status == 409
    assert admin.patch(path, {"slug": "/other/"}).json()["slug"] == "/other/"
    assert outline() == [["/guides/", ["guides"]], "/other/"]


RESERVED = [
    "login/x", "register/x", "forgot-password", "/reset-password", "logout/", "apps", "apps/mine",
    "account/x", "api", "/api/v3/x", "_api/x", "_core", "_proxy/x", "npm/x", "_preview-mode/x",
    ".well-known/x", "_assets", "_site/x", "robots.txt", "..", "a/../b",
]  # fmt: skip


@pytest.mark.parametrize("slug", RESERVED)
def test_paths_of_the_portal_itself_are_reserved(
    admin: Client, pages: str, make: Callable[..., Any], slug: str
) -> None:
    assert admin.post(pages, {"slug": slug, "content": ""}).fields() == {"slug": "invalid"}
    page = make("fine")
    assert admin.patch(f"{pages}/{page['id']}", {"slug": slug}).fields() == {"slug": "invalid"}


def test_a_reserved_slug_is_free_below_other_pages_and_cannot_move_up(
    make: Callable[..., Any], move: Callable[..., Reply]
) -> None:
    page = make("api", make("guides"))
    assert move(page).fields() == {"slug": "invalid"}


@pytest.mark.parametrize("slug", ["login", "/register"])
def test_login_and_register_may_be_pages_but_have_none_below(
    admin: Client, pages: str, make: Callable[..., Any], slug: str
) -> None:
    page = make(slug)
    body = {"slug": "x", "content": "", "parent_page_id": page["id"]}
    assert admin.post(pages, body).fields() == {"slug": "invalid"}


def test_patch_changes_what_is_sent_and_nothing_else(
    admin: Client, pages: str, make: Callable[..., Any]
) -> None:
    page = make("a", title="A", description="About", visibility="public", status="published")
    path = f"{pages}/{page['id']}"
    changed = admin.patch(path, {"status": "unpublished"}).json()
    assert changed == {**page, "status": "unpublished", "updated_at": changed["updated_at"]}
    changed = admin.patch(path, {"slug": "b", "title": "B"}).json()
    assert (changed["slug"], changed["title"], changed["content"]) == ("b", "B", "# a")
    assert admin.patch(path, {}).status == 200


def test_patch_moves_a_page_to_the_end_of_its_new_siblings(
    admin: Client, pages: str, make: Callable[..., Any], outline: Callable[..., Any]
) -> None:
    top, page = make("top"), make("page")
    make("first", top)
    path = f"{pages}/{page['id']}"
    assert admin.patch(path, {"parent_page_id": top["id"]}).json()["parent_page_id"] == top["id"]
    assert outline() == [["top", ["first", "page"]]]
    assert admin.patch(f"{pages}/{top['id']}", {"parent_page_id": page["id"]}).status == 409
    assert admin.patch(path, {"parent_page_id": None}).json()["parent_page_id"] is None
    assert outline() == [["top", ["first"]], "page"]


MOVES = [(0, "dabc"), (1, "adbc"), (3, "abcd"), (99, "abcd"), (-1, "abcd"), (-2, "abdc"), (-99, "dabc")]


def test_an_index_counts_among_the_siblings(
    make: Callable[..., Any], move: Callable[..., Reply], outline: Callable[..., Any]
) -> None:
    made = {name: make(name) for name in "abcd"}
    for index, expected in MOVES:
        reply = move(made["d"], index=index)
        assert (reply.status, reply.body) == (201, b"")
        assert "".join(outline()) == expected, index
    assert move(made["a"]).status == 201
    assert "".join(outline()) == "dbca"


def test_a_page_moves_with_all_below_it(
    make: Callable[..., Any], move: Callable[..., Reply], outline: Callable[..., Any]
) -> None:
    a, b = make("a"), make("b")
    c = make("c", a)
    make("d", c)
    assert move(c, parent_page_id=b["id"], index=0).status == 201
    assert outline() == ["a", ["b", [["c", ["d"]]]]]
    assert move(c, parent_page_id=None, index=0).status == 201
    assert outline() == [["c", ["d"]], "a", "b"]


def test_moves_that_cannot_be(
    admin: Client,
    pages: str,
    make: Callable[..., Any],
    move: Callable[..., Reply],
    outline: Callable[..., Any],
) -> None:
    a = make("a")
    b = make("b", a)
    make("b")
    before = outline()
    assert move(a, parent_page_id=a["id"]).status == 409
    assert move(a, parent_page_id=b["id"]).status == 409
    assert move(b).status == 409  # there is a /b
    assert move(a, parent_page_id=str(uuid.uuid4())).status == 404
    assert move({"id": str(uuid.uuid4())}).status == 404
    assert move(a, index="1").fields() == {"index": "is_integer"}
    assert move(a, parent_page_id="x").fields() == {"parent_page_id": "is_uuid"}
    assert move({"id": str(uuid.uuid4())}, index="1").status == 404
    assert outline() == before
    assert admin.post(f"{pages}/{b['id']}/move").status == 409


def test_a_move_without_a_body_goes_to_the_top(
    admin: Client, pages: str, make: Callable[..., Any], outline: Callable[..., Any]
) -> None:
    a = make("a")
    b = make("b", a)
    assert admin.post(f"{pages}/{b['id']}/move").status == 201
    assert outline() == ["a", "b"]


def test_deleting_a_page_deletes_what_is_below(
    admin: Client, pages: str, make: Callable[..., Any], outline: Callable[..., Any]
) -> None:
    a, b = make("a"), make("b")
    c = make("c", a)
    d = make("d", c)
    assert admin.delete(f"{pages}/{a['id']}").status == 204
    for page in (a, c, d):
        assert admin.get(f"{pages}/{page['id']}").status == 404
        assert admin.patch(f"{pages}/{page['id']}", {"title": "x"}).status == 404
        assert admin.delete(f"{pages}/{page['id']}").status == 404
    assert outline() == ["b"]
    assert make("a")["id"] != a["id"]
    assert admin.get(f"{pages}/{b['id']}").status == 200


def test_the_list_is_the_whole_tree_with_its_members(
    admin: Client, pages: str, make: Callable[..., Any]
) -> None:
    top = make("top", description="About", status="published")
    low = make("low", top)
    entry = {name: value for name, value in top.items() if name != "content"}
    below = {name: value for name, value in low.items() if name != "content"}
    assert admin.get(pages).json() == {"data": [{**entry, "children": [{**below, "children": []}]}]}
    assert len(admin.get(pages, query={"page[size]": 1}).json()["data"]) == 1


def test_filters_leave_what_matches_under_what_matches(
    make: Callable[..., Any], outline: Callable[..., Any], admin: Client, pages: str
) -> None:
    guides = make("/guides", title="Guides", visibility="public")
    middle = make("middle", guides, title="Between")
    leaf = make("guide-leaf", middle, title="Leaf", visibility="public")
    make("other", title="Other")
    assert outline(**{"filter[slug][contains]": "guide"}) == [["/guides", ["guide-leaf"]]]
    assert outline(**{"filter[slug]": "guide-leaf"}) == ["guide-leaf"]
    assert outline(**{"filter[slug][eq]": "/guide-leaf/"}) == ["guide-leaf"]
    assert outline(**{"filter[visibility]": "private"}) == ["middle", "other"]
    assert outline(**{"filter[title][oeq]": "Leaf,Other"}) == ["guide-leaf", "other"]
    assert outline(**{"filter[title][neq]": "Between"}) == [["/guides", ["guide-leaf"]], "other"]
    assert outline(**{"filter[id]": middle["id"], "filter[visibility]": "private"}) == ["middle"]
    assert outline(**{"filter[created_at][lt]": "2020-01-01T00:00:00Z"}) == []
    found = admin.get(pages, query={"filter[id]": leaf["id"]}).json()["data"]
    assert found[0]["parent_page_id"] == middle["id"]


def test_siblings_are_sorted_on_every_level(make: Callable[..., Any], outline: Callable[..., Any]) -> None:
    b = make("b", title="1")
    make("/a", title="2")
    make("y", b, title="3")
    make("x", b, title="4")
    assert outline() == [["b", ["y", "x"]], "/a"]
    assert outline(sort="slug") == ["/a", ["b", ["x", "y"]]]
    assert outline(sort="title desc") == ["/a", ["b", ["x", "y"]]]
    assert outline(sort="visibility,created_at desc") == ["/a", ["b", ["x", "y"]]]


def test_wrong_list_parameters_are_all_named(admin: Client, pages: str) -> None:
    reply = admin.get(pages, query={"sort": "name", "filter[status]": "published", "filter[slug][lt]": "a"})
    assert reply.fields() == {
        "sort": "enum",
        "filter[status]": "unknown_property",
        "filter[slug][lt]": "unknown_property",
    }


def test_a_stale_writer_gets_409_and_changes_nothing(
    admin: Client, pages: str, make: Callable[..., Any], outline: Callable[..., Any]
) -> None:
    page = make("a")
    make("b")
    path = f"{pages}/{page['id']}"
    tag = {"If-Match": admin.get(path).headers["etag"]}
    fresh = admin.patch(path, {"content": "first"}, headers=tag).headers["etag"]
    assert admin.patch(path, {"content": "second"}, headers=tag).status == 409
    assert admin.patch(path, {"slug": "c"}, headers=tag).status == 409
    assert admin.post(f"{path}/move", {"index": -1}, headers=tag).status == 409
    assert admin.delete(path, headers=tag).status == 409
    assert admin.get(path).json()["content"] == "first"
    assert outline() == ["a", "b"]
    assert admin.post(f"{path}/move", {"index": -1}, headers={"If-Match": fresh}).status == 201
    assert admin.delete(path, headers={"If-Match": admin.get(path).headers["etag"]}).status == 204


def test_a_retried_creation_makes_one(admin: Client, pages: str, outline: Callable[..., Any]) -> None:
    key = {"Idempotency-Key": str(uuid.uuid4())}
    first = admin.made(pages, {"slug": "once", "content": "x"}, headers=key)
    assert admin.made(pages, {"slug": "once", "content": "x"}, headers=key) == first
    assert outline() == ["once"]


@pytest.mark.parametrize(
    ("method", "path", "roles"),
    [
        ("GET", "", {"admin", "publisher", "content_editor", "viewer"}),
        ("GET", "/{id}", {"admin", "publisher", "content_editor", "viewer"}),
        ("POST", "", {"admin", "publisher", "content_editor"}),
        ("PATCH", "/{id}", {"admin", "publisher", "content_editor"}),
        ("POST", "/{id}/move", {"admin", "publisher", "content_editor"}),
        ("DELETE", "/{id}", {"admin", "publisher", "content_editor"}),
    ],
)
def test_roles_decide_who_may(
    as_role: Callable[[str], Client],
    pages: str,
    make: Callable[..., Any],
    method: str,
    path: str,
    roles: set[str],
) -> None:
    body = {"POST": {}, "PATCH": {"title": "x"}}.get(method)
    for role in ("viewer", "content_editor", "publisher", "admin"):
        page = make(f"page-{role}")
        sent = {"slug": role, "content": ""} if (method, path) == ("POST", "") else body
        status = as_role(role).request(method, pages + path.format(id=page["id"]), sent).status
        assert (status != 403) == (role in roles), (role, status)
        assert status in (200, 201, 204, 403)


def test_checks_come_in_order(
    admin: Client, as_role: Callable[[str], Client], pages: str, make: Callable[..., Any]
) -> None:
    wrong = {"slug": 3}
    nowhere = f"{pages}/{uuid.uuid4()}"
    assert Client(admin.port, token="nobody").patch(nowhere, wrong).status == 401
    assert as_role("viewer").patch(nowhere, wrong).status == 403
    assert admin.patch(nowhere, wrong).status == 404
    assert admin.patch(f"{pages}/{make('a')['id']}", wrong).status == 400
    assert admin.get(f"{pages}/not-a-uuid").status == 404
    none = f"/v3/portals/{uuid.uuid4()}/pages"
    assert admin.get(none).status == 404
    assert admin.post(none, {"slug": "a", "content": ""}).status == 404
    assert admin.post(none, wrong).status == 404


def test_pages_of_a_deleted_portal_are_gone_at_once(
    admin: Client,
    portal: Any,
    pages: str,
    make: Callable[..., Any],
    run_jobs: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(cascade, "AT_ONCE", 4)  # more pages than go with the portal's own transaction
    made = [make(f"p{number}") for number in range(5)]
    assert admin.delete(f"/v3/portals/{portal['id']}").status == 204
    assert table.get(Page, keys.Key(keys.portal(portal["id"]), keys.page(made[0]["id"]))) is not None
    assert admin.get(f"{pages}/{made[0]['id']}").status == 404
    assert admin.get(pages).status == 404
    assert admin.patch(f"{pages}/{made[0]['id']}", {"title": "x"}).status == 404
    assert admin.post(pages, {"slug": "late", "content": ""}).status == 404
    run_jobs()
    assert list(table.query_items(keys.portal(portal["id"]))) == []


def test_a_page_takes_a_million_characters_and_no_more(admin: Client, pages: str) -> None:
    content = "\U0001f600é漢a" * 250_000
    body = json.dumps({"slug": "large", "content": content}).encode()  # every character escaped
    packed = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    made = admin.post(pages, gzip.compress(body, 1), headers=packed)
    assert made.status == 201
    path = f"{pages}/{made.json()['id']}"
    assert admin.get(path).json()["content"] == content
    assert admin.patch(path, {"content": "b" * 1_000_001}).fields() == {"content": "max_length"}
    assert admin.patch(path, {"content": "b" * 1_000_000}).status == 200


def test_writers_that_meet_leave_one_tree(
    admin: Client, pages: str, make: Callable[..., Any], outline: Callable[..., Any]
) -> None:
    top = make("top")

    def create(number: int) -> int:
        body = {"slug": f"p{number // 2}", "content": "", "parent_page_id": top["id"]}
        return admin.post(pages, body).status

    with ThreadPoolExecutor(6) as pool:
        statuses = list(pool.map(create, range(12)))
    assert sorted(statuses) == [201] * 6 + [409] * 6
    ((_, below),) = outline()
    assert sorted(below) == [f"p{number}" for number in range(6)]


def test_moves_that_meet_never_make_a_circle(
    admin: Client,
    pages: str,
    make: Callable[..., Any],
    move: Callable[..., Reply],
    outline: Callable[..., Any],
) -> None:
    for _ in range(3):
        a, b = make("a"), make("b")
        with ThreadPoolExecutor(2) as pool:
            found = list(pool.map(lambda pair: move(pair[0], parent_page_id=pair[1]["id"]), [(a, b), (b, a)]))
        assert sorted(reply.status for reply in found) == [201, 409]
        assert outline() in ([["a", ["b"]]], [["b", ["a"]]])
        for page in (a, b):
            admin.delete(f"{pages}/{page['id']}")


def test_reads_and_writes_take_few_trips(
    admin: Client, pages: str, make: Callable[..., Any], trips: Any
) -> None:
    page = make("a")
    make("b", page)
    path = f"{pages}/{page['id']}"
    assert trips(lambda: admin.get(pages)) == 2
    blobs._kept.clear()
    assert trips(lambda: admin.get(path)) == 3
    assert trips(lambda: admin.patch(path, {"status": "published"})) == 3
    assert trips(lambda: admin.post(f"{path}/move", {"index": -1})) == 2
    assert trips(lambda: admin.post(pages, {"slug": "c", "content": "new"})) == 4
    assert trips(lambda: admin.delete(path)) == 3
