"""/v3/portals/{portalId}/assets: logo and favicon, each as a data URI and as an image."""

from __future__ import annotations

from chalicelib.access.roles import Permission
from chalicelib.http import answers
from chalicelib.http.answers import Answer
from chalicelib.http.operation import Id, operation
from chalicelib.portals.assets import service
from chalicelib.portals.assets.schemas import ImageOut, ReplaceImage
from chalicelib.portals.assets.service import Asset

#: what an answer can carry back
LIMIT = 4 * 1024 * 1024
GET_ERRORS = (401, 403, 404)


@operation(
    "get-portal-asset-logo",
    "GET",
    "/v3/portals/{portalId}/assets/logo",
    allow=Permission.VIEW,
    errors=GET_ERRORS,
)
def get_logo(portal_id: Id) -> ImageOut:
    """Get a portal's logo"""
    return service.get(portal_id, Asset.LOGO)


@operation(
    "replace-portal-asset-logo",
    "PUT",
    "/v3/portals/{portalId}/assets/logo",
    allow=Permission.EDIT_CONTENT,
    limit=LIMIT,
)
def replace_logo(portal_id: Id, body: ReplaceImage | None) -> ImageOut:
    """Replace a portal's logo"""
    return service.replace(portal_id, Asset.LOGO, body)


@operation(
    "get-portal-asset-logo-raw",
    "GET",
    "/v3/portals/{portalId}/assets/logo/raw",
    allow=Permission.VIEW,
    errors=GET_ERRORS,
    media_type="image/*",
)
def get_logo_raw(portal_id: Id) -> Answer:
    """Get a portal's logo as an image"""
    return _raw(portal_id, Asset.LOGO)


@operation(
    "get-portal-asset-favicon",
    "GET",
    "/v3/portals/{portalId}/assets/favicon",
    allow=Permission.VIEW,
    errors=GET_ERRORS,
)
def get_favicon(portal_id: Id) -> ImageOut:
    """Get a portal's favicon"""
    return service.get(portal_id, Asset.FAVICON)


@operation(
    "replace-portal-asset-favicon",
    "PUT",
    "/v3/portals/{portalId}/assets/favicon",
    allow=Permission.EDIT_CONTENT,
    limit=LIMIT,
)
def replace_favicon(portal_id: Id, body: ReplaceImage | None) -> ImageOut:
    """Replace a portal's favicon"""
    return service.replace(portal_id, Asset.FAVICON, body)


@operation(
    "get-portal-asset-favicon-raw",
    "GET",
    "/v3/portals/{portalId}/assets/favicon/raw",
    allow=Permission.VIEW,
    errors=GET_ERRORS,
    media_type="image/*",
)
def get_favicon_raw(portal_id: Id) -> Answer:
    """Get a portal's favicon as an image"""
    return _raw(portal_id, Asset.FAVICON)


def _raw(portal_id: str, asset: Asset) -> Answer:
    image = service.image(portal_id, asset)
    return answers.image(image.data, image.media_type)
