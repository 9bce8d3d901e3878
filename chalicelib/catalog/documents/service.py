"""Documents: the rules of an API's tree of Markdown texts, and who gets to see which."""

from __future__ import annotations

import uuid
from functools import cache
from typing import Any

from chalicelib import clock
from chalicelib.access.principal import Viewer
from chalicelib.access.visibility import PortalAccess, sees_item
from chalicelib.catalog import visible
from chalicelib.catalog.documents import options
from chalicelib.catalog.documents.schemas import (
    CreateDocument,
    DocumentItem,
    DocumentOut,
    DocumentTreeOut,
    MoveDocument,
    UpdateDocument,
    VisibleDocument,
    VisibleDocumentItem,
    VisibleDocumentTree,
)
from chalicelib.catalog.records import Document
from chalicelib.content import branches
from chalicelib.content.branches import Spot
from chalicelib.content.tree import Tree
from chalicelib.errors import Invalid, NotFound
from chalicelib.storage import blobs, keys, lists, table
from chalicelib.storage.intent import expect
from chalicelib.storage.lists import Query
from chalicelib.storage.table import Partition
from chalicelib.storage.transaction import Transaction

_PREFIX = keys.document("")


class DocumentTree(Tree[Document]):
    """A slug stands for one document wherever it is: the portal API asks for documents by slug alone."""

    everywhere = True


def _read(api_id: str) -> tuple[DocumentTree, int]:
    """An API's tree and the version of its shape. Two trips. Raises NotFound without the API."""
    pulse = table.get_item(keys.Key(keys.api(api_id), keys.PULSE))
    if pulse is None:
        raise NotFound("There is no API of this id.")
    # the rest of the partition, versions and their operations, is large and not wanted
    partition = Partition([pulse, *table.query_items(keys.api(api_id), _PREFIX)])
    return DocumentTree(partition.all(Document)), branches.shape(partition)


def _one(api_id: str, document_id: str) -> Document:
    """One document's record. One trip. Raises NotFound."""
    pk = keys.api(api_id)
    partition = Partition(
        table.get_items([keys.Key(pk, keys.PULSE), keys.Key(pk, keys.document(document_id))]).values()
    )
    branches.shape(partition)  # the API is there
    document = partition.one(Document, keys.document(document_id))
    if document is None:
        raise NotFound("There is no document of this id.")
    return document


def _find(api_id: str, document_id: str) -> Spot[Document]:
    tree, shape = _read(api_id)
    document = tree.get(document_id)
    if document is None:
        raise NotFound("There is no document of this id.")
    expect(document)
    return Spot(tree, document, shape)


def create(api_id: str, body: CreateDocument) -> DocumentOut:
    """A new document, the last among its siblings. Four trips.

    Raises NotFound without the API, Conflict where the slug is taken, Invalid for an unknown parent and for
    front matter that cannot be.
    """
    given = {**options.stated(body.content), **_sent(body)}
    title = given.get("title")
    if title is None:
        title = options.title_of(body.content, given.get("slug"))
    slug = given.get("slug") or options.slug_of(title)
    parent_id = given.get("parent_document_id")
    content = cache(lambda: blobs.put(body.content))

    def work() -> Document:
        tree, shape = _read(api_id)
        _check_parent(tree, parent_id)
        tree.admit(slug, parent_id)
        document_id = str(uuid.uuid4())
        document = Document(
            pk=keys.api(api_id),
            sk=keys.document(document_id),
            id=document_id,
            api_id=api_id,
            title=title,
            slug=slug,
            status=given.get("status", "unpublished"),
            parent_id=parent_id,
            position=tree.slot(parent_id),
            content=content(),
        )
        with Transaction() as tx:
            tx.replant(document.pk, shape)
            tx.insert(document)
        return document

    return _show(branches.replanting(work), body.content)


def get(api_id: str, document_id: str) -> DocumentOut:
    """One document. One trip, and one for its content. Raises NotFound."""
    return _show(_one(api_id, document_id))


def whole(api_id: str, query: Query) -> DocumentTreeOut:
    """The tree of all documents, siblings in their own order. Two trips. Raises NotFound.

    With a filter only the documents that match are there, each under its nearest ancestor that matches,
    else at the top. `parent_document_id` is always the true parent.
    """
    tree, _ = _read(api_id)

    def make(document: Document, _: str | None, children: list[DocumentItem]) -> DocumentItem:
        return DocumentItem(**_members(document), children=children)

    found = [one for one in tree if lists.matches({"status": one.status}, query.conditions)]
    return DocumentTreeOut(data=tree.nest(found, make))


