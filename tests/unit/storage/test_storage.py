"""Records, names, lists and cascades against the emulator's DynamoDB."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chalicelib import clock
from chalicelib.errors import Conflict, NotFound, Stale
from chalicelib.jobs import cascade, worker
from chalicelib.jobs import service as jobs
from chalicelib.storage import keys, lists, table
from chalicelib.storage.attributes import Integer, UnicodeAttribute
from chalicelib.storage.intent import Intent, expect, intent
from chalicelib.storage.lists import Condition, Query
from chalicelib.storage.records import Record, Row
from chalicelib.storage.transaction import Transaction, retrying

pytestmark = pytest.mark.usefixtures("table")


class Parent(Record, discriminator="test_parent"):
    id = UnicodeAttribute()
    name = UnicodeAttribute()

    def names(self) -> dict[str, str]:
        return {keys.unique("test", self.name): f"{self.name} is taken"}

    def rows(self) -> dict[str, Row]:
        return {"tests": {"name": self.name}}

    def parents(self) -> tuple[str, ...]:
        return (self.pk,)


class Child(Record, discriminator="test_child"):
    id = UnicodeAttribute()

    def rows(self) -> dict[str, Row]:
        return {
            "children": {"pk": self.pk, "sk": self.sk},
            f"children:{self.pk}": {"pk": self.pk, "sk": self.sk},
        }

    def parents(self) -> tuple[str, ...]:
        return (self.pk,)


class Shared(Record, discriminator="test_shared"):
    """Lives under one parent and hangs on another, as a publication does."""

    id = UnicodeAttribute()
    other = UnicodeAttribute()

    def rows(self) -> dict[str, Row]:
        return {f"shared:{self.other}": {"pk": self.pk, "sk": self.sk}, "shared": {}}

    def parents(self) -> tuple[str, ...]:
        return (self.pk, self.other)


class Counting(Record, discriminator="test_counting"):
    id = UnicodeAttribute()
    held = Integer(default=0)
    counted = ("held",)


class Holder(Record, discriminator="test_holder"):
    id = UnicodeAttribute()
    of = UnicodeAttribute(null=True)

    def counters(self) -> dict[keys.Key, str]:
        return {keys.Key(self.of): "held"} if self.of else {}


def counting() -> Counting:
    made = Counting(pk=f"COUNTING#{uuid.uuid4()}", id="x")
    with Transaction() as tx:
        tx.insert(made)
    return made


def holder(*of: Counting) -> list[Holder]:
    made = [Holder(pk=f"HOLDER#{uuid.uuid4()}", id="x", of=one.pk) for one in of]
    with Transaction() as tx:
        for one in made:
            tx.insert(one)
    return made


def parent(name: str | None = None) -> Parent:
    made = Parent(pk=f"TEST#{uuid.uuid4()}", id=str(uuid.uuid4()), name=name or str(uuid.uuid4()))
    with Transaction() as tx:
        tx.begin(made.pk)
        tx.insert(made)
    return made


def child(pk: str) -> Child:
    made = Child(pk=pk, sk=f"CHILD#{uuid.uuid4()}", id=str(uuid.uuid4()))
    with Transaction() as tx:
        tx.insert(made)
    return made


def read(of: Record) -> Any:
    return table.get(type(of), of.key)


def total(name: str) -> int:
    return lists.page(name, Query()).total


def test_an_update_of_what_changed_since_is_stale_and_writes_nothing() -> None:
    made = parent()
    first, second = read(made), read(made)
    first.name = f"{made.name}-first"
    with Transaction() as tx:
        tx.update(first)
    second.name = f"{made.name}-second"
    with pytest.raises(Stale), Transaction() as tx:
        tx.update(second)
    assert read(made).name == first.name
    assert parent(f"{made.name}-second").name == second.name  # its reservation was not taken either


def test_a_name_moves_with_its_record() -> None:
    made = parent()
    old = made.name
    with pytest.raises(Conflict, match="is taken"):
        parent(old)
    loaded = read(made)
    loaded.name = f"{old}-new"
    with Transaction() as tx:
        tx.update(loaded)
    parent(old)
    with pytest.raises(Conflict):
        parent(f"{old}-new")


def test_rows_and_totals_follow_their_records() -> None:
    before = total("tests")
    made = parent()
    assert total("tests") == before + 1
    loaded = read(made)
    loaded.name = "zz-renamed"
    with Transaction() as tx:
        tx.update(loaded)
    assert total("tests") == before + 1
    assert lists.page("tests", Query()).rows[0]["name"] == "zz-renamed"
    cascade.cut(read(made))
    assert total("tests") == before


def test_a_child_needs_a_living_parent() -> None:
    made = parent()
    child(made.pk)
    cascade.cut(read(made))
    with pytest.raises(NotFound):
        child(made.pk)
    assert list(table.query_items(made.pk)) == []


def test_writers_meeting_at_one_list_all_get_through() -> None:
    made, before = parent(), total("children")
    failures: list[Exception] = []

    def write() -> None:
        for _ in range(10):
            try:
                child(made.pk)
            except Exception as error:
                failures.append(error)

    threads = [threading.Thread(target=write) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert total("children") == before + 40
    assert total(f"children:{made.pk}") == 40 == len(table.query(Child, made.pk))


def test_a_count_follows_those_who_hold_it() -> None:
    first, second = counting(), counting()
    one, two, three = holder(first, first, second)
    assert (read(first).held, read(second).held) == (2, 1)
    one.of = second.pk
    two.of = None
    with Transaction() as tx:
        tx.update(one)
        tx.update(two)
    assert (read(first).held, read(second).held) == (0, 2)
    with Transaction() as tx:
        tx.delete(one)
        tx.delete(three)
    assert (read(first).held, read(second).held) == (0, 0)


def test_a_count_that_moved_is_neither_overwritten_nor_deleted() -> None:
    made = counting()
    before = read(made)
    holder(made)
    with pytest.raises(Stale), Transaction() as tx:
        tx.update(before)
    with pytest.raises(Stale), Transaction() as tx:
        tx.delete(before)
    assert read(made).rev == before.rev
    with Transaction() as tx:
        tx.update(read(made))
    assert read(made).held == 1


def test_nothing_is_counted_on_what_is_gone() -> None:
    made = counting()
    with Transaction() as tx:
        tx.delete(read(made))
    with pytest.raises(Stale):
        holder(made)
    assert table.get_item(made.key) is None


def test_what_must_be_unchanged_is_checked_and_not_written() -> None:
    watched, changing = parent(), parent()
    with Transaction() as tx:
        tx.update(changing)
        tx.unchanged(watched)
    assert read(watched).rev == watched.rev
    with Transaction() as tx:
        tx.update(read(watched))
    tx = Transaction()
    tx.update(changing)
    tx.unchanged(watched)
    with pytest.raises(Stale):
        tx.commit()
    assert read(changing).rev == changing.rev


def test_retrying_reads_again_and_gives_up_with_stale() -> None:
    made = parent()
    reads: list[int] = []

    def work() -> None:
        loaded = read(made)
        reads.append(loaded.rev)
        if len(reads) == 1:  # someone else writes in between
            other = read(made)
            with Transaction() as tx:
                tx.update(other)
        with Transaction() as tx:
            tx.update(loaded)

    retrying(work)
    assert len(reads) == 2
    with pytest.raises(Stale):
        retrying(lambda: (_ for _ in ()).throw(Stale()))


def test_if_match_refuses_another_revision() -> None:
    made = parent()
    token = intent.set(Intent(expected_rev=7))
    try:
        with pytest.raises(Conflict):
            expect(made)
    finally:
        intent.reset(token)
    expect(made)


@pytest.fixture
def big() -> Parent:
    """A parent whose children are too many for one transaction."""
    made = parent()
    for start in range(0, 120, 20):
        with Transaction() as tx:
            for index in range(start, start + 20):
                tx.insert(Child(pk=made.pk, sk=f"CHILD#{index:04d}", id=str(index)))
    return made


def test_a_large_parent_is_gone_at_once_and_drained_by_the_worker(
    big: Parent, run_jobs: Callable[[], None]
) -> None:
    before, name = total("children"), big.name
    cascade.cut(read(big))
    assert read(big) is None
    parent(name)  # its name is free
    with pytest.raises(NotFound):
        child(big.pk)
    assert total("children") == before
    run_jobs()
    assert list(table.query_items(big.pk)) == []
    assert total("children") == before - 120
    assert total("jobs") == 0


def test_an_interrupted_drain_goes_on_where_it_was(
    big: Parent, run_jobs: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    before = total("children")
    cascade.cut(read(big))
    done: list[int] = []
    delete_some = cascade._delete_some

    def crash_later(wanted: Any, dead: Any) -> None:
        if len(done) == 4:
            raise KeyboardInterrupt
        done.append(len(wanted))
        delete_some(wanted, dead)

    monkeypatch.setattr(cascade, "_delete_some", crash_later)
    with pytest.raises(KeyboardInterrupt):
        run_jobs()
    monkeypatch.undo()
    assert total("jobs") == 1
    assert total("children") == before - 4 * cascade.BATCH
    run_jobs()
    assert total("children") == before - 120
    assert list(table.query_items(big.pk)) == []


def shared(pk: str, other: str) -> Shared:
    made = Shared(pk=pk, sk=f"SHARED#{uuid.uuid4()}", id=str(uuid.uuid4()), other=other)
    with Transaction() as tx:
        tx.insert(made)
    return made


def test_a_child_that_arrives_while_its_parent_is_deleted_goes_too(
    run_jobs: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    under, other, before = parent(), parent(), total("shared")
    shared(under.pk, other.pk)
    pointed = cascade._pointed

    def read_then_write(name: str) -> list[Record]:
        found = pointed(name)
        shared(under.pk, other.pk)
        return found

    monkeypatch.setattr(cascade, "_pointed", read_then_write)
    cascade.cut(read(other), (f"shared:{other.pk}",))
    monkeypatch.undo()
    assert read(other) is None
    run_jobs()
    assert total("shared") == before
    assert table.query(Shared, under.pk) == []
    assert lists.read(f"shared:{other.pk}") == []


def test_two_parents_of_one_child_can_be_deleted_at_once(big: Parent, run_jobs: Callable[[], None]) -> None:
    other, before = parent(), total("shared")
    shared(big.pk, other.pk)
    cascade.cut(read(big))  # its children wait for the worker
    cascade.cut(read(other), (f"shared:{other.pk}",))
    assert read(other) is None
    run_jobs()
    assert total("shared") == before
    assert list(table.query_items(big.pk)) == []
    assert lists.read(f"shared:{other.pk}") == []


def test_a_message_that_comes_twice_does_its_job_once(big: Parent) -> None:
    cascade.cut(read(big))
    (row,) = lists.read("jobs")
    message = {"messageId": "m", "body": f'{{"job_id": "{row["id"]}"}}'}
    assert worker.handle({"Records": [message, message]}) == {"batchItemFailures": []}


def test_a_forgotten_job_is_done_by_the_schedule(big: Parent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "announce", lambda job: None)
    cascade.cut(read(big))
    worker.resume_forgotten()
    assert total("jobs") == 1  # it may only be on its way
    clock.travel(worker.FORGOTTEN_MS + 60_000)
    try:
        worker.resume_forgotten()
    finally:
        clock.travel(0)
    assert total("jobs") == 0


def wait_for_something(seen: str, times: int = 0) -> None:
    """A task that has to wait twice."""
    waited.append((seen, times))
    if times < 2:
        raise jobs.Later(600, times=times + 1)


waited: list[tuple[str, int]] = []


@pytest.fixture
def waiting(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The id of a job that has to wait twice, ten minutes each."""
    monkeypatch.setitem(worker.TASKS, "wait", f"{__name__}:wait_for_something")
    waited.clear()
    with Transaction() as tx:
        job = jobs.leave(tx, "wait", seen="x")
    yield job.id
    clock.travel(0)


