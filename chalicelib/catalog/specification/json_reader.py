"""Reads JSON text (RFC 8259) without recursion, keeping positions and duplicate keys."""

from __future__ import annotations

import re
from json import JSONDecodeError
from json.decoder import scanstring  # type: ignore[attr-defined]

from .builder import Builder
from .document import Json
from .errors import Unparseable
from .numbers import number

_SPACE = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_WORD = re.compile(r"true|false|null")
_WORDS: dict[str, Json] = {"true": True, "false": False, "null": None}


class NotJson(Unparseable):
    """The text breaks the grammar of JSON; it may be YAML all the same."""


def read(text: str, builder: Builder) -> None:
    """Feeds `builder`. Raises `NotJson`, or `Unparseable` for JSON beyond the builder's bounds."""
    closers: list[str] = []
    offset = _skip(text, 0)
    while True:
        # a value is due here, or the end of an object or array that is still empty
        character = text[offset : offset + 1]
        if character in {"{", "["}:
            builder.open({} if character == "{" else [], offset)
            closers.append("}" if character == "{" else "]")
            offset = _skip(text, offset + 1)
            if text[offset : offset + 1] != closers[-1]:
                if character == "{":
                    offset = _key(text, offset, builder)
                continue
        else:
            offset = _scalar(text, offset, builder)
        # a value has ended, or an empty object or array is about to
        offset = _skip(text, offset)
        while closers and text[offset : offset + 1] == closers[-1]:
            closers.pop()
            builder.close()
            offset = _skip(text, offset + 1)
        if not closers:
            break
        if text[offset : offset + 1] != ",":
            raise _not_json(builder, f"expected a comma or a closing {closers[-1]}", offset)
        offset = _skip(text, offset + 1)
        if closers[-1] == "}":
            offset = _key(text, offset, builder)
    if offset != len(text):
        raise _not_json(builder, "there is text after the end of the document", offset)


def _key(text: str, offset: int, builder: Builder) -> int:
    if text[offset : offset + 1] != '"':
        raise _not_json(builder, "expected a key in double quotes", offset)
    end = _skip(text, _scalar(text, offset, builder))
    if text[end : end + 1] != ":":
        raise _not_json(builder, "expected a colon after the key", end)
    return _skip(text, end + 1)


def _scalar(text: str, offset: int, builder: Builder) -> int:
    """Reads a string, number or word; gives the offset after it."""
    if text[offset : offset + 1] == '"':
        try:
            value, end = _text(text, offset + 1)
        except JSONDecodeError as error:
            raise _not_json(builder, f"not JSON: {error.msg}", error.pos) from None
        builder.scalar(value, value, offset)
        return end
    if found := _NUMBER.match(text, offset):
        builder.scalar(number(found[0]), found[0], offset)
    elif found := _WORD.match(text, offset):
        builder.scalar(_WORDS[found[0]], found[0], offset)
    else:
        raise _not_json(builder, "expected a value", offset)
    return found.end()


def _text(text: str, offset: int) -> tuple[str, int]:
    """A string whose opening quote stands before `offset`, and the offset after its closing one."""
    read: tuple[str, int] = scanstring(text, offset, True)
    return read


def _skip(text: str, offset: int) -> int:
    found = _SPACE.match(text, offset)
    assert found is not None
    return found.end()


def _not_json(builder: Builder, reason: str, offset: int) -> NotJson:
    refusal = builder.refusal(reason, offset)
    return NotJson(refusal.reason, refusal.line, refusal.column)
