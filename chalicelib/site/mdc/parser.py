"""Markdown to tokens: markdown-it-py, with the rules that decide its speed written anew for it.

Blocks and inlines are found by dispatch on a line's or a run's first character instead of by asking every
rule; paragraphs, tables, links and images have rules of their own. Everything else is the library's. A meter
bounds what one page may cost: where it runs out the rest stays text, and nothing fails.

The instances are shared by all threads; what belongs to one page is in `env`: `meter`, `inline_names` (the
components that may stand in text without brackets) and the library's `references`.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from types import MappingProxyType
from typing import Any, Final, Literal

from markdown_it import MarkdownIt
from markdown_it.common.utils import normalizeReference
from markdown_it.helpers import parseLinkDestination, parseLinkLabel, parseLinkTitle
from markdown_it.parser_block import ParserBlock
from markdown_it.parser_inline import ParserInline
from markdown_it.rules_block import (
    StateBlock,
    blockquote,
    code,
    fence,
    heading,
    hr,
    html_block,
    list_block,
    reference,
)
from markdown_it.rules_inline import (
    StateInline,
    autolink,
    backtick,
    emphasis,
    entity,
    escape,
    html_inline,
    newline,
    strikethrough,
)
from markdown_it.token import Token
from markdown_it.utils import EnvType

from chalicelib.site.mdc.blocks import GUARDS, PLACEHOLDER
from chalicelib.site.mdc.expressions import BINDING
from chalicelib.site.mdc.model import Props
from chalicelib.site.mdc.props import BRACES, MAX_BRACES, parse_braces

BlockRule = Callable[[StateBlock, int, int, bool], bool]
InlineRule = Callable[[StateInline, bool], bool]

MAX_BLOCK_NESTING: Final = 50
MAX_INLINE_NESTING: Final = 16
MAX_COLUMNS: Final = 200


class Meter:
    """What is left to spend on one page, in something near microseconds.

    Inlines may also have what blocks left over; blocks leave something for inlines.
    """

    __slots__ = ("block", "exhausted", "inline", "references")

    def __init__(self, block: int = 900_000, inline: int = 300_000) -> None:
        self.block = block
        self.inline = inline
        self.references = 1_000_000  # characters
        self.exhausted = False

    def stop_blocks(self) -> bool:
        """Is there nothing left for blocks?"""
        if self.block < 0:
            self.exhausted = True
        return self.exhausted

    def stop_inlines(self) -> bool:
        """Is there nothing left for inlines? Asked when `inline` is below zero."""
        if self.block > _LOAN:
            self.block -= _LOAN
            self.inline += _LOAN
        if self.inline < 0:
            self.exhausted = True
        return self.inline < 0


_LOAN = 50_000


# --- blocks -----------------------------------------------------------------------------------------------

_PLACEHOLDER = re.compile(rf"{PLACEHOLDER}(\d+){PLACEHOLDER}[ \t]*")
_DELIMITER_ROW = re.compile(r"[-:|][-:|][-:| \t]*|[:|][ \t][-:| \t]*|\|")
_COLUMN = re.compile(r":?-+:?")
_CELL_END = re.compile(r"(?<!\\)\|")
_SETEXT = re.compile(r"(?:=+|-+)[ \t]*")
_BEGINS_DELIMITER_ROW = frozenset("-:|")


def component(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """The line that stands for a component."""
    begin = state.bMarks[start] + state.tShift[start]
    match = _PLACEHOLDER.fullmatch(state.src, begin, state.eMarks[start])
    if not match:
        return False
    if not silent:
        token = state.push("mdc_component", "", 0)
        token.map = [start, start + 1]
        token.meta = {"node": int(match[1])}
        state.line = start + 1
    return True


def table(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A table as one token: its cells' texts in `meta`."""
    if start + 2 > end or state.sCount[start + 1] < state.blkIndent or state.is_code_block(start + 1):
        return False
    if state.src.find("-", state.bMarks[start + 1], state.eMarks[start + 1]) < 0:
        return False
    align = _delimiter_row(_line(state, start + 1))
    header = _line(state, start).strip()
    if not align or "|" not in header or state.is_code_block(start):
        return False
    head = _cells(header)
    if len(head) != len(align) or len(head) > MAX_COLUMNS:
        return False
    if silent:
        return True
    rows: list[list[str]] = []
    old_type, state.parentType = state.parentType, "table"
    meter: Meter = state.env["meter"]
    line = start + 2
    while line < end and state.sCount[line] >= state.blkIndent and meter.block > 0:
        text = _line(state, line).strip()
        if not text or state.is_code_block(line) or _ends_block(state, line, end):
            break
        cells = _cells(text)[: len(head)]
        rows.append(cells)
        # A row may be short, and is filled up: what costs no text costs more.
        meter.block -= 5 + 4 * len(head) - 3 * len(cells)
        line += 1
    state.parentType = old_type
    token = state.push("mdc_table", "table", 0)
    token.map = [start, line]
    token.meta = {"head": head, "align": align, "rows": rows}
    state.line = line
    return True


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]


