"""What every page of a portal shares: name, logo, theme, menus."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from chalicelib.access.principal import Viewer
from chalicelib.access.visibility import sees_menu_item
from chalicelib.portals.records import Assets, Customization, Portal
from chalicelib.site import colour


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
    """The frame of a page. `css` is the portal's part of the inline stylesheet."""

    name: str
    mode: str
    css: str
    logo: str | None
    favicon: str
    custom_css: str | None
    menu: list[MenuItem]
    footer_sections: list[MenuSection]
    footer_bottom: list[MenuItem]
    logo_only: bool = False


def layout(
    portal: Portal, customization: Customization | None, assets: Assets | None, viewer: Viewer, path: str
) -> Layout:
    """The frame for this viewer at this path: private menu items are left out for who may not see them."""
    settings: dict[str, Any] = customization.settings if customization is not None else {}
    theme = settings.get("theme") or {}
    menu = settings.get("menu") or {}
    brand = (theme.get("colors") or {}).get("primary") or colour.DEFAULT

    def items(entries: Any) -> list[MenuItem]:
        return [
            MenuItem(
                entry["title"],
                safe_path(entry["path"]),
                bool(entry.get("external")),
                current=_leads_to(entry["path"], path),
            )
            for entry in entries or []
            if sees_menu_item(viewer, portal.access, visibility=entry["visibility"])
        ]

    sections = [
        MenuSection(section["title"], items(section.get("items")))
        for section in menu.get("footer_sections") or []
    ]
    logo, favicon = (assets.logo, assets.favicon) if assets is not None else (None, None)
    css_digest = customization.css if customization is not None else None
    return Layout(
        name=portal.display_name,
        mode=theme.get("mode") or "light",
        css=f":root{{--brand:{brand};--brand-ink:{colour.ink(brand)}}}",
        logo=f"/_site/logo?v={logo[:16]}" if logo else None,
        favicon=f"/_site/favicon?v={(favicon or 'default')[:16]}",
        custom_css=f"/_site/custom.css?v={css_digest[:16]}" if css_digest else None,
        menu=items(menu.get("main")),
        footer_sections=[section for section in sections if section.items],
        footer_bottom=items(menu.get("footer_bottom")),
    )


def safe_path(path: str) -> str:
    """A menu's path as a link: of the web, of mail, or of this site; anything else leads nowhere."""
    from chalicelib.site.mdc.links import safe_url

    if "://" not in path and not path.startswith(("mailto:", "tel:", "#", "/")):
        path = f"/{path}"
    return safe_url(path) or "#"


def _leads_to(menu_path: str, path: str) -> bool:
    target = menu_path.strip("/")
    here = path.strip("/")
    return here == target or (bool(target) and here.startswith(f"{target}/"))
