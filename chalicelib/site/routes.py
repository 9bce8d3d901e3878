"""The portal's website, on the portal's own host: every path that is no API's.

A view reads the pulses it depends on (one trip) and is made only where they moved. What a viewer may not see
answers exactly as what does not exist.
"""

from __future__ import annotations

from typing import Literal

from chalicelib.access.principal import Viewer
from chalicelib.errors import NotFound
from chalicelib.http.answers import Answer, redirect
from chalicelib.http.operation import Public, operation
from chalicelib.http.request import Request
from chalicelib.site import api_pages, assets, catalog, files, html, pages, policy, seo, state
from chalicelib.site.api_pages import Place
from chalicelib.site.html import Head, View
from chalicelib.site.state import CATALOG, Visit

#: first parts of paths that are no pages: what is unknown below them is a problem document, not a page
MACHINES = frozenset({"api", "v2", "v3", "portico", "_assets", "_media", "_site", "openapi.json"})

#: as what a page is wanted; negotiated: as Markdown at the address of the HTML
Form = Literal["html", "markdown", "negotiated"]


@operation("site-front", "GET", "/", allow=Public.GUEST, errors=(), media_type="text/html")
def front(viewer: Viewer, request: Request) -> Answer:
    """The portal's front page"""
    return _serve(viewer, request, "")


@operation("site-page", "GET", "/{path+}", allow=Public.GUEST, errors=(404,), media_type="text/html")
def page(path: str, viewer: Viewer, request: Request) -> Answer:
    """A page of the portal's website"""
    return _serve(viewer, request, path)


@operation("site-robots", "GET", "/robots.txt", allow=Public.GUEST, errors=(404,), media_type="text/plain")
def robots(viewer: Viewer) -> Answer:
    """The portal's robots.txt"""
    visit = state.visit(viewer)
    return _data(visit, seo.robots(visit), "text/plain; charset=utf-8")


@operation("site-map", "GET", "/sitemap.xml", allow=Public.GUEST, errors=(404,), media_type="application/xml")
def sitemap(viewer: Viewer) -> Answer:
    """The sitemap of the portal's pages"""
    visit = seo.anonymous(state.visit(viewer, *CATALOG))
    return visit.page(("sitemap",), lambda: _data(visit, seo.sitemap(visit), "application/xml"))


@operation(
    "site-map-apis",
    "GET",
    "/sitemap-apis.xml",
    allow=Public.GUEST,
    errors=(404,),
    media_type="application/xml",
)
def sitemap_apis(viewer: Viewer) -> Answer:
    """The index of the APIs' sitemaps"""
    visit = seo.anonymous(state.visit(viewer, *CATALOG))
    return visit.page(("sitemap-apis",), lambda: _data(visit, seo.sitemap_apis(visit), "application/xml"))


@operation("site-file", "GET", "/_site/{name}", allow=Public.GUEST, errors=(404,), media_type="image/*")
def site_file(name: str, viewer: Viewer, v: str = "") -> Answer:
    """The portal's own stylesheet, logo and favicon"""
    return files.answer(state.visit(viewer), name, v)


def _data(visit: Visit, text: str, media_type: str, tags: tuple[str, ...] = ()) -> Answer:
    headers = {**policy.data(), **policy.caching(visit, tags)}
    return Answer(text.encode(), headers=headers, media_type=media_type)


def _serve(viewer: Viewer, request: Request, path: str) -> Answer:
    if "//" in request.path:
        # one address a page; `//host`, which may be written `/\\host` too, would lead a browser elsewhere
        parts = request.path.replace("\\", "%5C").split("/")
        return redirect("/" + "/".join(part for part in parts if part), 301)
    segments = [*request.segments] or [""]
    if segments[0] in MACHINES:
        raise NotFound("There is nothing at this path.")
    form: Form = "html"
    if path.endswith(".md"):
        form, path = "markdown", path.removesuffix(".md")
        segments[-1] = segments[-1].removesuffix(".md")
    elif request.prefers("text/html", "text/markdown") == "text/markdown":
        form = "negotiated"
    if segments[0] == "apis" and len(segments) > 1:
        return _api(viewer, segments[1], segments[2:], dict(request.query).get("version"), form)
    visit = state.visit(viewer, *CATALOG)
    query = catalog.Query.read(request.query)
    name = (assets.build(), path, query.text(query.page), form)
    return visit.page(name, lambda: _answer(_page(visit, path, query), form))


