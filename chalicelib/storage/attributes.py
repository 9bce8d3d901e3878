"""The attributes that records have: PynamoDB's, with accesses as quick as a dict's.

PynamoDB asks at every access whether it is inside a map; records have no maps, and a request reads some sixty
attributes.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic_core import from_json
from pynamodb import attributes
from pynamodb.attributes import Attribute

T = TypeVar("T")


class _Plain(Attribute[T]):
    _name: str

    def __set_name__(self, owner: type[Any], name: str) -> None:
        super().__set_name__(owner, name)
        self._name = name

    if not TYPE_CHECKING:  # for types, as PynamoDB declares them

        def __get__(self, instance, owner):
            return self if instance is None else instance.attribute_values.get(self._name)

        def __set__(self, instance, value):
            instance.attribute_values[self._name] = value


class UnicodeAttribute(_Plain[str], attributes.UnicodeAttribute):
    """Text."""


class BooleanAttribute(_Plain[bool], attributes.BooleanAttribute):
    """True or false."""


class BinaryAttribute(_Plain[bytes], attributes.BinaryAttribute):
    """Bytes."""


class JSONAttribute(_Plain[Any], attributes.JSONAttribute):
    """Anything that JSON can say, stored as text."""

    def deserialize(self, value: str) -> Any:
        try:
            return from_json(value)  # a third of the time
        except ValueError:  # halves of surrogate pairs, which JSON's own reader takes
            return json.loads(value)


class Integer(_Plain[int]):
    """A whole number (PynamoDB's own number reads 3 as int but types it float)."""

    attr_type = "N"

    def serialize(self, value: Any) -> str:
        return str(int(value))

    def deserialize(self, value: Any) -> int:
        return int(value)


#: the kinds whose values are stored as they are
AS_IT_IS = (UnicodeAttribute, BooleanAttribute)
