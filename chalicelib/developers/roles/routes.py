"""/v3/portal-roles"""

from __future__ import annotations

from chalicelib.access.roles import Permission
from chalicelib.developers.roles.schemas import Consumer, RolesOut, ServiceRoles, Services, Viewer
from chalicelib.http.operation import operation

_ROLES = RolesOut(
    services=Services(
        name="Services",
        roles=ServiceRoles(
            apiviewer=Viewer(
                name="API Viewer",
                description="API Viewers have read-only access to the documentation of a service in a portal",
            ),
            apiconsumer=Consumer(
                name="API Consumer", description="API Consumers can make calls to the given service"
            ),
        ),
    )
)


@operation("list-portal-roles", "GET", "/v3/portal-roles", allow=Permission.VIEW, errors=(401, 403))
def list_portal_roles() -> RolesOut:
    """List the roles that can be given to a portal's teams"""
    return _ROLES
