"""Attributes across APIs: nothing is stored of them but in the rows of the APIs."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence

from chalicelib.access.principal import Viewer
from chalicelib.catalog import visible
from chalicelib.catalog.attributes.schemas import AttributeOut, Counted, Facet, FacetOut
from chalicelib.storage import lists
from chalicelib.storage.lists import Page, Query
from chalicelib.storage.records import Row

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "portico:attribute")


def _group(rows: Sequence[Row]) -> dict[str, dict[str, list[Row]]]:
    """key → value → the APIs that have it; values in alphabetical order."""
    found: dict[str, dict[str, list[Row]]] = {}
    for row in rows:
        for key, values in row["attributes"].items():
            for value in values:
                found.setdefault(key, {}).setdefault(value, []).append(row)
    return {
        key: dict(sorted(values.items(), key=lambda one: one[0].casefold())) for key, values in found.items()
    }


def page(query: Query) -> Page[AttributeOut]:
    """Attributes of all APIs. One trip by the megabyte of rows."""
    grouped = _group(lists.read("apis"))
    rows = []
    for key, values in grouped.items():
        apis = [row for having in values.values() for row in having]
        rows.append(
            {
                "id": str(uuid.uuid5(_NAMESPACE, key)),
                "key": key,
                "created_at": min(row["created_at"] for row in apis),
                "updated_at": max(row["updated_at"] for row in apis),
            }
        )
    rows.sort(key=lambda row: (row["created_at"], row["id"]), reverse=True)
    found = lists.select(rows, query)
    items = [
        AttributeOut(
            id=row["id"],
            key=row["key"],
            values=[
                Counted(value=value, api_count=len(having)) for value, having in grouped[row["key"]].items()
            ],
            created_at=row["created_at"],
            updated_at=row["updated_at"],
        )
        for row in found.rows
    ]
    return Page(items, found.total, query)


def facets(viewer: Viewer, query: Query, selected: Mapping[str, str]) -> Page[FacetOut]:
    """Attributes of the APIs that the viewer sees, all on one page, by key.

    `selected`: key → values, joined by commas. An API satisfies it that has one of the values of each key.
    Trips as `visible.rows`.
    """
    grouped = _group(visible.rows(viewer))
    satisfies = _selection(selected)
    keys = lists.select([{"id": key, "key": key} for key in sorted(grouped)], query)
    items = []
    for key in keys.ids:
        values = []
        for value, having in grouped[key].items():
            facet = {"value": value, "api_count": len(having)}
            if selected:
                facet["selected_api_count"] = sum(map(satisfies, having))
            values.append(Facet(**facet))
        items.append(FacetOut(key=key, values=values))
    return Page(items, len(items), Query(size=len(items)))


def _selection(selected: Mapping[str, str]) -> Callable[[Row], bool]:
    wanted = {
        key: values
        for key, text in selected.items()
        if (values := {value.strip() for value in text.split(",")} - {""})
    }

    def satisfies(row: Row) -> bool:
        return all(not values.isdisjoint(row["attributes"].get(key, ())) for key, values in wanted.items())

    return satisfies
