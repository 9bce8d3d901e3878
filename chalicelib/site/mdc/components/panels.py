"""Panels that open and close. They are `details` elements, so they need no script."""

from __future__ import annotations

from chalicelib.site.mdc.blocks import DEFAULT
from chalicelib.site.mdc.components.base import FLAG, TEXT, Block, Component, choice, escape, tag
from chalicelib.site.mdc.renderer import Group


def accordion_group(block: Block) -> str:
    """Accordion panels of which one is open at a time, or more with `multiple`."""
    name = None if block.flag("multiple") else block.renderer.unique("accordion")
    group = Group(name, "accordion", open_first=False)
    return block.element("div", "mdc-accordion-group", block.slot(view=block.view.inside(group=group)))


def tab_group(block: Block) -> str:
    """Tab panels, of which one is open: the first to begin with."""
    group = Group(block.renderer.unique("tabs"), "tab", open_first=True)
    classes = f"mdc-tab-group mdc-tab-group--{block.text('orientation', 'horizontal')}"
    return block.element("div", classes, block.slot(view=block.view.inside(group=group)))


def accordion_panel(block: Block) -> str:
    return _panel(block, "accordion")


def tab_panel(block: Block) -> str:
    return _panel(block, "tab")


def _panel(block: Block, kind: str) -> str:
    group = block.view.group if block.view.group and block.view.group.kind == kind else None
    is_open = block.flag("open", block.flag("expanded", block.flag("default-expanded")))
    if group:
        group.panels += 1
        is_open = is_open or (group.open_first and group.panels == 1)
    view = block.view.inside(group=None)
    header, phrasing = block.phrase("header", view=view.inside(links=False))
    if not header:
        header, phrasing = block.phrase("title", view=view.inside(links=False))
    if not header:
        block.mistake("a panel needs a header")
        header = escape(f"Panel {group.panels}" if group else "Panel")
    summary = tag(
        "summary", {"class": f"mdc-{kind}-panel__header"}, tag("span" if phrasing else "div", None, header)
    )
    content = block.slot(view=view) + block.slot("content", view=view)
    attributes = block.attributes(f"mdc-{kind}-panel", open=is_open) | {"name": group.name if group else None}
    return tag("details", attributes, summary, block.part("content", "div", content))


_PANEL_PROPS = {"header": TEXT, "title": TEXT, "open": FLAG, "expanded": FLAG, "default-expanded": FLAG}
_PANEL_SLOTS = (DEFAULT, "header", "title", "content")

COMPONENTS = (
    Component("accordion-group", accordion_group, {"multiple": FLAG}),
    Component("accordion-panel", accordion_panel, _PANEL_PROPS, _PANEL_SLOTS, ("header", "content")),
    Component("tab-group", tab_group, {"orientation": choice("horizontal", "vertical")}),
    Component("tab-panel", tab_panel, _PANEL_PROPS, _PANEL_SLOTS, ("header", "content")),
)
