"""Components that say something."""

from __future__ import annotations

from chalicelib.site.mdc.blocks import DEFAULT
from chalicelib.site.mdc.components.base import (
    FLAG,
    TEXT,
    Attributes,
    Block,
    Component,
    choice,
    escape,
    open_tag,
    tag,
)
from chalicelib.site.mdc.links import IMAGE_SCHEMES, safe_url

_METHODS = ("get", "post", "put", "patch", "delete", "head", "options", "trace", "connect")
_ALERTS = ("info", "success", "warning", "danger", "neutral")
_BADGES = ("neutral", "info", "success", "warning", "danger", "decorative", *_METHODS)
_BUTTONS = ("primary", "secondary", "tertiary", "danger", "none", "outline")
_SIZES = ("small", "medium", "large")


def card(block: Block) -> str:
    """A card: image, title, actions beside it, text, footer; with `to` its title is a link."""
    title = block.title("h3", link=_destination(block))
    header = title + block.section("actions")
    body = block.slot() + block.slot("description")
    return block.element(
        "article",
        "mdc-card",
        _card_image(block),
        tag("div", {"class": "mdc-card__header"}, header) if header else "",
        block.part("content", "div", body),
        block.section("footer"),
    )


def _destination(block: Block) -> Attributes | None:
    href = block.text("to") or block.text("href")
    external = block.flag("external") or block.text("target") == "_blank"
    return block.link(href, new_window=external) if href else None


def _card_image(block: Block) -> str:
    source = block.text("image") or block.text("image-src")
    if block.has("image") and "image" in block.node.slots:
        return block.section("image")
    if not source:
        return ""
    url = safe_url(source, IMAGE_SCHEMES)
    if not url:
        block.mistake(f'"{source[:60]}" is no address of an image')
        return ""
    attributes: Attributes = {"src": url, "alt": block.text("image-alt"), "loading": "lazy"}
    return block.part("image", "div", open_tag("img", attributes))


def alert(block: Block) -> str:
    """A note that stands out."""
    appearance = block.text("appearance", block.text("type", "info"))
    icon = tag("span", {"class": "mdc-alert__icon", "aria-hidden": "true"}) if block.flag("show-icon") else ""
    title, _ = block.phrase("title")
    message, _ = block.phrase("message")
    text = (
        block.part("title", "div", title)
        + block.part("message", "div", message)
        + block.part("content", "div", block.slot())
    )
    return block.element(
        "div",
        f"mdc-alert mdc-alert--{appearance}",
        icon,
        tag("div", {"class": "mdc-alert__text"}, text),
        role="note",
    )


def badge(block: Block) -> str:
    appearance = block.text("appearance", "info")
    html, _ = block.phrase()
    return block.element("span", f"mdc-badge mdc-badge--{appearance}", html or escape(block.text("text")))


def button(block: Block) -> str:
    """A link that looks like a button. Without an address it looks like one and does nothing."""
    appearance, size = block.text("appearance", "primary"), block.text("size", "medium")
    link = _destination(block) or {}
    view = block.view.inside(links=False)
    html, _ = block.phrase(view=view)
    return block.element(
        "a" if link else "span",
        f"mdc-button mdc-button--{appearance} mdc-button--{size}",
        html or escape(block.text("text")),
        **link,
    )


def anchor(block: Block) -> str:
    """A link around its content."""
    link = _destination(block) or {}
    html, phrasing = block.phrase(view=block.view.inside(links=False))
    name = "a" if link else ("span" if phrasing else "div")
    return block.element(name, "mdc-a", html or escape(block.text("text")), **link)


def tooltip(block: Block) -> str:
    """A text that shows while what it belongs to is pointed at or has the focus."""
    name = block.renderer.unique("tooltip")
    html, phrasing = block.phrase()
    element = "span" if phrasing else "div"
    text, _ = (
        block.phrase("content")
        if block.has("content")
        else (escape(block.text("text", block.text("label"))), True)
    )
    focus = None if "<a " in html else "0"
    trigger = tag(
        element, {"class": "mdc-tooltip__trigger", "tabindex": focus, "aria-describedby": name}, html
    )
    classes = f"mdc-tooltip mdc-tooltip--{block.text('placement', 'top')}"
    return block.element(
        element,
        classes,
        trigger,
        tag(element, {"class": "mdc-tooltip__text", "role": "tooltip", "id": name}, text),
    )


def empty_state(block: Block) -> str:
    """What stands where there is nothing yet."""
    image = block.section("image")
    title = block.title("h2")
    text = block.section("description") or block.section("message")
    actions = block.section("action") + block.section("actions")
    return block.element("div", "mdc-empty-state", image, title, text, block.slot(), actions)


_LINK_PROPS = {"to": TEXT, "href": TEXT, "external": FLAG, "target": choice("_blank", "_self"), "rel": TEXT}

COMPONENTS = (
    Component(
        "card",
        card,
        {
            **_LINK_PROPS,
            "title": TEXT,
            "title-tag": TEXT,
            "description": TEXT,
            "image": TEXT,
            "image-src": TEXT,
            "image-alt": TEXT,
        },
        (DEFAULT, "title", "description", "actions", "footer", "image"),
        ("title", "description", "actions", "footer", "image", "content"),
    ),
    Component(
        "alert",
        alert,
        {
            "appearance": choice(*_ALERTS),
            "type": choice(*_ALERTS),
            "title": TEXT,
            "message": TEXT,
            "show-icon": FLAG,
        },
        (DEFAULT, "title", "message"),
        ("title", "message", "content"),
    ),
    Component("badge", badge, {"appearance": choice(*_BADGES), "text": TEXT}, inline=True),
    Component(
        "button",
        button,
        {**_LINK_PROPS, "appearance": choice(*_BUTTONS), "size": choice(*_SIZES), "text": TEXT},
        inline=True,
    ),
    Component("a", anchor, {**_LINK_PROPS, "text": TEXT}, inline=True),
    Component(
        "tooltip",
        tooltip,
        {"text": TEXT, "label": TEXT, "placement": choice("top", "bottom", "left", "right")},
        (DEFAULT, "content"),
        inline=True,
    ),
    Component(
        "empty-state",
        empty_state,
        {"title": TEXT, "title-tag": TEXT, "description": TEXT, "message": TEXT},
        (DEFAULT, "title", "description", "message", "action", "actions", "image"),
        ("title", "description", "message", "action", "actions", "image"),
    ),
)
