"""What search engines and browsers ask for by name: robots.txt, sitemaps, the portal's own files."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from chalicelib.access.principal import Viewer
from chalicelib.catalog import visible
from chalicelib.errors import NotFound
from chalicelib.http.answers import Answer
from chalicelib.portals.assets import service as images
from chalicelib.portals.assets.service import Asset
from chalicelib.site import catalog, pages, policy
from chalicelib.site.state import Site
from chalicelib.storage import blobs

if TYPE_CHECKING:
    from chalicelib.site.api_pages import Place

_SPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


def robots(site: Site) -> str:
    """The text an admin wrote, verbatim; else everything may be read, and where the sitemap is."""
    settings = site.customization.settings if site.customization is not None else {}
    written = settings.get("robots")
    if written:
        return str(written)
    base = pages.origin(site.portal.default_domain)
    return f"User-agent: *\nDisallow:\n\nSitemap: {base}/sitemap.xml\nSitemap: {base}/sitemap-apis.xml\n"


def _document(root: str, element: str, urls: Iterable[str]) -> str:
    entries = "".join(f"<{element}><loc>{escape(url)}</loc></{element}>\n" for url in urls)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{_SPACE}">\n{entries}</{root}>\n'


def sitemap(site: Site, viewer: Viewer) -> str:
    """Pages that everyone may see. With the APIs' own maps it makes the whole site."""
    base = pages.origin(site.portal.default_domain)
    urls = [base + _path(site, page) for page in site.pages if pages.sees(site, viewer, page)]
    if site.pages.at("apis") is None:
        urls.append(f"{base}/apis")
    urls += [base + catalog.api_path(row["slug"]) for row in visible.rows(viewer)]
    return _document("urlset", "url", dict.fromkeys(urls))


def sitemap_apis(site: Site, viewer: Viewer) -> str:
    """An index: one map an API."""
    base = pages.origin(site.portal.default_domain)
    rows = visible.rows(viewer)
    return _document(
        "sitemapindex", "sitemap", (f"{base}{catalog.api_path(row['slug'])}/sitemap.xml" for row in rows)
    )


def sitemap_api(at: Place) -> str:
    """Overview, documents and references of one API."""
    from chalicelib.site import api_pages

    base = pages.origin(at.site.portal.default_domain)
    return _document("urlset", "url", (base + path for path in api_pages.paths(at)))


def _path(site: Site, page: object) -> str:
    path = "/" + site.pages.path(page)  # type: ignore[arg-type]
    return "/" if path == "/home" else path


def file(site: Site, name: str, version: str) -> Answer:
    """`custom.css`, `logo` or `favicon`; kept for ever under the version that the page names."""
    headers = {"Cache-Control": policy.IMMUTABLE if version else "public, max-age=300"}
    if name == "custom.css":
        digest = site.customization.css if site.customization is not None else None
        if digest is None:
            raise NotFound("There is no such file.")
        return Answer(blobs.get(digest), headers=headers, media_type="text/css; charset=utf-8")
    if name not in set(Asset):
        raise NotFound("There is no such file.")
    image = images.of(site.assets, Asset(name))
    headers["Content-Security-Policy"] = "sandbox; default-src 'none'; style-src 'unsafe-inline'"
    return Answer(image.data, headers=headers, media_type=image.media_type)
