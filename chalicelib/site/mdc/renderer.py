"""From a page's source to its HTML."""

from __future__ import annotations

import dataclasses
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from chalicelib.site.mdc import blocks
from chalicelib.site.mdc.blocks import Document, Node, Slot
from chalicelib.site.mdc.expressions import BINDING, UnboundError, as_text, evaluate
from chalicelib.site.mdc.frontmatter import split_front_matter
from chalicelib.site.mdc.html import MESSAGE, author_id, escape
from chalicelib.site.mdc.model import Context, Heading, Problem, Props, Result, Value
from chalicelib.site.mdc.piece import Piece
from chalicelib.site.mdc.props import resolve
from chalicelib.site.mdc.styles import Rules, StyleSheet

if TYPE_CHECKING:
    from markdown_it.token import Token

MAX_SOURCE: Final = 1_000_000
# Snippets may bring in as much again as the longest page, however often each is used.
MAX_EXPANDED: Final = 1_000_000
MAX_EXPANSIONS: Final = 500
MAX_SNIPPET_DEPTH: Final = 8
MAX_DEPTH: Final = 40
MAX_BOUND: Final = 500_000
MAX_GENERATED: Final = 4_000_000
MAX_LATER: Final = 10
MAX_PROBLEMS: Final = 200


@dataclass(slots=True)
class Group:
    """Panels of one accordion or of one set of tabs."""

    name: str | None
    kind: str
    open_first: bool
    panels: int = 0


@dataclass(slots=True)
class View:
    """Where on the page something is rendered, and what is in scope there."""

    document: Document
    scope: dict[str, Value]
    env: dict[str, Any]
    links: bool = True
    depth: int = 0
    group: Group | None = None
    snippet: str = ""  # the name of the snippet that is being rendered
    snippets: tuple[str, ...] = ()  # it and those around it
    snippet_line: int = 0  # the line of the page that brought it in
    inherited: Props | None = None

    def inside(self, **changes: Any) -> View:
        return dataclasses.replace(self, **changes)


@dataclass(frozen=True, slots=True)
class Written:
    html: str
    phrasing: bool


def render(source: str, context: Context) -> Result:
    """Render a page (front matter included). Never fails: mistakes are told in `problems`."""
    return Renderer(context).page(source)


def render_snippet(name: str, data: Props, context: Context) -> Result:
    """Render one snippet alone, as a page's `::snippet` with this data would; for the site's own parts."""
    return Renderer(context).alone(Node("snippet", 1, {"name": name, "data": data}))