def _delimiter_row(text: str) -> list[str]:
    """`|---|:-:|` as the alignment of each column; [] where the line is none."""
    if not _DELIMITER_ROW.fullmatch(text):
        return []
    columns = [column.strip() for column in text.split("|")]
    align = []
    for index, column in enumerate(columns):
        if not column and index in (0, len(columns) - 1):
            continue
        if not _COLUMN.fullmatch(column):
            return []
        right = column[-1] == ":"
        align.append(("center" if right else "left") if column[0] == ":" else ("right" if right else ""))
    return align


def _cells(text: str) -> list[str]:
    cells = text.split("|")
    if "\\" in text:
        cells = [cell.replace("\\|", "|") for cell in _CELL_END.split(text)]
    if not cells[0]:
        del cells[0]
    if cells and not cells[-1]:
        del cells[-1]
    return [cell.strip() for cell in cells]


def _ends_block(state: StateBlock, line: int, end: int) -> bool:
    """Does a rule that may interrupt a paragraph or a table begin at this line? (Tables are asked apart.)"""
    position = state.bMarks[line] + state.tShift[line]
    for rule in _INTERRUPTS.get(state.src[position : position + 1], ()):  # noqa: SIM110 - any() is slower
        if rule(state, line, end, True):
            return True
    return False


