"""/api/v3: the portal itself: context, appearance, integrations, logo and favicon."""

from __future__ import annotations

from chalicelib.access.principal import Viewer
from chalicelib.http import answers
from chalicelib.http.answers import Answer
from chalicelib.http.operation import Public, operation
from chalicelib.portals import context
from chalicelib.portals.assets import service as assets
from chalicelib.portals.assets.service import Asset
from chalicelib.portals.customization import service as customization
from chalicelib.portals.customization.schemas import CustomizationOut
from chalicelib.portals.integrations import service as integrations
from chalicelib.portals.integrations.schemas import IntegrationsOut
from chalicelib.portals.schemas import PortalContextOut


@operation("get-portal-context", "GET", "/api/v3/portal", allow=Public.GUEST, errors=())
def get_portal_context(viewer: Viewer) -> PortalContextOut:
    """Get the portal's context"""
    return context.get(viewer)


@operation("get-portal-customization", "GET", "/api/v3/customization", allow=Public.GUEST, errors=())
def get_customization(viewer: Viewer) -> CustomizationOut:
    """Get the portal's appearance and menus"""
    return customization.for_viewer(viewer)


@operation("get-portal-integrations", "GET", "/api/v3/integrations", allow=Public.GUEST, errors=())
def get_integrations(viewer: Viewer) -> IntegrationsOut:
    """Get the portal's integrations"""
    return integrations.for_viewer(viewer)


@operation(
    "get-portal-logo", "GET", "/api/v3/assets/logo", allow=Public.GUEST, errors=(), media_type="image/*"
)
def get_logo(viewer: Viewer) -> Answer:
    """Get the portal's logo"""
    return _image(viewer, Asset.LOGO)


@operation(
    "get-portal-favicon", "GET", "/api/v3/assets/favicon", allow=Public.GUEST, errors=(), media_type="image/*"
)
def get_favicon(viewer: Viewer) -> Answer:
    """Get the portal's favicon"""
    return _image(viewer, Asset.FAVICON)


def _image(viewer: Viewer, asset: Asset) -> Answer:
    image = assets.image(viewer.portal_id, asset)
    # every page asks for them: held by browsers, and used once the service says that they are current
    return answers.image(image.data, image.media_type, cache="no-cache")
