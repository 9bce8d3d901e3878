"""The portal's website, on the portal's own host: every path that is no API's.

A view reads the pulses it depends on (one trip) and is made only where they moved. What a viewer may not see
answers exactly as what does not exist.
"""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

from chalicelib.access.principal import Viewer
from chalicelib.errors import NotFound
from chalicelib.http.answers import Answer, redirect
from chalicelib.http.operation import Public, operation
from chalicelib.http.request import Request
from chalicelib.site import api_pages, assets, catalog, html, pages, seo, state
from chalicelib.site.html import Head, View
from chalicelib.site.layout import layout
from chalicelib.site.state import APIS, ApiSite, Pulses, Site
from chalicelib.storage import blobs, keys, table
from chalicelib.storage.records import Reservation

MARKDOWN = "text/markdown; charset=utf-8"
#: first parts of paths that are no pages: what is unknown below them is a problem document, not a page
MACHINES = frozenset({"api", "v2", "v3", "portico", "_assets", "_media", "_site", "openapi.json"})
#: slugs remembered, so that a warm API page knows the pulse it depends on; renamed APIs move the APIS pulse
_slugs: dict[tuple[str, str], str] = {}


@operation("site-front", "GET", "/", allow=Public.GUEST, errors=(), media_type="text/html")
def front(viewer: Viewer, request: Request) -> Answer:
    """The portal's front page"""
    return _serve(viewer, request, "")


@operation("site-page", "GET", "/{path+}", allow=Public.GUEST, errors=(404,), media_type="text/html")
def page(path: str, viewer: Viewer, request: Request) -> Answer:
    """A page of the portal's website"""
    return _serve(viewer, request, path)


@operation("site-robots", "GET", "/robots.txt", allow=Public.GUEST, errors=(404,))
def robots(viewer: Viewer) -> Answer:
    """The portal's robots.txt"""
    site, _ = _site(viewer)
    return _text(viewer, seo.robots(site), "text/plain; charset=utf-8")


@operation("site-map", "GET", "/sitemap.xml", allow=Public.GUEST, errors=(404,))
def sitemap(viewer: Viewer) -> Answer:
    """The index of the portal's sitemaps"""
    site, _ = _site(viewer)
    return _text(viewer, seo.sitemap(site, viewer), "application/xml")


@operation("site-map-apis", "GET", "/sitemap-apis.xml", allow=Public.GUEST, errors=(404,))
def sitemap_apis(viewer: Viewer) -> Answer:
    """The sitemap of the portal's APIs"""
    site, _ = _site(viewer)
    return _text(viewer, seo.sitemap_apis(site, viewer), "application/xml")


@operation("site-file", "GET", "/_site/{name}", allow=Public.GUEST, errors=(404,))
def site_file(name: str, viewer: Viewer, request: Request) -> Answer:
    """The portal's own stylesheet, logo and favicon"""
    site, _ = _site(viewer)
    return seo.file(site, name, dict(request.query).get("v", ""))


def _site(viewer: Viewer, *more: str) -> tuple[Site, Pulses]:
    pk = keys.portal(viewer.portal_id)
    current = state.pulses([pk, *more])
    return state.parent(Site, pk, current), current


def _text(viewer: Viewer, text: str, media_type: str) -> Answer:
    headers = html.caching(not viewer.authenticated, (f"p-{viewer.portal_id}",))
    return Answer(text.encode(), headers=headers, media_type=media_type)


def _serve(viewer: Viewer, request: Request, path: str) -> Answer:
    if request.path.startswith("//") or "//" in request.path:
        clean = "/" + quote("/".join(part for part in path.split("/") if part), safe="/%")
        return redirect(clean, 301)
    segments = [part for part in path.split("/") if part]
    if segments and segments[0] in MACHINES:
        raise NotFound("There is nothing at this path.")
    wants_markdown = path.endswith(".md") or _prefers_markdown(request)
    if wants_markdown:
        path = path.removesuffix(".md")
        segments = [part for part in path.split("/") if part]
    if len(segments) >= 2 and segments[0] == "apis":
        return _api(viewer, request, segments[1:], markdown=wants_markdown)
    site, current = _site(viewer, APIS)
    query = catalog.Query.read(request.query)

    def make() -> Answer:
        return _authored(site, viewer, path, query, markdown=wants_markdown)

    return _held(viewer, current, (path, query.text(query.page), str(wants_markdown)), make)


def _prefers_markdown(request: Request) -> bool:
    accepted = request.headers.get("accept", "")
    return "text/markdown" in accepted and "text/html" not in accepted


def _held(viewer: Viewer, current: Pulses, key: tuple[str, ...], make: Callable[[], Answer]) -> Answer:
    if viewer.authenticated:
        return make()
    entry = assets.entry("site/main.ts").script
    return state.page((viewer.portal_id, entry, *key), current, make)


def _authored(site: Site, viewer: Viewer, path: str, query: catalog.Query, *, markdown: bool) -> Answer:
    found = pages.seen(site, viewer, path)
    if found is not None:
        if markdown:
            return _markdown(site, viewer, blobs.text(found.content), public=found.visibility == "public")
        return html.answer(pages.view(site, viewer, found, query))
    here = path.strip("/")
    if here == "apis" and site.pages.at("apis") is None:
        return html.answer(_catalog(site, viewer, query))
    if here in ("", "home"):
        return html.answer(_nothing_here(site, viewer))
    return missing(site, viewer, f"/{here}")


