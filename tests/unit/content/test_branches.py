"""Changing a stored tree while others change it."""

from __future__ import annotations

import uuid
from typing import Any

import pytest

from chalicelib.content import branches
from chalicelib.content.branches import BATCH, Spot
from chalicelib.content.records import Page
from chalicelib.content.tree import Tree
from chalicelib.errors import Conflict, NotFound, Stale
from chalicelib.portals.records import Customization
from chalicelib.storage import keys, records, table
from chalicelib.storage.table import Partition
from chalicelib.storage.transaction import Transaction

pytestmark = pytest.mark.usefixtures("table")


@pytest.fixture
def pk() -> str:
    made = f"PORTAL#{uuid.uuid4()}"
    with Transaction() as tx:
        tx.begin(made)
    return made


def read(pk: str) -> tuple[Tree[Page], int]:
    partition = Partition.read(pk)
    return Tree(partition.all(Page)), branches.shape(partition)


def plant(pk: str, slug: str, parent_id: str | None = None) -> str:
    return plant_all(pk, [slug], parent_id)[0]


def plant_all(pk: str, slugs: list[str], parent_id: str | None = None) -> list[str]:
    tree, shape = read(pk)
    made = []
    with Transaction() as tx:
        tx.replant(pk, shape)
        for number, slug in enumerate(slugs):
            page = Page(
                pk=pk,
                sk=f"PAGE#{(page_id := str(uuid.uuid4()))}",
                id=page_id,
                slug=slug,
                title=slug,
                visibility="public",
                status="published",
                parent_id=parent_id,
                position=f"{number:08x}" if len(slugs) > 1 else tree.slot(parent_id),
                content="",
            )
            tx.insert(page)
            made.append(page.id)
    return made


def finder(pk: str, page_id: str) -> Any:
    def find() -> Spot[Page]:
        tree, shape = read(pk)
        node = tree.get(page_id)
        if node is None:
            raise NotFound()
        return Spot(tree, node, shape)

    return find


def slugs(pk: str) -> Any:
    tree, _ = read(pk)
    return tree.nest(tree, lambda page, _, below: {page.slug: below})


def test_a_change_between_two_parts_of_a_long_read_is_noticed(
    pk: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Transaction() as tx:
        for number in range(4):  # between pages and pulse, a third of what one query reads each
            tx.insert(Customization(pk=pk, sk=f"Z{number}", css="x" * 390_000))
    send: Any = records.dispatch
    queries = 0

    def dispatch(operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
        nonlocal queries
        answer: dict[str, Any] = send(operation, arguments)
        if operation == "Query" and arguments["ExpressionAttributeValues"][":pk"]["S"] == pk:
            queries += 1
            if queries == 1:
                monkeypatch.setattr(table, "dispatch", send)
                plant(pk, "theirs")
                monkeypatch.setattr(table, "dispatch", dispatch)
        return answer

    monkeypatch.setattr(table, "dispatch", dispatch)
    _, shape = read(pk)
    assert queries > 1
    with pytest.raises(Stale), Transaction() as tx:
        tx.replant(pk, shape)


def test_a_large_subtree_goes_deepest_first_and_whole(pk: str, monkeypatch: pytest.MonkeyPatch) -> None:
    top, kept = plant(pk, "top"), plant(pk, "kept")
    middle = plant(pk, "middle", top)
    for start in range(0, 240, 60):
        plant_all(pk, [f"leaf-{number}" for number in range(start, start + 60)], middle)
    commit, counts = Transaction.commit, []

    def watch(tx: Transaction) -> None:
        commit(tx)
        counts.append(len(table.query(Page, pk)) - len(read(pk)[0]))

    monkeypatch.setattr(Transaction, "commit", watch)
    branches.uproot(finder(pk, top))
    assert len(counts) == -(-242 // BATCH)
    assert not any(counts)  # never a page without its ancestors
    assert [page.id for page in table.query(Page, pk)] == [kept]


def test_what_is_planted_into_a_subtree_while_it_goes_goes_with_it(
    pk: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    top = plant(pk, "top")
    plant_all(pk, [f"leaf-{number}" for number in range(95)], top)
    commit, done = Transaction.commit, []

    def watch(tx: Transaction) -> None:
        commit(tx)
        done.append(tx)
        if len(done) == 1:
            plant(pk, "late", top)

    monkeypatch.setattr(Transaction, "commit", watch)
    branches.uproot(finder(pk, top))
    assert table.query(Page, pk) == []


def test_a_move_is_decided_anew_where_the_tree_has_changed(pk: str) -> None:
    first, second = plant(pk, "a"), plant(pk, "b")
    find, tries = finder(pk, first), []

    def late() -> Spot[Page]:
        spot: Spot[Page] = find()
        tries.append(spot.shape)
        if len(tries) == 1:
            branches.move(finder(pk, second), first, None)
        return spot

    with pytest.raises(Conflict, match="under itself"):
        branches.move(late, second, None)
    assert len(tries) == 2
    assert slugs(pk) == [{"a": [{"b": []}]}]


def test_an_unknown_parent_is_not_found(pk: str) -> None:
    with pytest.raises(NotFound):
        branches.move(finder(pk, plant(pk, "a")), str(uuid.uuid4()), None)


def test_a_move_to_where_it_stands_writes_nothing(pk: str) -> None:
    first, _ = plant(pk, "a"), plant(pk, "b")
    before = read(pk)[1]
    branches.move(finder(pk, first), None, 0)
    assert read(pk)[1] == before
    branches.move(finder(pk, first), None, None)
    assert slugs(pk) == [{"b": []}, {"a": []}]
    assert read(pk)[1] == before + 1


def test_a_deleted_parent_has_no_tree() -> None:
    with pytest.raises(NotFound):
        branches.shape(Partition.read(keys.portal("nowhere")))
