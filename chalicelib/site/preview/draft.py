"""A portal's site as it would be with changes that nobody has saved."""

from __future__ import annotations

from functools import cache, cached_property
from typing import Any

from chalicelib.access.principal import Anonymous, Developer, Viewer
from chalicelib.content import text
from chalicelib.content.default import service as default
from chalicelib.content.pages.tree import PageTree
from chalicelib.content.records import Page, Snippet
from chalicelib.portals import singletons
from chalicelib.portals.records import Customization, Portal
from chalicelib.site import state
from chalicelib.site.preview.schemas import PreviewIn
from chalicelib.site.state import Site, Visit
from chalicelib.storage import blobs, keys
from chalicelib.storage.records import Row

#: the id of a portal that is not made yet, and of whoever looks at a preview
NOBODY = "00000000-0000-0000-0000-000000000000"


class Draft(Site):
    """The changed site. Its logo (a data URI) and stylesheet are texts: what is not saved has no address."""

    assets = None

    def __init__(self, portal: Portal, pages: PageTree, snippets: dict[str, Snippet]) -> None:
        self.portal, self.pages, self.snippets = portal, pages, snippets
        self.logo: str | None = None
        self.css: str | None = None

    def customize(self, settings: dict[str, Any], body: PreviewIn) -> None:
        """Take what is stored, with the draft's customization merged over it."""
        if "customization" in body.model_fields_set:
            sent = body.customization.model_dump(exclude_unset=True)
            self.css = sent.pop("css", self.css)
            settings = singletons.merged(settings, sent)
        self.customization = Customization(pk=self.portal.pk, sk=Customization.place, settings=settings)


class Unmade(Visit):
    """A visit to a portal that is not made yet: it has no APIs."""

    @cached_property
    def rows(self) -> list[Row]:
        return []


def visit(body: PreviewIn) -> tuple[Draft, Visit]:
    """The portal as the draft has it. Two trips where the process does not hold the portal, else one; none
    for a portal that is not made. Raises NotFound."""
    portal_id = body.portal_id or NOBODY
    viewer = Viewer(portal_id, Developer(NOBODY, portal_id) if body.authenticated else Anonymous())
    if body.portal_id is None:
        draft = Draft(_changed(_unmade(), body), _default_pages(), {})
        draft.customize(default.appearance("public"), body)
        draft.logo = body.logo
        return draft, Unmade(draft, viewer, {})
    stored = state.visit(viewer, *state.CATALOG)
    site, own = stored.site, stored.site.customization
    draft = Draft(_changed(site.portal, body), site.pages, site.snippets)
    draft.css = blobs.text(own.css) if own is not None and own.css is not None else None
    draft.customize(own.settings if own is not None else {}, body)
    logo = site.assets.logo if site.assets is not None else None
    draft.logo = blobs.text(logo) if logo is not None and "logo" not in body.model_fields_set else body.logo
    return draft, Visit(draft, viewer, stored.pulses)


def _changed(portal: Portal, body: PreviewIn) -> Portal:
    """A copy of the record, which others read too. A developer sees what is private, even where nobody can
    sign in (yet), and whatever the roles."""
    changed = Portal(**portal.attribute_values)
    changed.display_name = body.name or portal.display_name
    if body.authenticated:
        changed.authentication_enabled, changed.rbac_enabled = True, False
    return changed


def _unmade() -> Portal:
    return Portal(
        pk=keys.portal(NOBODY),
        id=NOBODY,
        name="Developer portal",
        display_name="Developer portal",
        authentication_enabled=True,
        rbac_enabled=False,
        sipr_enabled=False,
        label="preview",
    )


@cache
def _default_pages() -> PageTree:
    found = []
    for number, path in enumerate(default.PAGES):
        parent, _, slug = path.rpartition("/")
        stated = text.stated(default.page_text(path) or "")
        found.append(
            Page(
                pk=keys.portal(NOBODY),
                sk=keys.page(path),
                id=path,
                slug=slug,
                parent_id=parent or None,
                position=f"{number:08x}",
                title=stated.title or text.humanised(slug),
                description=stated.description,
                visibility="public",
                status="published",
                content="",
            )
        )
    return PageTree(found)
