"""Writing HTML, and what an author's own HTML may keep.

Two nets, one behind the other. `RawHtml` reads an author's tags one by one and writes anew what is allowed,
so that what follows is always well nested and small: unclosed formatting, tag soup in tables and endless
depth cost a parser of HTML time that grows with the square. `sanitise` (ammonia) then parses the whole as a
browser does and keeps what its own list allows.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

from chalicelib.site.mdc.links import IMAGE_SCHEMES, is_external, is_internal, safe_url

# Ids and names that an author chooses begin with this, so that they can never stand for one of the site's.
ID_PREFIX = "user-"
SLOT_ATTRIBUTE = "data-mdc-slot"
# How a preview's message about a mistake begins; it ends with the next </span>.
MESSAGE = '<span class="mdc-problem" role="note">'

Attributes = dict[str, str | bool | None]

_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;"})
_SPECIAL = re.compile(r'[&<>"]')


def escape(text: str) -> str:
    """Text as it stands between tags or in a double-quoted attribute."""
    return text.translate(_ESCAPES) if _SPECIAL.search(text) else text


def open_tag(name: str, attributes: Mapping[str, str | bool | None] | None = None) -> str:
    """An opening tag; an attribute that is None, False or an empty class is left out, True stands bare."""
    if not attributes:
        return f"<{name}>"
    parts = [name]
    for key, value in attributes.items():
        if value is True:
            parts.append(f'{key}=""')
        elif value is not None and value is not False and not (key == "class" and not value):
            parts.append(f'{key}="{escape(value)}"')
    return f"<{' '.join(parts)}>"


def tag(name: str, attributes: Mapping[str, str | bool | None] | None, *content: str) -> str:
    """An element; `content` is HTML."""
    return f"{open_tag(name, attributes)}{''.join(content)}</{name}>"


_ID = re.compile(r"[^\w.:-]+")
_CLASS = re.compile(r"[^\w:/.-]+")


def author_id(text: str) -> str | None:
    """The id an author asked for, under the prefix of author's ids."""
    cleaned = _ID.sub("-", text.strip())[:100]
    return f"{ID_PREFIX}{cleaned}" if cleaned else None


def author_classes(text: str) -> str:
    return " ".join(_CLASS.sub("-", name) for name in text.split()[:20])


def _words(text: str) -> list[str]:
    return text.split()


_TAGS_HTML = _words(
    "a abbr address article aside b bdi bdo blockquote br caption center cite code col colgroup dd del "
    "details dfn div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li mark nav "
    "ol p pre q rp rt ruby s samp section small span strike strong sub summary sup table tbody td tfoot th "
    "thead time tr u ul var wbr"
)
_TAGS_SVG = _words(
    "svg circle clipPath defs desc ellipse g line linearGradient marker mask path pattern polygon polyline "
    "radialGradient rect stop symbol text title tspan use"
)
_HEADINGS = frozenset(_words("h1 h2 h3 h4 h5 h6"))
_VOID = frozenset(_words("br col hr img wbr input"))
_TABLE_PARTS = frozenset(_words("table thead tbody tfoot tr colgroup"))
_IN_TABLE = frozenset(_words("caption colgroup col thead tbody tfoot tr td th"))
_LIST_OF = {"li": ("ul", "ol"), "dt": ("dl",), "dd": ("dl",), "rt": ("ruby",), "rp": ("ruby",)}
# Elements whose text a browser reads by rules of its own. They are dropped, in blocks with what is in them.
_RAW_TEXT = frozenset(_words("script style textarea title xmp iframe noembed noframes noscript plaintext"))

