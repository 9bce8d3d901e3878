"""An API's pages: overview, documents and reference, each at an address of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from chalicelib.access.visibility import sees_api, sees_item
from chalicelib.catalog.records import Document, Version
from chalicelib.errors import NotFound
from chalicelib.http.answers import Answer
from chalicelib.site import catalog, policy, reference, state
from chalicelib.site.html import Head, View
from chalicelib.site.pages import Renderer, origin
from chalicelib.site.state import ApiSite, Visit
from chalicelib.storage import blobs

#: versions that may stand in an address as they are
_PLAIN = re.compile(r"[\w-][\w.+-]*")
KINDS = {"oas2": "OpenAPI 2", "oas3": "OpenAPI 3", "asyncapi": "AsyncAPI"}


@dataclass(frozen=True)
class Place:
    """An API at a portal, as a viewer came to it."""

    visit: Visit
    api_site: ApiSite

    @property
    def path(self) -> str:
        return catalog.api_path(self.api_site.api.slug)

    @property
    def public(self) -> bool:
        """Whether everyone sees the API."""
        publication = self.api_site.publication(self.visit.viewer.portal_id)
        return publication is not None and publication.visibility == "public"

    @property
    def tags(self) -> tuple[str, ...]:
        return (f"api-{self.api_site.api.id}",)

    @property
    def specified(self) -> list[Version]:
        """The versions that have a specification, newest first."""
        return [version for version in self.api_site.versions if version.spec is not None]


def place(visit: Visit, api_site: ApiSite) -> Place:
    """Raises NotFound where the viewer does not see the API here."""
    publication = api_site.publication(visit.viewer.portal_id)
    access = publication.access if publication is not None else None
    if not sees_api(visit.viewer, visit.site.portal.access, access):
        raise NotFound("There is no such API.")
    return Place(visit, api_site)


def overview(at: Place) -> View:
    """Description, versions, documents, attributes. No trip."""
    return _view(at, "overview", "api_overview.html", {"documents": _tree(at), "servers": _servers(at)})


def document(at: Place, path: str) -> View:
    """A Markdown document. One trip for its body where it is not held. Raises NotFound."""
    from chalicelib.site import mdc

    found = at.api_site.documents.at(path)
    if found is None or not _readable(at, found):
        raise NotFound("There is no such document.")
    here = _document_path(at, found)
    context = Renderer(at.visit, here).context({"title": found.title, "path": here})
    text = blobs.text(found.content)
    result = mdc.render(text, context)
    order = [one for one in at.api_site.documents if _readable(at, one)]
    index = order.index(found)

    def neighbour(step: int) -> dict[str, str] | None:
        if not 0 <= index + step < len(order):
            return None
        other = order[index + step]
        return {"path": _document_path(at, other), "title": other.title}

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
        source=lambda: mdc.to_markdown(text, context),
    )


def reference_page(at: Place, wanted: str | None) -> View:
    """The reference of a version (by default the current one): its operations listed by the server, and
    the interactive renderer loaded over them. One trip. Raises NotFound."""
    version = _version(at, wanted)
    value, options = reference.document(version), _options(at)
    here = version_path(at, version)
    base = origin(at.visit.site.portal.site_domain)
    connect = reference.reachable(value, custom=options["allow_custom_server_urls"])
    return _view(
        at,
        "reference",
        "api_reference.html",
        {
            "version": version,
            "reference": reference.describe(value, options),
            "options": options,
            "document_url": f"{here}/document.json",
            "download_url": f"{here}/download",
            # what anyone can fetch may be opened in another program
            "public_url": f"{base}{here}/download" if at.public else None,
            "base_path": here,
            "show_version_path": f"{at.path}/reference",
        },
        path=here,
        entries=("site/main.ts", "reference/main.ts"),
        directives={"connect_src": connect if options["try_it_ui"] else "", "img_src": "blob:"},
    )


def download(at: Place, wanted: str) -> Answer:
    """A version's specification, byte for byte as it was sent. Raises NotFound."""
    version = _version(at, wanted)
    assert version.spec is not None
    kind = "json" if version.format == "json" else "yaml"
    name = quote(f"{at.api_site.api.slug}-{version.version}.{kind}", safe="")
    return Answer(
        blobs.get(version.spec),
        headers={
            "Content-Disposition": f"attachment; filename*=UTF-8''{name}",
            **policy.data(),
            **policy.caching(at.visit, at.tags),
        },
        media_type="application/json" if kind == "json" else "application/yaml",
    )


