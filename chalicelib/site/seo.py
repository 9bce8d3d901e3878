"""What search engines ask for by name: robots.txt and sitemaps, of what everyone may see."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from xml.sax.saxutils import escape

from chalicelib.access.principal import Anonymous, Viewer
from chalicelib.site import api_pages, catalog, pages
from chalicelib.site.api_pages import Place
from chalicelib.site.state import Visit

_SPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
#: addresses that one map may have
MOST = 50_000


def anonymous(visit: Visit) -> Visit:
    """The same visit by nobody known: what a developer sees more belongs into no sitemap."""
    return replace(visit, viewer=Viewer(visit.viewer.portal_id, Anonymous()))


def robots(visit: Visit) -> str:
    """The text an admin wrote, verbatim; else everything may be read, and where the sitemaps are."""
    customization = visit.site.customization
    written = customization.settings.get("robots") if customization is not None else None
    if written is not None:
        return str(written)
    base = _base(visit)
    return f"User-agent: *\nDisallow:\n\nSitemap: {base}/sitemap.xml\nSitemap: {base}/sitemap-apis.xml\n"


def sitemap(visit: Visit) -> str:
    """Pages that everyone may see, and the overview of each such API."""
    site, base = visit.site, _base(visit)
    paths = [pages.address(site, page) for page in site.pages if pages.sees(site, visit.viewer, page)]
    paths += ["/apis", *(catalog.api_path(row["slug"]) for row in visit.rows)]
    return _document("urlset", "url", (base + path for path in dict.fromkeys(paths)))


def sitemap_apis(visit: Visit) -> str:
    """An index: one map an API."""
    base = _base(visit)
    paths = (f"{base}{catalog.api_path(row['slug'])}/sitemap.xml" for row in visit.rows)
    return _document("sitemapindex", "sitemap", paths)


def sitemap_api(at: Place) -> str:
    """Overview, documents and references of one API."""
    return _document("urlset", "url", (_base(at.visit) + path for path in api_pages.paths(at)))


def _base(visit: Visit) -> str:
    return pages.origin(visit.site.portal.site_domain)


def _document(root: str, element: str, urls: Iterable[str]) -> str:
    listed = list(urls)[:MOST]
    entries = "".join(f"<{element}><loc>{escape(url)}</loc></{element}>\n" for url in listed)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{_SPACE}">\n{entries}</{root}>\n'
