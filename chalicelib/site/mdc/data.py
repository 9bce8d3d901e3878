"""YAML as pages use it: front matter and component props.

Read from the parser's events, so that size, depth and kind are bounded before anything is built: no aliases
(they make a small text large), no tags, keys are strings. Scalars follow YAML 1.2: `yes`, `on` and dates are
strings.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from typing import Any

from chalicelib.site.mdc.model import Props, Value

MAX_YAML = 65_536
MAX_DEPTH = 20

_INTEGER = re.compile(r"[-+]?\d{1,18}")
_FLOAT = re.compile(r"[-+]?(?:\d{1,40}\.\d{0,40}|\.\d{1,40}|\d{1,40}(?=[eE]))(?:[eE][-+]?\d{1,3})?")
_CONSTANTS: dict[str, Value] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
# `to: {{ page.path }}`: braces would begin a mapping, and an author means the binding.
_BARE_BINDING = re.compile(r"^([ \t]*(?:- )?:?[\w-]+:[ \t]+)(\{\{[^\n]*\}\})[ \t]*$", re.MULTILINE)
_SIMPLE_LINE = re.compile(r":?[A-Za-z][\w-]*:[ \t]+\S[^\n]*")


class YamlError(Exception):
    """`line` counts from 1 in the text that was read."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


def load_mapping(text: str) -> Props:
    """The mapping a YAML text holds, {} for an empty one.

    Raises YamlError for anything else and for what is out of bounds.
    """
    if len(text) > MAX_YAML:
        raise YamlError(1, f"YAML may have at most {MAX_YAML} characters")
    if "{{" in text:
        text = _BARE_BINDING.sub(lambda match: f"{match[1]}'{match[2].replace(chr(39), chr(39) * 2)}'", text)
    value = _compose(text)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise YamlError(1, "YAML here must be a mapping of names to values")
    return value


def salvage_mapping(text: str) -> Props:
    """The `name: value` lines at the left margin of a text that is not YAML: better than nothing."""
    found: Props = {}
    for line in text[:MAX_YAML].split("\n"):
        if _SIMPLE_LINE.fullmatch(line.rstrip()):
            with contextlib.suppress(YamlError):
                found.update(load_mapping(line))
    return found


def _compose(text: str) -> Value:
    import yaml

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return _build(iter(yaml.parse(text, Loader=loader)))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise YamlError(mark.line + 1 if mark else 1, error.problem or "this is not YAML") from None
    except (yaml.YAMLError, RecursionError):
        raise YamlError(1, "this is not YAML") from None


def _build(events: Iterator[Any]) -> Value:
    """Build the first document's value without recursion: `stack` holds the open lists and mappings."""
    from yaml import events as ev

    stack: list[tuple[list[Value] | dict[str, Value], list[str]]] = []
    for event in events:
        kind = type(event)
        if kind is ev.ScalarEvent:
            value: Value = _scalar(event.value) if event.implicit[0] else event.value
        elif kind in (ev.MappingStartEvent, ev.SequenceStartEvent):
            if len(stack) >= MAX_DEPTH:
                raise YamlError(event.start_mark.line + 1, f"YAML may nest at most {MAX_DEPTH} deep")
            stack.append(({} if kind is ev.MappingStartEvent else [], []))
            continue
        elif kind in (ev.MappingEndEvent, ev.SequenceEndEvent):
            value = stack.pop()[0]
        elif kind is ev.AliasEvent:
            raise YamlError(event.start_mark.line + 1, "YAML aliases are not supported")
        elif kind is ev.DocumentEndEvent:
            return None
        else:
            continue
        if not stack:
            return value
        if not _place(*stack[-1], value, event.value if kind is ev.ScalarEvent else None):
            raise YamlError(event.start_mark.line + 1, "a name in YAML must be plain text")
    return None


def _place(parent: list[Value] | dict[str, Value], names: list[str], value: Value, text: str | None) -> bool:
    """Put a value into a list, or into a mapping as a value or as the name of the next one."""
    if isinstance(parent, list):
        parent.append(value)
    elif names:
        parent[names.pop()] = value
    elif text is not None:
        names.append(text)
    else:
        return False
    return True


def _scalar(text: str) -> Value:
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if text[0] in "+-.0123456789":
        if _INTEGER.fullmatch(text):
            return int(text)
        if _FLOAT.fullmatch(text):
            return float(text)
    return text
