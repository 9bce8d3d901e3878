"""/api/v3/apis/{apiIdOrSlug}/versions and its deprecated twin /specifications"""

from __future__ import annotations

from chalicelib.access.principal import Viewer
from chalicelib.catalog.versions import published
from chalicelib.catalog.versions.published_schemas import (
    PublishedSpecification,
    PublishedSpecificationItem,
    PublishedVersion,
    PublishedVersionItem,
)
from chalicelib.http.answers import Answer, JsonObject
from chalicelib.http.operation import Id, Public, operation
from chalicelib.storage.lists import Page


@operation(
    "list-api-version-specs",
    "GET",
    "/api/v3/apis/{apiIdOrSlug}/versions",
    allow=Public.VISITOR,
    errors=(400, 401, 404),
)
def list_api_version_specs(viewer: Viewer, api_id_or_slug: str) -> Page[PublishedVersionItem]:
    """List an API's versions"""
    return published.versions(viewer, api_id_or_slug)


@operation(
    "fetch-api-version-spec",
    "GET",
    "/api/v3/apis/{apiIdOrSlug}/versions/{versionId}",
    allow=Public.VISITOR,
    errors=(401, 404),
)
def fetch_api_version_spec(viewer: Viewer, api_id_or_slug: str, version_id: Id) -> PublishedVersion:
    """Get a version of an API"""
    return published.version(viewer, api_id_or_slug, version_id)


@operation(
    "fetch-api-version-spec-raw",
    "GET",
    "/api/v3/apis/{apiIdOrSlug}/versions/{versionId}/raw",
    allow=Public.VISITOR,
    errors=(401, 404),
)
def fetch_api_version_spec_raw(viewer: Viewer, api_id_or_slug: str, version_id: Id) -> JsonObject:
    """Get a version's specification as a JSON object"""
    return Answer(published.raw(viewer, api_id_or_slug, version_id))


@operation(
    "list-api-specs",
    "GET",
    "/api/v3/apis/{apiIdOrSlug}/specifications",
    allow=Public.VISITOR,
    errors=(400, 401, 404),
)
def list_api_specs(viewer: Viewer, api_id_or_slug: str) -> Page[PublishedSpecificationItem]:
    """List an API's specifications (deprecated: list versions)"""
    return published.specifications(viewer, api_id_or_slug)


@operation(
    "fetch-api-spec",
    "GET",
    "/api/v3/apis/{apiIdOrSlug}/specifications/{specId}",
    allow=Public.VISITOR,
    errors=(401, 404),
)
def fetch_api_spec(viewer: Viewer, api_id_or_slug: str, spec_id: Id) -> PublishedSpecification:
    """Get a specification of an API (deprecated: get a version)"""
    return published.specification(viewer, api_id_or_slug, spec_id)


@operation(
    "fetch-api-spec-raw",
    "GET",
    "/api/v3/apis/{apiIdOrSlug}/specifications/{specId}/raw",
    allow=Public.VISITOR,
    errors=(401, 404),
)
def fetch_api_spec_raw(viewer: Viewer, api_id_or_slug: str, spec_id: Id) -> Answer:
    """Get the text of a specification as a JSON string (deprecated: get a version raw)"""
    return Answer(published.specification_text(viewer, api_id_or_slug, spec_id))
