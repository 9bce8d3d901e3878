"""/v3/api-attributes"""

from __future__ import annotations

from chalicelib.access.roles import Permission
from chalicelib.catalog.attributes import service
from chalicelib.catalog.attributes.schemas import AttributeOut
from chalicelib.http.filters import ID, TIME, Filter, Listing
from chalicelib.http.operation import operation
from chalicelib.storage.lists import Page, Query

ATTRIBUTES = Listing(
    filters={"id": ID, "key": Filter(("eq", "oeq", "neq")), "created_at": TIME, "updated_at": TIME},
    sort=("id", "key", "created_at", "updated_at"),
)


@operation(
    "list-api-attributes",
    "GET",
    "/v3/api-attributes",
    allow=Permission.VIEW,
    errors=(400, 401, 403, 404),
    listing=ATTRIBUTES,
)
def list_api_attributes(query: Query) -> Page[AttributeOut]:
    """List attributes across all APIs"""
    return service.page(query)
