"""Bindings: `{{ page.title || 'Untitled' }}` in text, `:prop="snippet.href"` on a component.

An expression is one or more operands joined by `||`; the first that is neither missing, null, false nor ""
wins, else the last. An operand is a JSON literal, a string in single quotes, or a dotted path into the data
in scope (`snippet.items.0.href`, `snippet.items[0].href`). There are no calls, operators or globals, and
nothing is evaluated as code. A path that begins with a name that is not in scope is no binding: in text it
stays as it was written, so that prose about other template languages survives.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from chalicelib.site.mdc.model import Value

MAX_EXPRESSION = 500

BINDING = re.compile(rf"\{{\{{([^{{}}]{{1,{MAX_EXPRESSION}}})\}}\}}")

_OPERAND = re.compile(r"""\s*+(?:("(?:[^"\\]|\\.)*+"|'[^']*+')\s*+|((?:[^|"']|\|(?!\|))++))(\|\||\Z)""")
_PATH = re.compile(r"[A-Za-z_$][\w-]*(?:\??\.[\w-]+|\[\d{1,6}\])*")
_STEP = re.compile(r"[\w$-]+")
_JSON_START = frozenset('"[{-0123456789')
_WORDS: dict[str, Value] = {"true": True, "false": False, "null": None, "undefined": None}


class UnboundError(Exception):
    """The text is not an expression over the data in scope."""


def evaluate(expression: str, scope: Mapping[str, Value]) -> Value:
    """The expression's value. Raises UnboundError where it is none."""
    text = expression.strip()
    if text[:1] in ("[", "{"):  # a JSON list or mapping stands alone
        return _operand(text, scope)
    value: Value = None
    position = 0
    while True:
        match = _OPERAND.match(text, position)
        if not match:
            raise UnboundError(expression)
        value = _operand(match[1] or match[2].strip(), scope)
        if not (value is None or value is False or value == "") or not match[3]:
            return value
        position = match.end()


def _operand(text: str, scope: Mapping[str, Value]) -> Value:
    if text in _WORDS:
        return _WORDS[text]
    if text[:1] == "'" and text[-1:] == "'":
        return text[1:-1]
    if text[:1] in _JSON_START:
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            raise UnboundError(text) from None
    if not _PATH.fullmatch(text):
        raise UnboundError(text)
    return _lookup(text, scope)


def _lookup(path: str, scope: Mapping[str, Value]) -> Value:
    root, *steps = _STEP.findall(path)
    if root not in scope:
        raise UnboundError(path)
    value: Value = scope[root]
    for step in steps:
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, list) and step.isdigit():
            value = value[int(step)] if int(step) < len(value) else None
        else:
            return None
    return value


def as_text(value: Value) -> str:
    """A value as text for a page; lists and mappings are no text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return value
    if isinstance(value, int | float):
        return repr(int(value) if isinstance(value, float) and value.is_integer() else value)
    return ""
