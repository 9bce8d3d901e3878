"""Descriptions of a specification as HTML: Markdown without raw HTML, pictures or dangerous links."""

from __future__ import annotations

from functools import cache
from typing import Any

from markupsafe import Markup, escape

#: characters of one description that are rendered
LIMIT = 20_000


@cache
def _markdown() -> Any:
    from markdown_it import MarkdownIt

    from chalicelib.site.mdc.links import safe_url

    made = MarkdownIt("commonmark", {"html": False, "maxNesting": 12}).enable("table")
    # a picture would be fetched from wherever the specification says
    made.disable("image")
    made.validateLink = lambda url: safe_url(url) is not None  # type: ignore[method-assign]
    made.add_render_rule("link_open", _link_open)
    made.add_render_rule("heading_open", _heading)
    made.add_render_rule("heading_close", _heading)
    return made


def _link_open(self: Any, tokens: Any, index: int, options: Any, env: Any) -> str:
    href = str(tokens[index].attrs.get("href", ""))
    return f'<a href="{escape(href)}" rel="noopener noreferrer nofollow">'


def _heading(self: Any, tokens: Any, index: int, options: Any, env: Any) -> str:
    # the page has headings of its own: those of a description are set apart without being any
    return '<p class="ref-heading"><strong>' if tokens[index].nesting == 1 else "</strong></p>\n"


def prose(text: object) -> Markup:
    """The HTML of a description, empty for what is no text."""
    if not isinstance(text, str) or not text.strip():
        return Markup()
    cut = text[:LIMIT]
    if len(cut) < 400 and not any(sign in cut for sign in "*_`[#>|<\\&-+1234567890!~=\n"):
        return Markup("<p>{}</p>").format(cut.strip())
    rendered: str = _markdown().render(cut)
    return Markup(rendered)  # noqa: S704 - html is off, links are checked