def paragraph(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    """A paragraph, or the heading that a line of `===` or `---` makes of it."""
    old_type, state.parentType = state.parentType, "paragraph"
    indent, src = state.blkIndent, state.src
    starts, shifts, ends, counts = state.bMarks, state.tShift, state.eMarks, state.sCount
    last = state.lineMax
    line = start + 1
    level = ""
    while line < last:
        begin = starts[line] + shifts[line]
        if begin >= ends[line]:
            break
        if counts[line] - indent <= 3:
            first = src[begin]
            if first in "=-" and counts[line] >= indent and _SETEXT.fullmatch(src, begin, ends[line]):
                level = "h1" if first == "=" else "h2"
                break
            if counts[line] >= 0:
                if first in _INTERRUPTS and _ends_block(state, line, last):
                    break
                if line + 1 < last:
                    below = starts[line + 1] + shifts[line + 1]
                    if src[below : below + 1] in _BEGINS_DELIMITER_ROW and table(state, line, last, True):
                        break
        line += 1
    text = state.getLines(start, line, indent, False).strip(" \t\n")
    name = "heading" if level else "paragraph"
    state.env["meter"].block -= 2 * (line - start) + (_HEADING_COST if level else 0)
    state.line = line + 1 if level else line
    opening = state.push(f"{name}_open", level or "p", 1)
    opening.map = [start, state.line]
    content = state.push("inline", "", 0)
    content.content = text
    content.map = [start, line]
    state.push(f"{name}_close", level or "p", -1)
    state.parentType = old_type
    return True


_BLOCKS: dict[str, tuple[BlockRule, ...]] = {
    PLACEHOLDER: (component,),
    "`": (fence,),
    "~": (fence,),
    ">": (blockquote,),
    "*": (hr, list_block),
    "-": (hr, list_block),
    "_": (hr,),
    "+": (list_block,),
    "[": (reference,),
    "<": (html_block,),
    "#": (heading,),
    **dict.fromkeys("0123456789", (list_block,)),
}
# Link definitions cannot interrupt a paragraph.
_INTERRUPTS: dict[str, tuple[BlockRule, ...]] = {key: rules for key, rules in _BLOCKS.items() if key != "["}
_BLOCK_COST = 10
_HEADING_COST = 14


# Shared by all tokens: rules set attributes and meta anew, they never add to them.
_NOTHING: Final[Any] = MappingProxyType({})


def _token(kind: str, tag: str, nesting: Literal[-1, 0, 1]) -> Token:
    """A token without the dictionaries of its own that most never need: a long page has very many."""
    token = Token.__new__(Token)
    token.type, token.tag, token.nesting = kind, tag, nesting
    token.attrs = token.meta = _NOTHING
    token.map = token.children = None
    token.content = token.markup = token.info = ""
    token.block = token.hidden = False
    return token


class _Blocks(StateBlock):
    """The library's state with cheaper tokens."""

    def push(self, ttype: str, tag: str, nesting: Literal[-1, 0, 1]) -> Token:
        token = _token(ttype, tag, nesting)
        token.block = True
        if nesting < 0:
            self.level -= 1
        token.level = self.level
        if nesting > 0:
            self.level += 1
        self.tokens.append(token)
        return token


class BlockParser(ParserBlock):
    """The library's block parser with its loop over rules replaced."""

    def parse(self, src: str, md: MarkdownIt, env: EnvType, outTokens: list[Token]) -> list[Token]:  # noqa: N803
        env["meter"].block -= 2 * src.count("\n")
        state = _Blocks(src, md, env, outTokens)
        self.tokenize(state, 0, state.lineMax)
        return outTokens

    def tokenize(self, state: StateBlock, startLine: int, endLine: int) -> None:  # noqa: N803
        meter: Meter = state.env["meter"]
        indented_code = state._code_enabled
        starts, shifts, ends, counts = state.bMarks, state.tShift, state.eMarks, state.sCount
        line = startLine
        blank_seen = False
        while line < endLine:
            state.line = line = state.skipEmptyLines(line)
            if line >= endLine or counts[line] < state.blkIndent:
                break
            meter.block -= _BLOCK_COST
            if state.level >= MAX_BLOCK_NESTING or meter.stop_blocks():
                _leave_rest(state, line, endLine)
                break
            self._block(state, line, endLine, indented_code)
            state.tight = not blank_seen
            line = state.line
            if line - 1 < endLine and starts[line - 1] + shifts[line - 1] >= ends[line - 1]:
                blank_seen = True
            if line < endLine and starts[line] + shifts[line] >= ends[line]:
                blank_seen = True
                line += 1
                state.line = line

    def _block(self, state: StateBlock, line: int, end: int, indented_code: bool) -> None:
        src, begin = state.src, state.bMarks[line] + state.tShift[line]
        if line + 1 < end:
            below = state.bMarks[line + 1] + state.tShift[line + 1]
            if src[below : below + 1] in _BEGINS_DELIMITER_ROW and table(state, line, end, False):
                return
        if indented_code and state.sCount[line] - state.blkIndent >= 4 and code(state, line, end, False):
            return
        for rule in _BLOCKS.get(src[begin], ()):
            if rule is blockquote:
                # Each level of a quote reads all its lines again.
                state.env["meter"].block -= 3 * (_next_blank(state, line, end) - line)
            if rule(state, line, end, False):
                if rule is heading:
                    state.env["meter"].block -= _HEADING_COST
                return
        paragraph(state, line, end, False)


def _next_blank(state: StateBlock, line: int, end: int) -> int:
    while line < end and not state.isEmpty(line):
        line += 1
    return line


def _leave_rest(state: StateBlock, line: int, end: int) -> None:
    """Too deep or too much: what is left stands as text."""
    token = state.push("mdc_rest", "", 0)
    token.map = [line, end]
    token.content = state.getLines(line, end, state.blkIndent, False)
    state.line = end


# --- inlines ----------------------------------------------------------------------------------------------

# Where a run of plain text ends.
_STOP = re.compile(r"[\n&*<\[\]\\_`!:{~]")
_NAME = re.compile(r":([A-Za-z][\w-]*+)")
_LINE_INDENT = re.compile(r"[ \t]*+")
_SPACES = re.compile(r"[ \t\n]*+")


def _end_line(state: StateInline, run: str) -> None:
    """The end of a line after a run of text: a space in a paragraph, a break after two spaces."""
    text = run.rstrip(" ")
    if text:
        state.append_pending(text)
    if len(run) - len(text) >= 2:
        state.push("hardbreak", "br", 0)
        state.env["meter"].inline -= 4
    else:
        state.append_pending("\n")
    state.env["meter"].inline -= 1
    indent = _LINE_INDENT.match(state.src, state.pos + 1, state.posMax)
    state.pos = indent.end() if indent else state.pos + 1


def plain(text: str) -> bool:
    """Is there nothing in this text that inline rules would look at?"""
    return _STOP.search(text) is None


def _braces(state: StateInline, silent: bool) -> Props | None:
    """Read `{...}` at the state's position and move past it."""
    position = state.pos
    if state.src[position : position + 1] != "{" or position >= state.posMax:
        return None
    match = BRACES.match(state.src, position, min(state.posMax, position + MAX_BRACES))
    props = parse_braces(match[1]) if match else None
    if match and props:
        state.pos = match.end()
        return props
    return None


def _attach(state: StateInline, token: Token | None) -> None:
    props = _braces(state, token is None)
    if props and token:
        token.meta = {"props": props}


def code_span(state: StateInline, silent: bool) -> bool:
    before = len(state.tokens)
    found = backtick(state, silent)
    if found and state.src[state.pos - 1] == "`" and state.src[state.pos : state.pos + 1] == "{":
        made = len(state.tokens) > before and state.tokens[-1].type == "code_inline"
        if made or silent:
            _attach(state, state.tokens[-1] if made else None)
    return found


def binding(state: StateInline, silent: bool) -> bool:
    """`{{ page.title }}`"""
    match = BINDING.match(state.src, state.pos, state.posMax)
    if not match:
        return False
    if not silent:
        token = state.push("mdc_binding", "", 0)
        token.content = match[1]
        token.markup = match[0]
    state.pos = match.end()
    return True


def inline_component(state: StateInline, silent: bool) -> bool:
    """`:name`, `:name[text]`, `:name{props}`, `:name[text]{props}`"""
    start, src = state.pos, state.src
    match = _NAME.match(src, start, state.posMax)
    if not match or (start and (src[start - 1].isalnum() or src[start - 1] in ":_/")):
        return False
    name = match[1].lower()
    position = match.end()
    label: tuple[int, int] | None = None
    if src[position : position + 1] == "[" and position < state.posMax:
        end = parseLinkLabel(state, position)
        if end >= 0:
            label = (position + 1, end)
            position = end + 1
    state.pos = position
    props = _braces(state, silent)
    if label is None and props is None and name not in state.env["inline_names"]:
        state.pos = start
        return False
    end_position = state.pos
    if not silent:
        state.env["meter"].inline -= 30
        opening = state.push("mdc_open", "", 1)
        opening.meta = {"name": name, "props": props or {}}
        if label and name not in GUARDS:  # its text is for some viewers only: there shall be no token of it
            _nested(state, *label)
        state.push("mdc_close", "", -1)
    state.pos = end_position
    return True


def bracket(state: StateInline, silent: bool) -> bool:
    """`[text](address "title"){props}`, `[text][reference]`, `[text]{props}`"""
    start = state.pos
    label_end = parseLinkLabel(state, start, True)
    target = _target(state, start, label_end) if label_end >= 0 else None
    if target is None:
        return _span(state, start, label_end, silent)
    state.pos = end = target[2]
    if silent:
        _attach(state, None)
        return True
    opening = state.push("link_open", "a", 1)
    opening.attrs = {"href": target[0], "title": target[1]}
    _attach(state, opening)
    end = state.pos
    _nested(state, start + 1, label_end)
    state.push("link_close", "a", -1)
    state.pos = end
    return True


def image(state: StateInline, silent: bool) -> bool:
    """`![text](address "title"){props}`, `![text][reference]`"""
    start = state.pos + 1
    if state.src[start : start + 1] != "[" or start >= state.posMax:
        return False
    label_end = parseLinkLabel(state, start, False)
    target = _target(state, start, label_end) if label_end >= 0 else None
    if target is None:
        return False
    state.pos = target[2]
    token = None
    if not silent:
        token = state.push("image", "img", 0)
        token.attrs = {"src": target[0], "title": target[1]}
        token.content = state.src[start + 1 : label_end]
    _attach(state, token)
    return True


def _span(state: StateInline, start: int, label_end: int, silent: bool) -> bool:
    if not hasattr(state, "last_span"):
        state.last_span = state.src.rfind("]{")  # type: ignore[attr-defined]
    if state.last_span < start:  # type: ignore[attr-defined]
        return False
    if label_end < 0:
        label_end = parseLinkLabel(state, start)
    state.pos = label_end + 1
    props = _braces(state, silent) if label_end >= 0 else None
    if props is None:
        state.pos = start
        return False
    end = state.pos
    if not silent:
        opening = state.push("mdc_span_open", "span", 1)
        opening.meta = {"props": props}
        _nested(state, start + 1, label_end)
        state.push("mdc_span_close", "span", -1)
    state.pos = end
    return True


def _nested(state: StateInline, begin: int, end: int) -> None:
    """Tokens for a part of the text, between an opening and a closing token."""
    maximum, state.posMax, state.pos = state.posMax, end, begin
    state.md.inline.tokenize(state)
    state.posMax = maximum


def _target(state: StateInline, start: int, label_end: int) -> tuple[str, str, int] | None:
    """Address, title and end of what follows a label: `(address "title")`, `[reference]` or nothing."""
    src, maximum, position = state.src, state.posMax, label_end + 1
    if src[position : position + 1] == "(" and position < maximum:
        target = _inline_target(state, position + 1, maximum)
        if target:
            return target
    references = state.env.get("references")
    if not references:
        return None
    label = ""
    end = label_end + 1
    if src[end : end + 1] == "[" and end < maximum:
        close = parseLinkLabel(state, end)
        if close >= 0:
            label = src[end + 1 : close]
            end = close + 1
    found = references.get(normalizeReference(label or src[start + 1 : label_end]))
    if not found:
        return None
    # A long address that is used often makes a short text a long page.
    meter: Meter = state.env["meter"]
    meter.references -= len(found["href"]) + len(found["title"])
    return (found["href"], found["title"], end) if meter.references > 0 else None


def _inline_target(state: StateInline, position: int, maximum: int) -> tuple[str, str, int] | None:
    src = state.src
    position = _skip_spaces(src, position, maximum)
    bound = BINDING.match(src, position, maximum)
    if bound:
        address, after = bound[0], bound.end()
    else:
        destination = parseLinkDestination(src, position, maximum)
        if destination.ok:
            address, after = destination.str, destination.pos
        elif src[position : position + 1] == ")":
            address, after = "", position
        else:
            return None
    title = ""
    position = _skip_spaces(src, after, maximum)
    if position > after and position < maximum:
        found = parseLinkTitle(src, position, maximum)
        if found.ok:
            title, position = found.str, _skip_spaces(src, found.pos, maximum)
    return (
        (address, title, position + 1) if src[position : position + 1] == ")" and position < maximum else None
    )


def _skip_spaces(src: str, position: int, maximum: int) -> int:
    match = _SPACES.match(src, position, maximum)
    return match.end() if match else position


_INLINES: dict[str, tuple[tuple[InlineRule, ...], int]] = {
    "\n": ((newline,), 3),
    "&": ((entity,), 3),
    "*": ((emphasis.tokenize,), 9),
    "_": ((emphasis.tokenize,), 9),
    "~": ((strikethrough.tokenize,), 9),
    "\\": ((escape,), 3),
    "`": ((code_span,), 4),
    "[": ((bracket,), 22),
    "!": ((image,), 24),
    "<": ((autolink, html_inline), 6),
    ":": ((inline_component,), 3),
    "{": ((binding,), 3),
    "]": ((), 1),
}


class _Inlines(StateInline):
    """The library's state with cheaper tokens."""

    def pushPending(self) -> Token:  # noqa: N802
        token = _token("text", "", 0)
        token.content = self.pending
        token.level = self.pendingLevel
        self.tokens.append(token)
        self.pending = ""
        return token

    def push(self, ttype: str, tag: str, nesting: Literal[-1, 0, 1]) -> Token:
        if self.pending:
            self.pushPending()
        token = _token(ttype, tag, nesting)
        meta = None
        if nesting < 0:
            self.level -= 1
            self.delimiters = self._prev_delimiters.pop()
        token.level = self.level
        if nesting > 0:
            self.level += 1
            self._prev_delimiters.append(self.delimiters)
            self.delimiters = []
            meta = {"delimiters": self.delimiters}
        self.pendingLevel = self.level
        self.tokens.append(token)
        self.tokens_meta.append(meta)
        return token


class InlineParser(ParserInline):
    """The library's inline parser with its loops over rules replaced."""

    def parse(self, src: str, md: MarkdownIt, env: EnvType, tokens: list[Token]) -> list[Token]:
        state = _Inlines(src, md, env, tokens)
        self.tokenize(state)
        if "*" in src or "_" in src or "~~" in src:
            for rule in self.ruler2.getRules(""):
                rule(state)
        return state.tokens

    def tokenize(self, state: StateInline) -> None:
        src, meter = state.src, state.env["meter"]
        while state.pos < state.posMax:
            stop = _STOP.search(src, state.pos, state.posMax)
            position = stop.start() if stop else state.posMax
            run = src[state.pos : position]
            state.pos = position
            if not stop:
                state.append_pending(run)
                break
            character = src[position]
            if character == "\n":
                _end_line(state, run)
                continue
            if run:
                state.append_pending(run)
            rules, cost = _INLINES[character]
            meter.inline -= cost
            if state.level >= MAX_INLINE_NESTING or (meter.inline < 0 and meter.stop_inlines()):
                state.append_pending(src[position : state.posMax])
                state.pos = state.posMax
                break
            for rule in rules:
                if rule(state, False):
                    meter.inline -= 1
                    break
            else:
                state.append_pending(character)
                state.pos = position + 1
        if state.pending:
            state.pushPending()

    def skipToken(self, state: StateInline) -> None:  # noqa: N802
        """Move past one token without making it."""
        position, src = state.pos, state.src
        known = state.cache.get(position)
        if known is not None:
            state.pos = known
            return
        stop = _STOP.search(src, position, state.posMax)
        if stop is None or stop.start() > position:
            state.pos = stop.start() if stop else state.posMax
        elif state.level >= MAX_INLINE_NESTING:
            state.pos = state.posMax
        else:
            rules, cost = _INLINES[src[position]]
            meter: Meter = state.env["meter"]
            meter.inline -= cost
            state.level += 1
            if (meter.inline < 0 and meter.stop_inlines()) or not any(rule(state, True) for rule in rules):
                state.pos = position + 1
            state.level -= 1
        state.cache[position] = state.pos


@functools.cache
def markdown(indented_code: bool) -> MarkdownIt:
    """The parser; with `indented_code`, four spaces begin a code block (inside components they do not)."""
    md = MarkdownIt("commonmark", {"html": True, "maxNesting": MAX_BLOCK_NESTING})
    md.block, md.inline = BlockParser(), InlineParser()
    md.block.ruler.before(
        "fence", "component", component, {"alt": ["paragraph", "reference", "blockquote", "list"]}
    )
    if not indented_code:
        md.block.ruler.disable("code")
    md.inline.ruler2.enable(["balance_pairs", "strikethrough", "emphasis", "fragments_join"])
    # Addresses are checked where they are written.
    md.normalizeLink = lambda url: url  # type: ignore[method-assign]
    md.validateLink = lambda url: True  # type: ignore[method-assign]
    return md
