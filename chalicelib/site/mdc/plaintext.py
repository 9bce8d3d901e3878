"""A page as Markdown, for readers that ask for it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from chalicelib.site.mdc import blocks
from chalicelib.site.mdc.blocks import Node, Slot
from chalicelib.site.mdc.components.dynamic import shows
from chalicelib.site.mdc.expressions import as_text
from chalicelib.site.mdc.model import Context, Props, Value
from chalicelib.site.mdc.references import snippet_name
from chalicelib.site.mdc.renderer import MAX_DEPTH, Renderer, View


def to_markdown(source: str, context: Context) -> str:
    """The page as plain Markdown, for readers that are no browsers.

    What a browser would not show this viewer is not there either: hidden `::display-wrapper`s, snippets this
    viewer may not see, HTML comments. Front matter, the lines that open and close components, and their props
    are gone, except props that are text to be read (`title`, `description`, ...); buttons and links become
    links. Snippets are expanded and bindings filled in. Inline components, attributes in braces and HTML stay
    as they are written.
    """
    renderer = Renderer(context)
    view = renderer.view(source)
    text = _Plain(renderer).slot(view, view.document.root, root=True)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


_TEXT_PROPS = ("tagline", "title", "header", "description", "message", "text")
_PLACEHOLDER = re.compile(rf"^([ ]*){blocks.PLACEHOLDER}(\d+){blocks.PLACEHOLDER}$", re.MULTILINE)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
# Whom an inline wrapper's text is for cannot be told without reading the line: its paragraph is left out.
_GUARDED = re.compile(rf"(?<!:):(?:{'|'.join(blocks.GUARDS)})\b", re.IGNORECASE)
_BLANK_LINE = re.compile(r"\n[ \t]*\n")


class _Plain:
    def __init__(self, renderer: Renderer) -> None:
        self._renderer = renderer

    def slot(self, view: View, slot: Slot, *, root: bool = False) -> str:
        text = slot.text() if root else slot.dedented()
        pieces, position = [], 0
        for start, end in blocks.code_blocks(text):
            pieces += [self._prose(view, text[position:start]), text[start:end]]
            position = end
        return "".join([*pieces, self._prose(view, text[position:])])

    def _prose(self, view: View, text: str) -> str:
        text = _COMMENT.sub("", text)
        if _GUARDED.search(text):
            text = "\n\n".join(part for part in _BLANK_LINE.split(text) if not _GUARDED.search(part))
        pieces, position = [], 0
        for match in _PLACEHOLDER.finditer(text):
            pieces.append(self._renderer.fill(view, text[position : match.start()]))
            inner = self._node(view, view.document.nodes[int(match[2])]).strip("\n")
            pieces.append(
                "\n" + re.sub(r"^(?=[^\n])", match[1][:12], inner, flags=re.MULTILINE) + "\n" if inner else ""
            )
            position = match.end()
        return "".join([*pieces, self._renderer.fill(view, text[position:])])

    def _node(self, view: View, node: Node) -> str:
        if view.depth >= MAX_DEPTH:
            return ""
        view = view.inside(depth=view.depth + 1)
        props, _ = self._renderer.resolved(view, node)
        if node.name in blocks.GUARDS:
            if not shows(as_text(props.get("audience")), authenticated=self._renderer.context.authenticated):
                return ""
        elif node.name == "snippet":
            return self._snippet(view, node, props)
        inner = "\n\n".join([*_readable(props), *self._slots(view, node)])
        if node.name in ("button", "a") and (href := as_text(props.get("to") or props.get("href"))):
            return f"[{' '.join(inner.split())}]({href})"
        return inner

    def _slots(self, view: View, node: Node) -> Iterator[str]:
        first = [name for name in ("tagline", "title", "header", "description") if name in node.slots]
        for name in (*first, *(name for name in node.slots if name not in first)):
            if text := self.slot(view, node.slots[name]).strip("\n"):
                yield text

    def _snippet(self, view: View, node: Node, props: Mapping[str, Value]) -> str:
        name = as_text(props.get("name")) or snippet_name(node.props)
        data = props.get("data")
        inherit = as_text(props.get("inherit-data")) == "true"
        inner = self._renderer.enter_snippet(
            view, name, data if isinstance(data, dict) else {}, inherit, node.line
        )
        return "" if isinstance(inner, str) else self.slot(inner, inner.document.root, root=True)


def _readable(props: Props) -> Iterator[str]:
    for name in _TEXT_PROPS:
        if isinstance(props.get(name), str) and props[name].strip():
            yield props[name].strip()
