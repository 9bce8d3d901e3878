"""/_media: images, on portals' hosts for whoever sees what they belong to, on the admin host by address."""

from __future__ import annotations

from chalicelib.access.principal import Viewer
from chalicelib.catalog.images import service
from chalicelib.http import answers
from chalicelib.http.answers import Answer
from chalicelib.http.operation import Public, operation
from chalicelib.site import policy

PATH = "/_media/{key}"


@operation("get-media", "GET", PATH, allow=Public.GUEST, errors=(404,), media_type="image/*")
def get_media(viewer: Viewer, key: str) -> Answer:
    """Get an image of the portal"""
    served = service.served_to(viewer, key)
    # another image has another address, so one that everyone may see never changes
    cache = policy.IMMUTABLE if served.shared else policy.OWN if served.public else policy.PRIVATE
    answer = answers.image(served.image.data, served.image.media_type, cache)
    if served.shared:
        answer.headers["Cache-Tag"] = f"p-{viewer.portal_id},api-{served.api_id}"
    return answer


@operation("get-admin-media", "GET", PATH, allow=Public.ANYONE, errors=(404,), media_type="image/*")
def get_admin_media(key: str) -> Answer:
    """Get an image by an address that the management API gave out"""
    served = service.served(key)
    return answers.image(served.image.data, served.image.media_type, policy.PRIVATE)
