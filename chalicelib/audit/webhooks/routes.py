"""Webhooks: /v3/audit-log-webhook, its older form below /v2, and a portal's."""

from __future__ import annotations

from chalicelib.access.roles import Permission
from chalicelib.audit.records import ORGANIZATION
from chalicelib.audit.webhooks import service
from chalicelib.audit.webhooks.schemas import (
    OlderWebhookOut,
    PortalWebhookOut,
    StatusOut,
    UpdateOlderWebhook,
    UpdateWebhook,
    WebhookOut,
)
from chalicelib.http.operation import Id, operation

OWNER, PORTALS = Permission.MANAGE_ORGANIZATION, Permission.MANAGE_PORTALS
V3, V2 = "/v3/audit-log-webhook", "/v2/audit-log-webhook"
PORTAL = "/v3/portals/{portalId}/audit-log-webhook"


@operation("get-audit-logs-webhook", "GET", V3, allow=OWNER, errors=(401, 403, 404))
def get_webhook() -> WebhookOut:
    """Get the organisation's audit log webhook"""
    return service.show(service.get(ORGANIZATION))


@operation("update-audit-logs-webhook", "PATCH", V3, allow=OWNER, errors=(400, 401, 403, 404))
def update_webhook(body: UpdateWebhook) -> WebhookOut:
    """Update the organisation's audit log webhook"""
    return service.show(service.update(ORGANIZATION, body))


@operation("delete-audit-logs-webhook", "DELETE", V3, allow=OWNER, errors=(401, 403, 404, 409))
def delete_webhook() -> None:
    """Leave the organisation's audit log webhook without a destination, disabled"""
    service.delete(ORGANIZATION)


@operation("v2-get-audit-log-webhook-status", "GET", V2 + "/status", allow=OWNER, errors=(401, 403))
@operation("get-audit-logs-webhook-status", "GET", V3 + "/status", allow=OWNER, errors=(401, 403))
def get_status() -> StatusOut:
    """Get how the organisation's audit log webhook does"""
    return service.status(ORGANIZATION)


@operation("v2-get-audit-log-webhook", "GET", V2, allow=OWNER, errors=(401, 403))
def get_older_webhook() -> OlderWebhookOut:
    """Get the organisation's audit log webhook with its destination"""
    return service.get_older()


@operation("v2-update-audit-log-webhook", "PATCH", V2, allow=OWNER, errors=(400, 401, 403))
def update_older_webhook(body: UpdateOlderWebhook) -> OlderWebhookOut:
    """Update the organisation's audit log webhook and its destination"""
    return service.update_older(body)


@operation("get-portal-audit-log-webhook", "GET", PORTAL, allow=PORTALS, errors=(401, 403, 404))
def get_portal_webhook(portal_id: Id) -> PortalWebhookOut:
    """Get a portal's audit log webhook"""
    return service.show_portal(service.get(portal_id))


@operation("update-portal-audit-log-webhook", "PATCH", PORTAL, allow=PORTALS, errors=(400, 401, 403, 404))
def update_portal_webhook(portal_id: Id, body: UpdateWebhook) -> PortalWebhookOut:
    """Update a portal's audit log webhook"""
    return service.show_portal(service.update(portal_id, body))


@operation("delete-portal-audit-log-webhook", "DELETE", PORTAL, allow=PORTALS, errors=(401, 403, 404, 409))
def delete_portal_webhook(portal_id: Id) -> None:
    """Leave a portal's audit log webhook without a destination, disabled"""
    service.delete(portal_id)


@operation(
    "get-portal-audit-log-webhook-status", "GET", PORTAL + "/status", allow=PORTALS, errors=(401, 403, 404)
)
def get_portal_status(portal_id: Id) -> StatusOut:
    """Get how a portal's audit log webhook does"""
    return service.status(portal_id)
