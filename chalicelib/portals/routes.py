"""/v3/portals"""

from __future__ import annotations

from chalicelib.access.roles import Permission
from chalicelib.http.filters import BOOLEAN, ID, TEXT, Listing
from chalicelib.http.operation import Id, operation
from chalicelib.portals import service
from chalicelib.portals.schemas import CreatePortal, PortalOut, UpdatePortal
from chalicelib.storage.lists import Page, Query

PORTALS = Listing(
    filters={
        "id": ID,
        "name": TEXT,
        "description": TEXT,
        "authentication_enabled": BOOLEAN,
        "rbac_enabled": BOOLEAN,
        "default_api_visibility": TEXT,
        "default_page_visibility": TEXT,
        "default_application_auth_strategy_id": ID,
        "auto_approve_developers": BOOLEAN,
        "auto_approve_applications": BOOLEAN,
        "default_domain": TEXT,
        "canonical_domain": TEXT,
    },
    sort=(
        "name",
        "description",
        "authentication_enabled",
        "rbac_enabled",
        "auto_approve_applications",
        "auto_approve_developers",
        "default_domain",
        "canonical_domain",
        "created_at",
        "updated_at",
    ),
)


@operation(
    "list-portals", "GET", "/v3/portals", allow=Permission.VIEW, listing=PORTALS, errors=(400, 401, 403)
)
def list_portals(query: Query) -> Page[PortalOut]:
    """List portals"""
    return service.page(query)


@operation(
    "create-portal",
    "POST",
    "/v3/portals",
    allow=Permission.MANAGE_PORTALS,
    errors=(400, 401, 403, 409, 503),
)
def create_portal(body: CreatePortal) -> PortalOut:
    """Create a portal"""
    return service.create(body)


@operation("get-portal", "GET", "/v3/portals/{portalId}", allow=Permission.VIEW, errors=(401, 403, 404))
def get_portal(portal_id: Id) -> PortalOut:
    """Get a portal"""
    return service.get(portal_id)


@operation(
    "update-portal",
    "PATCH",
    "/v3/portals/{portalId}",
    allow=Permission.MANAGE_PORTALS,
    errors=(400, 401, 403, 404, 409),
)
def update_portal(portal_id: Id, body: UpdatePortal) -> PortalOut:
    """Update a portal"""
    return service.update(portal_id, body)


@operation(
    "delete-portal",
    "DELETE",
    "/v3/portals/{portalId}",
    allow=Permission.MANAGE_PORTALS,
    errors=(400, 401, 403, 404, 409),
)
def delete_portal(portal_id: Id, force: bool = False) -> None:
    """Delete a portal with everything under it"""
    service.delete(portal_id, force=force)
