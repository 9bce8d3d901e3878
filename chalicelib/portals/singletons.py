"""What a portal has one of each (customization, integrations, assets): reading and changing it.

One that was never set has no record: it reads as an empty one of revision 0.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from chalicelib.errors import NotFound, Stale
from chalicelib.portals.records import Portal, Singleton
from chalicelib.storage import keys, table
from chalicelib.storage.intent import expect_revision
from chalicelib.storage.transaction import Transaction, retrying

S = TypeVar("S", bound=Singleton)


def read(portal_id: str, kind: type[S]) -> tuple[Portal, S]:
    """The portal and its record of this kind. One trip. Raises NotFound where there is no portal."""
    pk = keys.portal(portal_id)
    items = table.get_items([keys.Key(pk), keys.Key(pk, kind.place)])
    found = table.Partition(items.values())
    portal = found.one(Portal)
    if portal is None:
        raise NotFound("There is no portal of this id.")
    return portal, found.one(kind, kind.place) or kind(pk=pk, sk=kind.place)


def change(
    portal_id: str, kind: type[S], apply: Callable[[S], None], revision: Callable[[S], int] | None = None
) -> S:
    """Change the portal's record of this kind and return it. Two trips, unless someone writes in between.

    `apply` may run more than once, each time on the record as it is then. `revision`: of the part that is
    changed, where the record counts it. Raises NotFound, and Conflict for a caller who read another revision.
    """

    def work() -> S:
        _, record = read(portal_id, kind)
        expect_revision(revision(record) if revision is not None else record.rev or 0)
        apply(record)
        with Transaction() as tx:
            if record.rev is None:
                tx.insert(record, Stale())
            else:
                tx.update(record)
        return record

    return retrying(work)


def merged(target: Any, patch: dict[str, Any]) -> dict[str, Any]:
    """`target` changed by a JSON merge patch (RFC 7396): objects merge, null removes, the rest replaces."""
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        elif isinstance(value, dict):
            result[name] = merged(result.get(name), value)
        else:
            result[name] = value
    return result
