"""What every page of a portal shares: name, logo, theme, menus."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from chalicelib.portals.customization.service import visible_menu
from chalicelib.site import colour, files
from chalicelib.site.state import Visit


@dataclass(frozen=True)
class MenuItem:
    """A link of a menu. `external` opens a window of its own."""

    title: str
    path: str
    external: bool
    current: bool = False


@dataclass(frozen=True)
class MenuSection:
    """A column of the footer."""

    title: str
    items: list[MenuItem]


@dataclass(frozen=True)
class Layout:
    """The frame of a page. `css` is the portal's part of the inline stylesheet. `search`: its header has a
    search of APIs. `preview`: it says that an admin looks at it as a developer would."""

    name: str
    mode: str
    css: str
    logo: str | None
    favicon: str
    custom_css: str | None
    menu: list[MenuItem]
    footer_sections: list[MenuSection]
    footer_bottom: list[MenuItem]
    search: bool
    preview: bool


def layout(visit: Visit, path: str) -> Layout:
    """The frame at this path: private menu items are left out for who may not see them."""
    site, portal = visit.site, visit.site.portal
    settings: dict[str, Any] = site.customization.settings if site.customization is not None else {}
    theme = settings.get("theme") or {}
    menu = visible_menu(settings.get("menu") or {}, visit.viewer, portal.access)
    brand = (theme.get("colors") or {}).get("primary") or colour.DEFAULT

    def items(entries: list[dict[str, Any]]) -> list[MenuItem]:
        return [
            MenuItem(
                entry["title"], safe_path(entry["path"]), entry["external"], _leads_to(entry["path"], path)
            )
            for entry in entries
        ]

    sections = [MenuSection(one["title"], items(one["items"])) for one in menu.get("footer_sections", [])]
    own = files.paths(site)
    return Layout(
        name=portal.display_name,
        mode=theme.get("mode") or "light",
        css=f":root{{--brand:{brand};--brand-ink:{colour.ink(brand)}}}",
        logo=own.get("logo"),
        favicon=own["favicon"],
        custom_css=own.get("custom.css"),
        menu=items(menu.get("main", [])),
        footer_sections=[section for section in sections if section.items],
        footer_bottom=items(menu.get("footer_bottom", [])),
        # the catalog has one of its own
        search=path.strip("/") != "apis",
        preview=visit.viewer.preview,
    )


def safe_path(path: str) -> str:
    """A menu's path as a link: of the web, of mail, or of this site; anything else leads nowhere."""
    from chalicelib.site.mdc.links import safe_url

    if ":" not in path and not path.startswith(("#", "/")):
        path = f"/{path}"
    return safe_url(path) or "#"


def _leads_to(menu_path: str, path: str) -> bool:
    target, here = unquote(menu_path).strip("/"), unquote(path).strip("/")
    return here == target or (bool(target) and here.startswith(f"{target}/"))
