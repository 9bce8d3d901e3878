"""What every record has in common, and the small items that the mechanisms keep beside them.

A record says four things of itself, and `transaction.Transaction` does the rest:
`names()`, the reservations that make its names unique; `rows()`, its row in each list it belongs to;
`counters()`, the counts on other records it is part of; `parents()`, the partitions whose pulses every
change raises (and which must be alive).
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, NamedTuple, Self

from pynamodb.attributes import DiscriminatorAttribute
from pynamodb.connection import Connection
from pynamodb.exceptions import AttributeNullError
from pynamodb.models import Model

from chalicelib import clock
from chalicelib.settings import settings
from chalicelib.storage import aws, keys
from chalicelib.storage.attributes import AS_IT_IS, Integer, UnicodeAttribute

Row = dict[str, Any]
Upgrade = Callable[[dict[str, Any]], dict[str, Any]]

_lock = threading.Lock()
_connection: Connection | None = None


def connection() -> Connection:
    """The process's one DynamoDB connection, shared by all kinds of record (PynamoDB's own way, a client
    for each kind, would cost a cold start 60 ms apiece)."""
    global _connection  # noqa: PLW0603 - made once
    with _lock:
        if _connection is None:
            made = Connection(
                region=settings().region,
                host=settings().endpoint,
                connect_timeout_seconds=3,
                read_timeout_seconds=10,
                max_pool_connections=20,
                retry_configuration={"total_max_attempts": 4, "mode": "standard"},
            )
            aws.count_calls(made.client)
            _connection = made
        return _connection


def dispatch(operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """One DynamoDB call. Raises botocore's ClientError."""
    client: Any = connection().client
    answer: dict[str, Any] = client._make_api_call(operation, arguments)
    return answer


class Field(NamedTuple):
    """One attribute of a kind of record, with what reading and writing an item needs of it. `read` and
    `write` are None where a value is stored as it is."""

    name: str
    stored_as: str
    type: str
    read: Callable[[Any], Any] | None
    write: Callable[[Any], Any] | None
    null: bool
    default: Any


