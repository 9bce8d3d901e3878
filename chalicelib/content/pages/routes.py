"""/v3/portals/{portalId}/pages"""

from __future__ import annotations

from chalicelib.access.roles import Permission
from chalicelib.content.pages import service
from chalicelib.content.pages.schemas import CreatePage, MovePage, PageOut, PageTreeOut, UpdatePage
from chalicelib.content.types import BODY
from chalicelib.http.filters import ID, TEXT, TIME, Listing
from chalicelib.http.operation import Id, operation
from chalicelib.storage.lists import Query

PAGES = Listing(
    filters={
        "id": ID,
        "slug": TEXT,
        "title": TEXT,
        "visibility": TEXT,
        "created_at": TIME,
        "updated_at": TIME,
    },
    sort=("created_at", "updated_at", "slug", "title", "visibility"),
    paged=False,
)


@operation(
    "list-portal-pages",
    "GET",
    "/v3/portals/{portalId}/pages",
    allow=Permission.VIEW,
    listing=PAGES,
    errors=(400, 401, 404),
)
def list_pages(portal_id: Id, query: Query) -> PageTreeOut:
    """List the tree of a portal's pages"""
    return service.whole(portal_id, query)


@operation(
    "create-portal-page",
    "POST",
    "/v3/portals/{portalId}/pages",
    allow=Permission.EDIT_CONTENT,
    errors=(400, 401, 403, 404, 409),
    limit=BODY,
)
def create_page(portal_id: Id, body: CreatePage) -> PageOut:
    """Create a page"""
    return service.create(portal_id, body)


@operation(
    "get-portal-page",
    "GET",
    "/v3/portals/{portalId}/pages/{pageId}",
    allow=Permission.VIEW,
    errors=(401, 404),
)
def get_page(portal_id: Id, page_id: Id) -> PageOut:
    """Get a page"""
    return service.get(portal_id, page_id)


@operation(
    "update-portal-page",
    "PATCH",
    "/v3/portals/{portalId}/pages/{pageId}",
    allow=Permission.EDIT_CONTENT,
    errors=(400, 401, 403, 404, 409),
    limit=BODY,
)
def update_page(portal_id: Id, page_id: Id, body: UpdatePage) -> PageOut:
    """Update a page"""
    return service.update(portal_id, page_id, body)


@operation(
    "delete-portal-page",
    "DELETE",
    "/v3/portals/{portalId}/pages/{pageId}",
    allow=Permission.EDIT_CONTENT,
    errors=(401, 403, 404),
)
def delete_page(portal_id: Id, page_id: Id) -> None:
    """Delete a page with all pages below it"""
    service.delete(portal_id, page_id)


@operation(
    "move-portal-pages",
    "POST",
    "/v3/portals/{portalId}/pages/{pageId}/move",
    allow=Permission.EDIT_CONTENT,
    errors=(400, 401, 403, 404, 409),
)
def move_page(portal_id: Id, page_id: Id, body: MovePage | None = None) -> None:
    """Move a page within the tree"""
    service.move(portal_id, page_id, body)
