"""/v3/apis/{apiId}/images"""

from __future__ import annotations

from chalicelib.access.roles import Permission
from chalicelib.catalog.images import service
from chalicelib.catalog.images.schemas import ImageOut, ImageType, ReplaceImage
from chalicelib.http import answers
from chalicelib.http.answers import Answer
from chalicelib.http.operation import Id, operation

ONE = "/v3/apis/{apiId}/images/{imageType}"
#: more than an image may have, so that what is too large is told so as the contract tells it
LIMIT = 4 * 1024 * 1024


@operation(
    "upsert-api-image",
    "PUT",
    ONE,
    allow=Permission.EDIT_CONTENT,
    errors=(400, 401, 403, 404, 409),
    also=(201,),
    limit=LIMIT,
)
def put_image(api_id: Id, image_type: ImageType, body: ReplaceImage) -> ImageOut | Answer:
    """Set or replace an API's image"""
    image, made = service.put(api_id, image_type, body)
    return Answer(image, status=201) if made else image


@operation("fetch-api-image", "GET", ONE, allow=Permission.VIEW, errors=(401, 403, 404))
def get_image(api_id: Id, image_type: ImageType) -> ImageOut:
    """Get the status of an API's image"""
    return service.get(api_id, image_type)


@operation("delete-api-image", "DELETE", ONE, allow=Permission.EDIT_CONTENT, errors=(401, 403, 404))
def delete_image(api_id: Id, image_type: ImageType) -> None:
    """Delete an API's image"""
    service.delete(api_id, image_type)


@operation(
    "fetch-api-raw-image", "GET", f"{ONE}/raw", allow=Permission.VIEW, status=302, errors=(401, 403, 404)
)
def get_raw_image(api_id: Id, image_type: ImageType) -> Answer:
    """Get an API's image: a redirection to where it is served for a few minutes"""
    return answers.redirect(service.address(api_id, image_type))
