"""What a portal tells everyone about itself."""

from __future__ import annotations

from chalicelib.access.principal import Viewer
from chalicelib.errors import NotFound
from chalicelib.organization.records import Organization
from chalicelib.portals.records import Portal
from chalicelib.portals.schemas import PortalContextOut
from chalicelib.storage import keys, table
from chalicelib.storage.records import Record


def get(viewer: Viewer) -> PortalContextOut:
    """The portal's context. One trip. Raises NotFound.

    No identity provider exists in this release: developers log in by e-mail and password where authentication
    is on.
    """
    wanted = [keys.Key(keys.portal(viewer.portal_id)), keys.Key(keys.ORGANIZATION)]
    records = table.get_many(Record, wanted)
    match records:
        case [Portal() as portal, Organization() as organization]:
            return PortalContextOut(
                portal_id=portal.id,
                org_id=organization.id,
                basic_auth_enabled=portal.authentication_enabled,
                oidc_auth_enabled=False,
                saml_auth_enabled=False,
                authentication_enabled=portal.authentication_enabled,
                rbac_enabled=portal.rbac_enabled,
                name=portal.display_name,
                canonical_domain=portal.site_domain,
            ).at(portal.rev)
    raise NotFound("No portal answers at this address.")
