"""/v3/portals/{portalId}/custom-domain and /portico/v1/portals/{portalId}/custom-domain"""

from __future__ import annotations

from chalicelib.access.roles import Permission
from chalicelib.domains import service
from chalicelib.domains.schemas import (
    CreateCustomDomain,
    CustomDomainOut,
    DomainStatusOut,
    UpdateCustomDomain,
)
from chalicelib.http.operation import Id, operation

PATH = "/v3/portals/{portalId}/custom-domain"
OURS = "/portico/v1/portals/{portalId}/custom-domain"
#: a certificate with those above it, and its key
LIMIT = 64 * 1024


@operation(
    "create-portal-custom-domain",
    "POST",
    PATH,
    allow=Permission.MANAGE_PORTALS,
    errors=(400, 401, 403, 404, 409, 503),
    limit=LIMIT,
)
def create_custom_domain(portal_id: Id, body: CreateCustomDomain) -> CustomDomainOut:
    """Give a portal a custom domain"""
    return service.create(portal_id, body)


@operation("get-portal-custom-domain", "GET", PATH, allow=Permission.VIEW, errors=(401, 403, 404))
def get_custom_domain(portal_id: Id) -> CustomDomainOut:
    """Get a portal's custom domain"""
    return service.get(portal_id)


@operation(
    "update-portal-custom-domain",
    "PATCH",
    PATH,
    allow=Permission.MANAGE_PORTALS,
    limit=LIMIT,
)
def update_custom_domain(portal_id: Id, body: UpdateCustomDomain) -> CustomDomainOut:
    """Enable or disable a portal's custom domain, or replace its certificate"""
    return service.update(portal_id, body)


@operation(
    "delete-portal-custom-domain",
    "DELETE",
    PATH,
    allow=Permission.MANAGE_PORTALS,
    errors=(401, 403, 404),
)
def delete_custom_domain(portal_id: Id) -> None:
    """Remove a portal's custom domain"""
    service.delete(portal_id)


@operation("get-custom-domain-status", "GET", OURS, allow=Permission.VIEW, errors=(401, 403, 404))
def get_status(portal_id: Id) -> DomainStatusOut:
    """Tell how far a portal's custom domain has come, and which DNS record it needs"""
    return service.status(portal_id)


@operation(
    "check-custom-domain",
    "POST",
    f"{OURS}/check",
    allow=Permission.MANAGE_PORTALS,
    status=200,
    errors=(401, 403, 404),
)
def check_custom_domain(portal_id: Id) -> DomainStatusOut:
    """Have a portal's custom domain checked now"""
    return service.check_now(portal_id)
