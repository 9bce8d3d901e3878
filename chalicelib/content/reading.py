"""Reading a portal with its content."""

from __future__ import annotations

from typing import TypeVar

from chalicelib.errors import NotFound
from chalicelib.portals.records import Portal
from chalicelib.storage import keys, table
from chalicelib.storage.records import Record
from chalicelib.storage.table import Partition

R = TypeVar("R", bound=Record)


def portal_of(partition: Partition) -> Portal:
    """The portal whose partition this is. Raises NotFound."""
    portal = partition.one(Portal)
    if portal is None:
        raise NotFound("There is no portal of this id.")
    return portal


def everything(portal_id: str) -> tuple[Portal, Partition]:
    """A portal with all its pages, snippets and settings. One trip a megabyte. Raises NotFound."""
    partition = Partition.read(keys.portal(portal_id))
    return portal_of(partition), partition


def one(portal_id: str, kind: type[R], sk: str) -> R:
    """One record of a portal that is there. One trip. Raises NotFound."""
    pk = keys.portal(portal_id)
    partition = Partition(table.get_items([keys.Key(pk), keys.Key(pk, sk)]).values())
    portal_of(partition)
    record = partition.one(kind, sk)
    if record is None:
        raise NotFound()
    return record
