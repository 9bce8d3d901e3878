"""Authored pages: from a path to a rendered page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote, unquote

from chalicelib.access.principal import Viewer
from chalicelib.access.visibility import sees_item
from chalicelib.content.records import Page, Snippet
from chalicelib.site import catalog, html
from chalicelib.site.html import Head, Picture, View
from chalicelib.site.state import Site, Visit
from chalicelib.storage import aws, blobs

#: APIs on a page of a catalog inside a page
MOST_CARDS = 100


def seen(visit: Visit, path: str) -> Page | None:
    """The page at a path, None where there is none that this viewer may see."""
    page = visit.site.pages.at(path)
    return page if page is not None and sees(visit.site, visit.viewer, page) else None


def sees(site: Site, viewer: Viewer, page: Page) -> bool:
    """Whether the viewer may see a page of the tree."""
    above = [one.status for one in site.pages.ancestors(page)]
    return sees_item(
        viewer, site.portal.access, visibility=page.visibility, status=page.status, ancestors=above
    )


def address(site: Site, page: Page) -> str:
    """The path of a page's address: the front page is `/`."""
    return "/" if site.pages.at("") is page else quote(f"/{site.pages.path(page)}")


class Renderer:
    """Renders texts of one portal for one viewer: knows its snippets, its pages and its catalog."""

    def __init__(
        self, visit: Visit, path: str, query: catalog.Query | None = None, *, preview: bool = False
    ) -> None:
        self.visit, self.path, self.preview = visit, path, preview
        self.query = query or catalog.Query()

    def context(self, page: Mapping[str, Any], **more: Any) -> Any:
        """What the MDC renderer asks of the site."""
        from chalicelib.site.mdc import Context

        portal = self.visit.site.portal
        return Context(
            authenticated=self.visit.viewer.authenticated,
            preview=self.preview,
            snippet=self.snippet,
            part=self.part,
            resolve_link=resolve_link,
            data={
                "portal": {"name": portal.display_name, "domain": portal.site_domain},
                "page": page,
            },
            **more,
        )

    def snippet(self, name: str) -> str | None:
        """A snippet's text, None where the viewer may not see it."""
        site = self.visit.site
        found = site.snippets.get(name)
        if found is None or not sees_item(
            self.visit.viewer, site.portal.access, visibility=found.visibility, status=found.status
        ):
            return None
        return blobs.text(found.content)

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
        size = int(size) if isinstance(size, int | float) and 1 <= size <= MOST_CARDS else catalog.PAGE_SIZE
        found = catalog.find(
            self.visit.rows,
            self.query,
            self.path or "/",
            size=size,
            search=props.get("enable-search") is not False,
            filters=_texts(props.get("attributes")),
            show_filters=props.get("show-filter") is not False,
            paged=props.get("pagination") is not False,
            card_keys=_texts(props.get("card-attribute-keys")),
        )
        action = props.get("cta-text")
        return html.fragment("_catalog.html", found=found, action=action if isinstance(action, str) else None)

    def navigation(self, props: Mapping[str, Any]) -> str:
        """Links to the pages below a page (by default this one)."""
        site = self.visit.site
        start = props.get("href") if isinstance(props.get("href"), str) else self.path
        above = site.pages.at(unquote(str(start)))
        children = site.pages.children(above.id) if above is not None else []
        links = [
            (address(site, child), child.title, child.description)
            for child in children
            if sees(site, self.visit.viewer, child)
        ]
        return html.fragment("_navigation.html", links=links)


def _texts(value: Any) -> list[str] | None:
    return [str(one) for one in value] if isinstance(value, list) else None


def resolve_link(href: str) -> str:
    """Links between Markdown files lead to the pages made of them."""
    end = min((at for sign in "#?" if (at := href.find(sign)) >= 0), default=len(href))
    path, rest = href[:end], href[end:]
    return path.removesuffix(".md") + rest if "://" not in path else href


def view(visit: Visit, page: Page, query: catalog.Query) -> View:
    """An authored page. One trip, for its body with those of its snippets and the catalog if it has one."""
    from chalicelib.site import mdc

    site, portal = visit.site, visit.site.portal
    _prefetch(visit, page)
    path = address(site, page)
    renderer = Renderer(visit, path, query)
    about = {"title": page.title, "description": page.description, "path": path}
    text, context = blobs.text(page.content), renderer.context(about)
    result = mdc.render(text, context)
    left, right, css = slots(renderer, about, result)
    base = origin(portal.site_domain)
    return View(
        visit,
        path,
        "page.html",
        Head(
            title=f"{page.title} | {portal.display_name}",
            og_title=page.title,
            description=page.description,
            canonical=base + path,
            image=picture(result.front_matter.get("image"), base),
        ),
        {"html": result.html, "left": left, "right": right},
        css=result.css + css,
        authored=True,
        tags=(f"page-{page.id}",),
        source=lambda: mdc.to_markdown(text, context),
    )


def _prefetch(visit: Visit, page: Page) -> None:
    """Have the process hold what the page is made of."""
    texts: dict[str, Page | Snippet] = {"": page}
    pending = list(page.snippets)
    while pending:
        found = visit.site.snippets.get(name := pending.pop())
        if found is not None and name not in texts:
            texts[name] = found
            pending += found.snippets
    wanted: list[Callable[[], Any]] = [lambda: blobs.get_all([text.content for text in texts.values()])]
    if any(text.lists_apis for text in texts.values()):
        wanted.append(lambda: visit.rows)
    aws.together(lambda read: read(), wanted)


def slots(renderer: Renderer, about: Mapping[str, Any], result: Any) -> tuple[str, str, str]:
    """The snippets that the front matter puts beside the page: left, right, and their rules."""
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
    from chalicelib.site.mdc.links import IMAGE_SCHEMES, safe_url

    members = value if isinstance(value, dict) else {"url": value}
    url = members.get("url")
    clean = safe_url(url, IMAGE_SCHEMES) if isinstance(url, str) else None
    if not clean:
        return None
    if clean.startswith("//"):
        clean = f"https:{clean}"
    elif not clean.startswith(("http:", "https:")):
        clean = f"{base}/{clean.lstrip('/')}"

    def number(name: str) -> int | None:
        size = members.get(name)
        return size if isinstance(size, int) and not isinstance(size, bool) and 0 < size < 100_000 else None

    alt = members.get("alt")
    return Picture(clean, alt if isinstance(alt, str) else None, number("width"), number("height"))
