"""Reading records: by exact key, many keys at once, a whole partition. Always strongly consistent."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

from chalicelib.settings import settings
from chalicelib.storage import keys
from chalicelib.storage.records import Record, dispatch

R = TypeVar("R", bound=Record)
Item = dict[str, Any]

#: DynamoDB's own limit of one BatchGetItem
BATCH = 100


def _key(key: keys.Key) -> Item:
    return {"pk": {"S": key.pk}, "sk": {"S": key.sk}}


def get_item(key: keys.Key) -> Item | None:
    """The raw item under a key. One trip."""
    found = dispatch(
        "GetItem", {"TableName": settings().table, "Key": _key(key), "ConsistentRead": True}
    ).get("Item")
    return found or None


def get(kind: type[R], key: keys.Key) -> R | None:
    """The record under a key, None if there is none of this kind. One trip."""
    item = get_item(key)
    return decode(kind, item) if item else None


def decode(kind: type[R], item: Item) -> R | None:
    """The record of a raw item, None if it is of another kind."""
    discriminator: Any = Record.kind
    try:
        found = discriminator.deserialize(item.get("kind", {}).get("S"))
    except ValueError:  # no record at all, or of a module that is not loaded
        return None
    return found.of_item(item) if issubclass(found, kind) else None


def get_items(wanted: Sequence[keys.Key]) -> dict[keys.Key, Item]:
    """The raw items under these keys, as far as they exist. One trip a hundred."""
    found: dict[keys.Key, Item] = {}
    unique = list(dict.fromkeys(wanted))
    for start in range(0, len(unique), BATCH):
        left: list[Item] = [_key(key) for key in unique[start : start + BATCH]]
        while left:
            table = settings().table
            answer = dispatch(
                "BatchGetItem", {"RequestItems": {table: {"Keys": left, "ConsistentRead": True}}}
            )
            for item in answer.get("Responses", {}).get(table, []):
                found[keys.Key(item["pk"]["S"], item["sk"]["S"])] = item
            left = answer.get("UnprocessedKeys", {}).get(table, {}).get("Keys", [])
    return found


def get_many(kind: type[R], wanted: Sequence[keys.Key]) -> list[R]:
    """The records under these keys in their order; missing ones are left out. One trip a hundred."""
    if not wanted:
        return []
    found = get_items(wanted)
    records = (decode(kind, found[key]) for key in wanted if key in found)
    return [record for record in records if record is not None]


def query_items(
    pk: str, begins: str = "", *, newest_first: bool = False, limit: int | None = None
) -> Iterator[Item]:
    """The raw items of a partition in order of sk. A trip a megabyte; at most `limit` items are read."""
    arguments: Item = {
        "TableName": settings().table,
        "ConsistentRead": True,
        "KeyConditionExpression": "pk = :pk",
        "ExpressionAttributeValues": {":pk": {"S": pk}},
        "ScanIndexForward": not newest_first,
    }
    if begins:
        arguments["KeyConditionExpression"] += " AND begins_with(sk, :sk)"
        arguments["ExpressionAttributeValues"][":sk"] = {"S": begins}
    left = limit
    while True:
        if left is not None:
            arguments["Limit"] = left
        answer = dispatch("Query", arguments)
        items = answer.get("Items", [])
        yield from items
        if left is not None:
            left -= len(items)
        if "LastEvaluatedKey" not in answer or (left is not None and left <= 0):
            return
        arguments["ExclusiveStartKey"] = answer["LastEvaluatedKey"]


def query(kind: type[R], pk: str, begins: str = "") -> list[R]:
    """The records of this kind in a partition, in order of sk."""
    records = (decode(kind, item) for item in query_items(pk, begins))
    return [record for record in records if record is not None]


class Partition:
    """A parent's whole partition, read in one go: ask it for the kinds wanted."""

    def __init__(self, items: Iterable[Item]) -> None:
        self._items = {item["sk"]["S"]: item for item in items}

    @classmethod
    def read(cls, pk: str) -> Partition:
        """One trip a megabyte.

        Read backwards: the pulse comes first, so that it is never newer than what is decided on by it.
        """
        return cls(reversed(list(query_items(pk, newest_first=True))))

    def __len__(self) -> int:
        return len(self._items)

    def one(self, kind: type[R], sk: str = keys.SELF) -> R | None:
        """The record of this kind under this sk."""
        item = self._items.get(sk)
        return decode(kind, item) if item else None

    def all(self, kind: type[R]) -> list[R]:
        """All records of this kind, in order of sk."""
        records = (decode(kind, item) for item in self._items.values())
        return [record for record in records if record is not None]
