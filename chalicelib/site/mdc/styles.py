"""Style props as classes of a stylesheet made for the page.

A page carries no style attribute (its policy forbids them): declarations are checked word by word against a
grammar, written anew from what was understood, and put under a class named by their hash.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from chalicelib.site.mdc.model import Value

MAX_VALUE = 400
MAX_STYLES = 8_000
MAX_RULES = 100
MAX_CSS = 300_000

# Widths from which a breakpoint holds; `mobile` is what holds before any other.
BREAKPOINTS = {"mobile": 0, "phablet": 768, "tablet": 1024, "laptop": 1280, "desktop": 1536}

_EDGES = (
    "top",
    "right",
    "bottom",
    "left",
    "inline",
    "inline-start",
    "inline-end",
    "block",
    "block-start",
    "block-end",
)


def _words(text: str) -> list[str]:
    return text.split()


PROPERTIES = frozenset(
    _words(
        "accent-color align-content align-items align-self aspect-ratio backdrop-filter background "
        "background-attachment background-blend-mode background-clip background-color background-image "
        "background-origin background-position background-repeat background-size border "
        "border-bottom-left-radius border-bottom-right-radius border-collapse border-color border-radius "
        "border-spacing border-style border-top-left-radius border-top-right-radius border-width bottom "
        "box-shadow box-sizing caption-side clear color column-count column-gap column-width columns cursor "
        "display fill filter flex flex-basis flex-direction flex-flow flex-grow flex-shrink flex-wrap float "
        "font font-family font-size font-style font-variant font-weight gap grid-area grid-auto-columns "
        "grid-auto-flow grid-auto-rows grid-column grid-column-end grid-column-start grid-row grid-row-end "
        "grid-row-start grid-template-areas grid-template-columns grid-template-rows height hyphens inset "
        "justify-content justify-items justify-self left letter-spacing line-height list-style "
        "list-style-type margin max-height max-width min-height min-width mix-blend-mode object-fit "
        "object-position opacity order outline outline-color outline-offset outline-style outline-width "
        "overflow overflow-wrap overflow-x overflow-y padding place-content place-items place-self position "
        "right row-gap stroke stroke-width table-layout text-align text-decoration text-decoration-color "
        "text-indent text-overflow text-shadow text-transform text-wrap top transform transform-origin "
        "transition vertical-align visibility white-space width word-break word-spacing z-index "
        "-webkit-background-clip -webkit-text-fill-color"
    )
    + [f"{box}-{edge}" for box in ("margin", "padding", "border") for edge in _EDGES]
    + [f"border-{edge}-{part}" for edge in _EDGES[:4] for part in ("color", "style", "width")]
)

_FUNCTIONS = frozenset(
    _words("var calc clamp min max minmax repeat fit-content rgb rgba hsl hsla oklch oklab color-mix")
    + _words("linear-gradient radial-gradient conic-gradient repeating-linear-gradient")
    + _words("repeating-radial-gradient translate translatex translatey scale rotate cubic-bezier blur")
    + _words("brightness contrast drop-shadow grayscale saturate")
)
_TOKEN = re.compile(
    r"""[ \t\n]*+(?:
      (?P<url>url\([ \t]*(?P<quote>["']?)
        (?P<address>(?:https://|/(?!/))[\w./~?\#@!$&*+,;=%-]*)(?P=quote)[ \t]*\))
    | (?P<function>-?[a-zA-Z][\w-]*+)\(
    | (?P<word>(?:--)?-?[a-zA-Z][\w-]*+)
    | (?P<number>[+-]?(?:\d{1,12}(?:\.\d{0,12})?|\.\d{1,12})(?:%|[a-zA-Z]{1,6})?)
    | (?P<hex>\#[0-9a-fA-F]{3,8})\b
    | (?P<text>"[\w ,.-]*"|'[\w ,.-]*')
    | (?P<important>![ ]?important)
    | (?P<mark>[,/)*+-])
    )""",
    re.VERBOSE,
)
_URL_PROPERTIES = frozenset({"background", "background-image"})
_MAX_PARENTHESES = 8
_SELF = "\0"  # stands for the element in a rule until its class is known; no value can hold it


def css_value(name: str, value: Value) -> str | None:
    """The value of a declaration as written anew from the tokens understood, or None."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    text = str(value).strip()
    if not text or len(text) > MAX_VALUE:
        return None
    words: list[str] = []
    position = depth = 0
    while position < len(text):
        match = _TOKEN.match(text, position)
        if not match:
            return None
        position, kind = match.end(), match.lastgroup
        written = match[0].strip()
        if kind in ("url", "address", "quote"):
            if name not in _URL_PROPERTIES:
                return None
            written = f'url("{match["address"]}")'
        elif kind == "function":
            depth += 1
            written = written.lower()
            if match["function"].lower() not in _FUNCTIONS or depth > _MAX_PARENTHESES:
                return None
        elif written == ")":
            depth -= 1
            if depth < 0:
                return None
        elif kind == "important" and text[position:].strip():
            return None
        words.append(written)
    # Fixed boxes leave the page's content and can cover the portal's own header, login and consent.
    if depth or (name == "position" and words[0].lower() == "fixed"):
        return None
    return " ".join(words).replace("( ", "(").replace(" )", ")").replace(" ,", ",")


_SELECTOR_PART = (
    r"(?:&|\*|[a-z][a-z0-9-]*|\.[A-Za-z_][\w-]*)"
    r"(?:\.[A-Za-z_][\w-]*|::?(?:hover|focus|focus-visible|focus-within|active|visited|first-child|last-child"
    r"|only-child|first-of-type|last-of-type|nth-child\([\dn+ -]{1,12}\)|before|after|marker|placeholder))*"
)
_SELECTOR = re.compile(rf"{_SELECTOR_PART}(?:[ ]?>[ ]?{_SELECTOR_PART}|[ ]{_SELECTOR_PART}){{0,6}}")
_MEDIA = re.compile(r"@media[ ]?\((min|max)-width:[ ]?(\d{1,5}(?:\.\d{1,3})?(?:px|em|rem))\)")
_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
_CHUNK = re.compile(r"([^{};]*)([{};]|\Z)")


@dataclass(slots=True)
class Rules:
    """What one element says about its looks: declarations by condition and selector (`&` is the element)."""

    groups: dict[tuple[str, str], dict[str, str]] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)

    def declare(self, name: str, value: Value, *, media: str = "", selector: str = "&") -> None:
        """Add a declaration, or note that it was refused."""
        written = css_value(name, value) if name in PROPERTIES else None
        if written is None:
            self.refused.append(f"{name}: {str(value)[:60]}")
        else:
            self.groups.setdefault((media, selector), {})[name] = written

    def at_breakpoints(self, name: str, values: Value) -> None:
        """Add a declaration from a mapping of breakpoints to values; a bare value holds everywhere."""
        if not isinstance(values, Mapping):
            self.declare(name, values)
            return
        for breakpoint_name, width in BREAKPOINTS.items():
            if breakpoint_name in values:
                media = f"@media (min-width:{width}px)" if width else ""
                self.declare(name, values[breakpoint_name], media=media)
        self.refused += [f"{key} is no breakpoint" for key in values if key not in BREAKPOINTS]

    def add_styles(self, text: str) -> None:
        """Add the declarations and rules of a `styles` prop: declarations of the element itself, and
        `selector { ... }` for what is inside it, also within `@media (min-width: ...) { ... }`.
        """
        if len(text) > MAX_STYLES:
            self.refused.append(f"styles may have at most {MAX_STYLES} characters")
            return
        context: list[tuple[str, str] | None] = [("", "&")]
        for match in _CHUNK.finditer(_COMMENT.sub("", text)):
            words, mark = " ".join(match[1].split()), match[2]
            if mark == "{":
                context.append(self._enter(words, context[-1]))
                continue
            if words and context[-1] is not None:
                self._declaration(words, context[-1])
            if mark == "}" and len(context) > 1:
                context.pop()

    def _declaration(self, words: str, where: tuple[str, str]) -> None:
        name, colon, value = words.partition(":")
        if not colon:
            self.refused.append(words[:60])
            return
        self.declare(name.strip().lower(), value, media=where[0], selector=where[1])

    def _enter(self, words: str, where: tuple[str, str] | None) -> tuple[str, str] | None:
        if where is None:
            return None
        media = _MEDIA.fullmatch(words)
        if media and not where[0]:
            return f"@media ({media[1]}-width:{media[2]})", where[1]
        parts = [part.strip() for part in words.split(",")]
        if where[1] != "&" or len(self.groups) >= MAX_RULES or not all(map(_SELECTOR.fullmatch, parts)):
            self.refused.append(words[:60])
            return None
        return where[0], ",".join(part if part[0] == "&" else f"& {part}" for part in parts)


class StyleSheet:
    """The classes of one page. `text` is CSS whose every byte was written here."""

    def __init__(self) -> None:
        self._classes: dict[str, str] = {}
        self._size = 0

    def class_for(self, rules: Rules) -> str | None:
        """The class that carries these rules; None where there are none, or where the sheet is full."""
        if not rules.groups:
            return None
        body = "".join(_write(groups) for groups in _by_media(rules))
        name = "m-" + hashlib.blake2s(body.encode(), digest_size=5).hexdigest()
        if name not in self._classes:
            css = body.replace(_SELF, f".{name}")
            if self._size + len(css) > MAX_CSS:
                rules.refused.append(f"a page may have at most {MAX_CSS} characters of styles")
                return None
            self._size += len(css)
            self._classes[name] = css
        return name

    @property
    def text(self) -> str:
        return "".join(self._classes.values())


def _by_media(rules: Rules) -> Iterable[tuple[str, list[tuple[str, dict[str, str]]]]]:
    by_media: dict[str, list[tuple[str, dict[str, str]]]] = {}
    for (media, selector), declarations in rules.groups.items():
        by_media.setdefault(media, []).append((selector, declarations))
    return by_media.items()


def _write(group: tuple[str, list[tuple[str, dict[str, str]]]]) -> str:
    media, rules = group
    css = ""
    for selector, declarations in rules:
        written = ";".join(f"{name}:{value}" for name, value in declarations.items())
        css += f"{selector.replace('&', _SELF)}{{{written}}}"
    return f"{media}{{{css}}}" if media else css