_GLOBAL_ATTRIBUTES = frozenset(_words("class title lang dir role align valign width height"))
_ATTRIBUTES = {
    "a": frozenset({"hreflang"}),
    "details": frozenset({"open"}),
    "img": frozenset({"alt", "loading", "decoding"}),
    "ol": frozenset({"start", "reversed", "type"}),
    "li": frozenset({"value"}),
    "td": frozenset({"colspan", "rowspan"}),
    "th": frozenset({"colspan", "rowspan", "scope", "abbr"}),
    "col": frozenset({"span"}),
    "colgroup": frozenset({"span"}),
    "time": frozenset({"datetime"}),
    "del": frozenset({"datetime"}),
    "ins": frozenset({"datetime"}),
}
_SVG_ATTRIBUTES = {
    name.lower(): name
    for name in _words(
        "clip-path clip-rule clipPathUnits cx cy d dx dy fill fill-opacity fill-rule font-family font-size "
        "font-weight fx fy gradientTransform gradientUnits height marker-end marker-mid marker-start "
        "markerHeight markerUnits markerWidth mask offset opacity orient patternTransform patternUnits "
        "points "
        "preserveAspectRatio r refX refY rx ry spreadMethod stop-color stop-opacity stroke stroke-dasharray "
        "stroke-dashoffset stroke-linecap stroke-linejoin stroke-miterlimit stroke-opacity stroke-width "
        "text-anchor transform vector-effect viewBox width x x1 x2 xmlns y y1 y2"
    )
}
_ARIA = re.compile(r"aria-[a-z]+")
_REFERENCES = frozenset(f"aria-{name}" for name in _words("controls describedby details labelledby owns"))
_SVG_CANON = {name.lower(): name for name in _TAGS_SVG}
_HTML_TAGS = frozenset(_TAGS_HTML)
_PAINT_URL = re.compile(r"url\(\s*['\"]?#([\w.:-]+)['\"]?\s*\)")
_SVG_NAMESPACE = "http://www.w3.org/2000/svg"

_MARKUP = re.compile(
    r"""<(?:
      (?P<open>[A-Za-z][A-Za-z0-9-]*+)
      (?P<attributes>(?:\s++[a-zA-Z_:@][\w:.-]*+
        (?:\s*+=\s*+(?:[^\s"'=<>`]++|'[^']*+'|"[^"]*+"))?+)*+)
      \s*+(?P<empty>/?)>
    | /(?P<close>[A-Za-z][A-Za-z0-9-]*+)\s*+>
    | !--(?:-?>|.*?-->)
    | \?.*?\?>
    | !\[CDATA\[.*?\]\]>
    | ![A-Za-z][^>]*+>
    )""",
    re.VERBOSE | re.DOTALL,
)
# What may end the lazy alternatives of _MARKUP; where it does not follow, they need not be tried.
_ENDS = (("<!--", "-->"), ("<?", "?>"), ("<![CDATA[", "]]>"))
_ATTRIBUTE = re.compile(r"""([a-zA-Z_:@][\w:.-]*+)(?:\s*+=\s*+(?:([^\s"'=<>`]++)|'([^']*+)'|"([^"]*+)"))?+""")
_MAX_DEPTH = 60
_MAX_ATTRIBUTES = 60


class Page(Protocol):
    """What writing a tag needs to know of the page."""

    def resolve_link(self, href: str) -> str:
        """Where a safe address inside the portal leads."""

    def fragment(self, name: str) -> str:
        """The address of a place on the page."""

    def author_id(self, text: str) -> str | None:
        """The id for one that an author asked for; None where it is taken."""

    def inline_style(self, text: str) -> str | None:
        """The class for the text of a style attribute."""


