"""Wire models of a portal's logo and favicon."""

from __future__ import annotations

from chalicelib.data_uris import ImageUri
from chalicelib.http.models import Closed, Out


class ReplaceImage(Closed):
    """An image to set: PNG, JPEG, GIF, ICO or SVG."""

    data: ImageUri


class ImageOut(Out):
    """The image that is shown: the text that was set, or the built-in one."""

    data: ImageUri
