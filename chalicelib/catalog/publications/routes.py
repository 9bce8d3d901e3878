"""/v3/apis/{apiId}/publications, and the lists of publications"""

from __future__ import annotations

from chalicelib.access.roles import Permission
from chalicelib.catalog.publications import service
from chalicelib.catalog.publications.schemas import (
    PortalPublicationItem,
    PublicationItem,
    PublicationOut,
    PutPublication,
)
from chalicelib.http.filters import ID, TEXT, Listing
from chalicelib.http.operation import Id, operation
from chalicelib.storage.lists import Page, Query

PATH = "/v3/apis/{apiId}/publications/{portalId}"
_FILTERS = {"api_id": ID, "api_name": TEXT, "auth_strategy_id": ID, "entity_type": TEXT}
OF_A_PORTAL = Listing(filters=_FILTERS, sort=("api_id", "api_name", "created_at", "updated_at"))
ALL = Listing(
    filters={"portal_id": ID, "portal_name": TEXT, **_FILTERS},
    sort=("portal_id", "portal_name", *OF_A_PORTAL.sort),
)


@operation("publish-api-to-portal", "PUT", PATH, allow=Permission.PUBLISH, errors=(400, 401, 403, 404))
def publish_api(api_id: Id, portal_id: Id, body: PutPublication) -> PublicationOut:
    """Publish an API to a portal, or change how it is published"""
    return service.put(api_id, portal_id, body)


@operation("fetch-publication", "GET", PATH, allow=Permission.VIEW, errors=(401, 403, 404))
def get_publication(api_id: Id, portal_id: Id) -> PublicationOut:
    """Get a publication"""
    return service.get(api_id, portal_id)


@operation("delete-publication", "DELETE", PATH, allow=Permission.PUBLISH, errors=(401, 403, 404))
def delete_publication(api_id: Id, portal_id: Id) -> None:
    """Unpublish an API from a portal"""
    service.delete(api_id, portal_id)


@operation(
    "list-api-publications",
    "GET",
    "/v3/api-publications",
    allow=Permission.VIEW,
    listing=ALL,
    errors=(400, 401, 403, 404),
)
def list_publications(query: Query) -> Page[PublicationItem]:
    """List all publications"""
    return service.page(query)


@operation(
    "list-portal-api-publications",
    "GET",
    "/v3/portals/{portalId}/api-publications",
    allow=Permission.VIEW,
    listing=OF_A_PORTAL,
    errors=(400, 401, 403, 404),
)
def list_portal_publications(portal_id: Id, query: Query) -> Page[PortalPublicationItem]:
    """List a portal's publications"""
    return service.page_of_portal(portal_id, query)
