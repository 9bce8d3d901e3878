"""Schemas as rows of fields: bounded in depth and number, recursive ones named instead of repeated."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from markupsafe import Markup

from chalicelib.catalog.specification.detect import SpecType
from chalicelib.catalog.specification.lenient import items, members, text
from chalicelib.catalog.specification.references import References
from chalicelib.site.reference.model import Body, Field
from chalicelib.site.reference.text import LIMIT, prose

DEPTH = 3
#: rows of one schema
ROWS = 100
#: of one document, so that a page stays a page: rows and bodies, characters of texts and examples, schemas
#: that are looked into
TOTAL, CHARACTERS, STEPS = 8_000, 1_500_000, 100_000
#: schemas inside one another
LEVELS = 40
EXAMPLE = 4_000
NOTE = 200
#: characters of a name, and of a summary
NAME, LINE = 200, 1_000

_UNSAFE = re.compile(r"[^\w.-]+")


class Fields:
    """Describes schemas of one document, as long as its budgets last."""

    def __init__(self, value: dict[str, Any], kind: SpecType) -> None:
        self.references = References(value, kind)
        self.left, self.characters, self.steps = TOTAL, CHARACTERS, STEPS
        self.named: dict[str, str] = {}

    @property
    def exhausted(self) -> bool:
        """Whether no more can be described."""
        return self.left <= 0 or self.characters <= 0 or self.steps <= 0

    def prose(self, value: object) -> Markup:
        """The HTML of a description."""
        if not isinstance(value, str) or self.characters <= 0:
            return Markup()
        self.characters -= min(len(value), LIMIT)
        return prose(value)

    def line(self, value: object, limit: int = NAME) -> str:
        """A text without any meaning, cut."""
        shown = cut(text(value), limit)
        self.characters -= len(shown)
        return shown

    def short(self, value: Any, limit: int = NOTE) -> str:
        """A value on one line, cut."""
        return cut(self._written(value, None), limit)

    def sample(self, value: Any) -> str:
        """An example on many lines, cut."""
        if not isinstance(value, str):
            return cut(self._written(value, 2), EXAMPLE)
        return self.line(value, EXAMPLE)

    def _written(self, value: Any, indent: int | None) -> str:
        if self.characters <= 0:
            return "…"
        written = json.dumps(value, ensure_ascii=False, indent=indent, default=str)
        self.characters -= len(written)
        return written

    def follow(self, value: Any) -> dict[str, Any]:
        """What a value is after its references; empty for what is no object."""
        return members(self.references.follow(value))

    def name(self, schema: Any) -> tuple[str, str]:
        """Name and link of a schema that is a reference to a named one."""
        target = members(schema).get("$ref")
        if not isinstance(target, str):
            return "", ""
        last = target.rpartition("/")[2].replace("~1", "/").replace("~0", "~")
        anchor = self.named.get(target)
        return cut(last, NAME), f"#{anchor}" if anchor else ""

    def type(self, schema: Any, depth: int = 0) -> str:
        """A schema's type in words."""
        if schema is True or schema == {}:
            return "anything"
        name, _ = self.name(schema)
        if name:
            return name
        found = members(schema)
        self.steps -= 1
        if depth > DEPTH or self.steps <= 0:
            return "…"
        kind = found.get("type")
        stated = kind if isinstance(kind, list) else [kind] if kind else []
        kinds = [cut(text(one), 40) for one in stated[:8]]
        if "array" in kinds or (not kinds and "items" in found):
            inner = found.get("items")
            listed = f"array of {self.type(inner, depth + 1)}" if inner is not None else "array"
            kinds = [listed if one == "array" else one for one in kinds] or [listed]
        for union, word in (("oneOf", " or "), ("anyOf", " or "), ("allOf", " and ")):
            variants = items(found.get(union))
            if variants and not kinds:
                words = [self.type(one, depth + 1) for one in variants[:8]]
                return word.join(dict.fromkeys(words)) + (" …" if len(variants) > 8 else "")
        if "const" in found and not kinds:
            kinds = ["constant"]
        if "enum" in found and not kinds:
            kinds = ["enum"]
        if not kinds:
            kinds = ["object" if "properties" in found or "additionalProperties" in found else "anything"]
        said = " or ".join(kinds)
        if text(found.get("format")):
            said += f" ({text(found.get('format'))[:40]})"
        return said + (" or null" if found.get("nullable") is True else "")

    def notes(self, schema: dict[str, Any]) -> tuple[str, ...]:
        """What else binds a value: choices, limits, default, example. Falsy values are values."""
        notes = []
        if "const" in schema:
            notes.append(f"Always {self.short(schema['const'])}")
        choices = schema.get("enum")
        if isinstance(choices, list) and choices:
            shown = ", ".join(self.short(one, 60) for one in choices[:20])
            notes.append(f"One of {shown}" + (" …" if len(choices) > 20 else ""))
        for member, words in (
            ("minimum", "at least"),
            ("exclusiveMinimum", "greater than"),
            ("maximum", "at most"),
            ("exclusiveMaximum", "less than"),
            ("minLength", "min. length"),
            ("maxLength", "max. length"),
            ("minItems", "min. items"),
            ("maxItems", "max. items"),
            ("pattern", "pattern"),
        ):
            limit = schema.get(member)
            if isinstance(limit, int | float | str) and not isinstance(limit, bool):
                shown = cut(limit, 80) if isinstance(limit, str) else self.short(limit, 80)
                notes.append(f"{words[0].upper()}{words[1:]} {shown}")
        if "default" in schema:
            notes.append(f"Default {self.short(schema['default'])}")
        if "example" in schema:
            notes.append(f"Example {self.short(schema['example'])}")
        if schema.get("readOnly") is True:
            notes.append("Read only")
        if schema.get("writeOnly") is True:
            notes.append("Write only")
        return tuple(notes)

    def field(self, name: str, schema: Any, **more: Any) -> Field:
        """One row. `more`: members of Field that the schema does not say."""
        self.left -= 1
        followed = self.follow(schema)
        _, link = self.name(schema)
        if not link:
            _, link = self.name(followed.get("items"))
        description = more.pop("description", None)
        return Field(
            name=cut(name, NAME),
            type=cut(self.type(schema), NAME),
            link=link,
            description=self.prose(description if description is not None else followed.get("description")),
            notes=(*self.notes(followed), *more.pop("notes", ())),
            deprecated=more.pop("deprecated", False) or followed.get("deprecated") is True,
            **more,
        )

    def rows(self, schema: Any) -> tuple[Field, ...]:
        """A schema's properties, each followed by those of its own inline object, to a bounded depth."""
        found: list[Field] = []
        for row in self._rows(schema, 0, ()):
            found.append(row)
            if len(found) >= ROWS or self.exhausted:
                break
        return tuple(found)

    def _rows(self, schema: Any, depth: int, above: tuple[int, ...]) -> Iterator[Field]:
        followed = self.follow(schema)
        self.steps -= 1
        if depth > DEPTH or len(above) > LEVELS or id(followed) in above or self.steps <= 0:
            return
        above = (*above, id(followed))
        required = {one for one in items(followed.get("required")) if isinstance(one, str)}
        for name, inner in members(followed.get("properties")).items():
            yield self.field(name, inner, required=name in required, depth=depth)
            yield from self._inside(inner, depth, above)
        extra = followed.get("additionalProperties")
        if isinstance(extra, dict) and extra:
            yield self.field("any other name", extra, depth=depth)
        for union in ("allOf", "oneOf", "anyOf"):
            for variant in items(followed.get(union)):
                yield from self._rows(variant, depth, above)
        if "items" in followed and depth == 0:
            yield from self._rows(followed["items"], depth, above)

    def _inside(self, schema: Any, depth: int, above: tuple[int, ...]) -> Iterator[Field]:
        if self.name(schema)[1]:
            return  # a named schema is described once, at its own place
        followed = self.follow(schema)
        inner = followed.get("items") if "items" in followed else schema
        if self.name(inner)[1]:
            return
        yield from self._rows(inner, depth + 1, above)

    def body(self, media_type: str, content: dict[str, Any]) -> Body:
        """Content of a media type."""
        schema = content.get("schema")
        self.left -= 1
        _, link = self.name(schema)
        return Body(
            media_type=cut(media_type, NAME),
            type=cut(self.type(schema), NAME) if schema is not None else "",
            link=link,
            fields=() if link or schema is None else self.rows(schema),
            example=self.example(content),
        )

    def example(self, content: dict[str, Any]) -> str:
        """The first example, as text."""
        if "example" in content:
            return self.sample(content["example"])
        for one in members(content.get("examples")).values():
            followed = self.follow(one)
            if "value" in followed:
                return self.sample(followed["value"])
        for one in items(content.get("examples")):
            return self.sample(members(one).get("payload", one))
        schema = self.follow(content.get("schema"))
        if "example" in schema:
            return self.sample(schema["example"])
        for one in items(schema.get("examples")):
            return self.sample(one)
        return ""


def anchor(*parts: str) -> str:
    """An id of these parts: letters, digits, `_`, `.` and `-`."""
    return "-".join(_UNSAFE.sub("-", part).strip("-") or "x" for part in parts)[:200]


def cut(written: str, limit: int) -> str:
    """A text of at most `limit` characters, with a sign where something is left out."""
    return written if len(written) <= limit else written[: limit - 1] + "…"
