"""/v3/apis/{apiId}/documents"""

from __future__ import annotations

from chalicelib.access.roles import Permission
from chalicelib.catalog.documents import service
from chalicelib.catalog.documents.schemas import (
    CreateDocument,
    DocumentOut,
    DocumentTreeOut,
    MoveDocument,
    UpdateDocument,
)
from chalicelib.http.filters import TEXT, Listing
from chalicelib.http.operation import Id, operation
from chalicelib.storage.lists import Query

ALL, ONE = "/v3/apis/{apiId}/documents", "/v3/apis/{apiId}/documents/{documentId}"
DOCUMENTS = Listing(filters={"status": TEXT}, paged=False)
#: bytes of a body: 1,000,000 characters of content, however JSON escapes them
BODY = 12_100_000
WRITE_ERRORS = (400, 401, 403, 404, 409, 415)


@operation("create-api-document", "POST", ALL, allow=Permission.EDIT_CONTENT, errors=WRITE_ERRORS, limit=BODY)
def create_document(api_id: Id, body: CreateDocument) -> DocumentOut:
    """Create a document"""
    return service.create(api_id, body)


@operation("list-api-documents", "GET", ALL, allow=Permission.VIEW, listing=DOCUMENTS)
def list_documents(api_id: Id, query: Query) -> DocumentTreeOut:
    """List the tree of an API's documents"""
    return service.whole(api_id, query)


@operation("fetch-api-document", "GET", ONE, allow=Permission.VIEW, errors=(401, 403, 404))
def get_document(api_id: Id, document_id: Id) -> DocumentOut:
    """Get a document"""
    return service.get(api_id, document_id)


@operation(
    "update-api-document", "PATCH", ONE, allow=Permission.EDIT_CONTENT, errors=WRITE_ERRORS, limit=BODY
)
def update_document(api_id: Id, document_id: Id, body: UpdateDocument) -> DocumentOut:
    """Update a document"""
    return service.update(api_id, document_id, body)


@operation("delete-api-document", "DELETE", ONE, allow=Permission.EDIT_CONTENT, errors=(401, 403, 404))
def delete_document(api_id: Id, document_id: Id) -> None:
    """Delete a document with all documents below it"""
    service.delete(api_id, document_id)


@operation(
    "move-api-document",
    "POST",
    f"{ONE}/move",
    allow=Permission.EDIT_CONTENT,
    status=204,
    errors=(400, 401, 403, 404, 409),
)
def move_document(api_id: Id, document_id: Id, body: MoveDocument) -> None:
    """Move a document within the tree"""
    service.move(api_id, document_id, body)
