"""A portal's appearance and menus: what was set, kept as it was set, and what of it a viewer gets."""

from __future__ import annotations

import json
from typing import Any

from chalicelib.access import visibility
from chalicelib.access.principal import Viewer
from chalicelib.access.visibility import PortalAccess
from chalicelib.errors import TooLarge
from chalicelib.portals import singletons
from chalicelib.portals.customization.schemas import CustomizationIn, CustomizationOut
from chalicelib.portals.records import Customization
from chalicelib.storage import blobs

#: bytes of everything but the CSS, which is stored apart: a record has at most 400,000
SETTINGS_LIMIT = 300_000

Json = dict[str, Any]


def get(portal_id: str) -> CustomizationOut:
    """What was set. One trip, and one for the CSS. Raises NotFound."""
    _, record = singletons.read(portal_id, Customization)
    return _show(record, _members(record))


def replace(portal_id: str, body: CustomizationIn) -> CustomizationOut:
    """Set everything anew: what is left out is no longer set. Three trips.

    Raises NotFound, Conflict for a stale caller, TooLarge.
    """
    return _change(portal_id, body, keep=False)


def update(portal_id: str, body: CustomizationIn) -> CustomizationOut:
    """Objects merge, lists are replaced whole, null clears `css` and `robots`. Raises as `replace`."""
    return _change(portal_id, body, keep=True)


def for_viewer(viewer: Viewer) -> CustomizationOut:
    """What was set, with the menu items that the viewer may see. One trip, and one for the CSS.

    It bears no revision: that would count changes to what the viewer does not see.
    """
    portal, record = singletons.read(viewer.portal_id, Customization)
    members = _members(record)
    if "menu" in members:
        members["menu"] = visible_menu(members["menu"], viewer, portal.access)
    return CustomizationOut.model_validate(members)


def visible_menu(menu: Json, viewer: Viewer, access: PortalAccess) -> Json:
    """The menu as a viewer has it; a footer section of which nothing is visible is left out whole."""

    def seen(items: list[Json]) -> list[Json]:
        return [
            item for item in items if visibility.sees_menu_item(viewer, access, visibility=item["visibility"])
        ]

    found: Json = {name: seen(menu[name]) for name in ("main", "footer_bottom") if name in menu}
    if "footer_sections" in menu:
        sections = [(section, seen(section["items"])) for section in menu["footer_sections"]]
        found["footer_sections"] = [
            {**section, "items": items} for section, items in sections if items or not section["items"]
        ]
    return found


def _change(portal_id: str, body: CustomizationIn, *, keep: bool) -> CustomizationOut:
    sent = body.model_dump(exclude_unset=True)
    css_sent, css = "css" in sent, sent.pop("css", None)
    digest = blobs.put(css) if css is not None else None

    def apply(record: Customization) -> None:
        record.settings = singletons.merged(record.settings if keep else {}, sent)
        if css_sent or not keep:
            record.css = digest
        if len(json.dumps(record.settings)) > SETTINGS_LIMIT:
            raise TooLarge(
                f"The customization has more than {SETTINGS_LIMIT:,} bytes besides its CSS. Shorten the "
                "menus or the robots text."
            )

    record = singletons.change(portal_id, Customization, apply)
    return _show(record, _members(record))


def _members(record: Customization) -> Json:
    members: Json = dict(record.settings)
    if record.css is not None:
        members["css"] = blobs.text(record.css)
    return members


def _show(record: Customization, members: Json) -> CustomizationOut:
    return CustomizationOut.model_validate(members).at(record.rev or 0)