def _markdown(site: Site, viewer: Viewer, text: str, *, public: bool) -> Answer:
    from chalicelib.site import mdc

    renderer = pages.Renderer(site, viewer, "", catalog.Query())
    source = mdc.to_markdown(text, renderer.context({}))
    tags = (f"p-{viewer.portal_id}",)
    headers = {
        **html.caching(public and not viewer.authenticated, tags),
        "Vary": "Accept-Encoding, Accept, Cookie",
    }
    return Answer(source.encode(), headers=headers, media_type=MARKDOWN)


def _catalog(site: Site, viewer: Viewer, query: catalog.Query) -> View:
    """The built-in list of APIs, where no page has been written at /apis."""
    from chalicelib.catalog import visible

    portal = site.portal
    found = catalog.find(visible.rows(viewer), query, "/apis")
    return View(
        "catalog.html",
        layout(portal, site.customization, site.assets, viewer, "/apis"),
        Head(
            title=f"APIs | {portal.display_name}",
            og_title="APIs",
            canonical=f"{pages.origin(portal.default_domain)}/apis",
        ),
        {"found": found},
        public=not viewer.authenticated,
        authored=False,
        tags=(f"p-{portal.id}",),
    )


def _nothing_here(site: Site, viewer: Viewer) -> View:
    portal = site.portal
    return View(
        "missing.html",
        layout(portal, site.customization, site.assets, viewer, "/"),
        Head(title=portal.display_name, og_title=portal.display_name, index=False),
        {
            "code": None,
            "heading": f"Welcome to {portal.display_name}",
            "text": "There is nothing public here yet. What it offers may be for its own developers only.",
            "link": None,
        },
        public=not viewer.authenticated,
        tags=(f"p-{portal.id}",),
    )


def missing(site: Site, viewer: Viewer, path: str) -> Answer:
    """The branded page for what is not there, or not there for this viewer."""
    portal = site.portal
    return html.answer(
        View(
            "missing.html",
            layout(portal, site.customization, site.assets, viewer, path),
            Head(title=f"Not found | {portal.display_name}", og_title="Not found", index=False),
            {
                "code": "404",
                "heading": "This page does not exist",
                "text": "It may have moved, or it may be for signed-in developers only.",
                "link": {"path": "/", "title": "Go to the front page"},
            },
            status=404,
            public=not viewer.authenticated,
            tags=(f"p-{portal.id}",),
        )
    )


def _api(viewer: Viewer, request: Request, segments: list[str], *, markdown: bool) -> Answer:
    slug, rest = segments[0], segments[1:]
    api_id = _slugs.get((viewer.portal_id, slug))
    if api_id is None:
        held = table.get(Reservation, keys.Key(keys.unique("slug", slug)))
        api_id = held.holder if held is not None else ""
    pk = keys.api(api_id)
    site, current = _site(viewer, APIS, pk)
    try:
        api_site = state.parent(ApiSite, pk, current)
        if api_site.api.slug != slug:
            raise NotFound()
        at = api_pages.place(site, api_site, viewer)
        if len(_slugs) > 10_000:
            _slugs.clear()
        _slugs[viewer.portal_id, slug] = api_id
        version = dict(request.query).get("version")
        key = ("apis", slug, *rest, version or "", str(markdown))
        return _held(viewer, current, key, lambda: _api_answer(at, rest, version, markdown=markdown))
    except NotFound:
        _slugs.pop((viewer.portal_id, slug), None)
        return missing(site, viewer, f"/apis/{slug}")


def _api_answer(at: api_pages.Place, rest: list[str], version: str | None, *, markdown: bool) -> Answer:
    match rest:
        case []:
            return html.answer(api_pages.overview(at))
        case ["docs"]:
            first = api_pages.first_document(at)
            if first is None:
                raise NotFound()
            return redirect(first, headers=html.caching(at.public, at.tags))
        case ["docs", *slugs]:
            path = "/".join(slugs)
            if markdown:
                return _markdown(at.site, at.viewer, api_pages.markdown(at, path), public=at.public)
            return html.answer(api_pages.document(at, path))
        case ["reference"] if version:
            headers = html.caching(at.public, at.tags)
            return redirect(api_pages.version_path(at, version), headers=headers)
        case ["reference"]:
            return html.answer(api_pages.reference_page(at, None))
        case ["reference", wanted]:
            return html.answer(api_pages.reference_page(at, wanted))
        case ["reference", wanted, "download"]:
            return api_pages.download(at, wanted)
        case ["reference", wanted, "document.json"]:
            return api_pages.renderer_document(at, wanted)
        case ["sitemap.xml"]:
            return Answer(
                seo.sitemap_api(at).encode(),
                headers=html.caching(at.public, at.tags),
                media_type="application/xml",
            )
        case ["reference", wanted, *_]:
            # the interactive renderer keeps its own place below the version's address
            return html.answer(api_pages.reference_page(at, wanted))
    raise NotFound()
