"""/v3/apis/{apiId}/operations"""

from __future__ import annotations

from chalicelib.access.roles import Permission
from chalicelib.catalog.operations import service
from chalicelib.catalog.operations.schemas import OperationOut
from chalicelib.http.filters import TEXT, Listing
from chalicelib.http.operation import Id, operation
from chalicelib.storage.lists import Page, Query

OPERATIONS = Listing(filters={"method": TEXT, "path": TEXT})


@operation(
    "list-api-operations",
    "GET",
    "/v3/apis/{apiId}/operations",
    allow=Permission.VIEW,
    listing=OPERATIONS,
)
def list_api_operations(api_id: Id, query: Query) -> Page[OperationOut]:
    """List an API's operations"""
    return service.page(api_id, query)


@operation(
    "fetch-api-operation",
    "GET",
    "/v3/apis/{apiId}/operations/{operationId}",
    allow=Permission.VIEW,
    errors=(401, 403, 404),
)
def fetch_api_operation(api_id: Id, operation_id: Id) -> OperationOut:
    """Get an operation of an API"""
    return service.get(api_id, operation_id)
