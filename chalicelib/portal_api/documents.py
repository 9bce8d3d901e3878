"""/api/v3/apis/{apiIdOrSlug}/documents"""

from __future__ import annotations

from chalicelib.access.principal import Viewer
from chalicelib.catalog.documents import nodes, service
from chalicelib.catalog.documents.schemas import VisibleDocument, VisibleDocumentTree
from chalicelib.http.answers import JSON, Answer
from chalicelib.http.operation import Public, operation
from chalicelib.http.request import Request

ALL = "/api/v3/apis/{apiIdOrSlug}/documents"
MARKDOWN, NODES = "text/markdown", "application/vnd.konnect.document-nodes+json"
_HEADERS = {"Vary": "Accept-Encoding, Accept"}


@operation("list-api-documents", "GET", ALL, allow=Public.VISITOR, errors=(400, 401, 404))
def list_documents(viewer: Viewer, api_id_or_slug: str) -> VisibleDocumentTree:
    """List the tree of an API's documents"""
    return service.visible_tree(viewer, api_id_or_slug)


@operation(
    "fetch-api-document", "GET", f"{ALL}/{{documentIdOrSlug}}", allow=Public.VISITOR, errors=(400, 401, 404)
)
def get_document(
    viewer: Viewer, request: Request, api_id_or_slug: str, document_id_or_slug: str
) -> VisibleDocument | Answer:
    """Get a document: as JSON, as its Markdown alone, or with its content as a tree of nodes (Accept)"""
    found = service.visible_document(viewer, api_id_or_slug, document_id_or_slug)
    wanted = request.prefers(JSON, MARKDOWN, NODES)
    if wanted == MARKDOWN:
        return Answer(found.content, headers=_HEADERS, media_type=f"{MARKDOWN}; charset=utf-8")
    if wanted == NODES:
        document = {**found.model_dump(), "content": nodes.of(found.content)}
        return Answer(document, headers=_HEADERS, media_type=NODES)
    return Answer(found, headers=_HEADERS)