def _answer(view: View, form: Form) -> Answer:
    return html.answer(view) if form == "html" else html.markdown(view, negotiated=form == "negotiated")


def _page(visit: Visit, path: str, query: catalog.Query) -> View:
    found = pages.seen(visit, path)
    if found is not None:
        return pages.view(visit, found, query)
    here = path.strip("/")
    if here == "apis":
        return _catalog(visit, query)
    if here in ("", "home"):
        return _nothing_here(visit)
    return _missing(visit, f"/{here}")


def _catalog(visit: Visit, query: catalog.Query) -> View:
    """The built-in list of APIs, where there is no page at /apis."""
    portal = visit.site.portal
    return View(
        visit,
        "/apis",
        "catalog.html",
        Head(
            title=f"APIs | {portal.display_name}",
            og_title="APIs",
            canonical=f"{pages.origin(portal.site_domain)}/apis",
        ),
        {"found": catalog.find(visit.rows, query, "/apis"), "action": None},
    )


def _nothing_here(visit: Visit) -> View:
    name = visit.site.portal.display_name
    return View(
        visit,
        "/",
        "missing.html",
        Head(title=name, og_title=name, index=False),
        {
            "code": None,
            "heading": f"Welcome to {name}",
            "text": "There is nothing public here yet. What it offers may be for its own developers only.",
            "link": None,
        },
    )


def _missing(visit: Visit, path: str) -> View:
    """The branded page for what is not there, or not there for this viewer."""
    return View(
        visit,
        path,
        "missing.html",
        Head(title=f"Not found | {visit.site.portal.display_name}", og_title="Not found", index=False),
        {
            "code": "404",
            "heading": "This page does not exist",
            "text": "It may have moved, or it may be for signed-in developers only.",
            "link": {"path": "/", "title": "Go to the front page"},
        },
        status=404,
    )


def _api(viewer: Viewer, slug: str, rest: list[str], version: str | None, form: Form) -> Answer:
    visit, api_site = state.visit_api(viewer, slug)
    try:
        if api_site is None or api_site.api.slug != slug:
            raise NotFound()
        at = api_pages.place(visit, api_site)
        name = (assets.build(), "apis", slug, *rest, version or "", form)
        return visit.page(name, lambda: _api_answer(at, rest, version, form))
    except NotFound:
        return _answer(_missing(visit, f"/apis/{slug}"), form)


def _api_answer(at: Place, rest: list[str], version: str | None, form: Form) -> Answer:
    match rest:
        case []:
            return _answer(api_pages.overview(at), form)
        case ["docs"]:
            return _lead(at, api_pages.first_document(at))
        case ["docs", *slugs]:
            return _answer(api_pages.document(at, "/".join(slugs)), form)
        case ["reference"] if version:
            return _lead(at, api_pages.chosen_version(at, version))
        case ["reference"]:
            return _answer(api_pages.reference_page(at, None), form)
        case ["reference", wanted]:
            return _answer(api_pages.reference_page(at, wanted), form)
        case ["reference", wanted, "download"]:
            return api_pages.download(at, wanted)
        case ["reference", wanted, "document.json"]:
            return api_pages.renderer_document(at, wanted)
        case ["sitemap.xml"]:
            return _data(at.visit, seo.sitemap_api(at), "application/xml", at.tags)
    raise NotFound()


def _lead(at: Place, path: str) -> Answer:
    return redirect(path, headers={"Vary": policy.VARY, **policy.caching(at.visit, at.tags)})