class RawHtml:
    """An author's HTML in one piece of text, written anew tag by tag into `write`.

    `fill` puts values for the bindings in a text, each through a function that quotes it. Where `links` is
    false, links are left out (they cannot nest).
    """

    def __init__(
        self,
        write: Callable[[str], None],
        page: Page,
        fill: Callable[[str, Callable[[str], str]], str],
        links: bool,
    ) -> None:
        self._write = write
        self._page = page
        self._fill = fill
        self.links = links
        self._stack: list[str] = []
        self._scopes: list[int] = []
        self._svg = 0

    def before_block(self) -> None:
        """A block of Markdown follows: tables end before it, and headings, which cannot hold another."""
        self.leave_table()
        floor = self._scopes[-1] if self._scopes else 0
        for index in range(floor, len(self._stack)):
            if self._stack[index] in _HEADINGS:
                self._close_down_to(index)
                return

    @property
    def in_link(self) -> bool:
        return "a" in self._stack

    def enter(self) -> None:
        """What is opened from here on closes at `leave` at the latest, and nothing older closes before."""
        self.leave_table()
        self._scopes.append(len(self._stack))

    def leave(self) -> None:
        self._close_down_to(self._scopes.pop())

    def finish(self) -> None:
        self._close_down_to(0)

    def leave_table(self) -> None:
        """Content straight inside a table's structure does not belong there: the table ends before it."""
        floor = self._scopes[-1] if self._scopes else 0
        while len(self._stack) > floor and self._stack[-1] in _TABLE_PARTS:
            self._pop()

    def markup(self, source: str) -> None:
        """One tag, comment or declaration, as the inline parser found it."""
        match = _MARKUP.fullmatch(source)
        if match:
            self._markup(match)

    def block(self, source: str) -> None:
        """A block of HTML: tags and text between them."""
        position = 0
        missing: set[str] = set()
        last = source.rfind(">")
        while True:
            start = source.find("<", position)
            if start < 0 or (start > last and not source.startswith("<!--", start)):
                self._text(source[position:])
                return
            self._text(source[position:start])
            if self._endless(source, start, missing):
                match = None
                if source.startswith("<!--", start):  # a comment that is not closed takes the rest
                    return
            else:
                match = _MARKUP.match(source, start)
            if not match:
                self._text("<")
                position = start + 1
                continue
            position = match.end()
            name = (match["open"] or "").lower()
            if name in _RAW_TEXT and not (self._svg and name == "title"):
                end = re.compile(rf"</{name}\s*>", re.IGNORECASE).search(source, position)
                position = end.end() if end else len(source)
                continue
            self._markup(match)

    def _endless(self, source: str, start: int, missing: set[str]) -> bool:
        for opening, closing in _ENDS:
            if source.startswith(opening, start):
                if closing not in missing and source.find(closing, start) < 0:
                    missing.add(closing)
                return closing in missing
        return False

    def _text(self, text: str) -> None:
        if not text:
            return
        if self._stack and self._stack[-1] in _TABLE_PARTS:
            if text.isspace():
                return
            self.leave_table()
        if "{{" in text:
            text = self._fill(text, escape)
        # Entities stand as they are; whatever else is special is escaped.
        self._write(text.replace("<", "&lt;").replace(">", "&gt;"))

    def _markup(self, match: re.Match[str]) -> None:
        if match["close"]:
            self._close(match["close"].lower())
        elif match["open"]:
            self._open(match["open"].lower(), match["attributes"], bool(match["empty"]))

    def _open(self, name: str, attributes: str, empty: bool) -> None:
        svg = _SVG_CANON.get(name) if self._svg or name == "svg" else None
        if svg is None and (name not in _HTML_TAGS or self._svg):
            return
        if name == "a" and (not self.links or self.in_link):
            return
        # Elsewhere these would close another of their kind that is open far outside.
        if name in _LIST_OF and (not self._stack or self._stack[-1] not in _LIST_OF[name]):
            return
        if self._stack and self._stack[-1] in _TABLE_PARTS and name not in _IN_TABLE:
            self.leave_table()
        if len(self._stack) >= _MAX_DEPTH:
            return
        written = self._svg_attributes(attributes) if svg else self._html_attributes(name, attributes)
        closes_itself = name in _VOID or (svg is not None and empty)
        self._write(open_tag(svg or name, written) + (f"</{svg}>" if svg and empty else ""))
        if not closes_itself:
            self._stack.append(name)
            self._svg += name == "svg"

    def _close(self, name: str) -> None:
        floor = self._scopes[-1] if self._scopes else 0
        for index in range(len(self._stack) - 1, floor - 1, -1):
            if self._stack[index] == name:
                self._close_down_to(index)
                return

    def _close_down_to(self, size: int) -> None:
        while len(self._stack) > size:
            self._pop()

    def _pop(self) -> None:
        name = self._stack.pop()
        self._write(f"</{_SVG_CANON[name] if self._svg and name in _SVG_CANON else name}>")
        self._svg -= name == "svg"

    def _attributes(self, source: str) -> Iterator[tuple[str, str]]:
        from html import unescape

        for count, match in enumerate(_ATTRIBUTE.finditer(source)):
            if count >= _MAX_ATTRIBUTES:
                return
            value = match[2] or match[3] or match[4] or ""
            if "&" in value:
                value = unescape(value)
            yield match[1].lower(), self._fill(value, str) if "{{" in value else value

    def _html_attributes(self, name: str, source: str) -> Attributes:
        own = _ATTRIBUTES.get(name, frozenset())
        written: Attributes = {}
        style = None
        for key, value in self._attributes(source):
            if key in written:
                continue
            if key in _REFERENCES:
                written[key] = " ".join(author_id(name) or "" for name in value.split())
            elif key in own or key in _GLOBAL_ATTRIBUTES or _ARIA.fullmatch(key):
                written[key] = author_classes(value) if key == "class" else value
            elif key == "id":
                written[key] = self._page.author_id(value)
            elif key == "style":
                style = self._page.inline_style(value)
            elif key == "href" and name == "a":
                written.update(link_attributes(value, self._page))
            elif key == "target" and name == "a" and value == "_blank":
                written[key] = value
            elif key == "src" and name == "img":
                written[key] = safe_url(value, IMAGE_SCHEMES)
        return with_class(written, style)

    def _svg_attributes(self, source: str) -> Attributes:
        written: Attributes = {}
        style = None
        for key, value in self._attributes(source):
            name = _SVG_ATTRIBUTES.get(key)
            if name == "xmlns":
                written[name] = _SVG_NAMESPACE
            elif name and "url" in value.lower():
                written[name] = _paint(value)
            elif key == "class":
                written[key] = author_classes(value)
            elif name or key in _GLOBAL_ATTRIBUTES or _ARIA.fullmatch(key):
                written[name or key] = value
            elif key == "id":
                written[key] = self._page.author_id(value)
            elif key in ("href", "xlink:href") and value.startswith("#"):
                written["href"] = f"#{author_id(value[1:])}"
            elif key == "style":
                style = self._page.inline_style(value)
        return with_class(written, style)


