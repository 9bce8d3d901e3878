"""Whether what is derived agrees with the records it comes from, and mending it where it does not.

    python -m chalicelib.storage.check [--repair]

Rows in lists, their totals, the counts that records keep of others, reserved names and pulses are all written
in the transaction of their record, so they agree. This command is for what transactions cannot promise: a
restored backup, items changed by hand, an error of ours. It prints what disagrees, a line each, and ends with
1 where something is left.

It may run while the service does. The table is read twice, and only what both readings say is told; every
mending holds a condition that what was seen is still so. The settings are those of the service
(PORTICO_TABLE, AWS_ENDPOINT_URL and the like).
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from pydantic_core import to_json

from chalicelib import clock
from chalicelib.settings import settings
from chalicelib.storage import keys, table
from chalicelib.storage.keys import Key
from chalicelib.storage.records import Pulse, Record, Reservation, dispatch
from chalicelib.storage.transaction import row_key

Item = dict[str, Any]
Action = dict[str, Any]

#: the first characters of the keys of lists
LISTS = keys.rows("")
#: what is kept for a while only and comes from no record
PASSING = (keys.idempotency(""),)
#: how often a list's rows are counted again where they change meanwhile
COUNTINGS = 5


class Finding(NamedTuple):
    """One disagreement. `actions` mend it, all or none; empty: somebody has to decide."""

    what: str
    key: Key
    detail: str = ""
    actions: str = "[]"

    def __str__(self) -> str:
        detail = f": {self.detail}" if self.detail else ""
        return f"{self.what} ({self.key.pk} / {self.key.sk}){detail}"


class Claim(NamedTuple):
    """What a record says there is. `value`: the fields of a row, the holder of a name."""

    record: Key
    rev: int
    value: str
    id: str


class Reading:
    """One reading of the table: what there is, and what the records say there should be. `now`: the time of
    what a mending makes, the same in both readings."""

    def __init__(self, now: int) -> None:
        self.now = now
        self.rows: dict[Key, tuple[str, str]] = {}
        self.totals: dict[str, int] = {}
        self.names: dict[str, str] = {}
        self.pulses: dict[str, int] = {}
        self.counts: dict[tuple[Key, str], int] = {}
        self.records: set[Key] = set()
        self.draining: set[str] = set()
        self.unknown: set[Key] = set()
        self.wanted_rows: dict[Key, Claim] = {}
        self.wanted_names: dict[str, list[Claim]] = {}
        self.wanted_counts: Counter[tuple[Key, str]] = Counter()
        self.wanted_pulses: dict[str, list[Key]] = {}
        for item in _items():
            self._take(item)

    def _take(self, item: Item) -> None:
        key = Key(item["pk"]["S"], item["sk"]["S"])
        if key.pk.startswith(LISTS):
            if key.sk == keys.PULSE:
                self.totals[key.pk] = _number(item, "total")
            else:
                self.rows[key] = (item["id"]["S"], item["f"]["S"])
            return
        if key.pk.startswith(PASSING):
            return
        record = table.decode(Record, item)
        if isinstance(record, Pulse):
            self.pulses[key.pk] = record.beat
        elif isinstance(record, Reservation):
            self.names[key.pk] = record.holder
        elif record is None:
            self.unknown.add(key)
        else:
            self._claim(key, record)

    def _claim(self, key: Key, record: Record) -> None:
        self.records.add(key)
        claim = Claim(key, record.rev, "", record.row_id() if record.rows() or record.names() else "")
        for name, row in record.rows().items():
            place = row_key(name, record.created_at, claim.id)
            self.wanted_rows[place] = claim._replace(value=to_json(row).decode())
        for name in record.names():
            self.wanted_names.setdefault(name, []).append(claim._replace(value=claim.id))
        for counter in record.counters().items():
            self.wanted_counts[counter] += 1
        for attribute in record.counted:
            self.counts[key, attribute] = getattr(record, attribute)
        for parent in record.parents():
            self.wanted_pulses.setdefault(parent, []).append(key)
        arguments = getattr(record, "arguments", None)
        if isinstance(arguments, dict):  # a job
            self.draining.update(arguments.get("partitions", ()))

    def _made(self, record: Record) -> Item:
        record.created_at = record.updated_at = self.now
        return {**record.serialize(), "rev": {"N": "1"}}

    def findings(self) -> Iterator[Finding]:
        """Everything that disagrees, totals apart."""
        yield from self._pulses()
        yield from self._names()
        yield from self._rows()
        yield from self._counts()
        for key in self.unknown:
            yield Finding("an item that is no record of ours", key)

    def _pulses(self) -> Iterator[Finding]:
        for pk, members in self.wanted_pulses.items():
            if pk in self.pulses or pk in self.draining:
                continue
            key = Key(pk, keys.PULSE)
            if Key(pk) in self.records:
                pulse = self._made(Pulse(pk=pk, sk=keys.PULSE))
                yield _finding("a parent without its pulse", key, "", [_put(pulse, new=True)])
            else:
                for member in members:
                    yield Finding("left behind by a parent that is gone", member, pk)
        for pk, beat in self.pulses.items():
            if Key(pk) not in self.records:
                same = _condition("beat = :seen", {":seen": {"N": str(beat)}})
                yield _finding(
                    "a pulse of no parent", Key(pk, keys.PULSE), "", [_delete(Key(pk, keys.PULSE), same)]
                )

    def _names(self) -> Iterator[Finding]:
        for name, claims in self.wanted_names.items():
            holder, claim = self.names.get(name), claims[0]
            if len(claims) > 1:
                yield Finding(
                    "a name that several records have", Key(name), ", ".join(sorted(one.id for one in claims))
                )
            elif holder is None:
                held = self._made(Reservation(pk=name, holder=claim.id))
                yield _finding(
                    "a name that is not reserved", Key(name), claim.id, [_still(claim), _put(held, new=True)]
                )
            elif holder != claim.id:
                held = self._made(Reservation(pk=name, holder=claim.id))
                yield _finding(
                    "a name reserved for another than its record",
                    Key(name),
                    f"{holder}, not {claim.id}",
                    [_still(claim), _put(held, _condition("holder = :seen", {":seen": {"S": holder}}))],
                )
        for name, holder in self.names.items():
            if name not in self.wanted_names:
                same = _condition("holder = :seen", {":seen": {"S": holder}})
                yield _finding("a reserved name of no record", Key(name), holder, [_delete(Key(name), same)])

    def _rows(self) -> Iterator[Finding]:
        for key, claim in self.wanted_rows.items():
            found = self.rows.get(key)
            row = {**_key(key), "id": {"S": claim.id}, "f": {"S": claim.value}}
            if found is None:
                yield _finding(
                    "a row that is missing",
                    key,
                    claim.id,
                    [_still(claim), _put(row, new=True), _beat(key.pk)],
                )
            elif found[0] != claim.id or json.loads(found[1]) != json.loads(claim.value):
                same = _condition("f = :seen", {":seen": {"S": found[1]}})
                yield _finding(
                    "a row that says otherwise than its record",
                    key,
                    claim.id,
                    [_still(claim), _put(row, same), _beat(key.pk)],
                )
        for key, (row_id, fields) in self.rows.items():
            if key not in self.wanted_rows:
                same = _condition("f = :seen", {":seen": {"S": fields}})
                yield _finding("a row of no record", key, row_id, [_delete(key, same), _beat(key.pk)])

    def _counts(self) -> Iterator[Finding]:
        for (key, attribute), seen in self.counts.items():
            wanted = self.wanted_counts[key, attribute]
            if seen != wanted:
                update = _update(
                    key,
                    "SET #n = :wanted",
                    "#n = :seen",
                    {"#n": attribute},
                    {":wanted": wanted, ":seen": seen},
                )
                yield _finding(
                    "a count that is wrong", key, f"{attribute} is {seen}, should be {wanted}", [update]
                )


def findings() -> list[Finding]:
    """What disagrees. Reads the whole table twice, a trip a megabyte."""
    _load_records()
    now = clock.now_ms()
    first, second = Reading(now), Reading(now)
    told = set(first.findings())
    found = [finding for finding in second.findings() if finding in told]
    lists = sorted(second.totals.keys() | {key.pk for key in second.rows})
    sizes = Counter(key.pk for key in second.rows)
    suspicious = [pk for pk in lists if second.totals.get(pk, 0) != sizes[pk]]
    return found + [finding for pk in suspicious if (finding := _total(pk)) is not None]


def _total(pk: str) -> Finding | None:
    """Whether a list's total is wrong: its rows are counted again until none changed meanwhile, which its
    beat tells."""
    key = Key(pk, keys.PULSE)
    for _ in range(COUNTINGS):
        before = table.get_item(key) or {}
        number = sum(1 for _ in table.query_items(pk, "R#"))
        if before == (table.get_item(key) or {}):
            break
    else:
        return None  # written to all the time: whoever asks again will see
    total = _number(before, "total")
    if total == number:
        return None
    if "beat" in before:  # it has moved with every change of a row since the list began
        values = {":wanted": number, ":beat": _number(before, "beat"), ":one": 1}
        action = _update(key, "SET #t = :wanted ADD beat :one", "beat = :beat", {"#t": "total"}, values)
    else:
        unchanged = {"ConditionExpression": "attribute_not_exists(beat)"}
        action = _put({**_key(key), "total": {"N": str(number)}, "beat": {"N": "1"}}, unchanged)
    return _finding("a total that is wrong", key, f"{total}, but there are {number} rows", [action])


def mend(found: Iterable[Finding]) -> list[Finding]:
    """Mend what can be mended; what could not be, because it changed meanwhile or needs a decision."""
    from botocore.exceptions import ClientError

    left = []
    for finding in found:
        actions = json.loads(finding.actions)
        if not actions:
            left.append(finding)
            continue
        try:
            dispatch("TransactWriteItems", {"TransactItems": actions})
        except ClientError as error:
            if error.response["Error"]["Code"] != "TransactionCanceledException":
                raise
            left.append(finding)
    return left


def main() -> int:
    """The command; its exit code."""
    parser = argparse.ArgumentParser(prog="python -m chalicelib.storage.check", description=__doc__)
    parser.add_argument("--repair", action="store_true", help="mend what disagrees")
    repair = parser.parse_args().repair
    found = findings()
    for finding in found:
        print(finding)
    if repair and found:
        mend(found)
        # rows that were mended may have set totals right, or wrong: look, and mend those too
        mend(findings())
        found = findings()
        print(f"{len(found)} disagreements are left." if found else "Everything agrees now.")
        for finding in found:
            print(finding)
    elif not found:
        print("Everything agrees.")
    return 1 if found else 0


def _load_records() -> None:
    """Every kind of record must be known, lest it be taken for an item that is none."""
    package = Path(__file__).resolve().parents[1]
    for file in sorted(package.rglob("records.py")):
        importlib.import_module(".".join((package.name, *file.relative_to(package).with_suffix("").parts)))


def _items() -> Iterator[Item]:
    arguments: Item = {"TableName": settings().table, "ConsistentRead": True}
    while True:
        answer = dispatch("Scan", arguments)
        yield from answer.get("Items", [])
        if "LastEvaluatedKey" not in answer:
            return
        arguments["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def _number(item: Item, name: str) -> int:
    return int(item.get(name, {}).get("N", "0"))


# the writes of a mending


def _finding(what: str, key: Key, detail: str, actions: list[Action]) -> Finding:
    name = settings().table
    for action in actions:
        for arguments in action.values():
            arguments["TableName"] = name
    return Finding(what, key, detail, json.dumps(actions))


def _key(key: Key) -> Item:
    return {"pk": {"S": key.pk}, "sk": {"S": key.sk}}


def _condition(text: str, values: Item) -> Item:
    return {"ConditionExpression": text, "ExpressionAttributeValues": values}


def _put(item: Item, condition: Item | None = None, *, new: bool = False) -> Action:
    return {
        "Put": {
            "Item": item,
            **({"ConditionExpression": "attribute_not_exists(pk)"} if new else condition or {}),
        }
    }


def _delete(key: Key, condition: Item) -> Action:
    return {"Delete": {"Key": _key(key), **condition}}


def _still(claim: Claim) -> Action:
    """The record says it still."""
    condition = _condition("rev = :rev", {":rev": {"N": str(claim.rev)}})
    return {"ConditionCheck": {"Key": _key(claim.record), **condition}}


def _beat(pk: str) -> Action:
    """A list's beat goes up with every change of its rows; how many there are is counted afterwards."""
    return _update(Key(pk, keys.PULSE), "ADD beat :one", None, {}, {":one": 1})


def _update(
    key: Key, update: str, condition: str | None, names: dict[str, str], values: dict[str, int]
) -> Action:
    arguments: Item = {
        "Key": _key(key),
        "UpdateExpression": update,
        "ExpressionAttributeValues": {name: {"N": str(value)} for name, value in values.items()},
    }
    if names:
        arguments["ExpressionAttributeNames"] = names
    if condition is not None:
        arguments["ConditionExpression"] = condition
    return {"Update": arguments}


if __name__ == "__main__":
    sys.exit(main())
