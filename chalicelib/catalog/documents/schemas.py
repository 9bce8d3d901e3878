"""Wire models of documents."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator

from chalicelib.http import types
from chalicelib.http.models import ABSENT, Closed, Open, Out, ReadOnly
from chalicelib.http.types import RuleError, Status, Time, Uuid

#: the contract has no limit, a record has one
_LONGEST = 1024


def _short(text: str) -> str:
    if len(text) > _LONGEST:
        raise RuleError(f"must have at most {_LONGEST:,} characters", "max_length")
    return text


Title = Annotated[str, AfterValidator(_short)]
Slug = Annotated[types.Slug, AfterValidator(_short)]


class FrontMatter(Open):
    """What a document's front matter may state of it, as a request may."""

    title: Title = ABSENT
    slug: Slug = ABSENT
    status: Status = ABSENT
    parent_document_id: Uuid | None = ABSENT


class _Document(Closed):
    id: ReadOnly
    created_at: ReadOnly
    updated_at: ReadOnly


class CreateDocument(_Document):
    """A new document. What is left out is taken from the content's front matter, else made up."""

    content: str
    title: Title = ABSENT
    slug: Slug = ABSENT
    status: Status = "unpublished"
    parent_document_id: Uuid | None = None


class UpdateDocument(_Document):
    """Changes to a document: what is left out stays."""

    content: str = ABSENT
    title: Title = ABSENT
    slug: Slug = ABSENT
    status: Status = "unpublished"
    parent_document_id: Uuid | None = None


class MoveDocument(Open):
    """Where a document goes: under which one (none: to the top), as its child number `index`."""

    parent_document_id: Uuid | None = None
    index: int = -1


class _DocumentOut(Out):
    id: Uuid
    title: str
    slug: Slug
    status: Status
    parent_document_id: Uuid | None
    created_at: Time
    updated_at: Time


class DocumentOut(_DocumentOut):
    """A document."""

    content: str


class DocumentItem(_DocumentOut):
    """A document in the tree, with those below it."""

    children: list[DocumentItem]


class DocumentTreeOut(Out):
    """The tree of an API's documents."""

    data: list[DocumentItem]


class VisibleDocument(Out):
    """A document as visitors of a portal get it."""

    id: Uuid
    parent_document_id: Uuid | None
    slug: str
    title: str
    content: str


class VisibleDocumentItem(Out):
    """A document in the tree that visitors of a portal get."""

    id: Uuid
    parent_document_id: Uuid | None
    title: str
    slug: str
    children: list[VisibleDocumentItem]
    created_at: Time
    updated_at: Time


class VisibleDocumentTree(Out):
    """The tree of the documents that a visitor sees."""

    data: list[VisibleDocumentItem]
