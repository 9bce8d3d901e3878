"""What is read out of a text when it is stored: title and description, and the snippets it refers to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from chalicelib.content.tree import trimmed
from chalicelib.errors import Invalid

#: snippets of one text that a record names: a record has at most 400,000 bytes
MOST_SNIPPETS = 100
TITLE_LENGTH, DESCRIPTION_LENGTH, CONTENT_LENGTH = 512, 160, 1_000_000


@dataclass(frozen=True)
class Stated:
    """Title and description that a text states of itself in its front matter, None where it does not."""

    title: str | None = None
    description: str | None = None


def stated(content: str) -> Stated:
    """Read a text's front matter. Raises Invalid where title or description are too long to be shown."""
    from chalicelib.site.mdc.frontmatter import split_front_matter

    front, _, _ = split_front_matter(content)
    return Stated(
        _text(front.get("title"), "title", TITLE_LENGTH),
        _text(front.get("description"), "description", DESCRIPTION_LENGTH),
    )


def _text(value: Any, name: str, most: int) -> str | None:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    text = str(value).strip()
    if len(text) > most:
        raise Invalid.field(
            "content",
            f"the {name} in the front matter must have at most {most} characters",
            "max_length",
            maximum=most,
        )
    return text or None


def snippets(content: str) -> list[str]:
    """Names of the snippets that a text refers to, in order of the alphabet."""
    if "snippet" not in content and "layout" not in content:
        return []
    from chalicelib.site.mdc import snippet_names

    return sorted(name for name in snippet_names(content) if len(name) <= 512)[:MOST_SNIPPETS]


def read_with(content: str) -> dict[str, Any]:
    """What a record notes of its text, so that whatever a page needs can be read together."""
    return {"snippets": snippets(content), "lists_apis": "apis-list" in content}


def humanised(slug: str) -> str:
    """A title made of a slug or name: `/getting-started` → `Getting started`; the root is `Home`."""
    words = re.sub(r"[-_\s]+", " ", trimmed(slug).rpartition("/")[2]).strip()
    return words[:1].upper() + words[1:] or "Home"
