"""Front matter: YAML between `---` lines at the very start of a page, snippet or document."""

from __future__ import annotations

import re

from chalicelib.site.mdc.data import MAX_YAML, YamlError, load_mapping, salvage_mapping
from chalicelib.site.mdc.model import Problem, Props

_OPEN = re.compile(r"\ufeff?(?:[ \t]*+\r?\n)*+---[ \t]*\r?\n")
_CLOSE = re.compile(r"^---[ \t]*(?:\r?\n|\Z)", re.MULTILINE)


def split_front_matter(text: str) -> tuple[Props, str, list[Problem]]:
    """Split a text into its front matter, the body, and what is wrong with the front matter.

    Without front matter the body is the text itself. YAML that cannot be read is still front matter and not
    part of the body: its plain `name: value` lines count, and a problem says where it is wrong. A `---` block
    that holds no `name: value` at all is content (a paragraph between two rules), not front matter.
    """
    opened = _OPEN.match(text)
    if not opened:
        return {}, text, []
    first_line = text.count("\n", 0, opened.end()) + 1
    closed = _CLOSE.search(text, opened.end(), opened.end() + MAX_YAML)
    if not closed:
        return {}, text, [Problem(first_line - 1, "front matter is not closed with a line of ---")]
    source = text[opened.end() : closed.start()]
    try:
        values = load_mapping(source)
    except YamlError as error:
        values = salvage_mapping(source)
        if not values and ":" not in source:
            return {}, text, []
        problem = Problem(first_line + error.line - 1, f"front matter: {error.message}")
        return values, text[closed.end() :], [problem]
    return values, text[closed.end() :], []
