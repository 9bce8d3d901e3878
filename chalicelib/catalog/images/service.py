"""An API's icon: checked when it is uploaded; a wrong one never takes the place of a good one."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from chalicelib import clock, data_uris
from chalicelib.access.principal import Viewer
from chalicelib.catalog import visible
from chalicelib.catalog.images import addresses
from chalicelib.catalog.images.schemas import ImageOut, ReplaceImage
from chalicelib.catalog.records import Image
from chalicelib.data_uris import DataUri
from chalicelib.errors import NotFound, Stale
from chalicelib.http.types import RuleError
from chalicelib.storage import blobs, keys, table
from chalicelib.storage.intent import expect
from chalicelib.storage.records import Pulse, Record
from chalicelib.storage.transaction import Transaction, retrying

MAX_BYTES = 500 * 1024
MAX_SIDE = 350
#: seconds in which uploads that meet get through one after another
PATIENCE = 5.0


@dataclass(frozen=True)
class Served:
    """An image to send. `public`: every visitor of the portal may see it; `shared`: anyone at all, so that a
    cache may give it to others."""

    api_id: str
    image: DataUri
    public: bool
    shared: bool


def _load(api_id: str, image_type: str) -> Image | None:
    """The record of an API's image, if it has one. One trip. Raises NotFound without the API."""
    if image_type != "icon":
        raise NotFound("An API has an image of the type icon, and no other.")
    pk = keys.api(api_id)
    found = table.get_many(Record, [keys.Key(pk, keys.PULSE), keys.Key(pk, keys.IMAGE)])
    if not any(isinstance(record, Pulse) for record in found):
        raise NotFound("There is no API of this id.")
    return next((record for record in found if isinstance(record, Image)), None)


def _existing(image: Image | None) -> Image:
    if image is None:
        raise NotFound("The API has no image.")
    return image


def put(api_id: str, image_type: str, body: ReplaceImage) -> tuple[ImageOut, bool]:
    """Set the image; whether it is the first. Two trips, three for one that can be served.

    An image that is too large or no image is remembered as invalid, and the one before is served on. Raises
    NotFound without the API.
    """
    sent = data_uris.parse(body.data, data_uris.ICON)
    wrong = _wrong(sent)

    def work() -> tuple[Image, bool]:
        image = _load(api_id, image_type)
        made = image is None
        image = image or Image(pk=keys.api(api_id), sk=keys.IMAGE, api_id=api_id)
        expect(image)
        image.error = wrong
        if wrong is None:
            image.content, image.media_type = blobs.put(sent.data), sent.media_type
        with Transaction() as tx:
            if made:
                tx.insert(image, Stale())
            else:
                tx.update(image)
        return image, made

    image, made = retrying(work, patience=PATIENCE)
    return _show(image), made


def _wrong(image: DataUri) -> str | None:
    """What keeps an image from being served, None where nothing does."""
    if len(image.data) >= MAX_BYTES:
        return f"The image has {len(image.data):,} bytes; it must have less than 500 KB ({MAX_BYTES:,})."
    try:
        size = data_uris.dimensions(image)
    except RuleError as error:
        return f"The image cannot be read: {error}."
    if size is not None and max(size) > MAX_SIDE:
        return f"The image has {size[0]} × {size[1]} pixels; it must have at most {MAX_SIDE} × {MAX_SIDE}."
    return None


def get(api_id: str, image_type: str) -> ImageOut:
    """What became of the newest upload. One trip. Raises NotFound."""
    return _show(_existing(_load(api_id, image_type)))


def delete(api_id: str, image_type: str) -> None:
    """Remove the image and what was uploaded since. Two trips. Raises NotFound."""

    def work() -> None:
        image = _existing(_load(api_id, image_type))
        expect(image)
        with Transaction() as tx:
            tx.delete(image)

    retrying(work)


def _show(image: Image) -> ImageOut:
    return ImageOut(
        error=image.error,
        status="invalid" if image.error else "valid",
        api_id=image.api_id,
        image_type="icon",
        created_at=clock.rfc3339(image.created_at),
        updated_at=clock.rfc3339(image.updated_at),
    ).at(image.rev)


# where the image is served, and the image itself


def address(api_id: str, image_type: str) -> str:
    """The image's path on the admin host, for a few minutes. One trip. Raises NotFound."""
    image = _existing(_load(api_id, image_type))
    return addresses.at_admin(api_id, _content(image))


def visible_address(viewer: Viewer, api_id_or_slug: str, image_type: str) -> str:
    """The image's path on the portal's host. Two or three trips. Raises NotFound."""
    api = visible.require(viewer, api_id_or_slug)
    return addresses.at_portal(viewer.portal_id, api.id, _content(_existing(_load(api.id, image_type))))


def _content(image: Image) -> str:
    if image.content is None:
        raise NotFound("No valid image of the API was uploaded yet.")
    return image.content


def served(key: str) -> Served:
    """The image at an address of the admin host. Up to three trips. Raises NotFound."""
    named = addresses.read(key, None)
    return Served(named.api_id, _image(named), public=False, shared=False)


def served_to(viewer: Viewer, key: str) -> Served:
    """The image at an address of the portal's host, as long as the viewer sees its API. Up to four trips.

    Raises NotFound, in the same words whatever is missing.
    """
    named = addresses.read(key, viewer.portal_id)
    with _in_one_voice():
        seen = visible.find(viewer, named.api_id)
    public = seen.publication.visibility == "public" and not seen.portal.sipr_enabled
    return Served(named.api_id, _image(named), public=public, shared=public and not viewer.authenticated)


def _image(named: addresses.Named) -> DataUri:
    with _in_one_voice():
        content = _content(image := _existing(_load(named.api_id, "icon")))
    if not named.is_of(content):
        raise NotFound(addresses.NOTHING)
    return DataUri(image.media_type or "", blobs.get(content))


@contextmanager
def _in_one_voice() -> Iterator[None]:
    """Whatever is not found: there is nothing at this address, and no more is said of it."""
    try:
        yield
    except NotFound:
        raise NotFound(addresses.NOTHING) from None
