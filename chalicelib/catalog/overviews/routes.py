"""/portico/v1/apis/{apiId}/versions"""

from __future__ import annotations

from chalicelib.access.roles import Permission
from chalicelib.catalog.overviews import service
from chalicelib.catalog.overviews.schemas import VersionOverviews
from chalicelib.http.operation import Id, operation


@operation(
    "list-version-overviews",
    "GET",
    "/portico/v1/apis/{apiId}/versions",
    allow=Permission.VIEW,
    errors=(401, 403, 404),
)
def list_version_overviews(api_id: Id) -> VersionOverviews:
    """List an API's versions by semver order, each with what it holds"""
    return service.versions(api_id)
