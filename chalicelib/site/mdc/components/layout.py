"""Components that arrange others."""

from __future__ import annotations

from chalicelib.site.mdc.blocks import DEFAULT
from chalicelib.site.mdc.components.base import (
    ANY,
    FLAG,
    NUMBER,
    TEXT,
    Block,
    Component,
    choice,
    open_tag,
    tag,
)
from chalicelib.site.mdc.links import IMAGE_SCHEMES, safe_url
from chalicelib.site.mdc.styles import BREAKPOINTS, Rules

_ALIGN = choice(
    "left", "center", "right", "start", "end", "stretch", "top", "bottom", "flex-start", "flex-end"
)
_CSS_ALIGN = {"left": "start", "top": "start", "right": "end", "bottom": "end"}
_SECTION_TAGS = choice("section", "div", "article", "aside", "header", "footer", "nav")
_HEADING_PROPS = {"title": TEXT, "title-tag": TEXT, "tagline": TEXT, "description": TEXT}
_LAYOUT_PROPS = {
    "full-width": FLAG,
    "full-height": FLAG,
    "vertical-align": _ALIGN,
    "horizontal-align": _ALIGN,
}
_IMAGE_PROPS = {"image": TEXT, "image-src": TEXT, "image-alt": TEXT, "image-position": TEXT}


def _align(block: Block) -> None:
    """`horizontal-align` and `vertical-align` as alignment of a grid's or a flexible box's items."""
    for prop, css in (("horizontal-align", "justify-items"), ("vertical-align", "align-items")):
        if value := block.text(prop):
            block.rules.declare(css, _CSS_ALIGN.get(value, value))


def _columns(rules: Rules, columns: object, breakpoints: object) -> None:
    """As many equal columns as said; the numbers of `breakpoints` hold from their widths on."""
    rules.declare("display", "grid")
    wanted = breakpoints if isinstance(breakpoints, dict) else {}
    values = {name: _tracks(value) for name, value in wanted.items() if name in BREAKPOINTS}
    rules.declare("grid-template-columns", _tracks(columns))
    rules.at_breakpoints("grid-template-columns", values)
    rules.refused += [f"{name} is no breakpoint" for name in wanted if name not in BREAKPOINTS]


def _tracks(columns: object) -> str:
    count = int(str(columns)) if str(columns).isdigit() and len(str(columns)) < 3 else 1
    return f"repeat({min(max(count, 1), 24)}, minmax(0, 1fr))"


def _full(block: Block, name: str) -> str:
    classes = [f"mdc-{name}"]
    classes += [f"mdc-{name}--{prop}" for prop in ("full-width", "full-height") if block.flag(prop)]
    return " ".join(classes)


def page_section(block: Block) -> str:
    """A section of a page, with an optional title that the table of contents lists."""
    _align(block)
    title = block.title("h2", listed=True)
    header = block.tagline() + title + block.section("description")
    body = block.part("content", "div", block.slot())
    return block.element(block.text("tag", "section"), _full(block, "page-section"), header, body)


def page_header(block: Block) -> str:
    """The header of a page: tagline, title, description, actions."""
    title = block.tagline() + block.title("h1") + block.section("description")
    text = tag("div", {"class": "mdc-page-header__text"}, title)
    return block.element("header", "mdc-page-header", text, block.section("actions"), block.slot())


def page_hero(block: Block) -> str:
    """The opening of a page: title, description, actions and an image beside or below them."""
    _align(block)
    text_rules = block.parts["text"]
    text = block.tagline() + block.title("h1") + block.section("description") + block.section("actions")
    style = block.renderer.style_class(text_rules)
    text = tag("div", {"class": f"mdc-page-hero__text {style or ''}".strip()}, text, block.slot())
    position = block.text("image-position", block.text("position", "right"))
    if position not in ("left", "right", "top", "bottom"):
        block.mistake("the image's position must be one of left, right, top, bottom")
        position = "right"
    image = block.slot("image") if "image" in block.node.slots else _image(block)
    classes = _full(block, "page-hero") + (f" mdc-page-hero--image-{position}" if image else "")
    return block.element("div", classes, text, block.part("image", "div", image))


def _image(block: Block) -> str:
    source = block.text("image-src") or block.text("image-url") or block.text("image")
    if not source:
        return ""
    url = safe_url(source, IMAGE_SCHEMES)
    if not url:
        block.mistake(f'"{source[:60]}" is no address of an image')
        return ""
    return open_tag("img", {"src": url, "alt": block.text("image-alt"), "loading": "lazy"})


def container(block: Block) -> str:
    """A box for others; `display`, `gap` and the like say how they stand in it."""
    if columns := block.values.get("grid-columns"):
        _columns(block.rules, columns, {})
    if breakpoints := block.values.get("grid-columns-breakpoints"):
        _columns(block.rules, block.values.get("grid-columns", 1), breakpoints)
    _align(block)
    return block.element(block.text("tag", "div"), _full(block, "container"), block.slot())


def multi_column(block: Block) -> str:
    """Columns of equal width, as many as the viewer's screen has room for."""
    columns = block.values.get("columns", block.values.get("grid-columns", 1))
    breakpoints = block.values.get("columns-breakpoints", block.values.get("grid-columns-breakpoints"))
    _columns(block.rules, columns, breakpoints)
    _align(block)
    return block.element("div", "mdc-multi-column", block.slot())


def grid(block: Block) -> str:
    """A grid; its items may span columns and rows."""
    columns = block.values.get("grid-columns", block.values.get("columns", 1))
    breakpoints = block.values.get("grid-columns-breakpoints", block.values.get("columns-breakpoints"))
    _columns(block.rules, columns, breakpoints)
    _align(block)
    return block.element("div", "mdc-grid", block.slot())


def grid_item(block: Block) -> str:
    return block.element("div", "mdc-grid-item", block.slot())


def plain_element(block: Block) -> str:
    """An HTML element by its name."""
    name = block.component.name
    if name == "span":
        return block.element(name, "", block.phrase()[0])
    return block.element(name, "", block.slot())


_COLUMN_PROPS = {
    "columns": NUMBER,
    "columns-breakpoints": ANY,
    "grid-columns": NUMBER,
    "grid-columns-breakpoints": ANY,
    "horizontal-align": _ALIGN,
    "vertical-align": _ALIGN,
}

COMPONENTS = (
    Component(
        "page-section",
        page_section,
        {**_HEADING_PROPS, **_LAYOUT_PROPS, "tag": _SECTION_TAGS},
        (DEFAULT, "tagline", "title", "description"),
        ("tagline", "title", "description", "content"),
    ),
    Component(
        "page-header",
        page_header,
        _HEADING_PROPS,
        (DEFAULT, "tagline", "title", "description", "actions"),
        ("tagline", "title", "description", "actions"),
    ),
    Component(
        "page-hero",
        page_hero,
        {**_HEADING_PROPS, **_LAYOUT_PROPS, **_IMAGE_PROPS, "image-url": TEXT, "position": TEXT},
        (DEFAULT, "tagline", "title", "description", "actions", "image"),
        ("tagline", "title", "description", "actions", "image", "text"),
    ),
    Component(
        "container",
        container,
        {
            "tag": _SECTION_TAGS,
            **_LAYOUT_PROPS,
            "grid-columns": NUMBER,
            "grid-columns-breakpoints": ANY,
        },
    ),
    Component("multi-column", multi_column, _COLUMN_PROPS),
    Component("grid", grid, _COLUMN_PROPS),
    Component("grid-item", grid_item),
    Component("div", plain_element),
    Component("section", plain_element),
    Component("span", plain_element, inline=True),
)
