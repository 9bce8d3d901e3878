"""An API's pages: overview, documents and reference, each at an address of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from chalicelib.access.principal import Viewer
from chalicelib.access.visibility import sees_api
from chalicelib.catalog.records import Document, Version
from chalicelib.errors import NotFound
from chalicelib.http.answers import Answer
from chalicelib.site import catalog, html, reference
from chalicelib.site.html import Head, View
from chalicelib.site.layout import layout
from chalicelib.site.pages import Renderer, origin
from chalicelib.site.state import ApiSite, Site
from chalicelib.storage import blobs

#: versions that may stand in an address as they are
_PLAIN = re.compile(r"[\w-][\w.+-]*")
_ORIGIN = re.compile(r"https?://[a-z0-9.-]+(:[0-9]{1,5})?(?=/|$)", re.IGNORECASE)


@dataclass(frozen=True)
class Place:
    """An API at a portal, as a viewer came to it."""

    site: Site
    api_site: ApiSite
    viewer: Viewer

    @property
    def path(self) -> str:
        return catalog.api_path(self.api_site.api.slug)

    @property
    def public(self) -> bool:
        publication = self.api_site.publication(self.viewer.portal_id)
        return publication is not None and publication.visibility == "public"

    @property
    def tags(self) -> tuple[str, ...]:
        return (f"p-{self.site.portal.id}", f"api-{self.api_site.api.id}")


def place(site: Site, api_site: ApiSite, viewer: Viewer) -> Place:
    """Raises NotFound where the viewer does not see the API here."""
    publication = api_site.publication(viewer.portal_id)
    access = publication.access if publication is not None else None
    if not sees_api(viewer, site.portal.access, access):
        raise NotFound("There is no such API.")
    return Place(site, api_site, viewer)


def overview(at: Place) -> View:
    """Name, description, versions, documents, attributes. No trip."""
    return _view(at, "overview", "api_overview.html", {"documents": _tree(at), "servers": _servers(at)})


def document(at: Place, path: str) -> View:
    """A Markdown document. One trip for its body where it is not held."""
    from chalicelib.site import mdc

    found = at.api_site.documents.at(path)
    if found is None or not _readable(at, found):
        raise NotFound("There is no such document.")
    here = f"{at.path}/docs/{_document_path(at, found)}"
    renderer = Renderer(at.site, at.viewer, here, catalog.Query())
    result = mdc.render(blobs.text(found.content), renderer.context({"title": found.title, "path": here}))
    order = [one for one in at.api_site.documents if _readable(at, one)]
    index = order.index(found)

    def neighbour(step: int) -> dict[str, str] | None:
        if not 0 <= index + step < len(order):
            return None
        other = order[index + step]
        return {"path": f"{at.path}/docs/{_document_path(at, other)}", "title": other.title}

    return _view(
        at,
        "documents",
        "api_document.html",
        {
            "html": result.html,
            "has_title": result.title is not None,
            "document": found,
            "documents": _tree(at, found),
            "headings": [heading for heading in result.headings if 2 <= heading.level <= 3],
            "before": neighbour(-1),
            "after": neighbour(1),
        },
        title=found.title,
        css=result.css,
        path=here,
        authored=True,
    )


def reference_page(at: Place, wanted: str | None) -> View:
    """The reference of a version (by default the current one): its operations listed by the server, and
    the interactive renderer loaded over them."""
    version = _version(at, wanted)
    options = _renderer_options(at)
    described = reference.read(version, options)
    here = f"{at.path}/reference/{_version_part(version)}"
    return _view(
        at,
        "reference",
        "api_reference.html",
        {
            "version": version,
            "reference": described,
            "options": options,
            "document_url": f"{here}/document.json",
            "download_url": f"{here}/download",
            "base_path": here,
            "show_version_path": f"{at.path}/reference",
        },
        path=here,
        entry="reference/main.ts",
        directives={"connect_src": _reachable(described, options)},
    )


def download(at: Place, wanted: str) -> Answer:
    """A version's specification, byte for byte as it was sent."""
    version = _version(at, wanted)
    assert version.spec is not None
    kind = "json" if version.format == "json" else "yaml"
    name = quote(f"{at.api_site.api.slug}-{version.version}.{kind}", safe="")
    return Answer(
        blobs.get(version.spec),
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            **html.caching(at.public, at.tags),
        },
        media_type="application/json" if kind == "json" else "application/yaml",
    )


def renderer_document(at: Place, wanted: str) -> Answer:
    """A version's specification as the interactive renderer gets it: JSON in which nothing can act."""
    version = _version(at, wanted)
    headers = {"Content-Security-Policy": "default-src 'none'; sandbox", **html.caching(at.public, at.tags)}
    return Answer(reference.cleaned(version), headers=headers)


def markdown(at: Place, path: str) -> str:
    """A document's own text."""
    found = at.api_site.documents.at(path)
    if found is None or not _readable(at, found):
        raise NotFound("There is no such document.")
    return blobs.text(found.content)


