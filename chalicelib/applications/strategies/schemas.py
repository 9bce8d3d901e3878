"""Wire models of application auth strategies."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from chalicelib.http.models import ABSENT, Out
from chalicelib.http.types import Labels, Time, Uuid

StrategyName = Annotated[str, Field(min_length=1, max_length=256)]
StrategyDisplayName = Annotated[str, Field(max_length=256)]
StrategyType = Literal["key_auth", "openid_connect"]


class TimeToLive(Out):
    """How long a key lives at most."""

    value: Annotated[int, Field(ge=1)]
    unit: Literal["days", "weeks", "years"]


class KeyAuth(Out):
    """Keys in a header of one of these names."""

    key_names: Annotated[list[Annotated[str, Field(max_length=256)]], Field(min_length=1, max_length=10)] = (
        ABSENT
    )
    ttl: TimeToLive = ABSENT


class OpenIdConnect(Out):
    """Tokens of an identity provider; more settings of the gateway may stand beside these."""

    model_config = ConfigDict(extra="allow")

    issuer: Annotated[str, Field(max_length=256, json_schema_extra={"format": "url"})]
    credential_claim: Annotated[list[Annotated[str, Field(max_length=128)]], Field(max_length=10)]
    scopes: Annotated[list[Annotated[str, Field(max_length=128)]], Field(max_length=50)]
    auth_methods: Annotated[list[Annotated[str, Field(max_length=64)]], Field(max_length=10)]


class Configs(Out):
    """The settings of the strategy's type."""

    key_auth: Annotated[KeyAuth, Field(alias="key-auth")] = ABSENT
    openid_connect: Annotated[OpenIdConnect, Field(alias="openid-connect")] = ABSENT


class DcrProvider(Out):
    """What registers the applications of a strategy with an identity provider."""

    id: Uuid
    name: str
    display_name: Annotated[str, Field(min_length=1, max_length=256)] = ABSENT
    provider_type: Literal["auth0", "azureAd", "curity", "okta", "http", "kongIdentity"]


class Principals(Out):
    """Whether applications are known to the gateway as principals."""

    enabled: bool


class StrategyOut(Out):
    """How an application proves who it is."""

    id: Uuid
    name: StrategyName
    display_name: StrategyDisplayName
    strategy_type: StrategyType
    configs: Configs
    active: bool
    dcr_provider: DcrProvider | None
    labels: Labels
    created_at: Time
    updated_at: Time
    supports_multiple_credentials: bool
    principals: Principals = ABSENT
