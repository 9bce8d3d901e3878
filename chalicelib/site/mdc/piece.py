"""The HTML of one Markdown text, token by token."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from chalicelib.site.mdc.blocks import Node, Slot
from chalicelib.site.mdc.expressions import as_text
from chalicelib.site.mdc.html import (
    MESSAGE,
    SLOT_ATTRIBUTE,
    Attributes,
    RawHtml,
    author_classes,
    escape,
    link_attributes,
    open_tag,
    sanitise,
    tag,
    with_class,
)
from chalicelib.site.mdc.links import IMAGE_SCHEMES, safe_url
from chalicelib.site.mdc.model import Props
from chalicelib.site.mdc.props import BRACES, parse_braces

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

    from chalicelib.site.mdc.renderer import Renderer, View

_URL = re.compile(
    r"(?<![\w/@.-])(?:https?://|www\.)[^\s<>]{1,2000}"
    r"|(?<![\w.+/-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}(?![\w@-])"
)
_TASK = re.compile(r"\[([ xX])\][ \t\n]")
_TEXT_ATTRIBUTES = frozenset({"title", "role", "lang", "dir"})
_ARIA = re.compile(r"aria-[a-z]{1,20}")
_LENGTH = re.compile(r"\d{1,5}%?")
_LANGUAGE = re.compile(r"[^\w+#.-]")
_TOO_MUCH = "from here on the text is shown as it is: it is nested too deeply, or the page is too complex"

_INLINE_TAGS = {
    "em_open": "<em>", "em_close": "</em>", "strong_open": "<strong>", "strong_close": "</strong>",
    "s_open": "<s>", "s_close": "</s>", "softbreak": "\n", "hardbreak": "<br>\n", "mdc_span_close": "</span>",
}  # fmt: skip
_BLOCK_TAGS = {
    "hr": "<hr>\n", "bullet_list_open": "<ul>\n", "bullet_list_close": "</ul>\n",
    "ordered_list_close": "</ol>\n",
}  # fmt: skip


class Piece:
    """What is written of one text; `finish` gives it."""

    def __init__(self, renderer: Renderer, view: View, md: MarkdownIt, slot: Slot) -> None:
        self._renderer = renderer
        self._view = view
        self._md = md
        self._slot = slot
        self._out: list[str] = []
        self._inserts: list[tuple[int, str]] = []
        self._raw: RawHtml | None = None
        self._scopes = 0
        self._links = 0  # how many links are open around what is written
        self._anchors: list[bool] = []  # which of them are written as links
        self._tokens: Sequence[Token] = ()
        self._next = 0  # the index of the token after the one that is being written
        self._at: Token | None = None  # the block that is being written
        self._phrase = False
        self._lines = 0  # of a phrase that are written

    # --- an author's HTML, and ours in it -----------------------------------------------------------------

    def _raw_html(self) -> RawHtml:
        if self._raw is None:
            self._raw = RawHtml(self._out.append, self._renderer, self._fill, self._view.links)
            for _ in range(self._scopes):
                self._raw.enter()
        self._raw.links = self._view.links and not self._links
        return self._raw

    def _fill(self, text: str, quote: Callable[[str], str]) -> str:
        return self._renderer.fill(self._view, text, quote)

    def _enter(self) -> None:
        self._scopes += 1
        if self._raw:
            self._raw.enter()

    def _leave(self) -> None:
        self._scopes -= 1
        if self._raw:
            self._raw.leave()

    def _insert(self, html: str, element: str) -> None:
        """Add HTML of ours that the sanitiser must not touch; `element` is what it is to a parser."""
        # A preview's messages are text: they must not change what stands around them.
        while html.startswith(MESSAGE):
            end = html.index("</span>") + len("</span>")
            self._inserts.append((len(self._out), "span"))
            self._out.append(html[:end])
            html = html[end:]
        if html:
            if self._raw:
                self._raw.leave_table()
            self._inserts.append((len(self._out), element))
            self._out.append(html)

    def finish(self) -> str:
        if self._raw is None:
            return "".join(self._out)
        self._raw.finish()
        nonce = self._renderer.nonce()
        kept: list[str] = []
        for index, element in self._inserts:
            place = f'<{element} {SLOT_ATTRIBUTE}="{nonce}-{len(kept)}"></{element}>'
            kept.append(self._out[index])
            self._out[index] = place
        html = sanitise("".join(self._out))
        if kept:
            places = re.compile(rf'<(div|span) {SLOT_ATTRIBUTE}="{nonce}-(\d+)"></\1>')
            html = places.sub(lambda match: kept[int(match[2])], html)
        return html

    # --- blocks -------------------------------------------------------------------------------------------

    def blocks(self, tokens: Sequence[Token], phrase: bool) -> None:
        """Write blocks; with `phrase`, paragraphs as lines of one text."""
        self._tokens, self._next, self._phrase = tokens, 0, phrase
        count = len(tokens)
        while self._next < count:
            token = tokens[self._next]
            self._next += 1
            if token.map:
                self._at = token
            if self._raw and token.type != "html_block":
                self._raw.before_block()
            write = _BLOCKS.get(token.type)
            if write:
                write(self, token)
            else:
                self._out.append(_BLOCK_TAGS[token.type])

    def _line(self) -> int:
        """The line of the source at which the block that is being written begins."""
        return self._slot.source_line(self._at.map[0] if self._at and self._at.map else 0)

    def _content(self) -> str:
        """The text of a paragraph or heading whose opening token was read; moves past its end."""
        self._next += 2
        return self._tokens[self._next - 2].content

    def _paragraph(self, token: Token) -> None:
        content = self._content()
        if content[:1] == ":" and self._lone_component(content):
            return
        bare = self._phrase or token.hidden
        if not bare:
            self._out.append("<p>")
        elif self._phrase:
            self._out.append("<br>" if self._lines else "")
            self._lines += 1
        task = _TASK.match(content) if content[:1] == "[" else None
        if task and self._next > 3 and self._tokens[self._next - 4].type == "list_item_open":
            state = ' checked=""' if task[1] != " " else ""
            label = "Done" if state else "To do"
            self._out.append(f'<input type="checkbox"{state} disabled="" aria-label="{label}"> ')
            content = content[task.end() :]
        self.inline(content)
        if not bare:
            self._out.append("</p>\n")

    def _lone_component(self, content: str) -> bool:
        """A paragraph that is one inline component which is no part of a text stands as a block."""
        children = self._parse(content)
        if not children or children[0].type != "mdc_open" or _matching(children, 0) != len(children) - 1:
            return False
        if not self._renderer.is_block(children[0].meta["name"]):
            return False
        self._insert(self._inline_component(children, 0, len(children) - 1, alone=True), "div")
        return True

    def _heading(self, token: Token) -> None:
        content = self._content()
        if self._phrase:
            self.inline(content)
            return
        children = self._parse(content)
        text = self._plain(children)
        level = int(token.tag[1])
        if level == 1:
            self._renderer.note_title(text)
        self._out.append(open_tag(token.tag, {"id": self._renderer.heading(level, text)}))
        self._enter()
        self._inline(children)
        self._leave()
        self._out.append(f"</{token.tag}>\n")

    def _item_open(self, token: Token) -> None:
        self._out.append("<li>")
        self._enter()

    def _item_close(self, token: Token) -> None:
        self._leave()
        self._out.append("</li>\n")

    def _quote_open(self, token: Token) -> None:
        self._out.append("<blockquote>\n")
        self._enter()

    def _quote_close(self, token: Token) -> None:
        self._leave()
        self._out.append("</blockquote>\n")

    def _ordered_list(self, token: Token) -> None:
        start = token.attrs.get("start")
        self._out.append("<ol>\n" if start is None else f'<ol start="{start}">\n')

    def _component(self, token: Token) -> None:
        node = self._view.document.nodes[token.meta["node"]]
        html = self._renderer.component(self._view_inside(), node)
        self._insert(html, "span" if self._phrase else "div")

    def _html_block(self, token: Token) -> None:
        self._raw_html().block(token.content)

    def _code(self, token: Token) -> None:
        words = token.info.split(maxsplit=1)
        language = _LANGUAGE.sub("", words[0]) if words else ""
        code = tag("code", {"class": f"language-{language}" if language else None}, escape(token.content))
        self._out.append(f'<pre class="mdc-code" tabindex="0">{code}</pre>\n')

    def _rest(self, token: Token) -> None:
        self._mistake(_TOO_MUCH)
        self._out.append(tag("pre", {"class": "mdc-unparsed"}, escape(token.content)) + "\n")

    def _table(self, token: Token) -> None:
        out = self._out
        align, rows = token.meta["align"], token.meta["rows"]
        out.append('<div class="mdc-table" tabindex="0"><table>\n<thead>\n')
        self._row(
            token.meta["head"], [f'<th class="mdc-{side}">' if side else "<th>" for side in align], "</th>"
        )
        out.append("</thead>\n<tbody>\n" if rows else "</thead>\n")
        opening = [f'<td class="mdc-{side}">' if side else "<td>" for side in align]
        for row in rows:
            self._row(row, opening, "</td>")
        out.append("</tbody>\n</table></div>\n" if rows else "</table></div>\n")

    def _row(self, cells: Sequence[str], opening: Sequence[str], closing: str) -> None:
        out = self._out
        out.append("<tr>")
        for cell, start in zip(cells, opening, strict=False):
            out.append(start)
            self.inline(cell)
            out.append(closing)
        out += [f"{start}{closing}" for start in opening[len(cells) :]]
        out.append("</tr>\n")

    # --- inlines ------------------------------------------------------------------------------------------

    def _parse(self, text: str) -> list[Token]:
        return self._md.inline.parse(text, self._md, self._view.env, [])

    def inline(self, text: str) -> None:
        """Write a text of Markdown's inlines."""
        from chalicelib.site.mdc.parser import plain

        if plain(text):
            self._text(text)
            return
        self._enter()
        self._inline(self._parse(text))
        self._leave()

    def _inline(self, tokens: Sequence[Token]) -> None:
        out = self._out
        index, count = 0, len(tokens)
        opened: list[tuple[int, str]] = []
        while index < count:
            token = tokens[index]
            kind = token.type
            index += 1
            if kind == "text":
                self._text(token.content)
            elif kind in _INLINE_TAGS:
                out.append(_INLINE_TAGS[kind])
                if kind[-5:] == "_open":
                    opened.append((len(out) - 1, token.tag))
                elif kind[-6:] == "_close" and kind[:3] != "mdc":
                    start, name = opened.pop()
                    if index < count and tokens[index].type == "text" and tokens[index].content[:1] == "{":
                        self._late_attributes(start, name, tokens[index])
            elif kind == "mdc_open":
                end = _matching(tokens, index - 1)
                self._insert(self._inline_component(tokens, index - 1, end, alone=False), "span")
                index = end + 1
            elif write := _INLINES.get(kind):
                write(self, token)
            else:
                out.append(escape(token.content))

    def _view_inside(self) -> View:
        """The view for what stands inside what is open now."""
        if self._view.links and (self._links or (self._raw and self._raw.in_link)):
            return self._view.inside(links=False)
        return self._view

    def _inline_component(self, tokens: Sequence[Token], start: int, end: int, *, alone: bool) -> str:
        line = self._line()
        name = tokens[start].meta["name"]
        inner = Piece(self._renderer, self._view_inside(), self._md, self._slot)
        inner._at = self._at
        inner._inline(tokens[start + 1 : end])
        html = inner.finish()
        if self._renderer.is_block(name) and not alone:
            return (
                self._renderer.problem(self._view, line, f"::{name} must stand on a line of its own") + html
            )
        return self._renderer.component(
            self._view_inside(), Node(name, line, tokens[start].meta["props"]), html
        )

    def _link(self, token: Token) -> None:
        attributes: Attributes = {}
        if self._view_inside().links:
            address = self._address(token.attrs["href"])
            attributes = link_attributes(address, self._renderer)
            if address and not attributes.get("href"):
                self._mistake(f'"{address[:60]}" is no address to link to')
        self._links += 1
        self._anchors.append(bool(attributes.get("href")))
        if self._anchors[-1]:
            attributes["title"] = str(token.attrs.get("title") or "") or None
            self._tag("a", token.meta.get("props"), attributes)

    def _link_close(self, token: Token) -> None:
        self._links -= 1
        self._out.append("</a>" if self._anchors.pop() else "")

    def _image(self, token: Token) -> None:
        address = self._address(token.attrs["src"])
        source = safe_url(address, IMAGE_SCHEMES)
        text = self._plain(self._parse(token.content))
        if not source:
            self._mistake(f'"{address[:60]}" is no address of an image')
            self._out.append(escape(text))
            return
        title = str(token.attrs["title"]) or None
        attributes: Attributes = {"src": source, "alt": text, "title": title, "loading": "lazy"}
        self._tag("img", token.meta.get("props"), attributes)

    def _mistake(self, message: str) -> None:
        self._insert(self._renderer.problem(self._view, self._line(), message), "span")

    def _address(self, written: str | int | float) -> str:
        return self._renderer.fill(self._view, str(written))

    def _code_span(self, token: Token) -> None:
        self._tag("code", token.meta.get("props"), {})
        self._out.append(f"{escape(token.content)}</code>")

    def _html_inline(self, token: Token) -> None:
        self._raw_html().markup(token.content)

    def _binding(self, token: Token) -> None:
        self._text(self._renderer.fill(self._view, token.markup))

    def _span(self, token: Token) -> None:
        self._tag("span", token.meta["props"], {})

    def _tag(self, name: str, props: Props | None, attributes: Attributes) -> None:
        """An opening tag with what stands in braces after the element."""
        if props:
            attributes = attributes | self._author_attributes(name, props)
        self._out.append(open_tag(name, attributes))

    def _author_attributes(self, name: str, props: Props) -> Attributes:
        values, mistakes = self._renderer.resolved(self._view, Node(name, self._line(), props))
        written: Attributes = {}
        style = None
        for key, value in values.items():
            text = as_text(value)
            if key == "class":
                written[key] = author_classes(text)
            elif key == "id":
                written[key] = self._renderer.author_id(text)
            elif key == "style":
                style = self._renderer.inline_style(text)
            elif name == "a" and key == "target" and text == "_blank":
                written |= {"target": "_blank", "rel": "noopener noreferrer"}
            elif _may_stand(name, key, text):
                written[key] = text
            else:
                mistakes.append(f'attribute "{key}" may not stand on {name}')
        for message in mistakes:
            self._mistake(message)
        return with_class(written, style)

    def _late_attributes(self, start: int, name: str, following: Token) -> None:
        """`**text**{.class}`: braces after emphasis, found when its closing tag is written."""
        match = BRACES.match(following.content)
        props = parse_braces(match[1]) if match else None
        if match and props:
            following.content = following.content[match.end() :]
            self._out[start] = open_tag(name, self._author_attributes(name, props))

    def _plain(self, tokens: Sequence[Token], *, images: bool = True) -> str:
        """The text of a line without its markup; with `images`, also the text that stands for an image."""
        words = []
        for token in tokens:
            if token.type == "mdc_binding":
                words.append(self._renderer.fill(self._view, token.markup))
            elif token.type in ("softbreak", "hardbreak"):
                words.append(" ")
            elif token.type == "image":
                words.append(self._plain(self._parse(token.content), images=False) if images else "")
            elif token.type != "html_inline":
                words.append(token.content)
        return " ".join("".join(words).split())

    def _text(self, text: str) -> None:
        if ("://" in text or "www." in text or "@" in text) and self._view_inside().links:
            self._linked_text(text)
        else:
            self._out.append(escape(text))

    def _linked_text(self, text: str) -> None:
        """Text in which addresses become links."""
        position = 0
        for match in _URL.finditer(text):
            address = _without_trailing_marks(match[0])
            scheme = "" if "://" in address else "http://" if address[:4].lower() == "www." else "mailto:"
            link = link_attributes(scheme + address, self._renderer)
            if link.get("href"):
                self._out += [escape(text[position : match.start()]), tag("a", link, escape(address))]
                position = match.start() + len(address)
        self._out.append(escape(text[position:]))


