"""Lists: partitions of narrow rows that people page through, filter and sort.

`L#<name> / R#<created>#<id>` holds one row: the fields that can be filtered, sorted or joined, as JSON text
(decoding one string is several times cheaper than a typed map). `L#<name> / ~` holds the exact total. Rows
are written by `transaction.Transaction` with their record, so that a list never disagrees with it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from chalicelib import clock
from chalicelib.storage import keys, table
from chalicelib.storage.records import Row

T = TypeVar("T")


class Condition(NamedTuple):
    """One filter: `op` is eq, neq, contains, oeq, ocontains, lt, lte, gt, gte or exists.

    `field` may have a dot: `labels.env` is the key `env` of the map `labels`. `value` is a tuple for oeq and
    ocontains.
    """

    field: str
    op: str
    value: Any


#: where an entry stands in a list that is newest first: its time in milliseconds, and its id among equals
Place = tuple[int, str]


class Query(NamedTuple):
    """What one list request asks for. `number` counts from 1; `sort` is (field, descending) pairs.

    A list paged by cursors: `after` and `before` are places, of which one at most is given; `address` is the
    list's own, with its filters and without a page.
    """

    number: int = 1
    size: int = 10
    conditions: tuple[Condition, ...] = ()
    sort: tuple[tuple[str, bool], ...] = ()
    after: Place | None = None
    before: Place | None = None
    address: str = ""

    @property
    def plain(self) -> bool:
        """Neither filtered nor sorted: the order rows are stored in."""
        return not self.conditions and not self.sort


class Slice(NamedTuple):
    """One page of rows and how many there are in all."""

    rows: list[Row]
    total: int
    query: Query = Query()

    @property
    def ids(self) -> list[str]:
        return [row["id"] for row in self.rows]


def decode(item: dict[str, Any]) -> Row:
    """The row of a raw item, with `id` and `created_at` (RFC 3339) added."""
    row: Row = json.loads(item["f"]["S"])
    row["id"] = item["id"]["S"]
    row.setdefault("created_at", clock.rfc3339(int(item["sk"]["S"][2:15])))
    return row


def read(name: str) -> list[Row]:
    """All rows of a list, newest first. A trip a megabyte: some 4,000 rows."""
    items = table.query_items(keys.rows(name), "R#", newest_first=True)
    return [decode(item) for item in items]


def page(
    name: str,
    query: Query,
    *,
    keep: Callable[[Row], bool] | None = None,
    enrich: Callable[[Row], None] | None = None,
) -> Slice:
    """One page of a list, newest first where the query does not sort.

    One trip for a plain query's first pages, whatever the number of rows; otherwise one a megabyte of rows.
    `keep` leaves out rows that the caller may not see; `enrich` adds fields that are not stored.
    """
    if keep is None and query.plain:
        wanted = query.number * query.size + 1
        items = list(table.query_items(keys.rows(name), newest_first=True, limit=wanted))
        total = 0
        if items and items[0]["sk"]["S"] == keys.PULSE:
            total = int(items[0]["total"]["N"])
            items = items[1:]
        start = (query.number - 1) * query.size
        return Slice([decode(item) for item in items[start : start + query.size]], total, query)
    rows = read(name)
    if enrich is not None:
        for row in rows:
            enrich(row)
    return select(rows if keep is None else [row for row in rows if keep(row)], query)


def select(rows: Sequence[Row], query: Query) -> Slice:
    """Filter, sort and cut rows in memory; `rows` come newest first, and stay so without a sort."""
    found = [row for row in rows if matches(row, query.conditions)]
    # sorting by the least important field first keeps earlier orders within equal values
    if query.sort:
        found.sort(key=lambda row: str(row.get("id", "")))
        for name, descending in reversed(query.sort):
            present = [row for row in found if row.get(name) is not None]
            absent = [row for row in found if row.get(name) is None]
            present.sort(key=lambda row, name=name: _order(row[name]), reverse=descending)  # type: ignore[misc]
            found = present + absent
    start = (query.number - 1) * query.size
    return Slice(found[start : start + query.size], len(found), query)


def _order(value: Any) -> tuple[Any, ...]:
    if isinstance(value, str):
        return (1, value.casefold(), value)
    if isinstance(value, bool | int | float):
        return (0, value, "")
    return (2, json.dumps(value, sort_keys=True), "")


def _texts(value: Any) -> list[str]:
    """What a filter compares with: the texts of a value, each of a list's."""
    if value is None:
        return []
    if isinstance(value, list | tuple):
        return [text for entry in value for text in _texts(entry)]
    if isinstance(value, bool):
        return ["true" if value else "false"]
    return [str(value)]


def _value(row: Row, name: str) -> Any:
    if name in row:
        return row[name]
    head, _, tail = name.partition(".")
    inner = row.get(head)
    return inner.get(tail) if tail and isinstance(inner, dict) else None


def matches(row: Row, conditions: Iterable[Condition]) -> bool:
    """Whether a row passes all conditions. eq is exact, contains ignores case."""
    return all(_holds(_value(row, condition.field), condition) for condition in conditions)


def _holds(value: Any, condition: Condition) -> bool:
    texts = _texts(value)
    wanted = condition.value
    match condition.op:
        case "eq":
            return wanted in texts if wanted is not None else not texts
        case "neq":
            return wanted not in texts
        case "oeq":
            return any(one in texts for one in wanted)
        case "contains":
            return any(wanted.casefold() in text.casefold() for text in texts)
        case "ocontains":
            return any(one.casefold() in text.casefold() for one in wanted for text in texts)
        case "exists":
            return bool(texts)
        case "lt":
            return any(text < wanted for text in texts)
        case "lte":
            return any(text <= wanted for text in texts)
        case "gt":
            return any(text > wanted for text in texts)
        case "gte":
            return any(text >= wanted for text in texts)
    raise AssertionError(f"unknown operator {condition.op}")


def cut(rows: Sequence[Row], query: Query) -> tuple[list[Row], Place | None, Place | None]:
    """One page of rows (newest first) of a list paged by cursors, and the places where the pages before and
    after it join on, None where there is none.

    A place stays good when the entry that stood there is gone.
    """
    found = [row for row in rows if matches(row, query.conditions)]
    places = [(clock.parse(row["created_at"]), str(row["id"])) for row in found]
    order = sorted(range(len(found)), key=lambda index: places[index], reverse=True)
    if query.before is not None:
        newer = [index for index in order if places[index] > query.before]
        start = max(0, len(newer) - query.size)
        taken = newer[start:]
    else:
        start = sum(places[index] >= query.after for index in order) if query.after is not None else 0
        taken = order[start : start + query.size]
    more = start + len(taken) < len(order)
    previous = places[taken[0]] if taken and start else None
    following = places[taken[-1]] if taken and more else None
    return [found[index] for index in taken], previous, following


class CursorPage(NamedTuple, Generic[T]):
    """One page of a list paged by cursors. `previous`, `next`: where the pages beside it join on."""

    data: list[T]
    query: Query
    previous: Place | None
    next: Place | None


class FlatCursorPage(CursorPage[T]):
    """As CursorPage, for the contracts' lists whose `meta` has no `page` in between."""


class Page(NamedTuple, Generic[T]):
    """One page of anything, with what an answer's `meta.page` needs."""

    data: list[T]
    total: int
    query: Query
