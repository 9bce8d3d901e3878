"""/api/v3/apis/{apiIdOrSlug}/images"""

from __future__ import annotations

from chalicelib.access.principal import Viewer
from chalicelib.catalog.images import service
from chalicelib.catalog.images.schemas import ImageType
from chalicelib.http import answers
from chalicelib.http.answers import Answer
from chalicelib.http.operation import Public, operation


@operation(
    "fetch-api-image",
    "GET",
    "/api/v3/apis/{apiIdOrSlug}/images/{imageType}/raw",
    allow=Public.VISITOR,
    status=302,
    errors=(400, 401, 404),
)
def get_image(viewer: Viewer, api_id_or_slug: str, image_type: ImageType) -> Answer:
    """Get an API's image: a redirection to where it is served"""
    return answers.redirect(service.visible_address(viewer, api_id_or_slug, image_type))