class Renderer:
    """The rendering of one page. Implements what `html.Page` asks for."""

    def __init__(self, context: Context) -> None:
        from chalicelib.site.mdc.components import registry
        from chalicelib.site.mdc.parser import Meter

        self.context = context
        self.dynamic = False
        self.title: str | None = None
        self.headings: list[Heading] = []
        self.snippets_used: set[str] = set()
        self._registry, self._inline_names = registry()
        self._meter = Meter()
        self._sheet = StyleSheet()
        self._problems: list[Problem] = []
        self._ids: dict[str, int] = {}
        self._author_ids: set[str] = set()
        self._documents: dict[str, tuple[Props, Document, int] | None] = {}
        self._bound = self._generated = self._expanded = self._expansions = self._counter = 0
        self._nonce = ""
        self._later: list[Callable[[], str]] = []
        self._fragments = False

    # --- pages and snippets -------------------------------------------------------------------------------

    def page(self, source: str) -> Result:
        view = self.view(source)
        html = self._loose_problems(view) + self.slot(view, view.document.root, root=True).html
        return self._result(html, view.scope["$doc"])

    def view(self, source: str) -> View:
        """Read a page; what its bindings see is the context's data and its own front matter."""
        front, document = self._read(source)
        data = {
            key: dict(value) if isinstance(value, dict) else value for key, value in self.context.data.items()
        }
        scope: dict[str, Value] = {"page": {}, "portal": {}, "snippet": {}, **data, "$doc": front}
        scope["page"] = {**front, **(scope["page"] if isinstance(scope["page"], dict) else {})}
        if not scope["snippet"] and isinstance(front.get("snippet"), dict):
            scope["snippet"] = front["snippet"]
        return View(document, scope, self._env())

    def alone(self, node: Node) -> Result:
        scope: dict[str, Value] = {"page": {}, "portal": {}, "snippet": {}, **self.context.data, "$doc": {}}
        view = View(Document(Slot("", 1), [node], []), scope, self._env())
        return self._result(self.component(view, node), {})

    def _env(self) -> dict[str, Any]:
        return {"meter": self._meter, "inline_names": self._inline_names, "references": {}}

    def _read(self, source: str) -> tuple[Props, Document]:
        source = blocks.normalise(source)
        if len(source) > MAX_SOURCE:
            source = source[:MAX_SOURCE]
            self._note(Problem(1, f"only the first {MAX_SOURCE} characters are shown"))
        front, body, problems = split_front_matter(source)
        first_line = source.count("\n", 0, len(source) - len(body)) + 1
        document = blocks.parse(body, first_line)
        document.problems[:0] = problems
        return front, document

    def snippet(self, view: View, name: str, data: Props, inherit: bool, line: int) -> str:
        """The HTML of a snippet, or what stands in its place where there is none to show."""
        inner = self.enter_snippet(view, name, data, inherit, line)
        if isinstance(inner, str):
            return inner
        return self._loose_problems(inner) + self.slot(inner, inner.document.root, root=True).html

    def enter_snippet(self, view: View, name: str, data: Props, inherit: bool, line: int) -> View | str:
        """The view inside a snippet; where it cannot be shown, what stands in its place."""
        self.snippets_used.add(name)
        if name in view.snippets:
            return self.problem(view, line, f'snippet "{name}" is part of itself')
        if len(view.snippets) >= MAX_SNIPPET_DEPTH:
            return self.problem(view, line, f"snippets may nest at most {MAX_SNIPPET_DEPTH} deep")
        found = self._snippet_document(name)
        if found is None:
            return self.problem(view, line, f'there is no snippet "{name}" that this viewer may see')
        front, document, size = found
        self._expanded += size
        self._expansions += 1
        if self._expanded > MAX_EXPANDED or self._expansions > MAX_EXPANSIONS:
            return self.problem(view, line, f'snippet "{name}" is left out: the page brings in too much')
        inherited = view.inherited or {}
        return View(
            document,
            {**view.scope, "snippet": {**front, **inherited, **data}, "$doc": front},
            self._env(),
            links=view.links,
            depth=view.depth,
            group=view.group,
            snippet=name,
            snippets=(*view.snippets, name),
            snippet_line=view.snippet_line or line,
            inherited={**inherited, **data} if inherit else None,
        )

    def _snippet_document(self, name: str) -> tuple[Props, Document, int] | None:
        if name not in self._documents:
            source = self.context.snippet(name)
            # A developer may see a private snippet that others do not; anybody may be shown one less.
            self.dynamic = self.dynamic or source is None or self.context.authenticated
            self._documents[name] = None if source is None else (*self._read(source), len(source) + 1)
        return self._documents[name]

    def _result(self, html: str, front: Props) -> Result:
        if self._meter.exhausted:
            self._note(Problem(1, "the page is too complex: from some place on it is shown as plain text"))
        html = self._finish(html)
        return Result(
            html=html,
            css=self._sheet.text,
            title=self.title,
            headings=tuple(self.headings),
            front_matter=front,
            problems=tuple(self._problems),
            snippets_used=frozenset(self.snippets_used),
            has_dynamic=self.dynamic,
        )

    def _finish(self, html: str) -> str:
        """Fill in what was known only at the end: tables of contents, and links to places on the page."""
        if self._later:
            later = [make() for make in self._later]
            html = re.sub(rf"<!--{self._nonce}-(\d+)-->", lambda match: later[int(match[1])], html)
        if self._fragments:
            known = {heading.id for heading in self.headings}
            html = re.sub(rf"#{self._nonce}-([^\"]*)", lambda match: self._place(match[1], known), html)
        return html

    def _place(self, written: str, known: set[str]) -> str:
        name = unquote(written)
        if name not in known and (own := author_id(name)) in self._author_ids:
            return f"#{own}"
        return f"#{written}"

    def later(self, make: Callable[[], str]) -> str:
        """HTML that stands for what `make` gives at the end; nothing where a page asks too often."""
        if len(self._later) >= MAX_LATER:
            return ""
        self._later.append(make)
        return f"<!--{self.nonce()}-{len(self._later) - 1}-->"

    def nonce(self) -> str:
        """What no author can have written."""
        if not self._nonce:
            self._nonce = f"mdc{secrets.token_hex(8)}"
        return self._nonce

    # --- mistakes -----------------------------------------------------------------------------------------

    def problem(self, view: View, line: int, message: str) -> str:
        """Note a mistake. Gives what stands in its place: a message in a preview, nothing on a live page."""
        if view.snippet:
            message = f'snippet "{view.snippet}", line {line}: {message}'
            line = view.snippet_line
        problem = Problem(line, message)
        self._note(problem)
        return self._message(problem)

    def _note(self, problem: Problem) -> None:
        if len(self._problems) < MAX_PROBLEMS and problem not in self._problems:
            self._problems.append(problem)

    def _message(self, problem: Problem) -> str:
        if not self.context.preview:
            return ""
        return f"{MESSAGE}<strong>Line {problem.line}:</strong> {escape(problem.message)}</span>"

    def _loose_problems(self, view: View) -> str:
        """What is wrong with a document apart from its components; theirs are noted too, shown or not."""
        html = "".join(
            self.problem(view, problem.line, problem.message) for problem in view.document.problems
        )
        for node in view.document.nodes:
            for problem in node.problems:
                self.problem(view, problem.line, problem.message)
        return html

    # --- what components ask for --------------------------------------------------------------------------

    def is_block(self, name: str) -> bool:
        """Is this a component that may not stand in a line of text?"""
        return name in self._registry and name not in self._inline_names

    def style_class(self, rules: Rules) -> str | None:
        return self._sheet.class_for(rules)

    def unique(self, name: str) -> str:
        """An id for an element of ours."""
        self._counter += 1
        return f"{self.context.id_prefix}mdc-{name}-{self._counter}"

    def note_title(self, text: str) -> None:
        if self.title is None and text:
            self.title = text

    def heading(self, level: int, text: str) -> str:
        """Enter a heading into the table of contents; gives its id."""
        words = re.sub(r"[^\w\s-]", "", text.lower())[:100].split()
        base = self.context.id_prefix + ("-".join(words) or "section")
        # The prefixes of authors' ids and of the site's own are not to be had.
        if base.startswith(("user-", "mdc-", "portico-")):
            base = f"section-{base}"
        count = self._ids.get(base, 0)
        self._ids[base] = count + 1
        name = f"{base}-{count}" if count else base
        while count and name in self._ids:
            self._ids[base] += 1
            name = f"{base}-{self._ids[base]}"
        self._ids.setdefault(name, 1)
        self.headings.append(Heading(level, name, text))
        return name

    def spend(self, size: int) -> bool:
        """May so many characters be generated that stand in no source?"""
        self._generated += size
        return self._generated <= MAX_GENERATED

    def resolve_link(self, href: str) -> str:
        return self.context.resolve_link(href)

    def fragment(self, name: str) -> str:
        self._fragments = True
        return f"#{self.nonce()}-{name}"

    def author_id(self, text: str) -> str | None:
        name = author_id(text)
        if not name or name in self._author_ids:
            return None
        self._author_ids.add(name)
        return name

    def inline_style(self, text: str) -> str | None:
        rules = Rules()
        if "{" not in text:
            rules.add_styles(text)
        return self.style_class(rules)

    # --- values -------------------------------------------------------------------------------------------

    def fill(self, view: View, text: str, quote: Callable[[str], str] = str) -> str:
        """The text with its bindings filled in, each value through `quote`."""
        if "{{" not in text:
            return text
        return BINDING.sub(lambda match: quote(self._filled(view, match)), text)

    def _filled(self, view: View, match: re.Match[str]) -> str:
        try:
            value = as_text(evaluate(match[1], view.scope))
        except UnboundError:
            return match[0]
        self._bound += len(value)
        return value if self._bound <= MAX_BOUND else ""

    def resolved(self, view: View, node: Node) -> tuple[Props, list[str]]:
        """A component's props with the data filled in, and what is wrong with them."""
        mistakes: list[str] = []

        def expression(text: str) -> Value:
            try:
                return evaluate(text, view.scope)
            except UnboundError:
                mistakes.append(f'::{node.name}: "{text[:60]}" is no value and names nothing in scope')
                return None

        return resolve(node.props, expression, lambda text: self.fill(view, text)), mistakes

    # --- rendering ----------------------------------------------------------------------------------------

    def component(self, view: View, node: Node, inline_html: str | None = None) -> str:
        """A component's HTML, with the messages of a preview before it."""
        from chalicelib.site.mdc.components.base import Block, Component

        notes = "".join(map(self._message, node.problems)) if not view.snippet else ""
        if view.depth >= MAX_DEPTH:
            return notes + self.problem(view, node.line, f"::{node.name} is left out: nested too deeply")
        view = view.inside(depth=view.depth + 1)
        component = self._registry.get(node.name)
        if component is None:
            notes += self.problem(
                view, node.line, f"there is no component ::{node.name}; its content is shown"
            )
            names = tuple(node.slots)
            component = Component(
                node.name, lambda block: "".join(map(block.slot, names)), slots=names or ("default",)
            )
            block = Block(self, view, node, component, {})
        else:
            props, mistakes = self.resolved(view, node)
            block = Block(self, view, node, component, props)
            block.mistakes += mistakes
        block.inline_html = inline_html
        html = component.render(block)
        html += block.leftovers()
        for rules in (block.rules, *block.parts.values()):
            block.mistakes += [f"::{node.name}: style not understood: {text}" for text in rules.refused]
        notes += "".join(self.problem(view, node.line, message) for message in block.mistakes)
        return notes + html

    def slot(self, view: View, slot: Slot, *, root: bool = False, phrase: bool = False) -> Written:
        """A Markdown text as HTML; with `phrase`, without paragraphs around its text where that can be."""
        from chalicelib.site.mdc.parser import markdown

        text = slot.text() if root else slot.dedented()
        if not text.strip():
            return Written("", True)
        md = markdown(root)
        tokens: list[Token] = []
        md.block.parse(text, md, view.env, tokens)
        phrase = phrase and all(self._is_phrase(view, token) for token in tokens)
        piece = Piece(self, view, md, slot)
        piece.blocks(tokens, phrase)
        return Written(piece.finish(), phrase)

    def _is_phrase(self, view: View, token: Token) -> bool:
        if token.type == "mdc_component":
            return view.document.nodes[token.meta["node"]].name in self._inline_names
        return token.type in _PHRASE


_PHRASE = frozenset({"paragraph_open", "paragraph_close", "heading_open", "heading_close", "inline"})
