"""/v3/apis"""

from __future__ import annotations

from chalicelib.access.roles import Permission
from chalicelib.catalog.apis import service
from chalicelib.catalog.apis.schemas import ApiOut, CreateApi, UpdateApi
from chalicelib.catalog.versions.content import BODY_LIMIT
from chalicelib.http.filters import ID, MAP, TEXT, TIME, Listing
from chalicelib.http.operation import Id, operation
from chalicelib.storage.lists import Page, Query

APIS = Listing(
    filters={
        "id": ID,
        "name": TEXT,
        "version": TEXT,
        "labels": MAP,
        "attributes": MAP,
        "implementation_mode": TEXT,
        "created_at": TIME,
        "updated_at": TIME,
    },
    sort=("name", "version", "created_at", "updated_at"),
)


@operation(
    "create-api",
    "POST",
    "/v3/apis",
    allow=Permission.MANAGE_APIS,
    errors=(400, 401, 403, 404, 409, 415),
    limit=BODY_LIMIT,
)
def create_api(body: CreateApi) -> ApiOut:
    """Create an API"""
    return service.create(body)


@operation("list-apis", "GET", "/v3/apis", allow=Permission.VIEW, listing=APIS)
def list_apis(query: Query) -> Page[ApiOut]:
    """List APIs"""
    return service.page(query)


@operation("fetch-api", "GET", "/v3/apis/{apiId}", allow=Permission.VIEW, errors=(401, 403, 404))
def fetch_api(api_id: Id) -> ApiOut:
    """Get an API"""
    return service.get(api_id)


@operation(
    "update-api",
    "PATCH",
    "/v3/apis/{apiId}",
    allow=Permission.MANAGE_APIS,
    errors=(400, 401, 403, 404, 409, 415),
)
def update_api(api_id: Id, body: UpdateApi, force: bool = False) -> ApiOut:
    """Update an API"""
    return service.update(api_id, body, force=force)


@operation("delete-api", "DELETE", "/v3/apis/{apiId}", allow=Permission.MANAGE_APIS, errors=(401, 403, 404))
def delete_api(api_id: Id) -> None:
    """Delete an API with everything under it"""
    service.delete(api_id)
