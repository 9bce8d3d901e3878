"""Wire models of webhooks: what the contracts have, and the older form with the destination in it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import WithJsonSchema

from chalicelib.audit.destinations.schemas import Endpoint, LogFormat, Secret
from chalicelib.http.models import ABSENT, Open, Out
from chalicelib.http.types import Time, Uuid


class UpdateWebhook(Open):
    """Only what is sent is changed."""

    audit_log_destination_id: Uuid = ABSENT
    enabled: bool = False


class WebhookOut(Out):
    """Where the organisation's events go. Without a destination its id is empty."""

    audit_log_destination_id: Annotated[
        str, WithJsonSchema({"type": "string", "anyOf": [{"format": "uuid"}, {"const": ""}]})
    ]
    enabled: bool


class PortalWebhookOut(Out):
    """Where a portal's logins go. Without a destination its id is absent."""

    audit_log_destination_id: Uuid = ABSENT
    enabled: bool = False


class StatusOut(Out):
    """What is configured and how the last attempt ended. What was never attempted has no `last_…`."""

    webhook_status: Literal["active", "inactive"] = ABSENT
    webhook_enabled: bool = ABSENT
    last_attempt_at: Time = ABSENT
    last_response_code: int = ABSENT
    last_response_message: str = ABSENT


class UpdateOlderWebhook(Open):
    """The webhook with its destination in one, as older clients send it: what they leave out they send as
    null."""

    endpoint: Endpoint | None = None
    authorization: Secret | None = None
    enabled: bool | None = None
    log_format: LogFormat | None = None
    skip_ssl_verification: bool | None = None


class OlderWebhookOut(Out):
    """The webhook with its destination in one. Without a destination the endpoint is `unconfigured`."""

    endpoint: str
    enabled: bool
    log_format: LogFormat
    skip_ssl_verification: bool
    updated_at: Time
