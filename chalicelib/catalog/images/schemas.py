"""Wire models of an API's images."""

from __future__ import annotations

from typing import Literal

from chalicelib.data_uris import IconUri
from chalicelib.http.models import Closed, Out
from chalicelib.http.types import Time, Uuid

ImageType = Literal["icon"]
ImageStatus = Literal["uploading", "validating", "valid", "invalid"]


class ReplaceImage(Closed):
    """An image to set: PNG, JPEG or SVG."""

    data: IconUri


class ImageOut(Out):
    """The newest upload: served (`valid`), or what is wrong with it."""

    error: str | None
    status: ImageStatus
    api_id: Uuid
    image_type: ImageType
    created_at: Time
    updated_at: Time
