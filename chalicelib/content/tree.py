"""Trees: of a portal's pages, of an API's documents. Pure functions of the nodes as they were read.

A node names its parent; siblings are ordered by `position`, a text between those of its neighbours, so that
a move rewrites one record. A node whose ancestor is missing is not in the tree: while a subtree is being
deleted, whoever reads meanwhile sees nothing of what is left under a gap.

    tree = Tree(partition.all(Document))
    tree.admit(slug, parent_id)                      # may a new node stand there? raises Conflict, Invalid
    position = tree.slot(parent_id)                  # last among the siblings
    tree.nest(tree, lambda node, parent_id, below: Out(..., children=below))

What must not be decided on an old tree is written under `Transaction.replant` (see `content.branches`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from chalicelib.errors import Conflict

#: levels of a tree: JSON of more is refused by many a parser
MAX_DEPTH = 32

_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
#: hex digits before a position's fraction: the ends of a list are reached by counting, not by halving
_WHOLE = 8


class Node(Protocol):
    """What a tree asks of its nodes, all texts (Any, because a record's attributes are descriptors)."""

    @property
    def id(self) -> Any: ...
    @property
    def parent_id(self) -> Any: ...
    @property
    def slug(self) -> Any: ...
    @property
    def position(self) -> Any: ...


N = TypeVar("N", bound=Node)
T = TypeVar("T")


def between(before: str | None, after: str | None) -> str:
    """A position after the one and before the other; None: no neighbour on that side."""
    if before is None:
        return f"{(1 << 31) if after is None else int(after[:_WHOLE], 16) - 1:0{_WHOLE}x}"
    following = f"{int(before[:_WHOLE], 16) + 1:0{_WHOLE}x}"
    if after is None or following < after:
        return following
    # neighbours in number: halve the fractions; where `after` is the next number there is no upper bound
    return before[:_WHOLE] + _middle(before[_WHOLE:], after[_WHOLE:] if after < following else "")


def _middle(low: str, high: str) -> str:
    """A fraction between two; an empty `high` is 1. Never ends in 0, so that there is room below it."""
    text = ""
    while True:
        digit = _DIGITS.index(low[len(text)]) if len(text) < len(low) else 0
        limit = _DIGITS.index(high[len(text)]) if len(text) < len(high) else len(_DIGITS)
        if limit - digit > 1:
            return text + _DIGITS[(digit + limit) // 2]
        if limit > digit:
            high = ""
        text += _DIGITS[digit]


def trimmed(slug: str) -> str:
    """A slug or path as it is compared: without slashes around it, no empty parts."""
    return "/".join(part for part in slug.split("/") if part)


class Tree(Generic[N]):
    """A tree of nodes in their order; iterating goes through all of them, parents before children.

    Subclasses say how slugs bind: `everywhere` makes them unique among all nodes instead of among siblings;
    `aliases` are paths that mean another one; `refuse` turns down paths.
    """

    everywhere: ClassVar[bool] = False
    aliases: ClassVar[Mapping[str, str]] = {}

    def __init__(self, nodes: Iterable[N]) -> None:
        self._children: dict[str | None, list[N]] = {}
        for node in sorted(nodes, key=lambda node: (node.position, node.id)):
            self._children.setdefault(node.parent_id, []).append(node)
        self._nodes = {node.id: node for node in self._below(None)}

    def _below(self, node_id: str | None) -> Iterator[N]:
        pending = self.children(node_id)[::-1]
        while pending:
            node = pending.pop()
            yield node
            pending.extend(reversed(self._children.get(node.id, ())))

    def __iter__(self) -> Iterator[N]:
        return iter(self._nodes.values())

    def __len__(self) -> int:
        return len(self._nodes)

    def get(self, node_id: str) -> N | None:
        """The node of this id, None where it is not in the tree."""
        return self._nodes.get(node_id)

    def children(self, parent_id: str | None) -> list[N]:
        """What stands directly under a node, or at the top (None), in order."""
        return list(self._children.get(parent_id, ()))

    def ancestors(self, node: N) -> list[N]:
        """All nodes above one, the topmost first."""
        found: list[N] = []
        while node.parent_id is not None:
            node = self._nodes[node.parent_id]
            found.append(node)
        return found[::-1]

    def descendants(self, node: N) -> list[N]:
        """All nodes below one, parents before children."""
        return list(self._below(node.id))

    def path(self, node: N) -> str:
        """The slugs from the top, trimmed and joined: `guides/publish-apis/versioning`."""
        return trimmed("/".join(one.slug for one in (*self.ancestors(node), node)))

    @cached_property
    def paths(self) -> dict[str, N]:
        """Every node by its path (an alias by the path it means)."""
        found: dict[str, N] = {}
        for node in self:
            found.setdefault(self._meant(self.path(node)), node)
        return found

    def at(self, path: str) -> N | None:
        """The node at a path, with or without slashes around it."""
        return self.paths.get(self._meant(trimmed(path)))

    def _meant(self, path: str) -> str:
        return self.aliases.get(path, path)

    # changes: whether they are possible, and the position they lead to

    def admit(self, slug: str, parent_id: str | None, node: N | None = None) -> None:
        """Whether a new node, or this one with all below it, may stand with this slug under this parent.

        The parent (None: the top) must be in the tree. Raises Conflict where the node would come under
        itself, where a path or slug is taken and where the tree gets too deep, Invalid for a refused path.
        """
        above = [] if parent_id is None else [*self.ancestors(self._nodes[parent_id]), self._nodes[parent_id]]
        moved = [] if node is None else [node, *self.descendants(node)]
        own = {one.id for one in moved}
        if parent_id in own:
            raise Conflict("Conflict: it cannot come under itself or under what is below it.")
        depths = [len(self.ancestors(one)) for one in moved]
        if len(above) + 1 + max(depths, default=0) - min(depths, default=0) > MAX_DEPTH:
            raise Conflict(f"Conflict: a tree has at most {MAX_DEPTH} levels.")
        if self.everywhere and any(one.slug == slug for one in self if node is None or one.id != node.id):
            raise Conflict(f"Conflict: the slug {slug!r} already exists; it is not unique.")
        base = "/".join([*(one.slug for one in above), slug])
        old = "" if node is None else self.path(node)
        taken = {path for path, one in self.paths.items() if one.id not in own}
        for path in (base, *(base + "/" + self.path(one)[len(old) :] for one in moved[1:])):
            self.refuse(trimmed(path))
            meant = self._meant(trimmed(path))
            if meant in taken:
                raise Conflict(f"Conflict: the path {'/' + meant!r} already exists; the slug is not unique.")
            taken.add(meant)

    def refuse(self, path: str) -> None:
        """Raise Invalid for a trimmed path that no node may have."""

    def slot(self, parent_id: str | None, index: int = -1, node: N | None = None) -> str:
        """The position under a parent that makes a new node, or this one, the child number `index`.

        Counted from 0 without the node itself; negative from the end (-1: last); beyond the ends is the
        end. A node that stands there already keeps its position.
        """
        siblings = [one for one in self.children(parent_id) if node is None or one.id != node.id]
        place = min(max(index if index >= 0 else len(siblings) + 1 + index, 0), len(siblings))
        before = siblings[place - 1].position if place > 0 else None
        after = siblings[place].position if place < len(siblings) else None
        stays = (
            node is not None
            and node.parent_id == parent_id
            and (before is None or before < node.position)
            and (after is None or node.position < after)
        )
        return node.position if node is not None and stays else between(before, after)

    def nest(self, shown: Iterable[N], make: Callable[[N, str | None, list[T]], T]) -> list[T]:
        """Some of the nodes, in the order given, each under its nearest ancestor that is shown too.

        `make` gets a node, the id of the node it comes under (None: at the top), and what was made of those
        that come under it.
        """
        order = list(shown)
        chosen = {node.id for node in order}
        depths: dict[str, int] = {}
        under: dict[str | None, list[str]] = {}
        parents: dict[str, str | None] = {}
        for node in order:
            above = self.ancestors(node)
            depths[node.id] = len(above)
            parent_id = next((one.id for one in reversed(above) if one.id in chosen), None)
            parents[node.id] = parent_id
            under.setdefault(parent_id, []).append(node.id)
        made: dict[str, T] = {}
        for node in sorted(order, key=lambda node: -depths[node.id]):
            children = [made[child] for child in under.get(node.id, ())]
            made[node.id] = make(node, parents[node.id], children)
        return [made[node_id] for node_id in under.get(None, ())]
