"""The snippets a text refers to, found without rendering it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from chalicelib.site.mdc import blocks
from chalicelib.site.mdc.blocks import Document
from chalicelib.site.mdc.expressions import as_text
from chalicelib.site.mdc.frontmatter import split_front_matter
from chalicelib.site.mdc.model import Value
from chalicelib.site.mdc.props import BRACES, parse_braces

_INLINE_SNIPPET = re.compile(r"(?<![\w:]):snippet(?=\{)")
_LAYOUTS = ("page-layout", "layout-options")
_FLAGS = frozenset({"inheritData", "inherit-data", "inheritdata"})


def snippet_names(source: str) -> set[str]:
    """The names of the snippets that a text refers to: in `::snippet`, as the card of an `::apis-list`, and
    as slots of the layout in its front matter. A name that is bound to data is known only on rendering.
    """
    front, body, _ = split_front_matter(source)
    names = {
        as_text(value)
        for key in _LAYOUTS
        for value in (front[key].values() if isinstance(front.get(key), dict) else ())
    }
    if "snippet" in body:
        body = blocks.normalise(body)
        names.update(_node_names(blocks.parse(body)))
        for match in _INLINE_SNIPPET.finditer(body):
            braces = BRACES.match(body, match.end())
            names.add(snippet_name(parse_braces(braces[1]) or {} if braces else {}))
    return {name for name in names if name and "{{" not in name}


def _node_names(document: Document) -> Iterator[str]:
    for node in document.nodes:
        if node.name == "snippet":
            yield snippet_name(node.props)
        elif node.name == "apis-list":
            yield as_text(node.props.get("card-snippet-name", node.props.get("cardSnippetName")))


def snippet_name(props: Mapping[str, Value]) -> str:
    """The name a `::snippet` asks for, as written: `{name="x"}`, or `{x}` alone. "" where it is bound."""
    name = props.get("name")
    if isinstance(name, str):
        return name
    if name is None and ":name" not in props:
        return next((key for key, value in props.items() if value is True and key not in _FLAGS), "")
    return ""
