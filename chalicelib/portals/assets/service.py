"""A portal's logo and favicon. There always is one: the built-in image until another is set."""

from __future__ import annotations

import base64
from enum import StrEnum

from chalicelib import data_uris
from chalicelib.data_uris import DataUri
from chalicelib.portals import singletons
from chalicelib.portals.assets.schemas import ImageOut, ReplaceImage
from chalicelib.portals.records import Assets
from chalicelib.storage import blobs


class Asset(StrEnum):
    """What a portal has an image for; also its attribute of the record."""

    LOGO = "logo"
    FAVICON = "favicon"


# grey that is legible on light and dark ground
_MARK = '<path fill="#6c7489" d="M4 28V14a12 12 0 0 1 24 0v14h-5V14a7 7 0 0 0-14 0v14z"/>'
_LINE = '<path fill="#6c7489" d="M2 28h28v2H2z"/>'
_SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" width="{0}" height="{0}">{1}</svg>'
_BUILT_IN = {
    Asset.LOGO: _SVG.format(64, _MARK + _LINE),
    Asset.FAVICON: _SVG.format(32, _MARK),
}


def get(portal_id: str, asset: Asset) -> ImageOut:
    """The image's data URI, as it was set. Two trips, one for a built-in one. Raises NotFound."""
    _, record = singletons.read(portal_id, Assets)
    return _show(record, asset)


def image(portal_id: str, asset: Asset) -> DataUri:
    """The image's bytes and media type. Two trips, one for a built-in one. Raises NotFound."""
    _, record = singletons.read(portal_id, Assets)
    return of(record, asset)


def of(record: Assets | None, asset: Asset) -> DataUri:
    """The image of a record that was read with its portal; None: nothing was set. One trip at most."""
    return data_uris.parse(_text(record or Assets(), asset))


def replace(portal_id: str, asset: Asset, body: ReplaceImage | None) -> ImageOut:
    """Set the image; None: go back to the built-in one. Three trips.

    What the bytes hold is not looked at: an SVG may be hostile, so they are only ever served by
    `http.answers.image`. Raises NotFound, Conflict for a stale caller.
    """
    digest = blobs.put(body.data) if body is not None else None

    def apply(record: Assets) -> None:
        setattr(record, asset, digest)
        setattr(record, f"{asset}_rev", _revision(record, asset) + 1)

    return _show(singletons.change(portal_id, Assets, apply, lambda record: _revision(record, asset)), asset)


def _show(record: Assets, asset: Asset) -> ImageOut:
    return ImageOut(data=_text(record, asset)).at(_revision(record, asset))


def _revision(record: Assets, asset: Asset) -> int:
    revision: int = getattr(record, f"{asset}_rev")
    return revision


def _text(record: Assets, asset: Asset) -> str:
    digest: str | None = getattr(record, asset)
    if digest is not None:
        return blobs.text(digest)
    return f"data:{data_uris.SVG};base64,{base64.b64encode(_BUILT_IN[asset].encode()).decode()}"
