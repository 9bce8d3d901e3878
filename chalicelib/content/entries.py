"""What pages and snippets have in common: a text with a title, a description, visibility and status."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chalicelib import clock
from chalicelib.content import text
from chalicelib.content.records import Page, Snippet
from chalicelib.portals.records import Portal
from chalicelib.storage import blobs

Entry = Page | Snippet


def new(portal: Portal, body: Any, named: str) -> dict[str, Any]:
    """A new entry's attributes but the content's blob. `named`: its slug or name, for a title where none is
    given. Raises Invalid for front matter that cannot be shown."""
    stated = text.stated(body.content)
    title = stated.title or body.title
    return {
        "title": text.humanised(named) if title is None else title,
        "description": stated.description or body.description,
        "visibility": body.visibility or portal.default_page_visibility,
        "status": body.status,
        **text.read_with(body.content),
    }


def change(entry: Entry, body: Any, store: Callable[[], str]) -> None:
    """Apply what was sent of the common members; what the front matter states stays above it.

    `store` puts the body's content away and gives its blob's name. Raises as `new`. A trip where a title or
    description is sent without the content it might be stated in.
    """
    sent: set[str] = body.model_fields_set
    stated = text.Stated()
    if "content" in sent:
        stated = text.stated(body.content)
        for name, value in text.read_with(body.content).items():
            setattr(entry, name, value)
        entry.content = store()
    elif sent & {"title", "description"}:
        stated = text.stated(blobs.text(entry.content))
    for name in sent & {"title", "description", "visibility", "status"}:
        setattr(entry, name, getattr(body, name))
    entry.title = stated.title or entry.title
    entry.description = stated.description or entry.description


def members(entry: Entry) -> dict[str, Any]:
    """The wire members that every answer about an entry has, and its description where there is one."""
    found: dict[str, Any] = {
        "id": entry.id,
        "title": entry.title,
        "visibility": entry.visibility,
        "created_at": clock.rfc3339(entry.created_at),
        "updated_at": clock.rfc3339(entry.updated_at),
    }
    if entry.description is not None:
        found["description"] = entry.description
    return found
