"""Previews for the console: an operation that renders drafts, and the frame that shows them."""

from __future__ import annotations

from chalicelib.access.roles import Permission
from chalicelib.content.types import BODY
from chalicelib.http.answers import Answer
from chalicelib.http.operation import Public, operation
from chalicelib.portals.assets.routes import LIMIT
from chalicelib.site.preview import frame, service
from chalicelib.site.preview.schemas import PreviewIn, PreviewOut


@operation(
    "preview-page",
    "POST",
    "/portico/v1/preview",
    allow=Permission.VIEW,
    status=200,
    errors=(400, 401, 403, 404, 503),
    limit=BODY + LIMIT,
)
def preview_page(body: PreviewIn) -> PreviewOut:
    """Show a page as it would be

    Renders a draft as the portal's site would, and stores nothing.
    """
    return service.preview(body)


@operation(
    "preview-frame",
    "GET",
    "/console/preview-frame",
    allow=Public.ANYONE,
    errors=(503,),
    media_type="text/html",
)
def preview_frame() -> Answer:
    """The frame in which the console shows previews"""
    return frame.shell()
