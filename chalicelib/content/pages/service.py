"""Pages: the rules of making, changing, moving and deleting them, and who gets to see which."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from functools import cache
from typing import Any

from chalicelib.access.principal import Viewer
from chalicelib.access.visibility import sees_item
from chalicelib.content import branches, entries, reading
from chalicelib.content.branches import Spot
from chalicelib.content.pages.schemas import (
    CreatePage,
    MovePage,
    PageInfo,
    PageOut,
    PageTreeOut,
    UpdatePage,
    VisiblePageInfo,
    VisiblePageOut,
    VisiblePageTreeOut,
)
from chalicelib.content.pages.tree import PageTree, pages
from chalicelib.content.records import Page
from chalicelib.content.tree import Tree, trimmed
from chalicelib.errors import Invalid, NotFound
from chalicelib.portals.records import Portal
from chalicelib.storage import blobs, keys, lists
from chalicelib.storage.intent import expect
from chalicelib.storage.lists import Query
from chalicelib.storage.records import Row
from chalicelib.storage.transaction import Transaction


def create(portal_id: str, body: CreatePage) -> PageOut:
    """A new page, the last among its siblings. Three trips.

    Raises NotFound, Conflict where the path is taken, Invalid for a reserved path or an unknown parent.
    """
    content = cache(lambda: blobs.put(body.content))

    def work() -> Page:
        portal, partition = reading.everything(portal_id)
        tree = pages(partition)
        page = new(portal, tree, body)
        page.content = content()
        with Transaction() as tx:
            tx.replant(page.pk, branches.shape(partition))
            tx.insert(page)
        return page

    return _show(branches.replanting(work), body.content)


def new(portal: Portal, tree: PageTree, body: CreatePage) -> Page:
    """The record of a new page, once it may stand there; its content is still to be stored.

    Raises as `create`.
    """
    _check_parent(tree, body.parent_page_id)
    tree.admit(body.slug, body.parent_page_id)
    page_id = str(uuid.uuid4())
    return Page(
        pk=portal.pk,
        sk=keys.page(page_id),
        id=page_id,
        slug=body.slug,
        parent_id=body.parent_page_id,
        position=tree.slot(body.parent_page_id),
        **entries.new(portal, body, body.slug),
    )


def get(portal_id: str, page_id: str) -> PageOut:
    """One page. One trip, and one for its content. Raises NotFound."""
    return _show(reading.one(portal_id, Page, keys.page(page_id)))


def whole(portal_id: str, query: Query) -> PageTreeOut:
    """The tree of all pages in one trip; siblings stand in their own order unless the query sorts.

    With a filter only the pages that match are there, each under its nearest ancestor that matches, else at
    the top: whoever looks for a page finds it, not its parents. `parent_page_id` is always the true parent.
    """
    _, partition = reading.everything(portal_id)
    tree = pages(partition)

    def make(page: Page, _: str | None, children: list[PageInfo]) -> PageInfo:
        return PageInfo(**_members(page), status=page.status, children=children)

    return PageTreeOut(data=tree.nest(_select(tree, tree, query), make))


def update(portal_id: str, page_id: str, body: UpdatePage) -> PageOut:
    """Change what was sent. Two trips, one more for content.

    What the front matter states stays above what is sent. Raises as `create`, and Conflict for a stale
    caller or a page that would come under itself.
    """
    sent = body.model_fields_set
    content = cache(lambda: blobs.put(body.content))

    def work() -> Page:
        spot = None
        if sent & {"slug", "parent_page_id"}:
            spot = _find(portal_id, page_id)
            page = spot.node
        else:
            page = reading.one(portal_id, Page, keys.page(page_id))
        expect(page)
        entries.change(page, body, content)
        with Transaction() as tx:
            if spot is not None and _replace(spot, body):
                tx.replant(page.pk, spot.shape)
            tx.update(page)
        return page

    return _show(branches.replanting(work), body.content)


def _replace(spot: Spot[Page], body: UpdatePage) -> bool:
    """Give the page the slug and parent that were sent; whether that changes the shape of the tree."""
    page, tree, sent = spot.node, spot.tree, body.model_fields_set
    parent_id = body.parent_page_id if "parent_page_id" in sent else page.parent_id
    slug = body.slug if "slug" in sent else page.slug
    if parent_id == page.parent_id and trimmed(slug) == trimmed(page.slug):
        page.slug = slug
        return False
    _check_parent(tree, parent_id)
    tree.admit(slug, parent_id, page)
    if parent_id != page.parent_id:
        page.position = tree.slot(parent_id, -1, page)
    page.slug, page.parent_id = slug, parent_id
    return True


def move(portal_id: str, page_id: str, body: MovePage | None) -> None:
    """Put a page with all below it elsewhere in the tree. Two trips.

    Raises NotFound also for an unknown parent, Conflict for a stale caller, where the page would come under
    itself and where its path is taken, Invalid for a reserved path.
    """
    parent_id, index = (body.parent_page_id, body.index) if body is not None else (None, None)
    branches.move(lambda: _expected(portal_id, page_id), parent_id, index)


def delete(portal_id: str, page_id: str) -> None:
    """Delete a page with all below it. Two trips, one more for every 90 pages.

    Raises NotFound, Conflict for a stale caller.
    """
    branches.uproot(lambda: _expected(portal_id, page_id))


def _find(portal_id: str, page_id: str) -> Spot[Page]:
    _, partition = reading.everything(portal_id)
    tree = pages(partition)
    page = tree.get(page_id)
    if page is None:
        raise NotFound("There is no page of this id.")
    return Spot(tree, page, branches.shape(partition))


def _expected(portal_id: str, page_id: str) -> Spot[Page]:
    spot = _find(portal_id, page_id)
    expect(spot.node)
    return spot


def _check_parent(tree: Tree[Page], parent_id: str | None) -> None:
    if parent_id is not None and tree.get(parent_id) is None:
        raise Invalid.field("parent_page_id", "there is no page of this id", "missing_reference")


def _members(page: Page) -> dict[str, Any]:
    return {**entries.members(page), "slug": page.slug, "parent_page_id": page.parent_id}


def _show(page: Page, content: str | None = None) -> PageOut:
    """A page with its content, which is read where it is not at hand."""
    content = blobs.text(page.content) if content is None else content
    return PageOut(**_members(page), status=page.status, content=content).at(page.rev)


def _select(tree: PageTree, shown: Iterable[Page], query: Query) -> list[Page]:
    """Those of the pages that pass the query's filters, in its order. Slugs compare without slashes."""

    def row(page: Page) -> Row:
        return {**_members(page), "slug": trimmed(page.slug)}

    def bare(value: Any) -> Any:
        return tuple(trimmed(one) for one in value) if isinstance(value, tuple) else trimmed(value)

    conditions = tuple(
        one._replace(value=bare(one.value)) if one.field == "slug" else one for one in query.conditions
    )
    found = lists.select([row(page) for page in shown], query._replace(conditions=conditions))
    return [page for page_id in found.ids if (page := tree.get(page_id)) is not None]


