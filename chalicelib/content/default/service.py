"""Default content: pages, snippets and menus for a portal that has none yet.

The texts stand beside this module: `pages/guides/publish-apis.md` becomes the page `/guides/publish-apis`,
`snippets/support-note.md` the snippet `support-note`.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from chalicelib.content import branches, reading
from chalicelib.content.default.schemas import DefaultContentOut
from chalicelib.content.pages import service as pages
from chalicelib.content.pages.schemas import CreatePage
from chalicelib.content.pages.tree import PageTree
from chalicelib.content.records import Page, Snippet
from chalicelib.content.snippets import service as snippets
from chalicelib.content.snippets.schemas import CreateSnippet
from chalicelib.errors import Conflict, Stale
from chalicelib.portals.records import Customization, Portal
from chalicelib.storage import blobs
from chalicelib.storage.table import Partition
from chalicelib.storage.transaction import Transaction

_TEXTS = Path(__file__).parent
#: in the order of the tree, parents before children
PAGES = (
    "home",
    "apis",
    "getting-started",
    "guides",
    "guides/document-apis",
    "guides/publish-apis",
    "guides/publish-apis/versioning",
)
SNIPPETS = (
    "call-to-action",
    "deprecation-notice",
    "guides-sidebar-navigation",
    "guides-sidebar-toc",
    "http-status-codes",
    "support-note",
)
MENU = (("Getting Started", "/getting-started"), ("Guides", "/guides"), ("APIs", "/apis"))


def page_text(path: str) -> str | None:
    """The text of the page that would be made at this path (trimmed; the front page is `home`), if any."""
    return _text("pages", path) if path in PAGES else None


def snippet_text(name: str) -> str | None:
    """The text of the snippet that would be made under this name, if any."""
    return _text("snippets", name) if name in SNIPPETS else None


def _text(kind: str, name: str) -> str:
    return (_TEXTS / kind / f"{name}.md").read_text()


def appearance(visibility: str) -> dict[str, Any]:
    """Theme, layout and menu of a portal whose pages have this visibility by default."""
    main = [
        {"path": path, "title": title, "visibility": visibility, "external": False} for title, path in MENU
    ]
    return {"theme": {"mode": "light"}, "layout": "topnav", "menu": {"main": main}}


def create(portal_id: str) -> DefaultContentOut:
    """Add what is missing of the default content, published and as visible as the portal's pages are.

    A page that is there by its path, a snippet that is there by its name and what is set of theme, layout
    and menu stay as they are, so that this may be repeated. Two trips and one for each new text, together.
    Raises NotFound.
    """

    def work() -> DefaultContentOut:
        portal, partition = reading.everything(portal_id)
        new_pages = _pages(portal, PageTree(partition.all(Page)))
        new_snippets = _snippets(portal, partition)
        customization = partition.one(Customization, Customization.place)
        settings = _settings(portal, {} if customization is None else customization.settings)
        made = PageTree([*partition.all(Page), *new_pages])
        answer = DefaultContentOut(
            pages=[f"/{made.path(page)}" for page in new_pages],
            snippets=[snippet.name for snippet in new_snippets],
        )
        if not new_pages and not new_snippets and customization and customization.settings == settings:
            return answer
        with Transaction() as tx:
            tx.replant(portal.pk, branches.shape(partition))
            for entry in (*new_pages, *new_snippets):
                tx.insert(entry)
            if customization is None:
                tx.insert(Customization(pk=portal.pk, sk=Customization.place, settings=settings), Stale())
            elif settings != customization.settings:
                customization.settings = settings
                tx.update(customization)
        return answer

    def again() -> DefaultContentOut:
        try:
            return work()
        except Conflict as error:  # whoever took a name or path meanwhile keeps it
            raise Stale() from error

    return branches.replanting(again)


def _pages(portal: Portal, tree: PageTree) -> list[Page]:
    missing = [path for path in PAGES if tree.at(path) is None]
    texts = [_text("pages", path) for path in missing]
    found: list[Page] = []
    for path, text, content in zip(missing, texts, blobs.put_all(texts), strict=True):
        parent, _, slug = path.rpartition("/")
        above = tree.at(parent) if parent else None
        body = CreatePage(
            slug=slug, content=text, status="published", parent_page_id=above.id if above else None
        )
        page = pages.new(portal, tree, body)
        page.content = content
        found.append(page)
        tree = PageTree([*tree, page])
    return found


def _snippets(portal: Portal, partition: Partition) -> list[Snippet]:
    there = {snippet.name for snippet in partition.all(Snippet)}
    missing = [name for name in SNIPPETS if name not in there]
    texts = [_text("snippets", name) for name in missing]
    found = []
    for name, text, content in zip(missing, texts, blobs.put_all(texts), strict=True):
        snippet = snippets.new(portal, CreateSnippet(name=name, content=text, status="published"))
        snippet.content = content
        found.append(snippet)
    return found


def _settings(portal: Portal, settings: dict[str, Any]) -> dict[str, Any]:
    defaults = appearance(portal.default_page_visibility)
    return {**defaults, **{name: value for name, value in settings.items() if value is not None}}
