"""Page, filter and sort parameters of lists: declared per operation, read here once.

`filter[name][contains]=pay`, `filter[name]=pay` (eq), `filter[labels.env]=prod`, `filter[labels.env]` without
a value (exists), `sort=name desc,created_at`, `page[number]=2`, `page[size]=50`.
"""

from __future__ import annotations

import base64
import binascii
import json
import uuid
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple
from urllib.parse import urlencode

from chalicelib import clock
from chalicelib.errors import Violation
from chalicelib.storage.lists import Condition, Place, Query

DEFAULT_SIZE = 10
MAX_SIZE = 1000


class Refused(ValueError):
    """A filter value of the wrong kind: reason and rule for the problem document."""

    def __init__(self, reason: str, rule: str) -> None:
        super().__init__(reason)
        self.rule = rule


def _as_is(value: str) -> str:
    return value


def _uuid(value: str) -> str:
    # a text that is no UUID can match nothing; it is not worth a refusal
    try:
        return str(uuid.UUID(value))
    except ValueError:
        return value


def _boolean(value: str) -> str:
    if value not in ("true", "false"):
        raise Refused("must be true or false", "is_boolean")
    return value


def _time(value: str) -> str:
    try:
        return clock.rfc3339(clock.parse(value))
    except (ValueError, OverflowError) as error:
        raise Refused("must be an RFC 3339 date-time", "is_date_time") from error


class Filter(NamedTuple):
    """One kind of filter: its operators, how a value is read, and how openapi.json shows it.

    `keyed`: the field is a map, addressed as `labels.env`. `choices`: the only values there are. `bare`: the
    operator may be left out; no operators: it must be.
    """

    ops: tuple[str, ...]
    read: Callable[[str], str] = _as_is
    format: str | None = None
    bare: bool = True
    keyed: bool = False
    choices: tuple[str, ...] = ()

    def schema(self) -> dict[str, Any]:
        """JSON schema of the value under `filter[field]`."""
        if self.read is _boolean:
            return {"type": "boolean"}
        leaf: dict[str, Any] = {"type": "string"}
        if self.format:
            leaf["format"] = self.format
        if self.choices:
            leaf["enum"] = list(self.choices)
        if not self.ops:
            return leaf
        nested = {
            "type": "object",
            "properties": {op: dict(leaf) for op in self.ops},
            "additionalProperties": False,
        }
        return {"oneOf": [nested, leaf]} if self.bare else nested


TEXT = Filter(("eq", "contains", "ocontains", "oeq", "neq"))
TEXT_EQ = Filter(("eq",))
TEXT_EQ_CONTAINS = Filter(("eq", "contains"))
ID = Filter(("eq", "oeq", "neq"), read=_uuid)
BOOLEAN = Filter(("eq",), read=_boolean)
TIME = Filter(("eq", "lt", "lte", "gt", "gte"), read=_time, format="date-time")
MAP = Filter(("eq", "contains", "ocontains", "oeq", "neq"), keyed=True)


class Listing(NamedTuple):
    """What a list operation lets its caller say.

    `filters`: field → kind. `sort`: fields to sort by. `paged`: has `page[number]` and `page[size]`.
    `cursor`: is paged by `page[after]` and `page[before]` instead. `size`: of a page, by default. `named`:
    the contract lists each filter as a parameter of its own (`filter[name][eq]`) instead of one deep object.
    `param`: the parameter's name.
    """

    filters: Mapping[str, Filter] = MappingProxyType({})
    sort: tuple[str, ...] = ()
    paged: bool = True
    cursor: bool = False
    size: int = DEFAULT_SIZE
    named: bool = False
    param: str = "filter"


def brackets(name: str) -> list[str] | None:
    """`filter[a][b]` → `["filter", "a", "b"]`; None where the brackets do not match."""
    head, bracket, rest = name.partition("[")
    if not bracket:
        return [name]
    if not rest.endswith("]"):
        return None
    return [head, *rest[:-1].split("][")]


