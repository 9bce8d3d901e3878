"""Deleting a parent with all that hangs on it: cut at once, drained afterwards.

*Cut*: one transaction removes the parent's record, its pulse, names and rows, so that it is gone for
everyone, its name is free and no child can be written under it any more. *Drain*: the worker deletes what
is left, a few children a transaction. A child's own names and rows go with it, so lists and counters stay
exact; a drain that was interrupted goes on with what is still there, and may run twice.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Sequence
from itertools import islice

from chalicelib.errors import NotFound, ProblemError, Stale
from chalicelib.jobs import service as jobs
from chalicelib.settings import settings
from chalicelib.storage import keys, lists, table
from chalicelib.storage.records import Pulse, Record, dispatch
from chalicelib.storage.transaction import Transaction, retrying

#: modules whose records are found in partitions that are drained
RECORDS = (
    "chalicelib.portals.records",
    "chalicelib.domains.records",
    "chalicelib.content.records",
    "chalicelib.catalog.records",
    "chalicelib.audit.records",
)
#: children a transaction: each may bring names, rows and counters along
BATCH = 10
#: what hangs on a parent goes in the parent's own transaction up to so many items
AT_ONCE = 90


def cut(root: Record, reverse_lists: Sequence[str] = (), only_if_empty: ProblemError | None = None) -> None:
    """Delete a parent as it was read, and what hangs on it: at once where it is little, else by a job.

    `reverse_lists`: lists whose rows point (by `pk` and `sk`) to records in other partitions that go too;
    with `only_if_empty` they must have no row, else that is raised. Raises Stale where the parent was
    changed meanwhile.
    """
    _load()
    try:
        if _cut_at_once(root, reverse_lists, only_if_empty):
            return
    except (Stale, NotFound):
        # something was written under it meanwhile, or another parent of a child is being deleted as well:
        # the worker copes with both
        pass
    tx = Transaction()
    tx.end(root.pk)
    tx.delete(root)
    if only_if_empty is not None:
        for name in reverse_lists:
            tx.drop_list(name, only_if_empty)
    job = jobs.leave(tx, "drain", partitions=[root.pk], reverse_lists=list(reverse_lists))
    tx.commit()
    jobs.announce(job)


def _cut_at_once(root: Record, reverse_lists: Sequence[str], only_if_empty: ProblemError | None) -> bool:
    """Delete all of it in one transaction, if it is little enough; False: nothing was done."""
    found = [table.decode(Record, item) for item in islice(table.query_items(root.pk), AT_ONCE)]
    pulse = next((record for record in found if isinstance(record, Pulse)), None)
    if pulse is None:  # it sorts last: there is more
        return False
    children = [
        record
        for record in found
        if record is not None and record.key != root.key and not isinstance(record, Pulse)
    ]
    if only_if_empty is None:
        for name in reverse_lists:
            children += _pointed(name)
    with_all = Transaction()
    with_all.end(root.pk, pulse.beat)
    with_all.delete(root)
    for child in children:
        with_all.delete(child)
    for name in reverse_lists:
        with_all.drop_list(name, only_if_empty)
    if len(with_all) > AT_ONCE:
        return False
    with_all.commit()
    return True


def _load() -> None:
    for module in RECORDS:
        importlib.import_module(module)


def _pointed(list_name: str) -> list[Record]:
    rows = lists.page(list_name, lists.Query(size=100)).rows
    return table.get_many(Record, [keys.Key(row["pk"], row["sk"]) for row in rows])


def drain(partitions: list[str], reverse_lists: list[str]) -> None:
    """Delete every record of these partitions, and every record that rows of these lists point to."""
    _load()
    for name in reverse_lists:
        while found := _pointed(name):
            _delete(found, partitions)
        _forget(keys.Key(keys.rows(name), keys.PULSE))
    for pk in partitions:
        _delete(table.query(Record, pk), partitions)
        for item in list(table.query_items(pk)):
            _forget(keys.Key(pk, item["sk"]["S"]))


def _delete(records: Iterable[Record], dead: Sequence[str]) -> None:
    wanted = [record.key for record in records if not isinstance(record, Pulse)]
    for start in range(0, len(wanted), BATCH):
        some = wanted[start : start + BATCH]
        retrying(lambda some=some: _delete_some(some, dead), tries=5)  # type: ignore[misc]


def _delete_some(wanted: Sequence[keys.Key], dead: Sequence[str]) -> None:
    records = table.get_many(Record, wanted)
    try:
        with Transaction(dead) as tx:
            for record in records:
                tx.delete(record)
    except NotFound:  # another parent of one of them is being deleted as well
        with Transaction([*dead, *(pk for record in records for pk in record.parents())]) as tx:
            for record in records:
                tx.delete(record)


def _forget(key: keys.Key) -> None:
    dispatch("DeleteItem", {"TableName": settings().table, "Key": {"pk": {"S": key.pk}, "sk": {"S": key.sk}}})
