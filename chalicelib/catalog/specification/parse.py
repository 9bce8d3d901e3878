"""From text to a `Document`."""

from __future__ import annotations

import re
from typing import Literal

from . import json_reader, yaml_reader
from .builder import Builder
from .document import Document, position_of
from .errors import Empty, TooLarge, Unparseable

MAX_BYTES = 8 * 1024 * 1024
_LOOKS_LIKE_JSON = re.compile(r'\s*\{\s*"')


def parse(text: str) -> Document:
    """Reads a JSON or YAML object.

    Keys become text as the source writes them, values are JSON values as YAML 1.2 defines them; of a key
    that stands twice the last value counts (`Document.duplicates`). Raises `Empty`, `TooLarge` (8 MiB of
    UTF-8), or `Unparseable` for all else: no JSON or YAML, no object, more than one document, a tag that is
    not of YAML's core schema, nesting beyond 200 levels, aliases that expand beyond all bounds.
    """
    if len(text) > MAX_BYTES:
        raise TooLarge(MAX_BYTES)
    try:
        size = len(text.encode("utf-8"))
    except UnicodeEncodeError as error:
        raise Unparseable(
            "half of a surrogate pair is not a character", *position_of(text, error.start)
        ) from None
    if size > MAX_BYTES:
        raise TooLarge(MAX_BYTES)
    text = text.removeprefix("\ufeff")
    if not text.strip():
        raise Empty

    form: Literal["json", "yaml"]
    form, builder = _read(text)
    if not isinstance(builder.root, dict):
        raise builder.refusal("not an object: a specification has keys and values at its top", 0)
    return Document(
        value=builder.root,
        format=form,
        version_as_written=builder.version_as_written,
        duplicates=tuple(builder.duplicates),
        text=text,
        offsets=builder.offsets,
    )


def _read(text: str) -> tuple[Literal["json", "yaml"], Builder]:
    not_json: Unparseable | None = None
    if text.lstrip()[0] in "{[":
        builder = Builder(text)
        try:
            json_reader.read(text, builder)
        except json_reader.NotJson as error:
            not_json = error
        else:
            return "json", builder
    builder = Builder(text)
    try:
        yaml_reader.read(text, builder)
    except Unparseable:
        if not_json is not None and _LOOKS_LIKE_JSON.match(text):
            raise Unparseable(not_json.reason, not_json.line, not_json.column) from None
        raise
    return "yaml", builder