def _view(at: Place, tab: str, template: str, values: dict[str, Any], **more: Any) -> View:
    api, portal = at.api_site.api, at.site.portal
    title = more.pop("title", None)
    path = more.pop("path", at.path)
    heading = api.name if tab == "overview" else f"{title or tab.capitalize()} · {api.name}"
    documents = any(_readable(at, one) for one in at.api_site.documents)
    specified = [version for version in at.api_site.versions if version.spec is not None]
    tabs = [("Overview", at.path, tab == "overview")]
    if documents:
        tabs.append(("Documents", f"{at.path}/docs", tab == "documents"))
    if specified:
        tabs.append(("Reference", f"{at.path}/reference", tab == "reference"))
    attributes = [(key, values_) for key, values_ in sorted((api.attributes or {}).items()) if values_]
    return View(
        template,
        layout(portal, at.site.customization, at.site.assets, at.viewer, path),
        Head(
            title=f"{heading} | {portal.display_name}",
            og_title=heading,
            description=(api.description or "")[:300] or None,
            canonical=f"{origin(portal.default_domain)}{path}",
        ),
        {
            "api": api,
            "tabs": tabs,
            "api_path": at.path,
            "icon": _icon(at),
            "versions": [
                {
                    "id": version.id,
                    "name": version.version,
                    "current": api.current is not None and version.id == api.current["id"],
                    "path": f"{at.path}/reference/{_version_part(version)}",
                    "specified": version.spec is not None,
                    "summary": version.summary or {},
                    "type": version.type,
                }
                for version in at.api_site.versions
            ],
            "attributes": attributes,
            **values,
        },
        public=at.public,
        authored=more.pop("authored", False),
        tags=at.tags,
        **more,
    )


def _icon(at: Place) -> str | None:
    return None


def _readable(at: Place, document: Document) -> bool:
    above = [one.status for one in at.api_site.documents.ancestors(document)]
    return document.status == "published" and all(status == "published" for status in above)


def _document_path(at: Place, document: Document) -> str:
    return quote(at.api_site.documents.path(document), safe="/")


def _tree(at: Place, current: Document | None = None) -> list[dict[str, Any]]:
    def below(parent_id: str | None) -> list[dict[str, Any]]:
        return [
            {
                "title": one.title,
                "path": f"{at.path}/docs/{_document_path(at, one)}",
                "current": current is not None and one.id == current.id,
                "children": below(one.id),
            }
            for one in at.api_site.documents.children(parent_id)
            if one.status == "published"
        ]

    return below(None)


def first_document(at: Place) -> str | None:
    """The path of the first document that can be read."""
    tree = _tree(at)
    path: str | None = tree[0]["path"] if tree else None
    return path


def _version_part(version: Version) -> str:
    name = version.version if _PLAIN.fullmatch(version.version) else version.id
    return quote(name, safe="+")


def paths(at: Place) -> list[str]:
    """Every page of an API, for its sitemap."""
    found = [at.path]
    found += [
        f"{at.path}/docs/{_document_path(at, one)}" for one in at.api_site.documents if _readable(at, one)
    ]
    found += [
        f"{at.path}/reference/{_version_part(version)}"
        for version in at.api_site.versions
        if version.spec is not None
    ]
    return found


def version_path(at: Place, wanted: str) -> str:
    """Where a version's reference is. Raises NotFound."""
    return f"{at.path}/reference/{_version_part(_version(at, wanted))}"


def _version(at: Place, wanted: str | None) -> Version:
    specified = [version for version in at.api_site.versions if version.spec is not None]
    if wanted is None:
        current = at.api_site.api.current
        current_id = current["id"] if current is not None else None
        found = next((version for version in specified if version.id == current_id), None)
        found = found or (specified[0] if specified else None)
    else:
        found = next((version for version in specified if wanted in (version.version, version.id)), None)
    if found is None:
        raise NotFound("There is no such version, or it has no specification.")
    return found


def _servers(at: Place) -> list[str]:
    current = at.api_site.api.current
    for version in at.api_site.versions:
        if current is not None and version.id == current["id"]:
            servers = (version.summary or {}).get("servers") or []
            return [str(server.get("url", "")) for server in servers if isinstance(server, dict)][:5]
    return []


def _reachable(described: reference.Reference, options: dict[str, bool]) -> str:
    """What try-it may call: the servers the specification names, or any where visitors may name their own."""
    if not options["try_it_ui"]:
        return ""
    if options["allow_custom_server_urls"]:
        return "https:"
    origins = {match[0] for url, _ in described.servers if (match := _ORIGIN.match(url))}
    return " ".join(sorted(origins))


def _renderer_options(at: Place) -> dict[str, bool]:
    settings = at.site.customization.settings if at.site.customization is not None else {}
    return {**reference.SWITCHES, **(settings.get("spec_renderer") or {})}