def renderer_document(at: Place, wanted: str) -> Answer:
    """A version's specification as the interactive renderer gets it: JSON in which nothing can act. Raises
    NotFound."""
    cleaned = reference.cleaned(_version(at, wanted), hide_internal=_options(at)["hide_internal"])
    return Answer(cleaned, headers={**policy.data(), **policy.caching(at.visit, at.tags)})


def _view(at: Place, tab: str, template: str, values: dict[str, Any], **more: Any) -> View:
    api, portal = at.api_site.api, at.visit.site.portal
    title = more.pop("title", None) or tab.capitalize()
    path = more.pop("path", at.path)
    heading = api.name if tab == "overview" else f"{title} · {api.name}"
    tabs = [("Overview", at.path, tab == "overview")]
    if any(_readable(at, one) for one in at.api_site.documents):
        tabs.append(("Documents", f"{at.path}/docs", tab == "documents"))
    if at.specified:
        tabs.append(("Reference", f"{at.path}/reference", tab == "reference"))
    image = at.api_site.image
    return View(
        at.visit,
        path,
        template,
        Head(
            title=f"{heading} | {portal.display_name}",
            og_title=heading,
            description=(api.description or "")[:300] or None,
            canonical=f"{origin(portal.site_domain)}{path}",
        ),
        {
            "api": api,
            "tabs": tabs,
            "api_path": at.path,
            "icon": state.icon(portal.id, api.id, image.content if image is not None else None),
            "versions": [
                {
                    "id": version.id,
                    "name": version.version,
                    "current": api.current is not None and version.id == api.current["id"],
                    "path": version_path(at, version),
                    "specified": version.spec is not None,
                    "operations": (version.summary or {}).get("operations"),
                    "kind": KINDS.get(version.type or ""),
                }
                for version in at.api_site.versions
            ],
            "attributes": [
                (catalog.title(key), found) for key, found in sorted((api.attributes or {}).items()) if found
            ],
            **values,
        },
        tags=at.tags,
        **more,
    )


def _readable(at: Place, document: Document) -> bool:
    # whoever sees an API sees its documents: they have no visibility of their own
    return sees_item(
        at.visit.viewer,
        at.visit.site.portal.access,
        visibility="public",
        status=document.status,
        ancestors=[above.status for above in at.api_site.documents.ancestors(document)],
    )


def _document_path(at: Place, document: Document) -> str:
    return f"{at.path}/docs/{quote(at.api_site.documents.path(document))}"


def _tree(at: Place, current: Document | None = None) -> list[dict[str, Any]]:
    tree = at.api_site.documents

    def make(document: Document, _: str | None, children: list[dict[str, Any]]) -> dict[str, Any]:
        return {
            "title": document.title,
            "path": _document_path(at, document),
            "current": current is not None and document.id == current.id,
            "children": children,
        }

    return tree.nest((one for one in tree if _readable(at, one)), make)


def first_document(at: Place) -> str:
    """The path of the first document that can be read. Raises NotFound."""
    for document in at.api_site.documents:
        if _readable(at, document):
            return _document_path(at, document)
    raise NotFound("The API has no documents.")


def paths(at: Place) -> list[str]:
    """Every page of an API, for its sitemap."""
    documents = [_document_path(at, one) for one in at.api_site.documents if _readable(at, one)]
    return [at.path, *documents, *(version_path(at, version) for version in at.specified)]


def version_path(at: Place, version: Version) -> str:
    """Where a version's reference is."""
    name = version.version if _PLAIN.fullmatch(version.version) else version.id
    return f"{at.path}/reference/{quote(name, safe='+')}"


def chosen_version(at: Place, wanted: str) -> str:
    """Where the reference of the version that a visitor chose is. Raises NotFound."""
    return version_path(at, _version(at, wanted))


def _version(at: Place, wanted: str | None) -> Version:
    current = at.api_site.api.current or {}
    names = (current.get("id"),) if wanted is None else (wanted,)
    found = [version for version in at.specified if version.id in names or version.version in names]
    if wanted is None:
        found += at.specified
    if not found:
        raise NotFound("There is no such version, or it has no specification.")
    return found[0]


def _servers(at: Place) -> list[str]:
    """Where the current version is reached, as its specification says."""
    current = at.api_site.api.current or {}
    for version in at.api_site.versions:
        if version.id == current.get("id"):
            servers = (version.summary or {}).get("servers") or []
            return [str(server.get("url", "")) for server in servers if isinstance(server, dict)][:5]
    return []


def _options(at: Place) -> dict[str, bool]:
    """The portal's switches of the reference."""
    customization = at.visit.site.customization
    settings = customization.settings if customization is not None else {}
    return {**reference.SWITCHES, **(settings.get("spec_renderer") or {})}
