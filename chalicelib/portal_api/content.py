"""/api/v3/pages and /api/v3/snippets: what visitors of a portal read."""

from __future__ import annotations

from chalicelib.access.principal import Viewer
from chalicelib.content.pages import service as pages
from chalicelib.content.pages.schemas import VisiblePageOut, VisiblePageTreeOut
from chalicelib.content.snippets import service as snippets
from chalicelib.content.snippets.schemas import VisibleSnippetInfo, VisibleSnippetOut
from chalicelib.http.filters import TEXT_EQ, TEXT_EQ_CONTAINS, Filter, Listing
from chalicelib.http.operation import Public, operation
from chalicelib.storage.lists import Page, Query

VISIBILITY = Filter(("eq",), choices=("public", "private"))
PAGES = Listing(
    filters={"title": TEXT_EQ_CONTAINS, "slug": TEXT_EQ_CONTAINS, "visibility": VISIBILITY},
    sort=("created_at", "updated_at", "slug", "title", "visibility"),
    paged=False,
    named=True,
)
SNIPPETS = Listing(
    filters={"title": TEXT_EQ_CONTAINS, "name": TEXT_EQ, "visibility": VISIBILITY},
    sort=("created_at", "updated_at", "name", "title", "visibility"),
    named=True,
)


@operation("list-portal-pages", "GET", "/api/v3/pages", allow=Public.GUEST, listing=PAGES, errors=())
def list_pages(viewer: Viewer, query: Query) -> VisiblePageTreeOut:
    """List the tree of pages"""
    return pages.visible_tree(viewer, query)


@operation("get-portal-page-by-name", "GET", "/api/v3/pages/{pagePath}", allow=Public.GUEST, errors=(404,))
def get_page(page_path: str, viewer: Viewer) -> VisiblePageOut:
    """Get the page at a path"""
    return pages.visible_page(viewer, page_path)


@operation("list-portal-snippets", "GET", "/api/v3/snippets", allow=Public.GUEST, listing=SNIPPETS, errors=())
def list_snippets(viewer: Viewer, query: Query) -> Page[VisibleSnippetInfo]:
    """List snippets"""
    return snippets.visible_page(viewer, query)


@operation(
    "get-portal-snippet-by-name",
    "GET",
    "/api/v3/snippets/{snippetName}",
    allow=Public.GUEST,
    errors=(404,),
)
def get_snippet(snippet_name: str, viewer: Viewer) -> VisibleSnippetOut:
    """Get the snippet of a name"""
    return snippets.visible_snippet(viewer, snippet_name)
