"""The tree against a naive model: nested lists that are cut and joined."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.content.tree import MAX_DEPTH, Tree, between, trimmed
from chalicelib.errors import Conflict, Invalid


@dataclass(frozen=True)
class Leaf:
    id: str
    parent_id: str | None
    slug: str
    position: str


class Slugs(Tree[Leaf]):
    everywhere = True


class Pages(Tree[Leaf]):
    aliases: ClassVar[Mapping[str, str]] = {"home": ""}

    def refuse(self, path: str) -> None:
        if path.startswith("system"):
            raise Invalid.field("slug", "is reserved")


def tree_of(*spec: tuple[str, str | None, str], kind: type[Tree[Leaf]] = Tree) -> Tree[Leaf]:
    """A tree of (id, parent, slug), siblings in this order."""
    nodes: list[Leaf] = []
    for node_id, parent_id, slug in spec:
        nodes.append(Leaf(node_id, parent_id, slug, kind(nodes).slot(parent_id)))
    return kind(nodes)


# positions


@given(st.lists(st.integers(0, 10_000), max_size=200))
def test_there_is_always_room_between_two_positions(places: list[int]) -> None:
    order: list[str] = []
    for place in places:
        at = place % (len(order) + 1)
        before = order[at - 1] if at else None
        after = order[at] if at < len(order) else None
        found = between(before, after)
        assert before is None or before < found
        assert after is None or found < after
        order.insert(at, found)


@pytest.mark.parametrize("end", ["first", "last"])
def test_positions_at_the_ends_of_a_list_do_not_grow(end: str) -> None:
    found = between(None, None)
    for _ in range(2000):
        found = between(None, found) if end == "first" else between(found, None)
    assert len(found) == 8


def test_a_position_grows_slowly_however_often_the_same_gap_is_hit() -> None:
    low, high = between(None, None), between(between(None, None), None)
    for _ in range(600):
        high = between(low, high)
    assert len(high) < 130


# the model


@dataclass
class Model:
    """Nested lists: each node is [id, slug, children]."""

    top: list[Any] = field(default_factory=list)

    def find(self, node_id: str | None, under: list[Any] | None = None) -> Any:
        """The list of children of a node."""
        if node_id is None:
            return self.top
        for one_id, _, children in self.top if under is None else under:
            if one_id == node_id:
                return children
            if children and (found := self.find(node_id, children)) is not None:
                return found
        return None

    def take(self, node_id: str, under: list[Any] | None = None) -> Any:
        siblings = self.top if under is None else under
        for place, one in enumerate(siblings):
            if one[0] == node_id:
                return siblings.pop(place)
            if one[2] and (found := self.take(node_id, one[2])) is not None:
                return found
        return None

    def ids(self, under: list[Any] | None = None) -> list[str]:
        found = []
        for one_id, _, children in self.top if under is None else under:
            found += [one_id, *(self.ids(children) if children else [])]
        return found


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["create", "create", "move", "delete"]),
        st.integers(0, 30),
        st.integers(0, 30),
        st.integers(-12, 12),
        st.sampled_from("abcd"),
    ),
    max_size=40,
)


@settings(max_examples=150, deadline=None)
@given(STEPS)
def test_any_series_of_changes_leads_to_the_tree_of_the_model(steps: list[Any]) -> None:
    model = Model()
    nodes: dict[str, Leaf] = {}
    for count, (what, one, other, index, slug) in enumerate(steps):
        ids = model.ids()
        tree = Tree(nodes.values())
        parent_id = [None, *ids][other % (len(ids) + 1)]
        siblings = model.find(parent_id)
        if what == "create":
            if any(sibling[1] == slug for sibling in siblings):
                with pytest.raises(Conflict):
                    tree.admit(slug, parent_id)
                continue
            tree.admit(slug, parent_id)
            node_id = f"n{count}"
            nodes[node_id] = Leaf(node_id, parent_id, slug, tree.slot(parent_id))
            siblings.append([node_id, slug, []])
        elif ids and what == "move":
            node = nodes[ids[one % len(ids)]]
            inside = [node.id, *model.ids(model.find(node.id))]
            if parent_id in inside or any(s[1] == node.slug and s[0] != node.id for s in siblings):
                with pytest.raises(Conflict):
                    tree.admit(node.slug, parent_id, node)
                continue
            tree.admit(node.slug, parent_id, node)
            position = tree.slot(parent_id, index, node)
            nodes[node.id] = replace(node, parent_id=parent_id, position=position)
            entry = model.take(node.id)
            siblings = model.find(parent_id)
            siblings.insert(max(0, len(siblings) + 1 + index) if index < 0 else index, entry)
        elif ids:
            node_id = ids[one % len(ids)]
            for gone in (nodes[node_id], *tree.descendants(nodes[node_id])):
                del nodes[gone.id]
            model.take(node_id)
        tree = Tree(nodes.values())
        assert [node.id for node in tree] == model.ids()
        assert tree.nest(tree, lambda node, _, below: [node.id, node.slug, below]) == model.top


# one by one

MOVES = [
    (0, "dabc"),
    (1, "adbc"),
    (2, "abdc"),
    (3, "abcd"),
    (9, "abcd"),
    (-1, "abcd"),
    (-2, "abdc"),
    (-4, "dabc"),
    (-9, "dabc"),
]


@pytest.mark.parametrize(("index", "expected"), MOVES)
def test_an_index_counts_the_siblings_without_the_node(index: int, expected: str) -> None:
    tree = tree_of(*((name, None, name) for name in "abcd"))
    node = tree.get("d")
    assert node is not None
    moved = replace(node, position=tree.slot(None, index, node))
    assert "".join(one.id for one in Tree([*(n for n in tree if n is not node), moved])) == expected


def test_a_node_that_stands_there_keeps_its_position() -> None:
    tree = tree_of(("a", None, "a"), ("b", None, "b"), ("c", None, "c"))
    node = tree.get("b")
    assert node is not None
    assert tree.slot(None, 1, node) == node.position
    assert tree.slot(None, -2, node) == node.position


def test_a_node_without_its_ancestors_is_not_there() -> None:
    tree = Tree(
        [
            Leaf("a", None, "a", "80000000"),
            Leaf("lost", "gone", "b", "80000000"),
            Leaf("below", "lost", "c", "80000000"),
            Leaf("x", "y", "x", "80000000"),
            Leaf("y", "x", "y", "80000000"),
        ]
    )
    assert [node.id for node in tree] == ["a"]
    assert tree.get("lost") is None
    assert tree.at("b/c") is None
    tree.admit("b", None)


def test_paths_are_found_with_and_without_slashes() -> None:
    tree = tree_of(("g", None, "/guides"), ("x", "g", "/x/"), ("m", "g", "many/parts"))
    for path in ("guides/x", "/guides/x", "guides/x/", "//guides//x"):
        found = tree.at(path)
        assert found is not None
        assert found.id == "x"
    assert trimmed("/guides//x/") == "guides/x"
    assert tree.path(tree.paths["guides/many/parts"]) == "guides/many/parts"
    assert tree.at("guides/y") is None


def test_a_path_is_taken_however_its_parts_are_cut() -> None:
    tree = tree_of(
        ("a", None, "a"), ("b", "a", "b"), ("long", None, "p/q/c"), ("z", None, "z"), ("c", "z", "c")
    )
    with pytest.raises(Conflict):
        tree.admit("/a/b/", None)
    with pytest.raises(Conflict, match="/p/q/c"):  # not its own path, but that of its child
        tree.admit("p/q", None, tree.get("z"))
    tree.admit("p/q", "a", tree.get("z"))


def test_aliases_are_one_path() -> None:
    tree = tree_of(("h", None, "home"), ("c", "h", "x"), kind=Pages)
    for path in ("", "/", "home", "/home/"):
        found = tree.at(path)
        assert found is not None
        assert found.id == "h"
    with pytest.raises(Conflict):
        tree.admit("/", None)
    tree.admit("home", "h")
    below = tree_of(("r", None, "r"), ("c", "r", "home"), kind=Pages)
    with pytest.raises(Conflict):  # its own child would take the path it means
        below.admit("/", None, below.get("r"))


def test_refused_paths_count_for_what_is_below() -> None:
    tree = tree_of(("r", None, "r"), ("c", "r", "system"), kind=Pages)
    with pytest.raises(Invalid):
        tree.admit("/", None, tree.get("r"))
    tree.admit("s", None, tree.get("r"))


def test_slugs_can_be_unique_everywhere() -> None:
    tree = tree_of(("a", None, "a"), ("b", "a", "b"), kind=Slugs)
    with pytest.raises(Conflict):
        tree.admit("b", None)
    tree.admit("b", None, tree.get("b"))


def test_no_node_comes_under_itself() -> None:
    tree = tree_of(("a", None, "a"), ("b", "a", "b"), ("c", "b", "c"))
    for parent_id in ("a", "b", "c"):
        with pytest.raises(Conflict):
            tree.admit("a", parent_id, tree.get("a"))


def test_a_tree_has_a_greatest_depth_that_counts_what_is_moved() -> None:
    chain = [(f"n{n}", f"n{n - 1}" if n else None, "s") for n in range(MAX_DEPTH)]
    full = tree_of(*chain)
    with pytest.raises(Conflict, match="levels"):
        full.admit("t", f"n{MAX_DEPTH - 1}")
    tree = tree_of(*chain[:-1], ("top", None, "top"), ("low", "top", "low"))
    tree.admit("t", f"n{MAX_DEPTH - 2}")
    with pytest.raises(Conflict, match="levels"):
        tree.admit("top", f"n{MAX_DEPTH - 2}", tree.get("top"))
    tree.admit("top", f"n{MAX_DEPTH - 3}", tree.get("top"))


def test_what_is_shown_comes_under_its_nearest_shown_ancestor() -> None:
    tree = tree_of(("a", None, "a"), ("b", "a", "b"), ("c", "b", "c"), ("d", "b", "d"), ("e", None, "e"))

    def show(ids: str) -> Any:
        nodes = [node for name in ids if (node := tree.get(name))]
        return tree.nest(nodes, lambda node, parent_id, below: [node.id, parent_id, below])

    assert show("dc") == [["d", None, []], ["c", None, []]]
    assert show("acde") == [["a", None, [["c", "a", []], ["d", "a", []]]], ["e", None, []]]
    assert show("bdcea") == [["e", None, []], ["a", None, [["b", "a", [["d", "b", []], ["c", "b", []]]]]]]
