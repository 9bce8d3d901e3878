"""What goes into the renderer and what comes out of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

# What YAML and JSON can say: null, booleans, numbers, strings, lists and mappings of them.
Value: TypeAlias = Any
Props: TypeAlias = dict[str, Value]


@dataclass(frozen=True, slots=True)
class Problem:
    """A mistake of the author; `line` counts from 1 in the text given to the function that reports it."""

    line: int
    message: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading with an id that links can point to (`#id`)."""

    level: int
    id: str
    text: str


def _no_snippet(name: str) -> str | None:
    return None


def _no_part(name: str, props: Mapping[str, Value]) -> str | None:
    return None


def _same_link(href: str) -> str:
    return href


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """Who looks at the page, and what only the site knows.

    `snippet(name)` gives the snippet's source, or None where there is none or this viewer may not see it.
    `part(name, props)` gives the HTML, trusted as it is, of what only the site can render: `apis-list`,
    `form-login`, `form-register` and `page-navigation` (its links to child pages); None renders nothing.
    `resolve_link(href)` maps a link inside the site (relative, with `.md`, ...) to what is to be followed.
    `data` holds what bindings may read: `portal`, `page`, and `snippet` where a snippet is rendered alone.
    `headings` lists the page's headings when what is rendered is a layout slot beside it.
    `id_prefix` keeps the ids of such a slot apart from those of the page.
    """

    authenticated: bool = False
    preview: bool = False
    snippet: Callable[[str], str | None] = _no_snippet
    part: Callable[[str, Mapping[str, Value]], str | None] = _no_part
    resolve_link: Callable[[str], str] = _same_link
    data: Mapping[str, Value] = field(default_factory=dict)
    headings: Sequence[Heading] | None = None
    id_prefix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A rendered page.

    `html` is a fragment, safe to put into a page as it is; it has no script and no style attribute.
    `css` belongs into a stylesheet of its own, loaded after the site's.
    `title` is the text of the first top-level heading, or None.
    `snippets_used` are the names asked for, found or not.
    `has_dynamic` says that another viewer may get another page.
    """

    html: str
    css: str
    title: str | None
    headings: tuple[Heading, ...]
    front_matter: Props
    problems: tuple[Problem, ...]
    snippets_used: frozenset[str]
    has_dynamic: bool
