"""Wire models of attributes: what APIs have in common, as lists of values with counts."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, WithJsonSchema

from chalicelib.http.models import ABSENT, Out
from chalicelib.http.types import Time, Uuid

Key = Annotated[str, WithJsonSchema({"type": "string", "maxLength": 128, "format": "^[a-z0-9-_]{0,128}$"})]
Value = Annotated[str, Field(min_length=1, max_length=512, pattern=r"^[^,<>]*$")]


class Counted(Out):
    """A value, and how many APIs have it."""

    value: Value
    api_count: int


class AttributeOut(Out):
    """A key, and what APIs have under it. The times are the earliest and latest of those APIs."""

    id: Uuid
    key: Key
    values: list[Counted]
    created_at: Time
    updated_at: Time


class Facet(Out):
    """A value at a portal; `selected_api_count` where the caller selected values."""

    value: str
    api_count: int
    selected_api_count: int = ABSENT


class FacetOut(Out):
    """A key, and what visible APIs have under it."""

    key: str
    values: list[Facet]
