"""What existing clients ask before anything: the calling admin, the organisation, the regions."""

from __future__ import annotations

from chalicelib import clock
from chalicelib.access.principal import Admin, Principal
from chalicelib.access.roles import Permission
from chalicelib.http.operation import Public, operation
from chalicelib.organization import service
from chalicelib.organization.schemas import OrganizationOut, Regions, RegionsOut, UserOut
from chalicelib.settings import settings


@operation("get-users-me", "GET", "/v3/users/me", allow=Permission.VIEW, errors=(401, 403))
def get_users_me(principal: Principal) -> UserOut:
    """Get the calling admin"""
    assert isinstance(principal, Admin)
    return UserOut(
        id=principal.id,
        full_name=principal.name,
        preferred_name=principal.name,
        email=principal.email,
        active=True,
        roles=[grant.role.value for grant in principal.grants],
        permissions=[permission.value for permission in Permission if principal.may(permission)],
    )


@operation("get-organizations-me", "GET", "/v3/organizations/me", allow=Permission.VIEW, errors=(401, 403))
def get_organizations_me() -> OrganizationOut:
    """Get the organisation"""
    organization = service.load()
    return OrganizationOut(
        id=organization.id,
        name=settings().organization_name,
        state="active",
        created_at=clock.rfc3339(organization.created_at),
        updated_at=clock.rfc3339(organization.updated_at),
    ).at(organization.rev)


@operation("get-available-regions", "GET", "/v3/available-regions", allow=Public.ANYONE, errors=())
def get_available_regions() -> RegionsOut:
    """Get the region this installation runs in"""
    return RegionsOut(regions=Regions(stable=[settings().region]))
