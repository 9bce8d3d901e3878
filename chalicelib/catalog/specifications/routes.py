"""/v3/apis/{apiId}/specifications: the deprecated paths of what /versions offers"""

from __future__ import annotations

from chalicelib.access.roles import Permission
from chalicelib.catalog.specifications import service
from chalicelib.catalog.specifications.schemas import (
    CreateSpecification,
    SpecificationItem,
    SpecificationOut,
    UpdateSpecification,
)
from chalicelib.catalog.versions.content import BODY_LIMIT
from chalicelib.http.filters import TEXT, Listing
from chalicelib.http.operation import Id, operation
from chalicelib.storage.lists import Page, Query

SPECIFICATIONS = Listing(filters={"type": TEXT})


@operation(
    "create-api-spec",
    "POST",
    "/v3/apis/{apiId}/specifications",
    allow=Permission.MANAGE_APIS,
    errors=(400, 401, 403, 404, 409, 415),
    limit=BODY_LIMIT,
)
def create_api_spec(api_id: Id, body: CreateSpecification) -> SpecificationOut:
    """Create an API's specification (deprecated: create a version)"""
    return service.create(api_id, body)


@operation(
    "list-api-specs",
    "GET",
    "/v3/apis/{apiId}/specifications",
    allow=Permission.VIEW,
    errors=(400, 401, 403, 404),
    listing=SPECIFICATIONS,
)
def list_api_specs(api_id: Id, query: Query) -> Page[SpecificationItem]:
    """List an API's specifications (deprecated: list versions)"""
    return service.page(api_id, query)


@operation(
    "fetch-api-spec",
    "GET",
    "/v3/apis/{apiId}/specifications/{specId}",
    allow=Permission.VIEW,
    errors=(401, 403, 404),
)
def fetch_api_spec(api_id: Id, spec_id: Id) -> SpecificationOut:
    """Get a specification of an API (deprecated: get a version)"""
    return service.get(api_id, spec_id)


@operation(
    "update-api-spec",
    "PATCH",
    "/v3/apis/{apiId}/specifications/{specId}",
    allow=Permission.MANAGE_APIS,
    errors=(400, 401, 403, 404, 409, 415),
    limit=BODY_LIMIT,
)
def update_api_spec(api_id: Id, spec_id: Id, body: UpdateSpecification) -> SpecificationOut:
    """Update a specification of an API (deprecated: update a version)"""
    return service.update(api_id, spec_id, body)


@operation(
    "delete-api-spec",
    "DELETE",
    "/v3/apis/{apiId}/specifications/{specId}",
    allow=Permission.MANAGE_APIS,
    errors=(401, 403, 404),
)
def delete_api_spec(api_id: Id, spec_id: Id) -> None:
    """Delete a specification of an API (deprecated: delete a version)"""
    service.delete(api_id, spec_id)
