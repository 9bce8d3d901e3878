"""Webhooks: which destination the events of the organisation, or the logins of a portal, are sent to."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from chalicelib import clock
from chalicelib.audit.destinations import service as destinations
from chalicelib.audit.records import ORGANIZATION, Destination, Replay, Webhook, partition
from chalicelib.audit.webhooks.schemas import (
    OlderWebhookOut,
    PortalWebhookOut,
    StatusOut,
    UpdateOlderWebhook,
    UpdateWebhook,
    WebhookOut,
)
from chalicelib.errors import Conflict, Invalid, NotFound, Stale
from chalicelib.portals.records import Portal
from chalicelib.storage import keys, table
from chalicelib.storage.intent import expect_revision
from chalicelib.storage.transaction import Transaction, retrying

NEVER = "0001-01-01T00:00:00Z"
UNCONFIGURED = "unconfigured"
#: the name of a destination that came with an older client's webhook
DEFAULT_NAME = "Audit log webhook"


def load(scope: str) -> tuple[Webhook, Replay | None]:
    """A scope's webhook, and its replay if there was one. One trip. Raises NotFound where there is no portal.

    A webhook that was never set has no revision.
    """
    pk = partition(scope)
    items = table.get_items([keys.Key(pk), keys.Key(pk, keys.AUDIT_WEBHOOK), keys.Key(pk, keys.AUDIT_REPLAY)])
    found = table.Partition(items.values())
    if scope != ORGANIZATION and found.one(Portal) is None:
        raise NotFound("There is no portal of this id.")
    webhook = found.one(Webhook, keys.AUDIT_WEBHOOK)
    replay = found.one(Replay, keys.AUDIT_REPLAY)
    return webhook or Webhook(pk=pk, sk=keys.AUDIT_WEBHOOK, scope=scope), replay


def show(webhook: Webhook) -> WebhookOut:
    """The organisation's webhook as the wire has it."""
    return WebhookOut(audit_log_destination_id=webhook.destination_id or "", enabled=webhook.enabled).at(
        webhook.rev or 0
    )


def show_portal(webhook: Webhook) -> PortalWebhookOut:
    """A portal's webhook as the wire has it."""
    destination = (
        {} if webhook.destination_id is None else {"audit_log_destination_id": webhook.destination_id}
    )
    return PortalWebhookOut(enabled=webhook.enabled, **destination).at(webhook.rev or 0)


def get(scope: str) -> Webhook:
    """A scope's webhook. One trip. Raises NotFound where there is no portal."""
    return load(scope)[0]


def update(scope: str, body: UpdateWebhook) -> Webhook:
    """Change what was sent. Three trips.

    Raises NotFound where there is no portal, Invalid for an unknown destination or for enabling without one.
    """

    def apply(webhook: Webhook) -> None:
        if "audit_log_destination_id" in body.model_fields_set:
            if destinations.find(body.audit_log_destination_id) is None:
                raise Invalid.field(
                    "audit_log_destination_id",
                    "there is no audit log destination of this id",
                    "missing_reference",
                )
            _point(webhook, body.audit_log_destination_id)
        if "enabled" in body.model_fields_set:
            webhook.enabled = body.enabled
        if webhook.enabled and webhook.destination_id is None:
            raise Invalid.field("audit_log_destination_id", "cannot be blank", "required")

    return _change(scope, apply)


def delete(scope: str) -> None:
    """Leave the webhook without a destination, disabled. Two trips.

    Raises NotFound where there is no portal, Conflict while a replay is under way.
    """

    def apply(webhook: Webhook) -> None:
        webhook.enabled = False
        _point(webhook, None)

    _change(scope, apply, unless_replaying=True)


def _point(webhook: Webhook, destination_id: str | None) -> None:
    """What is known of attempts is known of another destination."""
    if webhook.destination_id != destination_id:
        webhook.destination_id = destination_id
        webhook.last_attempt_at = webhook.last_attempt_failed = None
        webhook.last_response_code = webhook.last_response_message = None


def _change(scope: str, apply: Callable[[Webhook], None], *, unless_replaying: bool = False) -> Webhook:
    def work() -> Webhook:
        webhook, replay = load(scope)
        expect_revision(webhook.rev or 0)
        if unless_replaying and replay is not None and replay.under_way:
            raise Conflict("Conflict: a replay job is currently running. Wait until it is over.")
        apply(webhook)
        with Transaction() as tx:
            if webhook.rev is None:
                tx.insert(webhook, Stale())
            else:
                tx.update(webhook)
        return webhook

    return retrying(work)


def status(scope: str) -> StatusOut:
    """What is configured, and how the last attempt ended. One trip. Raises NotFound for an unknown portal."""
    webhook = get(scope)
    active = webhook.destination_id is not None and not webhook.last_attempt_failed
    found: dict[str, Any] = {
        "webhook_status": "active" if active else "inactive",
        "webhook_enabled": webhook.enabled,
    }
    if webhook.last_attempt_at is not None:
        found["last_attempt_at"] = clock.rfc3339(webhook.last_attempt_at)
        found["last_response_message"] = webhook.last_response_message or ""
    if webhook.last_response_code is not None:
        found["last_response_code"] = webhook.last_response_code
    return StatusOut(**found)


# the older form


def get_older() -> OlderWebhookOut:
    """The organisation's webhook with its destination. Two trips."""
    webhook = get(ORGANIZATION)
    return _show_older(webhook, destinations.find(webhook.destination_id) if webhook.destination_id else None)


def _show_older(webhook: Webhook, destination: Destination | None) -> OlderWebhookOut:
    changed = [record.updated_at for record in (webhook, destination) if record and record.rev is not None]
    return OlderWebhookOut(
        endpoint=destination.endpoint if destination else UNCONFIGURED,
        enabled=webhook.enabled,
        log_format=destination.log_format if destination else "cef",
        skip_ssl_verification=destination.skip_ssl_verification if destination else False,
        updated_at=clock.rfc3339(max(changed)) if changed else NEVER,
    ).at(webhook.rev or 0)


def update_older(body: UpdateOlderWebhook) -> OlderWebhookOut:
    """Change the organisation's webhook and its destination, which is made where there is none. Five trips.

    Raises Invalid for enabling what has no destination.
    """
    given = body.model_dump(exclude_none=True)
    enabled = given.pop("enabled", None)
    webhook = get(ORGANIZATION)
    expect_revision(webhook.rev or 0)
    made = None
    if webhook.destination_id is None and "endpoint" in given:
        made = destinations.make(name=DEFAULT_NAME, **given).id
    elif webhook.destination_id is not None and given:
        destinations.change(webhook.destination_id, given, as_read=False)

    def apply(found: Webhook) -> None:
        if made is not None:
            _point(found, made)
        if enabled is not None:
            found.enabled = enabled
        if found.enabled and found.destination_id is None:
            raise Invalid.field("endpoint", "cannot be blank", "required")

    webhook = _change(ORGANIZATION, apply)
    return _show_older(webhook, destinations.find(webhook.destination_id) if webhook.destination_id else None)
