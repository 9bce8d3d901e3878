"""The component blocks of a page: one pass over its lines, before any Markdown.

A line `::name` opens a component; a line of as many colons closes the innermost one that was opened with so
many and is still open. Indentation is free. Props follow in braces or in YAML between `---` lines; a line
`#title` inside a component begins a slot. What is inside becomes Markdown texts of its own, in which each
component is one line that stands for it: so Markdown sees lists, quotes and paragraphs as if components were
single lines. Code blocks, HTML comments and preformatted HTML are passed over unread.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from chalicelib.site.mdc.data import MAX_YAML, YamlError, load_mapping, salvage_mapping
from chalicelib.site.mdc.model import Problem, Props
from chalicelib.site.mdc.props import BRACES_LINES, MAX_BRACES, parse_braces

# Encloses a component's number in the line that stands for it; `normalise` leaves none in a source.
PLACEHOLDER: Final = "\x1a"
DEFAULT: Final = "default"

# Components that hide what is inside: where one cannot be kept, neither can its content.
GUARDS: Final = frozenset({"display-wrapper"})

MAX_DEPTH: Final = 24
MAX_COMPONENTS: Final = 4_000
MAX_PROBLEMS: Final = 100
MAX_YAML_TOTAL: Final = 250_000
_MAX_BRACE_FAILURES: Final = 50

_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\ud800-\udfff]")
_NEWLINES = re.compile(r"\r\n?")

_INTERESTING = re.compile(
    r"""^(?P<indent>[ \t]*+)(?:
      (?P<colons>:{2,}+)(?P<name>[A-Za-z][\w-]*+)?
    | (?:(?:[-*+]|\d{1,9}[.)])[ \t]++)*+(?P<fence>`{3,}+|~{3,}+)(?P<info>[^\n]*+)
    | (?P<comment><!--)
    | <(?P<raw>(?i:pre|script|style|textarea))\b
    | \#(?P<slot>[A-Za-z][\w-]*+)[ \t]*+$
    )""",
    re.MULTILINE | re.VERBOSE,
)
_LABEL = re.compile(r"\[([^\[\]\n]*+)\]")
_REST_OF_LINE = re.compile(r"[ \t]*+(?:\n|\Z)")
_DASHES = re.compile(r"^[ \t]*+---[ \t]*+(?:\n|\Z)", re.MULTILINE)
_CLOSE_RAW = {
    name: re.compile(rf"</{name}\s*>[^\n]*\n?", re.IGNORECASE)
    for name in ("pre", "script", "style", "textarea")
}
_LEADING_SPACE = re.compile(r"^[ \t]++", re.MULTILINE)
_INDENT = re.compile(r"^( *+)[^ \n]", re.MULTILINE)


@dataclass(slots=True)
class Slot:
    """A Markdown text, in pieces, and where its lines stand in the source."""

    name: str
    line: int
    parts: list[str] = field(default_factory=list)
    lines: int = 0
    _starts: list[int] = field(default_factory=list)
    _numbers: list[int] = field(default_factory=list)

    def append(self, text: str, line: int) -> None:
        if text:
            self.parts.append(text)
            self._starts.append(self.lines)
            self._numbers.append(line)
            self.lines += text.count("\n")

    def source_line(self, index: int) -> int:
        """The line of the source (from 1) at which the text's line `index` (from 0) stands."""
        if not self._starts:
            return self.line
        piece = max(bisect_right(self._starts, index) - 1, 0)
        return self._numbers[piece] + index - self._starts[piece]

    def text(self) -> str:
        return "".join(self.parts)

    def dedented(self) -> str:
        """The text without the indentation that all its lines share."""
        text = _LEADING_SPACE.sub(lambda match: match[0].expandtabs(4), self.text())
        indent = min(map(len, _INDENT.findall(text)), default=0)
        return re.sub(rf"^ {{1,{indent}}}", "", text, flags=re.MULTILINE) if indent else text


@dataclass(slots=True)
class Node:
    """A component as it is written: nothing is known yet of what it means."""

    name: str
    line: int
    props: Props = field(default_factory=dict)
    slots: dict[str, Slot] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def slot(self, name: str, line: int) -> Slot:
        return self.slots.setdefault(name, Slot(name, line))


@dataclass(slots=True)
class Document:
    """`problems` are those that belong to no component."""

    root: Slot
    nodes: list[Node]
    problems: list[Problem]


@dataclass(slots=True)
class _Open:
    colons: int
    node: Node | None  # None: too deep or too many; its content belongs to what is around it
    slot: Slot
    name: str
    line: int


def normalise(source: str) -> str:
    """The source with line feeds only and without control characters."""
    if "\r" in source:
        source = _NEWLINES.sub("\n", source)
    return _CONTROLS.sub("\ufffd", source)


def parse(text: str, first_line: int = 1) -> Document:
    """Read a normalised text whose first line has the number `first_line`. Never fails."""
    return _Reader(text, first_line).read()


class _Reader:
    def __init__(self, text: str, first_line: int) -> None:
        self._text = text
        self._line = first_line
        self._position = 0
        self._root = Slot(DEFAULT, first_line)
        self._slot = self._root
        self._open: list[_Open] = []
        self._by_colons: dict[int, list[int]] = {}
        self._document = Document(self._root, [], [])
        self._no_dashes = False
        self._no_close_raw: set[str] = set()
        self._brace_failures = 0
        self._yaml_size = 0
        self._problems = 0

    def read(self) -> Document:
        text = self._text
        position = 0
        while match := _INTERESTING.search(text, position):
            position = match.end()
            if match["colons"]:
                position = self._colons(match)
            elif match["slot"]:
                if self._open and self._open[-1].node:
                    self._flush(match.start())
                    self._slot = self._open[-1].node.slot(match["slot"], self._line)
                    self._open[-1].slot = self._slot
                    self._skip(_end_of_line(text, position))
                    position = self._position
            elif match["fence"]:
                position = self._fence(match)
            elif match["comment"]:
                end = text.find("-->", position)
                if end < 0:
                    self._problem(
                        self._line_at(match.start()), "this comment is not closed: it hides the rest"
                    )
                position = len(text) if end < 0 else end + 3
            elif match["raw"]:
                position = self._raw(match["raw"].lower(), position)
        self._flush(len(text))
        for opened in reversed(self._open):
            self._unclosed(opened)
        return self._document

    def _flush(self, end: int) -> None:
        """What was passed over up to `end` is text of the current slot."""
        piece = self._text[self._position : end]
        self._slot.append(piece, self._line)
        self._line += piece.count("\n")
        self._position = end

    def _skip(self, end: int) -> None:
        self._line += self._text.count("\n", self._position, end)
        self._position = end

    def _line_at(self, position: int) -> int:
        return self._line + self._text.count("\n", self._position, position)

    def _problem(self, line: int, message: str, node: Node | None = None) -> None:
        self._problems += 1
        if self._problems <= MAX_PROBLEMS:
            (node or self._document).problems.append(Problem(line, message))

    def _fence(self, match: re.Match[str]) -> int:
        fence = match["fence"]
        if fence[0] == "`" and "`" in match["info"]:
            return match.end()
        closed = _closing_fence(fence).search(self._text, match.end())
        if closed:
            return closed.end()
        if self._open:
            line = self._line_at(match.start())
            self._problem(line, "this code block is not closed: it takes the rest of the page")
        return len(self._text)

    def _raw(self, name: str, position: int) -> int:
        if name in self._no_close_raw:
            return position
        closed = _CLOSE_RAW[name].search(self._text, position)
        if closed:
            return closed.end()
        self._no_close_raw.add(name)
        return position

    def _colons(self, match: re.Match[str]) -> int:
        """A line that begins with colons. Returns where to go on."""
        if match["name"]:
            return self._opener(match)
        if not _REST_OF_LINE.match(self._text, match.end()) or not self._open:
            return match.end()
        self._flush(match.start())
        line = self._line
        self._skip(_end_of_line(self._text, match.end()))
        candidates = self._by_colons.get(len(match["colons"]))
        if not candidates:
            self._problem(
                line, f"{match['colons'][:20]} closes nothing: no component was opened with as many colons"
            )
            return self._position
        keep = candidates[-1]
        while len(self._open) > keep + 1:
            self._unclosed(self._pop())
        self._pop()
        return self._position

    def _pop(self) -> _Open:
        opened = self._open.pop()
        self._by_colons[opened.colons].pop()
        self._slot = self._open[-1].slot if self._open else self._root
        return opened

    def _unclosed(self, opened: _Open) -> None:
        message = f"::{opened.name} is not closed with a line of {opened.colons} colons"
        self._problem(opened.line, message, opened.node)

    def _opener(self, match: re.Match[str]) -> int:
        text, position = self._text, match.end()
        label = _LABEL.match(text, position)
        if label:
            position = label.end()
        line_end = text.find("\n", position)
        line_end = len(text) if line_end < 0 else line_end
        spaces = len(text[position:line_end]) - len(text[position:line_end].lstrip(" \t"))
        props: Props | None = {}
        broken = False
        if text.startswith("{", position + spaces):
            position += spaces
            braces = None
            if self._brace_failures < _MAX_BRACE_FAILURES:
                braces = BRACES_LINES.match(text, position, position + MAX_BRACES)
            props = parse_braces(braces[1]) if braces else None
            if braces and props is not None:
                position = braces.end()
            else:
                broken = True
                self._brace_failures += 1
                position = line_end
        if not _REST_OF_LINE.match(text, position):
            return match.end()
        self._flush(match.start())
        line = self._line
        node = Node(match["name"].lower(), line, props or {})
        if broken:
            self._problem(line, f"::{node.name} has props in braces that cannot be read", node)
        self._skip(_end_of_line(text, position))
        kept = len(self._document.nodes) < MAX_COMPONENTS and len(self._open) < MAX_DEPTH
        self._yaml(node, kept)
        self._enter(node, kept, len(match["colons"]), match["indent"], label[1] if label else None)
        return self._position

    def _enter(self, node: Node, kept: bool, colons: int, indent: str, label: str | None) -> None:
        nodes = self._document.nodes
        if kept:
            self._slot.append(f"{indent}{PLACEHOLDER}{len(nodes)}{PLACEHOLDER}\n", node.line)
            nodes.append(node)
            slot = node.slot(DEFAULT, self._line)
            if label:
                slot.append(f"{label}\n", node.line)
        else:
            slot = Slot("", node.line) if node.name in GUARDS else self._slot
            limit = (
                f"more than {MAX_COMPONENTS} of them" if len(nodes) >= MAX_COMPONENTS else "nested too deeply"
            )
            self._problem(node.line, f"::{node.name} is left out: {limit}")
        self._by_colons.setdefault(colons, []).append(len(self._open))
        self._open.append(_Open(colons, node if kept else None, slot, node.name, node.line))
        self._slot = slot

    def _yaml(self, node: Node, kept: bool) -> None:
        """Read the props between `---` lines that follow the opening line; move past them."""
        opened = _DASHES.match(self._text, self._position)
        if not opened or self._no_dashes:
            return
        closed = _DASHES.search(self._text, opened.end())
        if not closed:
            self._no_dashes = True
            self._problem(self._line, f"the props of ::{node.name} are not closed with a line of ---", node)
            self._skip(opened.end())
            return
        if kept:
            self._yaml_props(node, self._text[opened.end() : closed.start()])
        self._skip(closed.end())

    def _yaml_props(self, node: Node, source: str) -> None:
        first = self._line + 1
        self._yaml_size += min(len(source), MAX_YAML)
        block = Slot("yaml", first)
        block.append(source, first)
        source = block.dedented()
        try:
            if self._yaml_size > MAX_YAML_TOTAL:
                raise YamlError(1, f"a page may have at most {MAX_YAML_TOTAL} characters of YAML props")
            node.props.update(load_mapping(source))
        except YamlError as error:
            if self._yaml_size <= MAX_YAML_TOTAL:
                node.props.update(salvage_mapping(source))
            self._problem(first + error.line - 1, f"props of ::{node.name}: {error.message}", node)


def code_blocks(text: str) -> Iterator[tuple[int, int]]:
    """Where the fenced code blocks of a text begin and end."""
    position = 0
    while match := _INTERESTING.search(text, position):
        position = match.end()
        fence = match["fence"]
        if not fence or (fence[0] == "`" and "`" in match["info"]):
            continue
        closed = _closing_fence(fence).search(text, position)
        position = closed.end() if closed else len(text)
        yield match.start(), position


def _closing_fence(fence: str) -> re.Pattern[str]:
    return re.compile(rf"^[ \t]*+{fence[0]}{{{len(fence)},}}+[ \t]*+$", re.MULTILINE)


def _end_of_line(text: str, position: int) -> int:
    """The position after the line's end."""
    end = text.find("\n", position)
    return len(text) if end < 0 else end + 1