# what a viewer of the portal gets


def visible(tree: PageTree, portal: Portal, viewer: Viewer) -> list[Page]:
    """The pages that are there for a viewer, parents before children."""
    return [
        page
        for page in tree
        if sees_item(
            viewer,
            portal.access,
            visibility=page.visibility,
            status=page.status,
            ancestors=[above.status for above in tree.ancestors(page)],
        )
    ]


def visible_tree(viewer: Viewer, query: Query) -> VisiblePageTreeOut:
    """The tree of the pages that a viewer sees, filtered as `whole`. One trip.

    A page whose parent is not shown comes under its nearest ancestor that is, and says so in
    `parent_page_id`: what is hidden is not named.
    """
    portal, partition = reading.everything(viewer.portal_id)
    tree = pages(partition)
    seen = visible(tree, portal, viewer)

    def make(page: Page, parent_id: str | None, children: list[VisiblePageInfo]) -> VisiblePageInfo:
        members = {**_members(page), "parent_page_id": parent_id}
        return VisiblePageInfo(**members, children=children)

    return VisiblePageTreeOut(data=tree.nest(_select(tree, seen, query), make))


def visible_page(viewer: Viewer, path: str) -> VisiblePageOut:
    """The page at a path, as far as it is there for the viewer. One trip, and one for its content.

    Raises NotFound.
    """
    portal, partition = reading.everything(viewer.portal_id)
    tree = pages(partition)
    page = tree.at(path)
    seen = {one.id for one in visible(tree, portal, viewer)}
    if page is None or page.id not in seen:
        raise NotFound("There is no page at this path.")
    above = next((one.id for one in reversed(tree.ancestors(page)) if one.id in seen), None)
    members = {**_members(page), "parent_page_id": above}
    return VisiblePageOut(**members, content=blobs.text(page.content))