def read(
    listing: Listing, pairs: list[tuple[str, str]], own: str = ""
) -> tuple[Query, list[Violation], list[tuple[str, str]]]:
    """The query, its faults, and the pairs that are none of its business. `own`: the list's path."""
    found: list[Violation] = []
    conditions: list[Condition] = []
    sort: tuple[tuple[str, bool], ...] = ()
    number, size = 1, listing.size
    places: dict[str, Place] = {}
    other: list[tuple[str, str]] = []
    for name, value in pairs:
        path = brackets(name)
        match path:
            case ["page", "number"] if listing.paged and not listing.cursor:
                number = _number(name, value, 1, None, 1, found)
            case ["page", "size"] if listing.paged:
                size = _number(name, value, 1, MAX_SIZE, listing.size, found)
            case ["page", ("after" | "before") as side] if listing.cursor:
                _read_cursor(name, side, value, places, found)
            case ["sort"] if listing.sort:
                sort = _sort(listing, value, found)
            case [param, *keys] if param == listing.param and listing.filters:
                condition = _condition(listing, name, keys, value, found)
                if condition is not None:
                    conditions.append(condition)
            case _:
                other.append((name, value))
    if not listing.paged:
        size = 1_000_000
    if not listing.cursor:
        return Query(number, size, tuple(conditions), sort), found, other
    if len(places) > 1:
        found.append(Violation("page[before]", "cannot stand beside page[after]", "invalid", "query"))
    kept = urlencode([(name, value) for name, value in pairs if not name.startswith("page[")])
    address = f"{own}?{kept}&" if kept else f"{own}?"
    query = Query(1, size, tuple(conditions), sort, places.get("after"), places.get("before"), address)
    return query, found, other


def cursor(place: Place) -> str:
    """A place in a list as the opaque text that requests carry."""
    return base64.urlsafe_b64encode(json.dumps(place, separators=(",", ":")).encode()).decode().rstrip("=")


def _read_cursor(name: str, side: str, text: str, places: dict[str, Place], found: list[Violation]) -> None:
    if text == "":  # the contracts allow an empty value
        return
    try:
        moment, entry = json.loads(base64.b64decode(text + "=" * (-len(text) % 4), b"-_", validate=True))
        if type(moment) is not int or type(entry) is not str:
            raise ValueError
    except (ValueError, TypeError, RecursionError, binascii.Error):
        found.append(Violation(name, "is no cursor that a list has answered", "invalid", "query"))
    else:
        places[side] = (moment, entry)


def _number(name: str, text: str, least: int, most: int | None, default: int, found: list[Violation]) -> int:
    if text == "":  # the contracts allow an empty value
        return default
    try:
        value = int(text) if text.lstrip("+-").isascii() and len(text) < 12 else None
    except ValueError:
        value = None
    if value is None:
        found.append(Violation(name, "must be a number", "is_number", "query"))
        return default
    if value < least or (most is not None and value > most):
        bounds = f"must be at least {least}" if most is None else f"must be between {least} and {most:,}"
        found.append(Violation(name, bounds, "invalid", "query"))
        return default
    return value


def _sort(listing: Listing, text: str, found: list[Violation]) -> tuple[tuple[str, bool], ...]:
    sort: list[tuple[str, bool]] = []
    for term in text.split(","):
        words = term.split()
        if not words:
            continue
        name, direction = words[0], words[1].lower() if len(words) > 1 else "asc"
        if name not in listing.sort or direction not in ("asc", "desc") or len(words) > 2:
            found.append(
                Violation(
                    "sort",
                    f"cannot sort by {term.strip()!r}: name one of the choices, then asc or desc",
                    "enum",
                    "query",
                    choices=tuple(listing.sort),
                )
            )
            continue
        sort.append((name, direction == "desc"))
    return tuple(sort)


def _condition(
    listing: Listing, name: str, keys: list[str], value: str, found: list[Violation]
) -> Condition | None:
    fields = ", ".join(listing.filters)
    if not keys or len(keys) > 2:
        found.append(
            Violation(name, f"write {listing.param}[field][operator]; fields: {fields}", "invalid", "query")
        )
        return None
    head, dot, key = keys[0].partition(".")
    kind = listing.filters.get(head)
    if kind is None or bool(dot) != kind.keyed or (kind.keyed and not key):
        hint = f"{head}.<key>" if kind is not None and kind.keyed else fields
        found.append(
            Violation(
                f"{listing.param}[{keys[0]}]",
                f"cannot be filtered by; use {hint}",
                "unknown_property",
                "query",
            )
        )
        return None
    op = keys[1] if len(keys) == 2 else "eq"
    if kind.keyed and len(keys) == 1 and value == "":
        return Condition(keys[0], "exists", "")
    fits = op in kind.ops if kind.ops else len(keys) == 1
    if not fits or (len(keys) == 1 and not kind.bare) or (len(keys) == 2 and kind.read is _boolean):
        found.append(
            Violation(name, f"no such operator here; use {', '.join(kind.ops)}", "unknown_property", "query")
        )
        return None
    try:
        if op in ("oeq", "ocontains"):
            return Condition(keys[0], op, tuple(kind.read(part.strip()) for part in value.split(",")))
        if kind.choices and value not in kind.choices:
            found.append(
                Violation(name, "is not one of the choices", "enum", "query", choices=tuple(kind.choices))
            )
            return None
        return Condition(keys[0], op, kind.read(value))
    except Refused as refused:
        found.append(Violation(name, str(refused), refused.rule, "query"))
        return None
