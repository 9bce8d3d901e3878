"""All or nothing: records, their reserved names, their rows in lists and the counters, in one write.

    with Transaction() as tx:
        tx.insert(api)
        tx.insert(version)

A record brings its names, rows and parent along (see `records.Record`), so a service states what happens
to records and nothing else. Every refused condition becomes the error that its step was given.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from types import TracebackType
from typing import Any, NamedTuple, Self, TypeVar

from pydantic_core import to_json

from chalicelib import clock
from chalicelib.errors import Conflict, NotFound, ProblemError, Stale
from chalicelib.settings import settings
from chalicelib.storage import keys
from chalicelib.storage.intent import Intent, intent
from chalicelib.storage.records import Pulse, Record, Reservation, Row, dispatch

#: DynamoDB's own limit
LIMIT = 100
#: how long writers that meet at one counter wait for each other
PATIENCE_SECONDS = 3.0

T = TypeVar("T")
Item = dict[str, Any]


class AlreadyCreated(Exception):
    """Someone carried out the creation that this request repeats while it was on its way."""


class Step(NamedTuple):
    """One item of the write, and what to raise when its condition does not hold."""

    action: dict[str, Any]
    refused: Exception | None = None


def row_key(list_name: str, created_at: int, row_id: str) -> keys.Key:
    """Rows sort by creation: `R#<milliseconds, 13 digits>#<id>`."""
    return keys.Key(keys.rows(list_name), f"R#{created_at:013d}#{row_id}")


def _text(value: str) -> Item:
    return {"S": value}


def _key(key: keys.Key) -> Item:
    return {"pk": _text(key.pk), "sk": _text(key.sk)}


def _as_read(record: Record) -> Item:
    """The condition that a record is as it was read, the counts that others move included."""
    condition: Item = {
        "ConditionExpression": "rev = :rev",
        "ExpressionAttributeValues": {":rev": {"N": str(record.rev)}},
    }
    for name in record.counted:
        condition["ConditionExpression"] += f" AND #{name} = :{name}"
        condition["ExpressionAttributeValues"][f":{name}"] = {"N": str(getattr(record, name))}
        condition.setdefault("ExpressionAttributeNames", {})[f"#{name}"] = name
    return condition


def _move_step(key: keys.Key, attribute: str, amount: int) -> Step:
    # adding commutes, so the record's rev stays; one that is gone is Stale: reading again tells
    return Step(
        {
            "Update": {
                "Key": _key(key),
                "UpdateExpression": "ADD #n :amount",
                "ConditionExpression": "attribute_exists(pk)",
                "ExpressionAttributeNames": {"#n": attribute},
                "ExpressionAttributeValues": {":amount": {"N": str(amount)}},
            }
        },
        Stale(),
    )


class Transaction:
    """Collects steps and commits them when the `with` block ends without an exception."""

    def __init__(self, dead: Iterable[str] = ()) -> None:
        """`dead`: partitions that have no pulse any more (they are being drained)."""
        self._steps: list[Step] = []
        self._totals: dict[str, int] = {}
        self._counts: dict[tuple[keys.Key, str], int] = {}
        self._pulses: set[str] = set()
        self._trees: dict[str, int] = {}
        self._dropped: set[str] = set()
        self._without_pulse = set(dead)
        self._ended: set[str] = set()
        self._hides = False
        self._saved: list[tuple[Record, Item]] = []
        self._made: Record | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.commit()

    def __len__(self) -> int:
        return len(self._steps) + len(self._totals) + len(self._counts) + len(self._pulses)

    # what happens to records

    def insert(self, record: Record, refused: ProblemError | None = None) -> None:
        """Write a new record with its names and rows. `refused`: raised when its key is taken."""
        if self._made is None:
            self._made = record
        new: Item = {"ConditionExpression": "attribute_not_exists(pk)"}
        self._put(record, new, refused or Conflict("Conflict: already exists."))
        for key, taken in record.names().items():
            self._reserve(key, record, taken)
        for name, row in record.rows().items():
            self._write_row(name, record, row)
            self._count(name, 1)
        self._move(record, 1)
        self._beat(record)

    def update(self, record: Record, refused: ProblemError | None = None) -> None:
        """Write a changed record on condition that it is as it was read (`refused` is raised otherwise, Stale
        by default); moves names, rows and counts."""
        before = record.before()
        record.updated_at = clock.now_ms()
        self._put(record, _as_read(before), refused or Stale())
        old_names, new_names = before.names(), record.names()
        for key in old_names.keys() - new_names.keys():
            self._release(key)
        for key in new_names.keys() - old_names.keys():
            self._reserve(key, record, new_names[key])
        old_rows, new_rows = before.rows(), record.rows()
        for name in old_rows.keys() - new_rows.keys():
            self._delete_row(name, before)
        for name, row in new_rows.items():
            if old_rows.get(name) != row:
                self._write_row(name, record, row)
                self._count(name, 0 if name in old_rows else 1)
        self._move(before, -1)
        self._move(record, 1)
        self._beat(record)
        self._hides |= any(getattr(before, name) != getattr(record, name) for name in record.hiding)

    def delete(self, record: Record) -> None:
        """Remove a record as it was read, its names, rows and counts. Its own pulse is removed by `end`."""
        self._steps.append(Step({"Delete": {"Key": _key(record.key), **_as_read(record)}}, Stale()))
        for key in record.names():
            self._release(key)
        for name in record.rows():
            self._delete_row(name, record)
        self._move(record, -1)
        self._beat(record)
        self._hides = True

    def begin(self, pk: str) -> None:
        """Give a new parent its pulse."""
        pulse = Pulse(pk=pk, sk=keys.PULSE)
        self._steps.append(Step({"Put": {"Item": {**pulse.serialize(), "rev": {"N": "1"}}}}))
        self._without_pulse.add(pk)

    def end(self, pk: str, beat: int | None = None) -> None:
        """Take a parent's pulse away: from here on nothing can be written under it.

        `beat`: only while nothing was written under it since its pulse was read (Stale otherwise).
        """
        delete: Item = {"Key": _key(keys.Key(pk, keys.PULSE)), "ConditionExpression": "attribute_exists(pk)"}
        if beat is not None:
            delete["ConditionExpression"] = "beat = :beat"
            delete["ExpressionAttributeValues"] = {":beat": {"N": str(beat)}}
        self._steps.append(Step({"Delete": delete}, NotFound() if beat is None else Stale()))
        self._without_pulse.add(pk)
        self._ended.add(pk)

    def replant(self, pk: str, tree: int) -> None:
        """Change the shape of a parent's tree on condition that it is the shape that was read."""
        self._trees[pk] = tree
        self.beat(pk)

    def beat(self, pk: str) -> None:
        """Raise a parent's pulse, on condition that it lives (NotFound otherwise)."""
        self._pulses.add(pk)

    def require(self, key: keys.Key, refused: ProblemError) -> None:
        """Go on only while this item exists."""
        self._steps.append(
            Step(
                {"ConditionCheck": {"Key": _key(key), "ConditionExpression": "attribute_exists(pk)"}}, refused
            )
        )

    def unchanged(self, record: Record) -> None:
        """Go on only while a record, which this does not write, is as it was read (Stale otherwise)."""
        self._steps.append(Step({"ConditionCheck": {"Key": _key(record.key), **_as_read(record)}}, Stale()))

    def drop_list(self, list_name: str, refused: ProblemError | None = None) -> None:
        """Remove a list's counter with its last rows. `refused`: go on only while it has no row."""
        delete: Item = {"Key": _key(keys.Key(keys.rows(list_name), keys.PULSE))}
        if refused is not None:
            delete["ConditionExpression"] = "attribute_not_exists(#t) OR #t = :none"
            delete["ExpressionAttributeNames"] = {"#t": "total"}
            delete["ExpressionAttributeValues"] = {":none": {"N": "0"}}
        self._steps.append(Step({"Delete": delete}, refused))
        self._dropped.add(list_name)

    # the parts

    def _put(self, record: Record, condition: Item, refused: ProblemError) -> None:
        record.sv = record.schema
        item = record.serialize()
        item["rev"] = {"N": str((record.rev or 0) + 1)}
        self._steps.append(Step({"Put": {"Item": item, **condition}}, refused))
        self._saved.append((record, item))

    def _reserve(self, key: str, record: Record, taken: str) -> None:
        held = Reservation(pk=key, holder=record.row_id())
        self._steps.append(
            Step(
                {
                    "Put": {
                        "Item": {**held.serialize(), "rev": {"N": "1"}},
                        "ConditionExpression": "attribute_not_exists(pk)",
                    }
                },
                Conflict(taken),
            )
        )

    def _release(self, key: str) -> None:
        self._steps.append(Step({"Delete": {"Key": _key(keys.Key(key))}}))

    def _write_row(self, name: str, record: Record, row: Row) -> None:
        key = row_key(name, record.created_at, record.row_id())
        fields = to_json(row).decode()
        item = {**_key(key), "id": _text(record.row_id()), "f": _text(fields)}
        self._steps.append(Step({"Put": {"Item": item}}))

    def _delete_row(self, name: str, record: Record) -> None:
        key = row_key(name, record.created_at, record.row_id())
        self._steps.append(Step({"Delete": {"Key": _key(key)}}))
        self._count(name, -1)

    def _count(self, name: str, amount: int) -> None:
        self._totals[name] = self._totals.get(name, 0) + amount

    def _move(self, record: Record, amount: int) -> None:
        for counter in record.counters().items():
            self._counts[counter] = self._counts.get(counter, 0) + amount

    def _beat(self, record: Record) -> None:
        for parent in record.parents():
            self.beat(parent)

    def _all(self) -> list[Step]:
        steps = list(self._steps)
        for name, amount in self._totals.items():
            if name in self._dropped:
                continue
            # `total` for exact counts, `beat` so that whoever keeps a list knows whether it is current
            steps.append(
                Step(
                    {
                        "Update": {
                            "Key": _key(keys.Key(keys.rows(name), keys.PULSE)),
                            "UpdateExpression": "ADD #t :n, beat :one",
                            "ExpressionAttributeNames": {"#t": "total"},
                            "ExpressionAttributeValues": {":n": {"N": str(amount)}, ":one": {"N": "1"}},
                        }
                    }
                )
            )
        for (key, attribute), amount in self._counts.items():
            if amount:
                steps.append(_move_step(key, attribute, amount))
        for pk in self._pulses - self._without_pulse:
            update: Item = {
                "Key": _key(keys.Key(pk, keys.PULSE)),
                "UpdateExpression": "ADD beat :one",
                "ConditionExpression": "attribute_exists(pk)",
                "ExpressionAttributeValues": {":one": {"N": "1"}},
            }
            refused: ProblemError = NotFound()
            if pk in self._trees:
                update["UpdateExpression"] = "ADD beat :one, tree :one"
                update["ConditionExpression"] = "tree = :tree"
                update["ExpressionAttributeValues"][":tree"] = {"N": str(self._trees[pk])}
                refused = Stale()
            steps.append(Step({"Update": update}, refused))
        return steps

    def _remember(self, steps: list[Step]) -> Intent | None:
        """Add the item that lets a repeated creation find what the first one made."""
        wish = intent.get()
        if wish.idempotency is None or self._made is None:
            return None
        item = {
            **_key(keys.Key(wish.idempotency)),
            "fingerprint": _text(wish.fingerprint),
            "path_id": _text(self._made.row_id()),
            "expires_at": {"N": str(clock.now_ms() // 1000 + 86_400)},
        }
        put: Item = {
            "Item": item,
            # DynamoDB removes what has expired when it comes to it, which may take days
            "ConditionExpression": "attribute_not_exists(pk) OR expires_at < :now",
            "ExpressionAttributeValues": {":now": {"N": str(clock.now_ms() // 1000)}},
        }
        # first, so that of two conditions that fail this one is told
        steps.insert(0, Step({"Put": put}, AlreadyCreated()))
        # one request creates one thing: what else it writes is not remembered under the same key
        intent.set(replace(wish, idempotency=None))
        return wish

    def commit(self) -> None:
        """Write everything, or nothing. Raises the error of the first step whose condition did not hold."""
        steps = self._all()
        if not steps:
            return
        wish = self._remember(steps)
        assert len(steps) <= LIMIT, f"{len(steps)} items do not fit one transaction"
        table = settings().table
        for step in steps:
            for arguments in step.action.values():
                arguments["TableName"] = table
        try:
            _write([step.action for step in steps], [step.refused for step in steps])
        except Exception:
            if wish is not None:
                intent.set(wish)
            raise
        for record, item in self._saved:
            record.rev = (record.rev or 0) + 1
            record.is_stored_as(item)
        if settings().distribution:
            from chalicelib.edge import changes

            changes.tell((self._pulses - self._without_pulse) | self._ended, hides=self._hides)


def _write(actions: list[Item], refused: list[Exception | None]) -> None:
    from botocore.exceptions import ClientError

    deadline = time.monotonic() + PATIENCE_SECONDS
    wait = 0.01
    while True:
        try:
            dispatch("TransactWriteItems", {"TransactItems": actions})
            return
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if code not in ("TransactionCanceledException", "TransactionInProgressException"):
                raise
            reasons = error.response.get("CancellationReasons") or []
            for reason, problem in zip(reasons, refused, strict=False):
                if reason.get("Code") == "ConditionalCheckFailed":
                    raise (problem or Stale()) from error
            codes = {reason.get("Code", "None") for reason in reasons} - {"None"}
            if codes - {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}:
                raise
            if time.monotonic() + wait > deadline:
                raise Conflict(
                    "Conflict: many changes at once to the same list. Nothing was changed; repeat this."
                ) from error
            time.sleep(wait * (0.5 + random.random()))  # noqa: S311 - jitter, not a secret
            wait = min(wait * 2, 0.3)


def retrying(work: Callable[[], T], tries: int = 3, patience: float = 0.0) -> T:
    """Run read-change-write again when someone else wrote in between: so many tries, and at least so many
    seconds. Writers wait a random while, so that they get through one after another. Raises Stale (409) in
    the end.
    """
    deadline = time.monotonic() + patience
    wait = 0.02
    while True:
        tries -= 1
        try:
            return work()
        except Stale:
            if tries <= 0 and time.monotonic() >= deadline:
                raise
        time.sleep(wait * random.random())  # noqa: S311 - jitter, not a secret
        wait = min(wait * 2, 0.25)
