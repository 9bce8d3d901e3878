"""Reads YAML text with the scalars of YAML 1.2's core schema.

libyaml finds the structure; values are made here, so nothing but JSON values can come out. `NO`, `on` and
`1999-12-31` are strings, keys are text as written (`200`, `0x10`, `~`), tags other than the core ones are
refused. Merge keys (`<<`), which YAML 1.2 has dropped, are still honoured: many documents have them.
"""

from __future__ import annotations

import re
from typing import Any

from .builder import Builder
from .document import Json
from .errors import Unparseable
from .numbers import MAX_DIGITS, number

_FORBIDDEN = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
#: libyaml compares each %TAG directive with every other
_MAX_DIRECTIVES = 20
_DIRECTIVE = re.compile(r"^%", re.MULTILINE)

_INTEGER = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_OCTAL = re.compile(r"0o[0-7]+")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
_WORDS: dict[str, Json] = {
    "": None,
    "~": None,
    **dict.fromkeys(("null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_CORE = "tag:yaml.org,2002:"
_TEXT_TAGS = {"!", _CORE + "str", _CORE + "timestamp", _CORE + "binary"}
_VALUE_TAGS = {_CORE + name for name in ("null", "bool", "int", "float", "merge")}


def read(text: str, builder: Builder) -> None:
    """Feeds `builder`. Raises `Unparseable`."""
    import yaml

    if forbidden := _FORBIDDEN.search(text):
        code = f"U+{ord(forbidden[0]):04X}"
        raise builder.refusal(f"the character {code} is not allowed in YAML", forbidden.start())
    for count, directive in enumerate(_DIRECTIVE.finditer(text), 1):
        if count > _MAX_DIRECTIVES:
            raise builder.refusal("more directives than a document can need", directive.start())

    loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    events = yaml.parse(text, Loader=loader)
    try:
        _feed(events, builder)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        offset = mark.index if mark is not None else 0
        reason = error.problem or error.context or "not YAML"
        raise builder.refusal(f"not YAML: {reason}", min(offset, len(text))) from None
    except yaml.YAMLError as error:
        raise builder.refusal(f"not YAML: {error}", 0) from None


def _feed(events: Any, builder: Builder) -> None:
    import yaml

    documents = 0
    for event in events:
        kind = type(event)
        if kind is yaml.ScalarEvent:
            plain = event.implicit[0] and event.tag is None
            value = _value(event, builder)
            builder.scalar(value, event.value, event.start_mark.index, plain=plain, anchor=event.anchor)
        elif kind in (yaml.MappingStartEvent, yaml.SequenceStartEvent):
            mapping = kind is yaml.MappingStartEvent
            if event.tag not in (None, "!", _CORE + ("map" if mapping else "seq")):
                raise _bad_tag(event, builder)
            builder.open({} if mapping else [], event.start_mark.index, event.anchor)
        elif kind in (yaml.MappingEndEvent, yaml.SequenceEndEvent):
            builder.close()
        elif kind is yaml.AliasEvent:
            builder.alias(event.anchor, event.start_mark.index)
        elif kind is yaml.DocumentStartEvent:
            documents += 1
            if documents > 1:
                raise builder.refusal("there is more than one document", event.start_mark.index)


def _value(event: Any, builder: Builder) -> Json:
    text: str = event.value
    if event.tag is None:
        return plain_value(text) if event.implicit[0] else text
    if event.tag in _TEXT_TAGS:
        return text
    if event.tag in _VALUE_TAGS:
        return plain_value(text)
    raise _bad_tag(event, builder)


def plain_value(text: str) -> Json:
    """What a scalar without quotes stands for. Infinity and NaN, which JSON lacks, stay text."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text) or _FLOAT.fullmatch(text):
        return number(text)
    if len(text) <= MAX_DIGITS:
        if _OCTAL.fullmatch(text):
            return int(text[2:], 8)
        if _HEXADECIMAL.fullmatch(text):
            return int(text[2:], 16)
    return text


def _bad_tag(event: Any, builder: Builder) -> Unparseable:
    tag = event.tag.replace(_CORE, "!!")[:100]
    return builder.refusal(f"the tag {tag} is not allowed", event.start_mark.index)
