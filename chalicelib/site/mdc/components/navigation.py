"""Lists of links."""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.site.mdc.components.base import ANY, FLAG, NUMBER, TEXT, Block, Component, escape, tag
from chalicelib.site.mdc.expressions import as_text
from chalicelib.site.mdc.model import Heading, Value

_MAX_LINKS = 500
_MAX_HEADINGS = 500
_MAX_DEPTH = 6


def link_group(block: Block) -> str:
    """A group of links under a header; with `collapsible` it can be closed."""
    links = _links(block, block.values.get("links"))
    return block.element("nav", "mdc-link-group", _group(block, links), block.slot(), **_label(block))


def _label(block: Block) -> dict[str, str | bool | None]:
    header = block.text("header", block.text("title"))
    return {"aria-label": header} if header else {}


def _group(block: Block, links: str) -> str:
    header, _ = block.phrase("header", view=block.view.inside(links=False))
    header = header or escape(block.text("title"))
    if not header:
        return links
    if block.flag("collapsible"):
        is_open = block.flag("expanded", True)
        return tag(
            "details", {"open": is_open}, tag("summary", {"class": "mdc-link-group__header"}, header), links
        )
    return tag("p", {"class": "mdc-link-group__header"}, header) + links


def _links(block: Block, links: Value) -> str:
    left = [_MAX_LINKS]
    html = _list(block, links, left, 0)
    if left[0] <= 0:
        block.mistake(f"a list may have at most {_MAX_LINKS} links")
    return html


def _list(block: Block, links: Value, left: list[int], depth: int) -> str:
    if not isinstance(links, list) or depth >= _MAX_DEPTH:
        return ""
    items = []
    for link in links:
        left[0] -= 1
        if left[0] <= 0:
            break
        if isinstance(link, dict):
            items.append(
                tag("li", None, _item(block, link), _list(block, link.get("children"), left, depth + 1))
            )
        else:
            block.mistake("a link is a mapping with text and href")
    return tag("ul", {"class": "mdc-links"}, *items) if items else ""


def _item(block: Block, link: dict[str, Value]) -> str:
    text = next((as_text(link[key]) for key in ("text", "title", "label", "name") if link.get(key)), "")
    href = next((as_text(link[key]) for key in ("href", "to", "url") if link.get(key)), "")
    attributes = block.link(href, new_window=link.get("external") is True) if href else {}
    return tag("a" if attributes else "span", attributes, escape(text or href))


def page_navigation(block: Block) -> str:
    """Links to pages: written out (`groups`, `links`), or the children of the page at `href`."""
    html = ""
    groups = block.values.get("groups")
    for group in groups[:50] if isinstance(groups, list) else ():
        if isinstance(group, dict):
            header = as_text(group.get("header"))
            title = tag("p", {"class": "mdc-page-navigation__header"}, escape(header)) if header else ""
            html += tag(
                "div", {"class": "mdc-page-navigation__group"}, title, _links(block, group.get("links"))
            )
    html += _links(block, block.values.get("links"))
    if block.flag("children") or (block.text("href") and not html):
        # Which pages there are depends on who asks.
        block.renderer.dynamic = True
        part = block.renderer.context.part("page-navigation", block.values) or ""
        html += part if block.renderer.spend(len(part)) else ""
    header = block.text("header")
    if header and html:
        html = tag("p", {"class": "mdc-page-navigation__header"}, escape(header)) + html
    return (
        block.element("nav", "mdc-page-navigation", html, **{"aria-label": header or "Pages"}) if html else ""
    )


def page_toc(block: Block) -> str:
    """The headings of the page, as deep as `max-depth` says."""
    title = block.text("title", "On this page")
    depth = block.number("max-depth", 3, 1, 6)
    heading = block.part("title", "p", escape(title))
    attributes = block.attributes("mdc-page-toc", **{"aria-label": title})
    renderer = block.renderer

    def contents() -> str:
        known: Sequence[Heading] = (
            renderer.headings if renderer.context.headings is None else renderer.context.headings
        )
        known = known[:_MAX_HEADINGS]
        top = min((item.level for item in known if item.level > 1), default=2)
        shown = [item for item in known if top <= item.level < top + depth]
        if not shown or not renderer.spend(sum(len(item.text) + len(item.id) + 50 for item in shown)):
            return ""
        items = [
            tag(
                "li",
                {"class": f"mdc-page-toc__level-{item.level - top + 1}"},
                tag("a", {"href": f"#{item.id}"}, escape(item.text)),
            )
            for item in shown
        ]
        return tag("nav", attributes, heading, tag("ul", None, *items))

    return renderer.later(contents)


_LIST_PROPS = {"header": TEXT, "title": TEXT, "links": ANY}

COMPONENTS = (
    Component(
        "link-group",
        link_group,
        {**_LIST_PROPS, "collapsible": FLAG, "expanded": FLAG},
        ("default", "header"),
    ),
    Component(
        "page-navigation",
        page_navigation,
        {
            **_LIST_PROPS,
            "groups": ANY,
            "href": TEXT,
            "children": FLAG,
            "collapsible": FLAG,
            "max-depth": NUMBER,
        },
    ),
    Component("page-toc", page_toc, {"title": TEXT, "max-depth": NUMBER}, parts=("title",)),
)
