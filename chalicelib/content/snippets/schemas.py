"""Wire models of snippets."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from chalicelib.content.types import Content, Description, Title
from chalicelib.http.models import ABSENT, Closed, Out
from chalicelib.http.types import Status, Time, Uuid, Visibility

SnippetName = Annotated[str, Field(max_length=512)]


class CreateSnippet(Closed):
    """A new snippet. Title and description in the content's front matter win over those here."""

    name: SnippetName
    title: Title = ABSENT
    content: Content
    visibility: Visibility = ABSENT
    status: Status = "unpublished"
    description: Description = ABSENT


class UpdateSnippet(Closed):
    """Changes to a snippet: what is left out stays."""

    name: SnippetName = ABSENT
    title: Title = ABSENT
    content: Content = ABSENT
    visibility: Visibility = ABSENT
    status: Status = ABSENT
    description: Description = ABSENT


class SnippetInfo(Out):
    """A snippet in a list."""

    id: Uuid
    name: SnippetName
    title: Title
    visibility: Visibility
    status: Status
    description: Description = ABSENT
    created_at: Time
    updated_at: Time


class SnippetOut(SnippetInfo):
    """A snippet."""

    content: Content


class VisibleSnippetInfo(Out):
    """A snippet in the list that visitors of the portal get."""

    id: Uuid
    name: SnippetName
    title: str
    visibility: Visibility
    description: str = ABSENT
    created_at: Time
    updated_at: Time


class VisibleSnippetOut(VisibleSnippetInfo):
    """A snippet as visitors of the portal get it."""

    content: str
