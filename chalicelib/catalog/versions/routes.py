"""/v3/apis/{apiId}/versions and /v3/apis/validate-specification"""

from __future__ import annotations

from chalicelib.access.roles import Permission
from chalicelib.catalog.versions import service
from chalicelib.catalog.versions.content import BODY_LIMIT
from chalicelib.catalog.versions.schemas import (
    CreateVersion,
    UpdateVersion,
    ValidateSpecification,
    Validation,
    VersionItem,
    VersionOut,
)
from chalicelib.http.filters import TEXT, Listing
from chalicelib.http.operation import Id, operation
from chalicelib.storage.lists import Page, Query

VERSIONS = Listing(filters={"type": TEXT, "version": TEXT}, sort=("created_at",))


@operation(
    "validate-specification",
    "POST",
    "/v3/apis/validate-specification",
    allow=Permission.VIEW,
    errors=(400, 401, 403, 415),
    limit=BODY_LIMIT,
)
def validate_specification(body: ValidateSpecification) -> Validation:
    """Validate a specification without storing it"""
    return service.validate(body.content)


@operation(
    "create-api-version",
    "POST",
    "/v3/apis/{apiId}/versions",
    allow=Permission.MANAGE_APIS,
    errors=(400, 401, 403, 404, 409, 415),
    limit=BODY_LIMIT,
)
def create_api_version(api_id: Id, body: CreateVersion) -> VersionOut:
    """Create a version of an API"""
    return service.create(api_id, body)


@operation(
    "list-api-versions",
    "GET",
    "/v3/apis/{apiId}/versions",
    allow=Permission.VIEW,
    errors=(400, 401, 403, 404),
    listing=VERSIONS,
)
def list_api_versions(api_id: Id, query: Query) -> Page[VersionItem]:
    """List an API's versions"""
    return service.page(api_id, query)


@operation(
    "fetch-api-version",
    "GET",
    "/v3/apis/{apiId}/versions/{versionId}",
    allow=Permission.VIEW,
    errors=(401, 403, 404),
)
def fetch_api_version(api_id: Id, version_id: Id) -> VersionOut:
    """Get a version of an API"""
    return service.get(api_id, version_id)


@operation(
    "update-api-version",
    "PATCH",
    "/v3/apis/{apiId}/versions/{versionId}",
    allow=Permission.MANAGE_APIS,
    errors=(400, 401, 403, 404, 409, 415),
    limit=BODY_LIMIT,
)
def update_api_version(api_id: Id, version_id: Id, body: UpdateVersion, force: bool = False) -> VersionOut:
    """Update a version of an API"""
    return service.update(api_id, version_id, body, force=force)


@operation(
    "delete-api-version",
    "DELETE",
    "/v3/apis/{apiId}/versions/{versionId}",
    allow=Permission.MANAGE_APIS,
    errors=(401, 403, 404),
)
def delete_api_version(api_id: Id, version_id: Id) -> None:
    """Delete a version of an API"""
    service.delete(api_id, version_id)
