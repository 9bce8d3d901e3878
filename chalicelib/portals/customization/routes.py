"""/v3/portals/{portalId}/customization"""

from __future__ import annotations

from chalicelib.access.roles import Permission
from chalicelib.http.operation import Id, operation
from chalicelib.portals.customization import service
from chalicelib.portals.customization.schemas import CustomizationIn, CustomizationOut


@operation(
    "get-portal-customization",
    "GET",
    "/v3/portals/{portalId}/customization",
    allow=Permission.VIEW,
    errors=(401, 403, 404),
)
def get_customization(portal_id: Id) -> CustomizationOut:
    """Get a portal's appearance and menus"""
    return service.get(portal_id)


@operation(
    "replace-portal-customization",
    "PUT",
    "/v3/portals/{portalId}/customization",
    allow=Permission.EDIT_CONTENT,
)
def replace_customization(portal_id: Id, body: CustomizationIn) -> CustomizationOut:
    """Replace a portal's appearance and menus"""
    return service.replace(portal_id, body)


@operation(
    "update-portal-customization",
    "PATCH",
    "/v3/portals/{portalId}/customization",
    allow=Permission.EDIT_CONTENT,
)
def update_customization(portal_id: Id, body: CustomizationIn) -> CustomizationOut:
    """Update a portal's appearance and menus"""
    return service.update(portal_id, body)
