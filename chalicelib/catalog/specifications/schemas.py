"""Wire models of specifications: versions, under the deprecated paths."""

from __future__ import annotations

from chalicelib.catalog.versions.schemas import Message, SpecType
from chalicelib.http.models import ABSENT, Closed, Out, ReadOnly
from chalicelib.http.types import Time, Uuid


class _SpecificationIn(Closed):
    id: ReadOnly
    validation_messages: ReadOnly
    created_at: ReadOnly
    updated_at: ReadOnly
    #: what the content says of itself counts
    type: SpecType = ABSENT


class CreateSpecification(_SpecificationIn):
    """A new specification."""

    content: str


class UpdateSpecification(_SpecificationIn):
    """A new content."""

    content: str = ABSENT


class SpecificationOut(Out):
    """A specification."""

    id: Uuid
    content: str
    type: SpecType
    validation_messages: list[Message]
    created_at: Time
    updated_at: Time


class SpecificationItem(Out):
    """A specification in a list."""

    id: Uuid
    type: SpecType
    created_at: Time
    updated_at: Time
