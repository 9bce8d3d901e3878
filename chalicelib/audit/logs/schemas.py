"""Wire models of stored events."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from chalicelib.http.models import ABSENT, Out
from chalicelib.http.types import Time

Outcome = Literal[
    "invalid", "success", "not_found", "invalid_password", "locked", "disabled", "token_expired"
]
Kind = Literal["invalid", "basic", "sso", "pat", "spat", "google", "github", "windowslive", "federated"]


class AuthenticationLog(Out):
    """An attempt to prove an identity."""

    type: Literal["authentication"]
    successful: bool
    principal_id: str = ABSENT
    signature: str
    org_id: str = ABSENT
    outcome: Outcome
    authentication_type: Kind
    ts: Time
    client_ip: str
    uri: str
    user_agent: str
    trace_id: str
    portal_id: str = ABSENT


class AuthorizationLog(Out):
    """A decision about a permission."""

    type: Literal["authorization"]
    signature: str
    service: str
    resource: str
    action: str
    granted: bool
    org_id: str
    ts: Time
    principal_id: str
    actor_id: str = ABSENT
    client_ip: str = ABSENT
    uri: str = ABSENT
    user_agent: str = ABSENT
    trace_id: str = ABSENT
    portal_id: str = ABSENT


class GatewayAccessLog(Out):
    """A request that may have changed something."""

    type: Literal["gateway_access"]
    ts: Time
    org_id: str
    principal_id: str
    actor_id: str
    client_ip: str
    trace_id: str
    user_agent: str
    method: str
    uri: str
    query: str
    status_code: Annotated[int, Field(json_schema_extra={"format": "int32"})]
    signature: str
    portal_id: str = ABSENT


AuditLog = AuthorizationLog | GatewayAccessLog | AuthenticationLog
