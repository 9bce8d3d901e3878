"""/portico/v1/portals/{portalId}/preview-sessions"""

from __future__ import annotations

from chalicelib import clock
from chalicelib.access import previews
from chalicelib.access.principal import Admin, Principal
from chalicelib.access.roles import Permission
from chalicelib.http.operation import Id, operation
from chalicelib.portals import service
from chalicelib.portals.previews.schemas import PreviewSessionOut
from chalicelib.settings import settings


@operation(
    "create-preview-session",
    "POST",
    "/portico/v1/portals/{portalId}/preview-sessions",
    allow=Permission.VIEW,
    errors=(401, 403, 404),
)
def create_preview_session(portal_id: Id, principal: Principal) -> PreviewSessionOut:
    """Create a link that opens a portal as an approved developer sees it, once"""
    assert isinstance(principal, Admin)
    portal = service.load(portal_id)
    expires_at = clock.rfc3339(clock.now_ms() + previews.TOKEN_SECONDS * 1000)
    token = previews.invite(portal_id, principal.id)
    url = f"{settings().scheme}://{portal.site_domain}/_preview-mode/{token}"
    return PreviewSessionOut(url=url, expires_at=expires_at)
