"""Props in braces, `{a="b" :n="3" .class #id flag}`, and the values of props once the data is known."""

from __future__ import annotations

import re
from collections.abc import Callable

from chalicelib.site.mdc.model import Props, Value

MAX_BRACES = 8_000

# Braces at a position of a text: quoted values may hold anything, a mapping without quotes one level.
BRACES = re.compile(r"""\{((?:[^{}"'\n]|"[^"\n]*+"|'[^'\n]*+'|\{[^{}\n]*+\})*+)\}""")
# The same over several lines, for a component's opening line.
BRACES_LINES = re.compile(r"""\{((?:[^{}"']|"[^"]*+"|'[^']*+'|\{[^{}]*+\})*+)\}""")

_PART = re.compile(
    r"""[ \t\n]*+(?:
      \#(?P<id>[\w-]++)
    | \.(?P<class>[\w:/.-]++)
    | (?P<name>:?[A-Za-z_][\w.-]*+)
      (?:=(?:"(?P<double>[^"]*+)"|'(?P<single>[^']*+)'|(?P<bare>[^\s"'=<>`{}]++)))?+
    )""",
    re.VERBOSE,
)
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def parse_braces(text: str) -> Props | None:
    """The props written between braces, in order; None where the text is no list of props.

    A name keeps its leading colon (the value is an expression); classes are joined under `class`.
    """
    props: Props = {}
    position, end = 0, len(text.rstrip())
    while position < end:
        match = _PART.match(text, position)
        if not match or match.end() == position:
            return None
        position = match.end()
        if match["id"]:
            props["id"] = match["id"]
        elif match["class"]:
            props["class"] = f"{props['class']} {match['class']}" if props.get("class") else match["class"]
        else:
            values = (match["double"], match["single"], match["bare"])
            props[match["name"]] = next((value for value in values if value is not None), True)
    return props


def kebab(name: str) -> str:
    """`titleFontSize` as `title-font-size`; both spellings name the same prop."""
    return _CAMEL.sub("-", name).lower()


def resolve(props: Props, expression: Callable[[str], Value], text: Callable[[str], str]) -> Props:
    """The props with bound values looked up (`expression`) and bindings in strings filled in (`text`)."""
    return {
        kebab(name.removeprefix(":")): _value(name, value, expression, text) for name, value in props.items()
    }


def _value(name: str, value: Value, expression: Callable[[str], Value], text: Callable[[str], str]) -> Value:
    if isinstance(value, str):
        return expression(value) if name[:1] == ":" else text(value)
    if isinstance(value, dict):
        return {key.removeprefix(":"): _value(key, inner, expression, text) for key, inner in value.items()}
    if isinstance(value, list):
        return [_value("", inner, expression, text) for inner in value]
    return value
