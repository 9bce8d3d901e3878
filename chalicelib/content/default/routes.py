"""/v3/portals/{portalId}/default-content"""

from __future__ import annotations

from chalicelib.access.roles import Permission
from chalicelib.content.default import service
from chalicelib.content.default.schemas import DefaultContentOut
from chalicelib.http.operation import Id, operation


@operation(
    "create-default-content",
    "POST",
    "/v3/portals/{portalId}/default-content",
    allow=Permission.EDIT_CONTENT,
    errors=(401, 403, 404),
)
def create_default_content(portal_id: Id) -> DefaultContentOut:
    """Create default pages, snippets and menus where there are none"""
    return service.create(portal_id)
