"""/api/v3/apis and /api/v3/api-attributes"""

from __future__ import annotations

from chalicelib.access.principal import Viewer
from chalicelib.catalog.apis import published
from chalicelib.catalog.apis.published_schemas import ActionsOut, PublishedApi
from chalicelib.catalog.attributes import service as attributes
from chalicelib.catalog.attributes.schemas import FacetOut
from chalicelib.http.filters import ID, MAP, TEXT, TIME, Listing
from chalicelib.http.operation import Public, operation
from chalicelib.storage.lists import Page, Query

APIS = Listing(
    filters={
        "id": ID,
        "name": TEXT,
        "version": TEXT,
        "description": TEXT,
        "attributes": MAP,
        "created_at": TIME,
        "updated_at": TIME,
    },
    sort=("name", "version", "created_at", "updated_at"),
)


@operation("list-apis", "GET", "/api/v3/apis", allow=Public.VISITOR, errors=(400, 401), listing=APIS)
def list_apis(viewer: Viewer, query: Query) -> Page[PublishedApi]:
    """List the APIs of the portal that the caller sees"""
    return published.page(viewer, query)


@operation("fetch-api", "GET", "/api/v3/apis/{apiIdOrSlug}", allow=Public.VISITOR, errors=(400, 401, 404))
def fetch_api(viewer: Viewer, api_id_or_slug: str) -> PublishedApi:
    """Get an API"""
    return published.get(viewer, api_id_or_slug)


@operation(
    "get-api-actions",
    "GET",
    "/api/v3/apis/{apiIdOrSlug}/actions",
    allow=Public.VISITOR,
    errors=(401, 404, 503),
)
def get_api_actions(viewer: Viewer, api_id_or_slug: str) -> ActionsOut:
    """Say what the caller may do with an API"""
    return published.actions(viewer, api_id_or_slug)


@operation(
    "get-paginated-api-attributes",
    "GET",
    "/api/v3/api-attributes",
    allow=Public.GUEST,
    errors=(400, 404),
    listing=Listing(filters={"key": TEXT}, paged=False),
)
def get_api_attributes(viewer: Viewer, query: Query, selected: dict[str, str]) -> Page[FacetOut]:
    """List attributes across the APIs that the caller sees"""
    return attributes.facets(viewer, query, selected)
