"""Authored pages: from a path to a rendered page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chalicelib.access.principal import Viewer
from chalicelib.access.visibility import sees_item
from chalicelib.catalog import visible
from chalicelib.content.records import Page
from chalicelib.site import catalog, html
from chalicelib.site.html import Head, Picture, View
from chalicelib.site.layout import layout
from chalicelib.site.state import Site
from chalicelib.storage import blobs


def seen(site: Site, viewer: Viewer, path: str) -> Page | None:
    """The page at a path, None where there is none that this viewer may see."""
    page = site.pages.at(path)
    return page if page is not None and sees(site, viewer, page) else None


def sees(site: Site, viewer: Viewer, page: Page) -> bool:
    """Whether the viewer may see a page of the tree."""
    above = [one.status for one in site.pages.ancestors(page)]
    return sees_item(
        viewer, site.portal.access, visibility=page.visibility, status=page.status, ancestors=above
    )


class Renderer:
    """Renders texts of one portal for one viewer: knows its snippets, its pages and its catalog."""

    def __init__(
        self, site: Site, viewer: Viewer, path: str, query: catalog.Query, *, preview: bool = False
    ) -> None:
        self.site, self.viewer, self.path, self.query = site, viewer, path, query
        self.preview = preview

    def context(self, page: Mapping[str, Any], **more: Any) -> Any:
        """What the MDC renderer asks of the site."""
        from chalicelib.site.mdc import Context

        portal = self.site.portal
        return Context(
            authenticated=self.viewer.authenticated,
            preview=self.preview,
            snippet=self.snippet,
            part=self.part,
            resolve_link=self.resolve_link,
            data={
                "portal": {"name": portal.display_name, "domain": portal.default_domain},
                "page": page,
            },
            **more,
        )

    def snippet(self, name: str) -> str | None:
        """A snippet's text, None where the viewer may not see it."""
        found = self.site.snippets.get(name)
        if found is None or not sees_item(
            self.viewer, self.site.portal.access, visibility=found.visibility, status=found.status
        ):
            return None
        return blobs.text(found.content)

    def resolve_link(self, href: str) -> str:
        """Links between Markdown files lead to the pages made of them."""
        path, mark, rest = href, "", ""
        for sign in ("#", "?"):
            head, found, tail = path.partition(sign)
            if found:
                path, mark, rest = head, found, tail + mark + rest
        return f"{path.removesuffix('.md')}{mark}{rest}" if path.endswith(".md") else href

    def part(self, name: str, props: Mapping[str, Any]) -> str | None:
        """What only the site can render inside a page."""
        if name == "apis-list":
            return self.apis_list(props)
        if name == "page-navigation":
            return self.navigation(props)
        return None

    def apis_list(self, props: Mapping[str, Any]) -> str:
        """The catalog as a component."""
        size = props.get("page-size")
        keys = props.get("attributes")
        found = catalog.find(
            visible.rows(self.viewer),
            self.query,
            self.path or "/",
            size=size if isinstance(size, int) and 1 <= size <= 100 else catalog.PAGE_SIZE,
            search=props.get("enable-search") is not False,
            filters=[str(key) for key in keys] if isinstance(keys, list) else None,
            show_filters=props.get("show-filter") is not False,
        )
        return html.fragment("_catalog.html", found=found)

    def navigation(self, props: Mapping[str, Any]) -> str:
        """Links to the pages below a page (by default this one)."""
        start = props.get("href") if isinstance(props.get("href"), str) else self.path
        above = self.site.pages.at(str(start))
        children = self.site.pages.children(above.id) if above is not None else []
        links = [
            (f"/{self.site.pages.path(child)}", child.title, child.description)
            for child in children
            if sees(self.site, self.viewer, child)
        ]
        return html.fragment("_navigation.html", links=links)


def view(site: Site, viewer: Viewer, page: Page, query: catalog.Query) -> View:
    """An authored page. Trips: its body with those of its snippets, and the catalog's if it has one."""
    from chalicelib.site import mdc

    needed = [page.content]
    needed += [snippet.content for name in page.snippets if (snippet := site.snippets.get(name)) is not None]
    blobs.get_all(needed)
    path = "/" + site.pages.path(page)
    path = "/" if path in ("/home",) else path
    renderer = Renderer(site, viewer, path, query)
    about = {"title": page.title, "description": page.description, "path": path}
    result = mdc.render(blobs.text(page.content), renderer.context(about))
    left, right, css = _slots(renderer, about, result)
    portal = site.portal
    return View(
        "page.html",
        layout(portal, site.customization, site.assets, viewer, path),
        Head(
            title=f"{page.title} | {portal.display_name}",
            og_title=page.title,
            description=page.description,
            canonical=f"{origin(portal.default_domain)}{path}",
            image=picture(result.front_matter.get("image"), origin(portal.default_domain)),
        ),
        {"html": result.html, "left": left, "right": right},
        css=result.css + css,
        public=page.visibility == "public",
        tags=(f"p-{portal.id}", f"page-{page.id}"),
    )


def _slots(renderer: Renderer, about: Mapping[str, Any], result: Any) -> tuple[str, str, str]:
    from chalicelib.site import mdc

    wanted = result.front_matter.get("page-layout")
    if not isinstance(wanted, dict):
        return "", "", ""
    found, css = {}, ""
    for place in ("sidebar-left", "sidebar-right"):
        name = wanted.get(place)
        if isinstance(name, str):
            context = renderer.context(about, headings=result.headings, id_prefix=f"{place}-")
            slot = mdc.render_snippet(name, {}, context)
            found[place], css = slot.html, css + slot.css
    return found.get("sidebar-left", ""), found.get("sidebar-right", ""), css


def origin(domain: str) -> str:
    """Scheme and host of a portal."""
    from chalicelib.settings import settings

    return f"{settings().scheme}://{domain}"


def picture(value: Any, base: str) -> Picture | None:
    """The picture that front matter names: a text, or `{url, alt, width, height}`."""
    from chalicelib.site.mdc.links import safe_url

    members = value if isinstance(value, dict) else {"url": value}
    url = members.get("url")
    if not isinstance(url, str) or not (clean := safe_url(url)):
        return None
    if clean.startswith("/"):
        clean = base + clean

    def number(name: str) -> int | None:
        size = members.get(name)
        return size if isinstance(size, int) and 0 < size < 100_000 else None

    alt = members.get("alt")
    return Picture(clean, alt if isinstance(alt, str) else None, number("width"), number("height"))
