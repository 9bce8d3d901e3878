"""/v3/portals/{portalId}/snippets"""

from __future__ import annotations

from chalicelib.access.roles import Permission
from chalicelib.content.snippets import service
from chalicelib.content.snippets.schemas import CreateSnippet, SnippetInfo, SnippetOut, UpdateSnippet
from chalicelib.content.types import BODY
from chalicelib.http.filters import ID, TEXT, TIME, Listing
from chalicelib.http.operation import Id, operation
from chalicelib.storage.lists import Page, Query

SNIPPETS = Listing(
    filters={
        "id": ID,
        "name": TEXT,
        "title": TEXT,
        "visibility": TEXT,
        "created_at": TIME,
        "updated_at": TIME,
    },
    sort=("created_at", "updated_at", "name", "title", "visibility"),
)


@operation(
    "list-portal-snippets",
    "GET",
    "/v3/portals/{portalId}/snippets",
    allow=Permission.VIEW,
    listing=SNIPPETS,
)
def list_snippets(portal_id: Id, query: Query) -> Page[SnippetInfo]:
    """List a portal's snippets"""
    return service.page(portal_id, query)


@operation(
    "create-portal-snippet",
    "POST",
    "/v3/portals/{portalId}/snippets",
    allow=Permission.EDIT_CONTENT,
    errors=(400, 401, 403, 404, 409),
    limit=BODY,
)
def create_snippet(portal_id: Id, body: CreateSnippet) -> SnippetOut:
    """Create a snippet"""
    return service.create(portal_id, body)


@operation(
    "get-portal-snippet",
    "GET",
    "/v3/portals/{portalId}/snippets/{snippetId}",
    allow=Permission.VIEW,
    errors=(401, 403, 404),
)
def get_snippet(portal_id: Id, snippet_id: Id) -> SnippetOut:
    """Get a snippet"""
    return service.get(portal_id, snippet_id)


@operation(
    "update-portal-snippet",
    "PATCH",
    "/v3/portals/{portalId}/snippets/{snippetId}",
    allow=Permission.EDIT_CONTENT,
    errors=(400, 401, 403, 404, 409),
    limit=BODY,
)
def update_snippet(portal_id: Id, snippet_id: Id, body: UpdateSnippet) -> SnippetOut:
    """Update a snippet"""
    return service.update(portal_id, snippet_id, body)


@operation(
    "delete-portal-snippet",
    "DELETE",
    "/v3/portals/{portalId}/snippets/{snippetId}",
    allow=Permission.EDIT_CONTENT,
    errors=(401, 403, 404),
)
def delete_snippet(portal_id: Id, snippet_id: Id) -> None:
    """Delete a snippet"""
    service.delete(portal_id, snippet_id)
