"""What a document is to be called and where it goes, as its front matter and its text suggest.

A request's own members win over the front matter.
"""

from __future__ import annotations

import re
from typing import Any

from pydantic import ValidationError

from chalicelib.catalog.documents.schemas import FrontMatter
from chalicelib.catalog.slugs import slugify
from chalicelib.errors import Invalid, Violation
from chalicelib.http.validation import violations

NAMES = ("title", "slug", "status", "parent_document_id")
#: a title that nothing suggests
UNTITLED = "Document"

_HEADING = re.compile(r"\s*#{1,6}[ \t]+([^\n]{1,300}?)[ \t]*#*[ \t]*(?:\n|$)")


def stated(content: str) -> dict[str, Any]:
    """The options that a text's front matter names. Raises Invalid where one of them cannot be."""
    from chalicelib.site.mdc.frontmatter import split_front_matter

    front = {name: value for name, value in split_front_matter(content)[0].items() if name in NAMES}
    title = front.get("title")
    if isinstance(title, int | float) and not isinstance(title, bool):
        front["title"] = str(title)  # `title: 2.0` is YAML for a number
    named = {name: value for name, value in front.items() if value is not None}
    try:
        FrontMatter.model_validate(named, strict=True)
    except ValidationError as error:
        found = violations(error)
        raise Invalid(
            [Violation("content", f"front matter: {one.field} {one.reason}", one.rule) for one in found]
        ) from error
    return named


def title_of(content: str, slug: str | None) -> str:
    """A title for a text that has none: the heading it begins with, else what its slug says."""
    from chalicelib.site.mdc.frontmatter import split_front_matter

    heading = _HEADING.match(split_front_matter(content)[1])
    if heading is not None:
        return heading[1].strip()
    words = re.sub(r"[-_]+", " ", slug or "").strip()
    return words[:1].upper() + words[1:] or UNTITLED


def slug_of(title: str) -> str:
    """A slug for a title."""
    return slugify(title) or slugify(UNTITLED)
