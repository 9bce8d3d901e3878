"""Templates, and the one place where a page's parts become an answer with its headers."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import Any

from chalicelib.http.answers import Answer
from chalicelib.site import assets, policy
from chalicelib.site.layout import Layout

HTML = "text/html; charset=utf-8"


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
    """Everything a page is made of. `public`: a shared cache may keep it. `css`: the page's own rules."""

    template: str
    layout: Layout
    head: Head
    values: dict[str, Any] = field(default_factory=dict)
    css: str = ""
    status: int = 200
    public: bool = True
    authored: bool = True
    tags: tuple[str, ...] = ()
    entry: str = "site/main.ts"
    directives: dict[str, str] = field(default_factory=dict)


@cache
def environment() -> Any:
    """The templates: escaped throughout, an unknown name is an error."""
    from jinja2 import Environment, PackageLoader, StrictUndefined

    return Environment(
        loader=PackageLoader("chalicelib.site"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )


def fragment(template: str, **values: Any) -> str:
    """A template's HTML on its own."""
    text: str = environment().get_template(template).render(**values)
    return text


def answer(view: View) -> Answer:
    """The page as an answer."""
    css = view.layout.css + view.css.replace("</", "<\\/")
    text = fragment(
        view.template,
        layout=view.layout,
        head=view.head,
        css=css,
        assets=assets.entry(view.entry),
        **view.values,
    )
    return Answer(
        text.encode(),
        view.status,
        {
            "Content-Security-Policy": policy.content_security(
                css, authored=view.authored, **view.directives
            ),
            "Vary": "Accept-Encoding, Accept, Cookie",
            **policy.security(),
            **caching(view.public, view.tags, missing=view.status == 404),
        },
        HTML,
    )


def caching(public: bool, tags: tuple[str, ...], *, missing: bool = False) -> dict[str, str]:
    """Headers that say who may keep an answer: a shared cache only what everyone may see."""
    if not public:
        return {"Cache-Control": policy.PRIVATE}
    found = {"Cache-Control": policy.MISSING_CACHE if missing else policy.PUBLIC_CACHE}
    if tags:
        found["Cache-Tag"] = ",".join(tags)
    return found
