"""Templates, and the one place where a page's parts become an answer with its headers."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from chalicelib.http.answers import Answer
from chalicelib.site import assets, policy
from chalicelib.site.layout import layout
from chalicelib.site.state import Visit

HTML = "text/html; charset=utf-8"
MARKDOWN = "text/markdown; charset=utf-8"
#: what Markdown would read as more than text
_SIGNS = re.compile(r"([\\`*_\[\]<>|#])")


@dataclass(frozen=True)
class Picture:
    """A page's picture for social networks."""

    url: str
    alt: str | None = None
    width: int | None = None
    height: int | None = None


@dataclass(frozen=True)
class Head:
    """What stands in a page's head. `index` False asks search engines to pass over it."""

    title: str
    og_title: str
    description: str | None = None
    canonical: str | None = None
    image: Picture | None = None
    index: bool = True


@dataclass(frozen=True)
class View:
    """Everything a page is made of. `css`: its own rules. `authored`: an admin's text, which may show
    pictures of other hosts. `tags`: what it is of, besides the portal. `entries`: the front-end files it
    loads. `directives`: additions to its policy. `source`: the text that it was made of; other pages have a
    template of Markdown beside the one of HTML."""

    visit: Visit
    path: str
    template: str
    head: Head
    values: dict[str, Any] = field(default_factory=dict)
    css: str = ""
    status: int = 200
    authored: bool = False
    tags: tuple[str, ...] = ()
    entries: tuple[str, ...] = ("site/main.ts",)
    directives: dict[str, str] = field(default_factory=dict)
    source: Callable[[], str] | None = None


@cache
def environment() -> Any:
    """The templates: HTML escaped throughout, Markdown by the filter `md`; an unknown name is an error."""
    from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

    made = Environment(
        loader=PackageLoader("chalicelib.site"),
        autoescape=select_autoescape(disabled_extensions=("md",), default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    made.filters["md"] = _md
    return made


def _md(text: object) -> str:
    """A text on one line of Markdown, meaning nothing but itself; of HTML its text."""
    plain = text.striptags() if hasattr(text, "striptags") else str(text)
    return _SIGNS.sub(r"\\\1", " ".join(plain.split()))


def fragment(template: str, **values: Any) -> str:
    """A template's HTML on its own."""
    text: str = environment().get_template(template).render(**values)
    return text


def answer(view: View) -> Answer:
    """The page as an answer."""
    frame = layout(view.visit, view.path)
    css = frame.css + view.css.replace("</", "<\\/")
    text = fragment(
        view.template,
        layout=frame,
        head=view.head,
        css=css,
        assets=[assets.entry(name) for name in view.entries],
        **view.values,
    )
    policies = {
        "Content-Security-Policy": policy.content_security(css, authored=view.authored, **view.directives),
        **policy.security(),
    }
    return Answer(_encoded(text), view.status, {**policies, **_headers(view)}, HTML)


def markdown(view: View, *, negotiated: bool) -> Answer:
    """The page as Markdown. `negotiated`: at the address of the HTML, where a cache must not keep it."""
    name = view.template.removesuffix(".html") + ".md"
    text = view.source() if view.source is not None else fragment(name, head=view.head, **view.values)
    headers = {**policy.data(), **_headers(view)}
    if negotiated:
        headers = {**policy.data(), "Vary": policy.VARY, "Cache-Control": policy.PRIVATE}
    return Answer(_encoded(text.strip() + "\n"), view.status, headers, MARKDOWN)


def _headers(view: View) -> dict[str, str]:
    kept = policy.MISSING_CACHE if view.status == 404 else policy.PUBLIC_CACHE
    return {"Vary": policy.VARY, **policy.caching(view.visit, view.tags, kept=kept)}


def _encoded(text: str) -> bytes:
    """UTF-8; half a character (a lone surrogate, which JSON can write) becomes a question mark."""
    return text.encode("utf-8", "replace")