def with_class(attributes: Attributes, name: str | None) -> Attributes:
    """The attributes with one class more, where there is one."""
    if name:
        attributes["class"] = f"{attributes['class']} {name}" if attributes.get("class") else name
    return attributes


def _paint(value: str) -> str | None:
    """A reference to a gradient, mask or marker of the same page, under the prefix; no other address."""
    match = _PAINT_URL.fullmatch(value.strip())
    return f"url(#{ID_PREFIX}{match[1]})" if match else None


def link_attributes(href: str, page: Page) -> Attributes:
    """`href` and `rel` of a link to where an author points; {} where that is nowhere safe."""
    url = safe_url(href)
    if url is None:
        return {}
    if url[:1] == "#":
        return {"href": page.fragment(url[1:])}
    if is_external(url):
        return {"href": url, "rel": "noopener noreferrer"}
    return {"href": safe_url(page.resolve_link(url)) if is_internal(url) else url}


@functools.cache
def _cleaner() -> Any:
    import nh3

    everywhere = {*_GLOBAL_ATTRIBUTES, "id", SLOT_ATTRIBUTE}
    everywhere |= {f"aria-{name}" for name in _ARIA_NAMES.split()}
    attributes = {name: set(own) for name, own in _ATTRIBUTES.items()}
    attributes["a"] |= {"href", "rel", "target"}
    attributes["img"] |= {"src"}
    attributes["input"] = {"checked", "disabled"}
    attributes["*"] = everywhere
    for name in _TAGS_SVG:
        attributes[name] = {*_SVG_ATTRIBUTES.values(), "href"} - ({"href"} if name != "use" else set())
    return nh3.Cleaner(
        tags={*_TAGS_HTML, *_TAGS_SVG, "input"},
        clean_content_tags={"script", "style"},
        attributes=attributes,
        tag_attribute_values={
            "input": {"type": {"checkbox"}},
            "pre": {"tabindex": {"0"}},
            "div": {"tabindex": {"0"}},
        },
        set_tag_attribute_values={"input": {"disabled": ""}},
        link_rel=None,
        url_schemes={"http", "https", "mailto", "tel"},
    )


_ARIA_NAMES = (
    "atomic busy checked colcount colindex colspan controls current describedby description details disabled "
    "expanded haspopup hidden keyshortcuts label labelledby level live modal orientation owns posinset "
    "pressed "
    "readonly relevant required roledescription rowcount rowindex rowspan selected setsize sort valuemax "
    "valuemin valuenow valuetext"
)


def sanitise(html: str) -> str:
    """HTML as ammonia leaves it."""
    cleaned: str = _cleaner().clean(html)
    return cleaned
