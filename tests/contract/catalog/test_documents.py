"""/v3/apis/{apiId}/documents over HTTP."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.storage import keys, table
from tests.client import Client
from tests.contract.catalog.making import make_api


@pytest.fixture
def api(admin: Client) -> str:
    return make_api(admin)


@pytest.fixture
def make(admin: Client, api: str) -> Callable[..., Any]:
    """Makes a document of the API; keywords are members of the request."""
    return lambda **members: admin.made(
        f"/v3/apis/{api}/documents", {"content": "# Hello", "title": f"Doc {uuid.uuid4()}", **members}
    )


def one(api: str, document: Any) -> str:
    return f"/v3/apis/{api}/documents/{document['id']}"


def outline(admin: Client, api: str, **query: Any) -> Any:
    """The titles of the tree, each with those below it."""
    reply = admin.get(f"/v3/apis/{api}/documents", query=query)
    assert reply.status == 200, reply.text

    def titles(items: Any) -> Any:
        return {item["title"]: titles(item["children"]) for item in items}

    return titles(reply.json()["data"])


def test_content_is_all_a_document_needs(admin: Client, api: str) -> None:
    made = admin.made(f"/v3/apis/{api}/documents", {"content": "# Getting Started ##\n\nText"})
    assert made["title"] == "Getting Started"
    assert made["slug"] == "getting-started"
    assert made["status"] == "unpublished"
    assert made["parent_document_id"] is None
    assert made["content"] == "# Getting Started ##\n\nText"
    assert admin.get(one(api, made)).json() == made


@pytest.mark.parametrize(
    ("body", "title", "slug"),
    [
        ({"content": "text", "title": "Über uns"}, "Über uns", "uber-uns"),
        ({"content": "text", "slug": "first_steps"}, "First steps", "first_steps"),
        ({"content": "# Heading", "title": "Title", "slug": "own"}, "Title", "own"),
        ({"content": ""}, "Document", "document"),
        ({"content": "---\ntitle: Front\n---\n# Heading"}, "Front", "front"),
        ({"content": "---\ntitle: Front\nslug: f\n---\n", "title": "Body"}, "Body", "f"),
        ({"content": "---\nslug: f\n---\n# Heading", "slug": "b"}, "Heading", "b"),
        ({"content": "---\ntitle: 2.0\nauthor: x\n---\n"}, "2.0", "2-0"),
    ],
)
def test_what_is_left_out_is_taken_from_the_text(
    admin: Client, api: str, body: Any, title: str, slug: str
) -> None:
    made = admin.made(f"/v3/apis/{api}/documents", body)
    assert (made["title"], made["slug"], made["content"]) == (title, slug, body["content"])


def test_the_request_beats_the_front_matter(admin: Client, api: str, make: Callable[..., Any]) -> None:
    parent = make()
    front = f"---\ntitle: F\nslug: f\nstatus: published\nparent_document_id: {parent['id']}\n---\n"
    stated = admin.made(f"/v3/apis/{api}/documents", {"content": front})
    assert (stated["title"], stated["slug"], stated["status"]) == ("F", "f", "published")
    assert stated["parent_document_id"] == parent["id"]
    sent = {"title": "B", "slug": "b", "status": "unpublished", "parent_document_id": None}
    made = admin.made(f"/v3/apis/{api}/documents", {"content": front, **sent})
    assert {name: made[name] for name in sent} == sent


def test_front_matter_that_cannot_be_is_refused(admin: Client, api: str) -> None:
    reply = admin.post(
        f"/v3/apis/{api}/documents", {"content": "---\nslug: a b\nstatus: draft\ntitle: [1]\n---\n"}
    )
    assert reply.status == 400
    found = reply.json()["invalid_parameters"]
    assert {entry["rule"] for entry in found} == {"matches_regex", "enum", "is_string"}
    assert {entry["field"] for entry in found} == {"content"}
    reasons = " ".join(entry["reason"] for entry in found)
    assert all(f"front matter: {name}" in reasons for name in ("slug", "status", "title"))


@pytest.mark.parametrize(
    "content",
    ["", "\r\n  x\t\r", "---\ntitle: a\n---\n\n# b\n", "日本語 🎉 é é \u2028", "x" * 1_000_000, "<script>"],
    ids=["empty", "line ends", "front matter", "letters", "long", "markup"],
)
def test_content_comes_back_as_it_was_sent(admin: Client, api: str, content: str) -> None:
    made = admin.made(f"/v3/apis/{api}/documents", {"content": content, "title": "T"})
    assert made["content"] == content
    assert admin.get(one(api, made)).json()["content"] == content


def test_every_violation_is_named_at_once(admin: Client, api: str) -> None:
    reply = admin.post(
        f"/v3/apis/{api}/documents",
        {
            "title": 3,
            "slug": "a b",
            "status": "draft",
            "parent_document_id": "x",
            "visibility": "public",
        },
    )
    assert reply.fields() == {
        "content": "required",
        "title": "is_string",
        "slug": "matches_regex",
        "status": "enum",
        "parent_document_id": "is_uuid",
        "visibility": "unknown_property",
    }
    long = admin.post(f"/v3/apis/{api}/documents", {"content": "", "title": "t" * 1025, "slug": "s" * 1025})
    assert long.fields() == {"title": "max_length", "slug": "max_length"}


def test_text_that_is_no_text_is_refused(admin: Client, api: str) -> None:
    body = b'{"content": "\\ud800", "title": "x"}'
    reply = admin.post(f"/v3/apis/{api}/documents", body, headers={"Content-Type": "application/json"})
    assert reply.status == 400


def test_only_json_is_read(admin: Client, api: str, make: Callable[..., Any]) -> None:
    headers = {"Content-Type": "text/markdown"}
    assert admin.post(f"/v3/apis/{api}/documents", b"# Hello", headers=headers).status == 415
    assert admin.patch(one(api, make()), b"# Hello", headers=headers).status == 415


def test_a_slug_stands_for_one_document_of_an_api(admin: Client, api: str, make: Callable[..., Any]) -> None:
    first = make(slug="same")
    below = make(parent_document_id=first["id"])
    url = f"/v3/apis/{api}/documents"
    for body in ({"slug": "same"}, {"title": "Same"}, {"slug": "same", "parent_document_id": below["id"]}):
        reply = admin.post(url, {"content": "", **body})
        assert reply.status == 409
        assert "already exists" in reply.json()["detail"]
    assert admin.patch(one(api, below), {"slug": "same"}).status == 409
    admin.made(f"/v3/apis/{make_api(admin)}/documents", {"content": "", "slug": "same"})
    assert admin.patch(one(api, first), {"slug": "other"}).json()["slug"] == "other"
    assert admin.patch(one(api, below), {"slug": "same"}).status == 200


def test_an_unknown_parent_is_refused(admin: Client, api: str, make: Callable[..., Any]) -> None:
    elsewhere = admin.made(f"/v3/apis/{make_api(admin)}/documents", {"content": "", "title": "x"})
    for parent in (str(uuid.uuid4()), elsewhere["id"]):
        body = {"content": "", "title": "x", "parent_document_id": parent}
        expected = {"parent_document_id": "missing_reference"}
        assert admin.post(f"/v3/apis/{api}/documents", body).fields() == expected
        assert admin.patch(one(api, make()), {"parent_document_id": parent}).fields() == expected


def test_unknown_apis_and_documents_are_404(admin: Client, api: str, make: Callable[..., Any]) -> None:
    made, nowhere = make(), {"id": str(uuid.uuid4())}
    for url in (
        one(api, nowhere),
        one(make_api(admin), made),
        one(str(uuid.uuid4()), made),
        one(api, {"id": "x"}),
    ):
        assert admin.get(url).status == 404
        assert admin.patch(url, {}).status == 404
        assert admin.delete(url).status == 404
        assert admin.post(f"{url}/move", {}).status == 404
    nothing = f"/v3/apis/{uuid.uuid4()}/documents"
    assert admin.get(nothing).status == 404
    assert admin.post(nothing, {"content": ""}).status == 404


def test_the_tree_is_listed_whole_and_by_status(admin: Client, api: str, make: Callable[..., Any]) -> None:
    a = make(title="a", status="published")
    b = make(title="b", parent_document_id=a["id"])
    c = make(title="c", parent_document_id=b["id"], status="published")
    make(title="d")
    assert outline(admin, api) == {"a": {"b": {"c": {}}}, "d": {}}
    assert outline(admin, api, **{"filter[status]": "published"}) == {"a": {"c": {}}}
    assert outline(admin, api, **{"filter[status][neq]": "published"}) == {"b": {}, "d": {}}
    (found,) = admin.get(f"/v3/apis/{api}/documents", query={"filter[status]": "published"}).json()["data"]
    assert found["children"] == [
        {**{k: v for k, v in admin.get(one(api, c)).json().items() if k != "content"}, "children": []}
    ]
    assert "meta" not in admin.get(f"/v3/apis/{api}/documents").json()
    wrong = admin.get(f"/v3/apis/{api}/documents", query={"filter[title]": "a"})
    assert wrong.fields() == {"filter[title]": "unknown_property"}


def test_patch_changes_what_is_sent_and_nothing_else(
    admin: Client, api: str, make: Callable[..., Any]
) -> None:
    made = make(status="published", slug="s")
    changed = admin.patch(one(api, made), {"title": "New"}).json()
    assert changed == {**made, "title": "New", "updated_at": changed["updated_at"]}
    changed = admin.patch(one(api, made), {"content": "# Other"}).json()
    assert (changed["title"], changed["content"], changed["slug"]) == ("New", "# Other", "s")
    assert admin.patch(one(api, made), {}).status == 200
    assert admin.patch(one(api, made), {"content": None, "status": None}).fields().keys() == {
        "content",
        "status",
    }
    assert admin.patch(one(api, made), {"id": "x", "created_at": 1}).json()["id"] == made["id"]


def test_front_matter_counts_where_it_states_something_new(
    admin: Client, api: str, make: Callable[..., Any]
) -> None:
    made = make(title="Sent", slug="sent", content="---\ntitle: First\nstatus: unpublished\n---\n")
    assert admin.patch(one(api, made), {"status": "published"}).json()["status"] == "published"
    kept = admin.patch(one(api, made), {"content": "---\ntitle: First\nstatus: unpublished\n---\nx"}).json()
    assert (kept["title"], kept["status"]) == ("Sent", "published")
    new = admin.patch(
        one(api, made), {"content": "---\ntitle: Second\nslug: two\nstatus: unpublished\n---\n"}
    ).json()
    assert (new["title"], new["slug"], new["status"]) == ("Second", "two", "published")
    both = admin.patch(one(api, made), {"content": "---\ntitle: Third\n---\n", "title": "Sent"}).json()
    assert both["title"] == "Sent"


def test_a_document_can_be_moved_by_patch(admin: Client, api: str, make: Callable[..., Any]) -> None:
    a, b = make(title="a"), make(title="b")
    make(title="c", parent_document_id=b["id"])
    assert admin.patch(one(api, a), {"parent_document_id": b["id"]}).json()["parent_document_id"] == b["id"]
    assert list(outline(admin, api)["b"]) == ["c", "a"]
    assert admin.patch(one(api, b), {"parent_document_id": a["id"]}).status == 409
    assert admin.patch(one(api, a), {"parent_document_id": None}).status == 200
    assert list(outline(admin, api)) == ["b", "a"]


def test_moving_puts_a_document_where_it_is_told(admin: Client, api: str, make: Callable[..., Any]) -> None:
    a, b, c = (make(title=title) for title in "abc")
    for moved, body, order in (
        (c, {"index": 0}, "cab"),
        (c, {"index": -1}, "abc"),
        (a, {"index": 1}, "bac"),
        (a, {"index": -2}, "bac"),
        (b, {}, "acb"),
        (b, {"index": 99}, "acb"),
        (b, {"index": -99}, "bac"),
        (b, {"parent_document_id": None, "index": 2}, "acb"),
    ):
        reply = admin.post(f"{one(api, moved)}/move", body)
        assert (reply.status, reply.body) == (204, b"")
        assert "".join(outline(admin, api)) == order
    admin.post(f"{one(api, b)}/move", {"parent_document_id": a["id"]})
    admin.post(f"{one(api, c)}/move", {"parent_document_id": a["id"], "index": 0})
    assert outline(admin, api) == {"a": {"c": {}, "b": {}}}


def test_impossible_moves_are_refused(admin: Client, api: str, make: Callable[..., Any]) -> None:
    a = make(title="a")
    b = make(title="b", parent_document_id=a["id"])
    url = f"{one(api, a)}/move"
    assert admin.post(url, {"parent_document_id": a["id"]}).status == 409
    assert admin.post(url, {"parent_document_id": b["id"]}).status == 409
    assert admin.post(url, {"parent_document_id": str(uuid.uuid4())}).status == 404
    assert admin.post(url, {"parent_document_id": "x", "index": "0"}).fields() == {
        "parent_document_id": "is_uuid",
        "index": "is_integer",
    }
    assert outline(admin, api) == {"a": {"b": {}}}


def test_deleting_takes_the_subtree_along(admin: Client, api: str, make: Callable[..., Any]) -> None:
    a = make(title="a")
    b = make(title="b", parent_document_id=a["id"])
    c = make(title="c", parent_document_id=b["id"])
    make(title="d")
    assert admin.delete(one(api, a)).status == 204
    assert outline(admin, api) == {"d": {}}
    assert admin.get(one(api, c)).status == 404
    assert len(list(table.query_items(keys.api(api), "DOC#"))) == 1


def test_writing_asks_for_its_permission(
    as_role: Callable[[str], Client], api: str, make: Callable[..., Any]
) -> None:
    viewer, editor, made = as_role("viewer"), as_role("content_editor"), make()
    url = f"/v3/apis/{api}/documents"
    assert viewer.get(url).status == viewer.get(one(api, made)).status == 200
    assert viewer.post(url, {"content": ""}).status == 403
    assert viewer.patch(one(api, made), {}).status == 403
    assert viewer.post(f"{one(api, made)}/move", {}).status == 403
    assert viewer.delete(one(api, made)).status == 403
    assert editor.post(url, {"content": "", "title": "e"}).status == 201
    assert editor.patch(one(api, made), {}).status == 200
    assert editor.delete(one(api, made)).status == 204


def test_a_stale_writer_gets_409_and_changes_nothing(
    admin: Client, api: str, make: Callable[..., Any]
) -> None:
    url = one(api, make(title="first"))
    tag = {"If-Match": admin.get(url).headers["etag"]}
    assert admin.patch(url, {"title": "second"}, headers=tag).status == 200
    assert admin.patch(url, {"title": "third"}, headers=tag).status == 409
    assert admin.patch(url, {"slug": "third"}, headers=tag).status == 409
    assert admin.post(f"{url}/move", {"index": 0}, headers=tag).status == 409
    assert admin.delete(url, headers=tag).status == 409
    assert admin.get(url).json()["title"] == "second"


def test_a_retried_creation_makes_one(admin: Client, api: str) -> None:
    key = {"Idempotency-Key": str(uuid.uuid4())}
    url = f"/v3/apis/{api}/documents"
    first = admin.made(url, {"content": "a", "title": "Once"}, headers=key)
    assert admin.made(url, {"content": "a", "title": "Once"}, headers=key) == first
    assert outline(admin, api) == {"Once": {}}


def test_writers_at_one_tree_do_not_lose_each_others_work(
    admin: Client, api: str, make: Callable[..., Any]
) -> None:
    parent = make(title="parent")
    replies: list[int] = []

    def write(name: str) -> None:
        for body in ({"title": name}, {"title": "clash"}, {"title": f"{name}2"}):
            sent = {"content": "", "parent_document_id": parent["id"], **body}
            replies.append(admin.post(f"/v3/apis/{api}/documents", sent).status)

    threads = [threading.Thread(target=write, args=(name,)) for name in "xyz"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    listed = outline(admin, api)["parent"]
    assert "clash" in listed
    assert len(listed) == replies.count(201)
    assert set(replies) <= {201, 409}


def test_trips(admin: Client, api: str, make: Callable[..., Any], trips: Any) -> None:
    made = make()
    assert trips(lambda: admin.get(one(api, made))) <= 3
    assert trips(lambda: admin.get(f"/v3/apis/{api}/documents")) <= 3
    assert trips(lambda: admin.patch(one(api, made), {"title": "x"})) <= 4
    assert trips(lambda: admin.post(f"{one(api, made)}/move", {})) <= 4
