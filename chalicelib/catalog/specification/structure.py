"""Checks a whole document against the official JSON schema of its type.

The document is always what is checked, never a schema to check with: none of its references is followed and
none of its patterns is run.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from .document import Json
from .keywords import AMBIGUOUS, Checker, kind_of, one_of_text, shown
from .official import KNOWN_DIALECTS, Official

#: a document of 1 MB takes about 150,000 steps, one made to take long may take any number
MAX_STEPS = 3_000_000


class Problem(NamedTuple):
    """What is wrong, and the path to the part that it is wrong with."""

    path: list[str | int]
    text: str


class _Object(dict[str, Any]):
    """An object whose `repr`, which jsonschema puts into messages that nobody reads, costs nothing."""

    def __repr__(self) -> str:
        return "an object"


class _Array(list[Any]):
    def __repr__(self) -> str:
        return "an array"


def problems(value: Json, official: Official) -> Iterator[Problem]:
    """What breaks the official schema. Raises `keywords.Exhausted` after `MAX_STEPS`."""
    last: list[str | int] | None = None
    of_wrong_kind = False
    for error in Checker(official.draft, MAX_STEPS).descend(_view(value), official.schema):
        path = list(error.absolute_path)
        # of what is wrong already these tell nothing new: a value of the wrong kind breaks further rules,
        # one that lacks a member is open to several forms
        if path == last and (of_wrong_kind or error.message == AMBIGUOUS):
            continue
        yield Problem(path, _text(error))
        last, of_wrong_kind = path, error.validator == "type"


def _view(value: Json) -> Any:
    """The document as it is checked. A schema in a dialect of its own choice is not looked into."""
    if isinstance(value, dict):
        dialect = value.get("$schema")
        if isinstance(dialect, str) and dialect not in KNOWN_DIALECTS:
            return _Object()
        return _Object((key, _view(item)) for key, item in value.items())
    if isinstance(value, list):
        return _Array(map(_view, value))
    return value


_KIND_NAMES = {
    "object": "an object",
    "array": "a list",
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "null",
}
_LIMITS = {
    "minItems": "must have at least {} items",
    "maxItems": "must have at most {} items",
    "minLength": "must have at least {} characters",
    "maxLength": "must have at most {} characters",
    "minProperties": "must have at least {} members",
    "maxProperties": "must have at most {} members",
    "minimum": "must be at least {}",
    "maximum": "must be at most {}",
    "exclusiveMinimum": "must be more than {}",
    "exclusiveMaximum": "must be less than {}",
    "multipleOf": "must be a multiple of {}",
}


def _text(error: Any) -> str:
    rule, expected = error.validator, error.validator_value
    if rule in _LIMITS:
        return _LIMITS[rule].format(expected)
    match rule:
        case "own" | "choice" | "forms":
            return str(error.message)
        case "type":
            names = expected if isinstance(expected, list) else [expected]
            wanted = " or ".join(_KIND_NAMES.get(name, str(name)) for name in names)
            return f"must be {wanted}, not {kind_of(error.instance)}"
        case "enum":
            return one_of_text(expected, error.instance)
        case "const":
            return f"must be {json.dumps(expected)}, not {shown(error.instance)}"
        case "pattern":
            return f"{shown(error.instance)} does not have the form {expected}"
    return f"breaks the rule {rule} of the official schema"