class Record(Model):
    """Base of all records of the table.

    `schema` is the version new records are written in; `upgrades[v]` turns the raw attributes of version v
    into those of v + 1, so that what an older release wrote stays readable. The next save stores the new
    form.
    """

    schema: ClassVar[int] = 1
    upgrades: ClassVar[Mapping[int, Upgrade]] = {}
    #: attributes that other records' `counters` move, without touching `rev`: a change or deletion of this
    #: record is refused (Stale) where one moved since it was read
    counted: ClassVar[tuple[str, ...]] = ()
    #: attributes that decide who sees it: a change may take it from visitors' eyes
    hiding: ClassVar[tuple[str, ...]] = ()

    class Meta:
        # PynamoDB wants a name; ours comes from the settings, at the call (records.dispatch)
        table_name = "portico"

    pk = UnicodeAttribute(hash_key=True)
    sk = UnicodeAttribute(range_key=True, default=keys.SELF)
    kind = DiscriminatorAttribute()
    rev = Integer(null=True)
    sv = Integer(default=1)
    created_at = Integer(default_for_new=clock.now_ms)
    updated_at = Integer(default_for_new=clock.now_ms)

    _raw: dict[str, Any] | None = None
    _read: dict[str, Any]
    _fields: ClassVar[tuple[Field, ...] | None] = None
    _stored: ClassVar[tuple[dict[str, Field], list[tuple[str, Any]]] | None] = None

    @property
    def key(self) -> keys.Key:
        return keys.Key(self.pk, self.sk)

    def names(self) -> dict[str, str]:
        """Reservations this record holds: key of the reservation → what a taker is told (409)."""
        return {}

    def rows(self) -> dict[str, Row]:
        """Its row in each list: list name → fields. `id` and `created_at` are added by the list."""
        return {}

    def row_id(self) -> str:
        """What identifies it in a list: the contract's id."""
        identifier: str = self.id  # type: ignore[attr-defined]
        return identifier

    def counters(self) -> dict[keys.Key, str]:
        """Counts on other records that it is part of: key of such a record → its attribute."""
        return {}

    def sealed(self) -> dict[str, str]:
        """What it holds encrypted (storage/secrets.py): ciphertext → purpose. A restore into another
        installation encrypts these anew."""
        return {}

    def parents(self) -> tuple[str, ...]:
        """The partitions whose pulses every change of this record raises, and which must be alive."""
        return ()

    @classmethod
    def of_item(cls, data: dict[str, Any]) -> Self:
        """The record of a raw item of this very class, brought to the present schema."""
        version = int(data.get("sv", {}).get("N", "1"))
        while version < cls.schema:
            data = cls.upgrades[version](data)
            version += 1
        record: Self = object.__new__(cls)
        record.attribute_values = values = {}
        stored, defaults = cls.stored()
        for stored_as, found in data.items():
            field = stored.get(stored_as)
            if field is not None:
                value = found.get(field.type)  # a null is of another type
                if value is not None:
                    values[field.name] = value if field.read is None else field.read(value)
        for name, default in defaults:
            if name not in values:
                values[name] = default() if callable(default) else default
        record.is_stored_as(data)
        return record

    def is_stored_as(self, item: dict[str, Any]) -> None:
        """Remember what the table holds, so that a later change knows what it changes (`before`)."""
        self._raw = item
        self._read = self.attribute_values.copy()

    @classmethod
    def fields(cls) -> tuple[Field, ...]:
        """Its attributes, looked up once: reading and writing items by PynamoDB's own loops, which look at
        every attribute's descriptor each time, took a third of a warm request."""
        found = cls.__dict__.get("_fields")
        if found is None:
            found = cls._fields = tuple(
                Field(
                    name,
                    one.attr_name,
                    one.attr_type,
                    None if isinstance(one, AS_IT_IS) else one.deserialize,
                    None if isinstance(one, AS_IT_IS) else one.serialize,
                    one.null,
                    one.default,
                )
                for name, one in cls.get_attributes().items()
            )
        return found

    @classmethod
    def stored(cls) -> tuple[dict[str, Field], list[tuple[str, Any]]]:
        """Its attributes by the names they are stored under, and the defaults of what is missing."""
        found = cls.__dict__.get("_stored")
        if found is None:
            fields = cls.fields()
            found = cls._stored = (
                {one.stored_as: one for one in fields},
                [(one.name, one.default) for one in fields if one.default is not None],
            )
        return found

    def serialize(self, null_check: bool = True) -> dict[str, dict[str, Any]]:
        """The item as it is stored. Raises AttributeNullError where a value is missing."""
        item: dict[str, dict[str, Any]] = {}
        values = self.attribute_values
        for name, stored_as, type_, _, write, null, _ in self.fields():
            value = values.get(name)
            if value is not None:
                item[stored_as] = {type_: value if write is None else write(value)}
            elif null_check and not null:
                raise AttributeNullError(name)
        return item

    def before(self) -> Self:
        """This record as it was read, whatever has been changed on the instance since."""
        assert self._raw is not None, "a record that was never read has no before"
        record: Self = object.__new__(type(self))
        record.attribute_values = values = self._read.copy()
        for one in self.fields():
            # what may have been changed in place is read again
            if values.get(one.name).__class__ in (dict, list) and one.read and one.stored_as in self._raw:
                values[one.name] = one.read(self._raw[one.stored_as][one.type])
        record._raw = self._raw
        return record


class Pulse(Record, discriminator="pulse"):
    """Beats once for every change inside a partition: `beat` for caches, `tree` for the shape of its tree.

    It exists exactly as long as its parent lives: children are written on condition that it is there, so
    that none slips in while the parent is being deleted.
    """

    beat = Integer(default=0)
    tree = Integer(default=0)


class Reservation(Record, discriminator="reservation"):
    """Holds a name, a slug or a host: whoever writes it first owns it. `holder` is the owner's id."""

    holder = UnicodeAttribute()