def message_of(job_id: str) -> dict[str, Any]:
    return {"Records": [{"messageId": "m", "body": f'{{"job_id": "{job_id}"}}'}]}


def test_a_job_that_waits_goes_on_when_it_is_due(waiting: str) -> None:
    worker.handle(message_of(waiting))
    worker.handle(message_of(waiting))  # of before it was put off
    worker.resume_forgotten()
    assert waited == [("x", 0)]
    clock.travel(601_000)
    worker.handle(message_of(waiting))
    assert waited == [("x", 0), ("x", 1)]
    clock.travel(1_300_000 + worker.FORGOTTEN_MS)  # the message that told of it is lost
    worker.resume_forgotten()
    assert waited == [("x", 0), ("x", 1), ("x", 2)]
    assert jobs.load(waiting) is None


def test_a_job_that_waits_can_be_hurried(waiting: str) -> None:
    worker.run(waiting)
    jobs.hurry(waiting)
    worker.handle(message_of(waiting))
    assert waited == [("x", 0), ("x", 1)]
    jobs.hurry(str(uuid.uuid4()))  # one that is done needs no hurry


def test_a_job_that_fails_holds_up_no_other(waiting: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(worker.TASKS, "fail", f"{__name__}:parent")
    with Transaction() as tx:
        failing = jobs.leave(tx, "fail", nonsense=1)
    clock.travel(worker.FORGOTTEN_MS + 60_000)
    worker.resume_forgotten()
    assert waited == [("x", 0)]
    assert jobs.load(failing.id) is not None
    with Transaction() as tx:
        tx.delete(failing)


def test_records_of_an_older_schema_are_brought_up_when_read(monkeypatch: pytest.MonkeyPatch) -> None:
    made = parent()
    monkeypatch.setattr(Parent, "schema", 2)
    monkeypatch.setattr(
        Parent, "upgrades", {1: lambda item: {**item, "name": {"S": item["name"]["S"].upper()}}}
    )
    loaded = read(made)
    assert loaded.name == made.name.upper()
    with Transaction() as tx:
        tx.update(loaded)
    assert table.get_item(made.key)["sv"] == {"N": "2"}  # type: ignore[index]


ROWS: list[Row] = [
    {"id": "1", "name": "Beta", "n": None, "labels": {"env": "dev"}, "tags": {"a": ["x", "y"]}, "on": True},
    {"id": "2", "name": "alpha", "n": "2", "labels": {}, "tags": {}, "on": False},
    {"id": "3", "name": "beta", "n": "1", "labels": {"env": "prod"}, "tags": {"a": ["y"]}, "on": True},
]


@pytest.mark.parametrize(
    ("condition", "ids"),
    [
        (Condition("name", "eq", "beta"), "3"),
        (Condition("name", "neq", "beta"), "12"),
        (Condition("name", "contains", "BET"), "13"),
        (Condition("name", "oeq", ("beta", "alpha")), "23"),
        (Condition("name", "ocontains", ("lph", "zzz")), "2"),
        (Condition("labels.env", "eq", "dev"), "1"),
        (Condition("labels.env", "exists", ""), "13"),
        (Condition("labels.env", "neq", "dev"), "23"),
        (Condition("tags.a", "eq", "x"), "1"),
        (Condition("tags.a", "contains", "y"), "13"),
        (Condition("on", "eq", "true"), "13"),
        (Condition("n", "lt", "2"), "3"),
        (Condition("n", "gte", "1"), "23"),
    ],
)
def test_filters(condition: Condition, ids: str) -> None:
    assert "".join(lists.select(ROWS, Query(conditions=(condition,))).ids) == ids


@pytest.mark.parametrize(
    ("sort", "ids"),
    [
        ((("name", False),), "213"),
        ((("name", True),), "312"),
        ((("n", False),), "321"),
        ((("n", True),), "231"),
        ((("on", True), ("name", True)), "312"),
        ((), "123"),
    ],
)
def test_sorting_puts_absent_values_last(sort: tuple[tuple[str, bool], ...], ids: str) -> None:
    assert "".join(lists.select(ROWS, Query(sort=sort)).ids) == ids


def test_a_page_past_the_end_is_empty_and_keeps_the_total() -> None:
    found = lists.select(ROWS, Query(number=9, size=2))
    assert (found.rows, found.total) == ([], 3)