_Writer = Callable[[Piece, "Token"], None]

_BLOCKS: Final[dict[str, _Writer]] = {
    "paragraph_open": Piece._paragraph,
    "heading_open": Piece._heading,
    "list_item_open": Piece._item_open,
    "list_item_close": Piece._item_close,
    "blockquote_open": Piece._quote_open,
    "blockquote_close": Piece._quote_close,
    "ordered_list_open": Piece._ordered_list,
    "fence": Piece._code,
    "code_block": Piece._code,
    "html_block": Piece._html_block,
    "mdc_component": Piece._component,
    "mdc_table": Piece._table,
    "mdc_rest": Piece._rest,
}
_INLINES: Final[dict[str, _Writer]] = {
    "link_open": Piece._link,
    "link_close": Piece._link_close,
    "image": Piece._image,
    "code_inline": Piece._code_span,
    "html_inline": Piece._html_inline,
    "mdc_binding": Piece._binding,
    "mdc_span_open": Piece._span,
}


def _may_stand(name: str, key: str, text: str) -> bool:
    """May an author put this attribute on this element?"""
    if key in ("width", "height"):
        return name == "img" and _LENGTH.fullmatch(text) is not None
    return key in _TEXT_ATTRIBUTES or _ARIA.fullmatch(key) is not None


def _without_trailing_marks(address: str) -> str:
    """An address in a sentence ends before the sentence's own punctuation."""
    while address:
        last = address[-1]
        if last not in "?!.,:;*_~'\"" and not (last == ")" and address.count(")") > address.count("(")):
            break
        address = address[:-1]
    return address


def _matching(tokens: Sequence[Token], start: int) -> int:
    """The index of the token that closes the component opened at `start`."""
    depth = 0
    for index in range(start, len(tokens)):
        depth += (tokens[index].type == "mdc_open") - (tokens[index].type == "mdc_close")
        if depth == 0:
            return index
    return len(tokens) - 1
