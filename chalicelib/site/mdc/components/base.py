"""What a component is, and what its function is given to render it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from chalicelib.site.mdc.blocks import DEFAULT, Node
from chalicelib.site.mdc.expressions import as_text
from chalicelib.site.mdc.html import Attributes, author_classes, escape, link_attributes, open_tag, tag
from chalicelib.site.mdc.model import Props, Value
from chalicelib.site.mdc.styles import PROPERTIES, Rules

if TYPE_CHECKING:
    from chalicelib.site.mdc.renderer import Renderer, View


@dataclass(frozen=True, slots=True)
class Kind:
    """The type of a prop: `read` gives its value, or None where it has another type."""

    name: str
    read: Callable[[Value], Value]


def _read_text(value: Value) -> Value:
    return None if isinstance(value, list | dict) or value is None else as_text(value)


def _read_flag(value: Value) -> Value:
    if isinstance(value, str):
        value = {"true": True, "": True, "false": False}.get(value.lower())
    return value if isinstance(value, bool) else None


def _read_number(value: Value) -> Value:
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,9}", value):
        value = int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


TEXT: Final = Kind("text", _read_text)
FLAG: Final = Kind("true or false", _read_flag)
NUMBER: Final = Kind("a whole number", _read_number)
ANY: Final = Kind("any value", lambda value: value)


def choice(*values: str) -> Kind:
    """A prop that is one of these words."""
    return Kind("one of " + ", ".join(values), lambda value: value if value in values else None)


@dataclass(frozen=True, slots=True)
class Component:
    """A component: `render` is called with what was written and gives HTML.

    Every component also takes the shared style props, `styles`, `class`, `id`, `role` and `aria-*`. `parts`
    names inner elements with style props of their own (`title-font-size`, or `title: {font-size: ...}`).
    `inline` components may stand in a line of text. The first of `slots` takes what stands in no slot.
    """

    name: str
    render: Callable[[Block], str]
    props: Mapping[str, Kind] = field(default_factory=dict)
    slots: tuple[str, ...] = (DEFAULT,)
    parts: tuple[str, ...] = ()
    inline: bool = False


_TAG_NAMES = frozenset({"h1", "h2", "h3", "h4", "h5", "h6", "p", "div", "span"})
_ARIA = re.compile(r"aria-[a-z]{1,20}")
_UNITLESS = frozenset(
    {"opacity", "z-index", "order", "flex", "flex-grow", "flex-shrink", "line-height", "font-weight"}
    | {"column-count", "columns", "aspect-ratio", "grid-column", "grid-row", "grid-area"}
)
_STRIP_TAGS = re.compile(r"<[^>]*>")


class Block:
    """One component on a page, ready to be rendered."""

    def __init__(
        self, renderer: Renderer, view: View, node: Node, component: Component, props: Props
    ) -> None:
        self.renderer = renderer
        self.view = view
        self.node = node
        self.component = component
        self.values: Props = {}
        self.rules = Rules()
        self.parts: dict[str, Rules] = {part: Rules() for part in component.parts}
        self.inline_html: str | None = None
        self.mistakes: list[str] = []
        self.hidden = False  # nothing of what is inside may be shown
        self._attributes: Attributes = {}
        self._used: set[str] = set()
        for name, value in props.items():
            self._prop(name, value)

    # --- props --------------------------------------------------------------------------------------------

    def _prop(self, name: str, value: Value) -> None:
        kind = self.component.props.get(name)
        if kind and not (name in self.parts and isinstance(value, dict)):
            read = kind.read(value)
            if read is None and value is not None:
                self.mistake(f'prop "{name}" must be {kind.name}')
            elif read is not None:
                self.values[name] = read
        elif name in self.parts and isinstance(value, dict):
            for key, inner in value.items():
                self._prop(f"{name}-{key}", inner)
        elif name in ("class", "id", "role", "title", "data-testid") or _ARIA.fullmatch(name):
            self._attribute(name, value)
        elif name == "styles":
            self.rules.add_styles(as_text(value))
        elif not self._style(name, value):
            self.mistake(f'unknown prop "{name}"')

    def _attribute(self, name: str, value: Value) -> None:
        text = as_text(value)
        if name == "id":
            self._attributes["id"] = self.renderer.author_id(text)
        elif name == "class":
            self._attributes["class"] = author_classes(text)
        else:
            self._attributes[name] = text

    def _style(self, name: str, value: Value) -> bool:
        """Is this a style prop of the component or of one of its parts?"""
        owners = [("", self.rules), *((f"{part}-", rules) for part, rules in self.parts.items())]
        for prefix, rules in owners:
            prop = name.removeprefix(prefix) if name.startswith(prefix) else ""
            if prop in PROPERTIES:
                rules.declare(prop, css_length(prop, value))
                return True
            if prop.endswith("-breakpoints") and prop.removesuffix("-breakpoints") in PROPERTIES:
                rules.at_breakpoints(prop.removesuffix("-breakpoints"), value)
                return True
        return False

    def mistake(self, message: str) -> None:
        self.mistakes.append(f"::{self.component.name}: {message}")

    def text(self, name: str, default: str = "") -> str:
        value = self.values.get(name)
        return value if isinstance(value, str) else default

    def flag(self, name: str, default: bool = False) -> bool:
        return bool(self.values.get(name, default))

    def number(self, name: str, default: int, low: int, high: int) -> int:
        value = self.values.get(name, default)
        return min(max(value, low), high) if isinstance(value, int) else default

    def link(self, href: str, *, new_window: bool = False) -> Attributes:
        """The attributes of a link; {} where it leads nowhere safe or may not stand here."""
        if not self.view.links:
            return {}
        attributes = link_attributes(href, self.renderer)
        if not attributes.get("href"):
            self.mistake(f'"{href[:60]}" is no address to link to')
            return {}
        if new_window:
            attributes |= {"target": "_blank", "rel": "noopener noreferrer"}
        return attributes

    # --- slots --------------------------------------------------------------------------------------------

    def has(self, name: str) -> bool:
        """Is there anything in the slot, or a prop of its name?"""
        return self._filled(name) or bool(self.text(name))

    def _filled(self, name: str) -> bool:
        if self.inline_html is not None and name == self.component.slots[0]:
            return bool(self.inline_html)
        slot = self.node.slots.get(name)
        return slot is not None and any(part.strip() for part in slot.parts)

    def slot(self, name: str = DEFAULT, view: View | None = None) -> str:
        """The slot's HTML, or the text of the prop of its name. A slot is rendered once."""
        if name in self._used:
            return ""
        self._used.add(name)
        if not self._filled(name):
            return escape(self.text(name))
        if self.inline_html is not None and name == self.component.slots[0]:
            return self.inline_html
        return self.renderer.slot(view or self.view, self.node.slots[name]).html

    def phrase(self, name: str = DEFAULT, view: View | None = None) -> tuple[str, bool]:
        """The slot without paragraphs around its text, and whether it is text that may stand in a line."""
        if name in self._used:
            return "", True
        if not self._filled(name) or self.inline_html is not None:
            return self.slot(name), True
        self._used.add(name)
        written = self.renderer.slot(view or self.view, self.node.slots[name], phrase=True)
        return written.html, written.phrasing

    def leftovers(self) -> str:
        """The content of slots that the component does not have."""
        if self.hidden:
            return ""
        html = []
        for name, slot in self.node.slots.items():
            if name not in self.component.slots and self._filled(name):
                self.mistake(f"there is no slot #{name}")
                html.append(self.renderer.slot(self.view, slot).html)
        return "".join(html)

    # --- elements -----------------------------------------------------------------------------------------

    def attributes(self, *classes: str, **more: str | bool | None) -> Attributes:
        """The attributes of the component's own element."""
        written: Attributes = dict(self._attributes)
        names = [*classes, self.renderer.style_class(self.rules) or "", str(written.pop("class", "") or "")]
        return {"class": " ".join(filter(None, names)), **written, **more}

    def element(self, name: str, classes: str, *content: str, **more: str | bool | None) -> str:
        return tag(name, self.attributes(classes, **more), *content)

    def part(self, name: str, tag_name: str, content: str) -> str:
        """An inner element with its style props; nothing where there is no content."""
        if not content:
            return ""
        classes = [f"mdc-{self.component.name}__{name}"]
        if name in self.parts and (style := self.renderer.style_class(self.parts[name])):
            classes.append(style)
        return tag(tag_name, {"class": " ".join(classes)}, content)

    def section(self, name: str, tag_name: str = "div") -> str:
        """A slot (or the prop of its name) in an element of its own."""
        return self.part(name, tag_name, self.slot(name))

    def tagline(self) -> str:
        """The line above the title."""
        return self.part("tagline", "div", self.phrase("tagline")[0])

    def title(self, default_tag: str, *, listed: bool = False, link: Attributes | None = None) -> str:
        """The title slot or prop as a heading; a `listed` one has an id and is in the table of contents."""
        if not self.has("title"):
            return ""
        html, phrasing = self.phrase("title")
        text = plain_text(html)
        name = self.text("title-tag", default_tag)
        if name not in _TAG_NAMES:
            self.mistake('prop "title-tag" must be one of ' + ", ".join(sorted(_TAG_NAMES)))
            name = default_tag
        if not phrasing:
            return self.part("title", "div", html)
        level = int(name[1]) if name[0] == "h" else 0
        attributes: Attributes = {"class": f"mdc-{self.component.name}__title"}
        if style := self.renderer.style_class(self.parts.get("title", Rules())):
            attributes["class"] = f"{attributes['class']} {style}"
        if level == 1:
            self.renderer.note_title(text)
        if listed and level:
            attributes["id"] = self.renderer.heading(level, text)
        if link:
            html = tag("a", link, html)
        return tag(name, attributes, html)


def plain_text(html: str) -> str:
    """The text of some HTML of ours."""
    from html import unescape

    return (
        " ".join(unescape(_STRIP_TAGS.sub("", html)).split()) if "<" in html or "&" in html else html.strip()
    )


def css_length(name: str, value: Value) -> Value:
    """A bare number as CSS wants it: pixels where a length is meant, an address where an image is."""
    if name == "background-image" and isinstance(value, str) and re.match(r"https://|/(?!/)", value):
        return f'url("{value}")'
    if isinstance(value, bool) or name in _UNITLESS:
        return value
    text = str(value)
    return f"{text}px" if re.fullmatch(r"-?\d+(?:\.\d+)?", text) and float(text) else value


__all__ = [
    "ANY",
    "FLAG",
    "NUMBER",
    "TEXT",
    "Attributes",
    "Block",
    "Component",
    "Kind",
    "choice",
    "escape",
    "open_tag",
    "plain_text",
    "tag",
]
