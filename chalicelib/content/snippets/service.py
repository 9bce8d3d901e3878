"""Snippets: the rules of making, changing and deleting them, and who gets to see which."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from functools import cache
from typing import Any

from chalicelib.access.principal import Viewer
from chalicelib.access.visibility import sees_item
from chalicelib.content import entries, reading
from chalicelib.content.records import Snippet
from chalicelib.content.snippets.schemas import (
    CreateSnippet,
    SnippetInfo,
    SnippetOut,
    UpdateSnippet,
    VisibleSnippetInfo,
    VisibleSnippetOut,
)
from chalicelib.errors import NotFound
from chalicelib.portals import service as portals
from chalicelib.portals.records import Portal
from chalicelib.storage import blobs, keys, lists
from chalicelib.storage.intent import expect
from chalicelib.storage.lists import Page, Query
from chalicelib.storage.table import Partition
from chalicelib.storage.transaction import Transaction, retrying


def create(portal_id: str, body: CreateSnippet) -> SnippetOut:
    """A new snippet. Three trips. Raises NotFound, Conflict where the name is taken, Invalid."""
    portal = portals.load(portal_id)
    snippet = new(portal, body)
    snippet.content = blobs.put(body.content)
    with Transaction() as tx:
        tx.insert(snippet)
    return _show(snippet, body.content)


def new(portal: Portal, body: CreateSnippet) -> Snippet:
    """The record of a new snippet; its content is still to be stored. Raises Invalid."""
    snippet_id = str(uuid.uuid4())
    return Snippet(
        pk=portal.pk,
        sk=keys.snippet(snippet_id),
        id=snippet_id,
        name=body.name,
        **entries.new(portal, body, body.name),
    )


def get(portal_id: str, snippet_id: str) -> SnippetOut:
    """One snippet. One trip, and one for its content. Raises NotFound."""
    return _show(reading.one(portal_id, Snippet, keys.snippet(snippet_id)))


def page(portal_id: str, query: Query) -> Page[SnippetInfo]:
    """Snippets, newest first. One trip, as they are read with their portal. Raises NotFound."""
    _, partition = reading.everything(portal_id)
    found, total = _select(partition.all(Snippet), query)
    return Page([SnippetInfo(**_members(one), status=one.status) for one in found], total, query)


def update(portal_id: str, snippet_id: str, body: UpdateSnippet) -> SnippetOut:
    """Change what was sent. Two trips, one more for content.

    What the front matter states stays above what is sent. Raises NotFound, Conflict where the name is taken
    and for a stale caller, Invalid.
    """
    content = cache(lambda: blobs.put(body.content))

    def work() -> Snippet:
        snippet = reading.one(portal_id, Snippet, keys.snippet(snippet_id))
        expect(snippet)
        entries.change(snippet, body, content)
        if "name" in body.model_fields_set:
            snippet.name = body.name
        with Transaction() as tx:
            tx.update(snippet)
        return snippet

    return _show(retrying(work), body.content)


def delete(portal_id: str, snippet_id: str) -> None:
    """Delete a snippet; pages that refer to it show nothing there. Two trips.

    Raises NotFound, Conflict for a stale caller.
    """

    def work() -> None:
        snippet = reading.one(portal_id, Snippet, keys.snippet(snippet_id))
        expect(snippet)
        with Transaction() as tx:
            tx.delete(snippet)

    retrying(work)


def _members(snippet: Snippet) -> dict[str, Any]:
    return {**entries.members(snippet), "name": snippet.name}


def _show(snippet: Snippet, content: str | None = None) -> SnippetOut:
    """A snippet with its content, which is read where it is not at hand."""
    content = blobs.text(snippet.content) if content is None else content
    return SnippetOut(**_members(snippet), status=snippet.status, content=content).at(snippet.rev)


def _select(shown: Iterable[Snippet], query: Query) -> tuple[list[Snippet], int]:
    """The query's page of the snippets, newest first where it does not sort, and how many match."""
    newest = sorted(shown, key=lambda one: (-one.created_at, one.id))
    by_id = {one.id: one for one in newest}
    found = lists.select([_members(one) for one in newest], query)
    return [by_id[snippet_id] for snippet_id in found.ids], found.total


# what a viewer of the portal gets


def visible(partition: Partition, portal: Portal, viewer: Viewer) -> list[Snippet]:
    """The snippets that are there for a viewer."""
    return [
        one
        for one in partition.all(Snippet)
        if sees_item(viewer, portal.access, visibility=one.visibility, status=one.status)
    ]


def visible_page(viewer: Viewer, query: Query) -> Page[VisibleSnippetInfo]:
    """The snippets that a viewer sees, newest first. One trip."""
    portal, partition = reading.everything(viewer.portal_id)
    found, total = _select(visible(partition, portal, viewer), query)
    return Page([VisibleSnippetInfo(**_members(one)) for one in found], total, query)


def visible_snippet(viewer: Viewer, name: str) -> VisibleSnippetOut:
    """The snippet of a name, as far as it is there for the viewer. One trip, and one for its content.

    Raises NotFound.
    """
    portal, partition = reading.everything(viewer.portal_id)
    snippet = next((one for one in visible(partition, portal, viewer) if one.name == name), None)
    if snippet is None:
        raise NotFound("There is no snippet of this name.")
    return VisibleSnippetOut(**_members(snippet), content=blobs.text(snippet.content))
