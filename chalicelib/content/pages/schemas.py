"""Wire models of pages."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from chalicelib.content.types import Content, Description, Title
from chalicelib.http.models import ABSENT, Closed, Open, Out
from chalicelib.http.types import Status, Time, Uuid, Visibility

Slug = Annotated[str, Field(max_length=512)]


class CreatePage(Closed):
    """A new page. Title and description in the content's front matter win over those here."""

    slug: Slug
    title: Title = ABSENT
    content: Content
    visibility: Visibility = ABSENT
    status: Status = "unpublished"
    description: Description = ABSENT
    parent_page_id: Uuid | None = None


class UpdatePage(Closed):
    """Changes to a page: what is left out stays."""

    slug: Slug = ABSENT
    title: Title = ABSENT
    content: Content = ABSENT
    visibility: Visibility = ABSENT
    status: Status = ABSENT
    description: Description = ABSENT
    parent_page_id: Uuid | None = None


class MovePage(Open):
    """Where a page goes: under which page (left out: to the top), as its child number `index`."""

    parent_page_id: Uuid | None = ABSENT
    index: int = ABSENT


class _Page(Out):
    id: Uuid
    slug: Slug
    title: Title
    visibility: Visibility
    status: Status
    description: Description = ABSENT
    parent_page_id: Uuid | None
    created_at: Time
    updated_at: Time


class PageOut(_Page):
    """A page."""

    content: Content


class PageInfo(_Page):
    """A page in the tree, with those below it."""

    children: list[PageInfo]


class PageTreeOut(Out):
    """The tree of pages."""

    data: list[PageInfo]


class _VisiblePage(Out):
    id: Uuid
    slug: str
    title: str
    visibility: Visibility
    description: str = ABSENT
    parent_page_id: Uuid | None
    created_at: Time
    updated_at: Time


class VisiblePageOut(_VisiblePage):
    """A page as visitors of the portal get it."""

    content: str


class VisiblePageInfo(_VisiblePage):
    """A page in the tree that visitors of the portal get."""

    children: list[VisiblePageInfo]


class VisiblePageTreeOut(Out):
    """The tree of pages that a visitor sees."""

    data: list[VisiblePageInfo]
