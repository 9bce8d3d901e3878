"""Operations of an API: method and path of each that its current version has, where access control enforces
them."""

from __future__ import annotations

import uuid
from typing import cast

from chalicelib.catalog.apis import service as apis
from chalicelib.catalog.operations import guard
from chalicelib.catalog.operations.schemas import Method, OperationOut
from chalicelib.catalog.records import Operations
from chalicelib.errors import NotFound
from chalicelib.storage import keys, lists, table
from chalicelib.storage.lists import Page, Query

#: the namespace of the ids: an operation keeps its id from version to version
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "portico:operation")


def _all(api_id: str) -> list[OperationOut]:
    """All operations. Two trips. Raises NotFound where none are enforced."""
    api = apis.load(api_id)
    if api.implementation_mode != guard.ENFORCED:
        raise NotFound("The API is not configured for access control enforcement.")
    if api.current is None:
        return []
    record = table.get(Operations, keys.Key(api.pk, f"OPS#{api.current['id']}"))
    return [
        OperationOut(
            id=str(uuid.uuid5(_NAMESPACE, f"{api_id} {method} {path}")),
            method=cast(Method, method),
            path=path,
        )
        for method, path in guard.offered(record.packed if record is not None else None)
    ]


def page(api_id: str, query: Query) -> Page[OperationOut]:
    """Operations in the order of the specification. Two trips. Raises NotFound."""
    known = {one.id: one for one in _all(api_id)}
    found = lists.select(
        [{"id": one.id, "method": one.method, "path": one.path} for one in known.values()], query
    )
    return Page([known[operation_id] for operation_id in found.ids], found.total, query)


def get(api_id: str, operation_id: str) -> OperationOut:
    """One operation. Two trips. Raises NotFound."""
    for one in _all(api_id):
        if one.id == operation_id:
            return one
    raise NotFound("The API has no operation of this id.")