def update(api_id: str, document_id: str, body: UpdateDocument) -> DocumentOut:
    """Change what was sent, and what the front matter of a new content states anew. Two to five trips.

    What the front matter stated before does not undo what was set since. Raises as `create`, and Conflict
    for a stale caller or a document that would come under itself.
    """
    sent = _sent(body)
    content = cache(lambda: blobs.put(body.content))
    stated = options.stated(body.content) if "content" in body.model_fields_set else {}

    def work() -> Document:
        spot, given = None, sent
        if stated or sent.keys() & {"slug", "parent_document_id"}:
            spot = _find(api_id, document_id)
            document = spot.node
        else:
            document = _one(api_id, document_id)
            expect(document)
        if stated:
            before = options.stated(blobs.text(document.content))
            new = {name: value for name, value in stated.items() if before.get(name) != value}
            given = {**new, **sent}
        document.title = given.get("title", document.title)
        document.status = given.get("status", document.status)
        if "content" in body.model_fields_set:
            document.content = content()
        with Transaction() as tx:
            if spot is not None and _replace(spot, given):
                tx.replant(document.pk, spot.shape)
            tx.update(document)
        return document

    changed = branches.replanting(work)
    return _show(changed, body.content if "content" in body.model_fields_set else None)


def _replace(spot: Spot[Document], given: dict[str, Any]) -> bool:
    """Give the document its slug and parent; whether that changes the tree."""
    document, tree = spot.node, spot.tree
    slug = given.get("slug", document.slug)
    parent_id = given.get("parent_document_id", document.parent_id)
    if (slug, parent_id) == (document.slug, document.parent_id):
        return False
    _check_parent(tree, parent_id)
    tree.admit(slug, parent_id, document)
    if parent_id != document.parent_id:
        document.position = tree.slot(parent_id, -1, document)
    document.slug, document.parent_id = slug, parent_id
    return True


def delete(api_id: str, document_id: str) -> None:
    """Delete a document with all below it. Three trips, one more for every 90 documents.

    Raises NotFound, Conflict for a stale caller.
    """
    branches.uproot(lambda: _find(api_id, document_id))


def move(api_id: str, document_id: str, body: MoveDocument) -> None:
    """Put a document with all below it elsewhere in the tree. Three trips.

    Raises NotFound also for an unknown parent, Conflict for a stale caller and where it would come under
    itself.
    """
    branches.move(lambda: _find(api_id, document_id), body.parent_document_id, body.index)


def _sent(body: CreateDocument | UpdateDocument) -> dict[str, Any]:
    return {name: getattr(body, name) for name in options.NAMES if name in body.model_fields_set}


def _check_parent(tree: Tree[Document], parent_id: str | None) -> None:
    if parent_id is not None and tree.get(parent_id) is None:
        raise Invalid.field("parent_document_id", "there is no document of this id", "missing_reference")


def _members(document: Document) -> dict[str, Any]:
    return {
        "id": document.id,
        "title": document.title,
        "slug": document.slug,
        "status": document.status,
        "parent_document_id": document.parent_id,
        "created_at": clock.rfc3339(document.created_at),
        "updated_at": clock.rfc3339(document.updated_at),
    }


def _show(document: Document, content: str | None = None) -> DocumentOut:
    """A document with its content, which is read where it is not at hand."""
    content = blobs.text(document.content) if content is None else content
    return DocumentOut(**_members(document), content=content).at(document.rev)


# what a viewer of a portal gets


def _visible(viewer: Viewer, api_id_or_slug: str) -> tuple[DocumentTree, list[Document]]:
    """The tree of an API that the viewer sees, and the documents of it that are there for the viewer."""
    seen = visible.find(viewer, api_id_or_slug)
    tree = DocumentTree(table.query(Document, seen.api.pk, _PREFIX))
    return tree, [one for one in tree if _sees(viewer, seen.portal.access, tree, one)]


def _sees(viewer: Viewer, portal: PortalAccess, tree: DocumentTree, document: Document) -> bool:
    # whoever sees an API sees its documents: they have no visibility of their own
    ancestors = [above.status for above in tree.ancestors(document)]
    return sees_item(viewer, portal, visibility="public", status=document.status, ancestors=ancestors)


def visible_tree(viewer: Viewer, api_id_or_slug: str) -> VisibleDocumentTree:
    """The tree of the documents that a viewer sees. Two or three trips. Raises NotFound."""
    tree, shown = _visible(viewer, api_id_or_slug)

    def make(
        document: Document, parent_id: str | None, children: list[VisibleDocumentItem]
    ) -> VisibleDocumentItem:
        return VisibleDocumentItem(
            id=document.id,
            parent_document_id=parent_id,
            title=document.title,
            slug=document.slug,
            children=children,
            created_at=clock.rfc3339(document.created_at),
            updated_at=clock.rfc3339(document.updated_at),
        )

    return VisibleDocumentTree(data=tree.nest(shown, make))


def visible_document(viewer: Viewer, api_id_or_slug: str, id_or_slug: str) -> VisibleDocument:
    """The document of this id, or else of this slug. Three or four trips. Raises NotFound."""
    _, shown = _visible(viewer, api_id_or_slug)
    wanted = id_or_slug.lower()
    document = next((one for one in shown if one.id == wanted), None) or next(
        (one for one in shown if one.slug == id_or_slug), None
    )
    if document is None:
        raise NotFound("There is no document of this id or slug.")
    return VisibleDocument(
        id=document.id,
        parent_document_id=document.parent_id,
        slug=document.slug,
        title=document.title,
        content=blobs.text(document.content),
    )
