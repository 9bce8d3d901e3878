"""/v3/portals/{portalId}/integrations

Writing is for whoever manages portals: an integration runs scripts of others on every page.
"""

from __future__ import annotations

from chalicelib.access.roles import Permission
from chalicelib.http.operation import Id, operation
from chalicelib.portals.integrations import service
from chalicelib.portals.integrations.schemas import IntegrationsIn, IntegrationsOut, UpdateIntegrations

#: they are stored in one record, which has at most 400,000 bytes and may need six for a character
LIMIT = 128 * 1024


@operation(
    "get-portal-integrations",
    "GET",
    "/v3/portals/{portalId}/integrations",
    allow=Permission.VIEW,
    errors=(401, 403, 404),
)
def get_integrations(portal_id: Id) -> IntegrationsOut:
    """Get a portal's integrations"""
    return service.get(portal_id)


@operation(
    "upsert-portal-integrations",
    "PUT",
    "/v3/portals/{portalId}/integrations",
    allow=Permission.MANAGE_PORTALS,
    limit=LIMIT,
)
def replace_integrations(portal_id: Id, body: IntegrationsIn) -> IntegrationsOut:
    """Replace a portal's integrations"""
    return service.replace(portal_id, body)


@operation(
    "update-portal-integrations",
    "PATCH",
    "/v3/portals/{portalId}/integrations",
    allow=Permission.MANAGE_PORTALS,
    limit=LIMIT,
)
def update_integrations(portal_id: Id, body: UpdateIntegrations) -> IntegrationsOut:
    """Update a portal's integrations"""
    return service.update(portal_id, body)
