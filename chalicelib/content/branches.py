"""Changing a stored tree: each write holds only if the tree still has the shape that was decided on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar, cast

from chalicelib.content.tree import Node, Tree
from chalicelib.errors import NotFound
from chalicelib.storage import keys
from chalicelib.storage.records import Pulse, Record
from chalicelib.storage.table import Partition
from chalicelib.storage.transaction import Transaction, retrying

#: seconds for which a change is decided anew while others change the tree: a tool that makes ten pages at a
#: time has ten writers at one tree
PATIENCE = 10.0
#: nodes deleted in one transaction (a node has neither names nor rows, so it is one item)
BATCH = 90

N = TypeVar("N", bound=Node)
T = TypeVar("T")


@dataclass(frozen=True)
class Spot(Generic[N]):
    """A node (a record) in its tree, and the tree's shape when both were read."""

    tree: Tree[N]
    node: N
    shape: int


def shape(partition: Partition) -> int:
    """The version of the partition's tree, for `Transaction.replant`. Raises NotFound without a parent."""
    pulse = partition.one(Pulse, keys.PULSE)
    if pulse is None:
        raise NotFound()
    return pulse.tree


def replanting(work: Callable[[], T]) -> T:
    """Run a read-decide-write under `replant` again while others change the tree. Raises Stale (409) when
    `PATIENCE` is over."""
    return retrying(work, patience=PATIENCE)


def move(find: Callable[[], Spot[N]], parent_id: str | None, index: int | None) -> None:
    """Put a node, with all below it, under a parent (None: at the top) as child number `index`.

    None as an index: last. `find` reads anew at each try, checks If-Match and raises NotFound. Raises
    NotFound for an unknown parent, Conflict and Invalid as `Tree.admit`.
    """

    def work() -> None:
        spot = find()
        tree, node = spot.tree, spot.node
        if parent_id is not None and tree.get(parent_id) is None:
            raise NotFound("There is no such parent in this tree.")
        tree.admit(node.slug, parent_id, node)
        position = tree.slot(parent_id, -1 if index is None else index, node)
        if (node.parent_id, node.position) == (parent_id, position):
            return
        record = cast("Record", node)
        record.parent_id, record.position = parent_id, position  # type: ignore[attr-defined]
        with Transaction() as tx:
            tx.replant(record.pk, spot.shape)
            tx.update(record)

    replanting(work)


def uproot(find: Callable[[], Spot[N]]) -> None:
    """Delete a node with all below it, the deepest first: at every moment what is there has its ancestors.

    At once up to `BATCH` nodes, else in several transactions; what others plant there meanwhile goes too.
    Interrupted, it leaves a smaller subtree, and may be repeated. `find` as in `move`.
    """

    def work() -> None:
        spot = find()
        doomed = [cast("Record", one) for one in (spot.node, *spot.tree.descendants(spot.node))]
        shape = spot.shape
        while doomed:
            with Transaction() as tx:
                tx.replant(doomed[0].pk, shape)
                for record in doomed[-BATCH:]:
                    tx.delete(record)
            del doomed[-BATCH:]
            shape += 1

    replanting(work)
