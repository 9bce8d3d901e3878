"""Wire models of APIs as a portal shows them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from chalicelib.catalog.versions.published_schemas import PublishedSpecType
from chalicelib.catalog.versions.schemas import SpecType
from chalicelib.http.models import ABSENT, Out
from chalicelib.http.types import Slug, Time, Uuid, Visibility


class Ttl(Out):
    """How long a key lives."""

    value: Annotated[int, Field(ge=1)]
    unit: Literal["days", "weeks", "years"]


class KeyAuth(Out):
    """A strategy of API keys."""

    id: Uuid
    name: str
    credential_type: Literal["key_auth"]
    key_names: list[str]
    ttl: Ttl = ABSENT


class ClientCredentials(Out):
    """A strategy of OpenID Connect."""

    id: Uuid
    name: str
    credential_type: Literal["client_credentials", "self_managed_client_credentials"]
    auth_methods: list[str]
    available_scopes: list[str] = ABSENT


class PublishedSpec(Out):
    """A specification of an API."""

    id: Uuid
    type: SpecType


class PublishedCurrent(Out):
    """The version that an API's `version` names."""

    id: Uuid
    spec: PublishedSpecType


class PublishedApi(Out):
    """An API at a portal."""

    id: Uuid
    created_at: Time
    updated_at: Time
    name: str
    version: str | None
    description: str | None
    visibility: Visibility
    slug: Slug
    auth_strategies: list[KeyAuth | ClientCredentials]
    specifications: list[PublishedSpec]
    current_version_summary: PublishedCurrent | None
    attributes: dict[str, list[str]]


class Actions(Out):
    """What a viewer may do with an API."""

    view: bool
    register_: Annotated[bool, Field(alias="register")]
    view_documentation: bool


class ActionsOut(Out):
    """What a viewer may do with an API."""

    actions: Actions
