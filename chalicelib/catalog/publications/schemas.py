"""Wire models of publications."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from chalicelib.http.models import Closed, Out, ReadOnly
from chalicelib.http.types import Time, Uuid, Visibility

StrategyIds = Annotated[list[Uuid], Field(min_length=1, max_length=1)]
EntityType = Literal["api", "api_package"]


class PutPublication(Closed):
    """How an API is published: what is left out follows the portal's defaults."""

    auto_approve_registrations: bool = False
    auth_strategy_ids: StrategyIds | None = None
    visibility: Visibility = "private"
    warnings: ReadOnly
    created_at: ReadOnly
    updated_at: ReadOnly


class _Publication(Out):
    auto_approve_registrations: bool
    auth_strategy_ids: StrategyIds | None
    visibility: Visibility
    warnings: list[str] = Field(default_factory=list)
    created_at: Time
    updated_at: Time


class PublicationOut(_Publication):
    """An API at a portal."""


class PublicationItem(_Publication):
    """An entry of the list of all publications."""

    api_id: Uuid
    portal_id: Uuid
    entity_type: EntityType


class PortalPublicationItem(_Publication):
    """An entry of a portal's list of publications."""

    api_id: Uuid
    portal_ids: list[Uuid]
    entity_type: EntityType
