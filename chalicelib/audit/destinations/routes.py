"""Audit log destinations: /v3, the older twins below /v2, and what of ours is below /portico/v1."""

from __future__ import annotations

from chalicelib.access.principal import Admin, Principal
from chalicelib.access.roles import Permission
from chalicelib.audit.destinations import service
from chalicelib.audit.destinations.schemas import (
    CreateDestination,
    DestinationOut,
    OlderDestination,
    ShapeOut,
    TestOut,
    UpdateDestination,
    UpdateShape,
)
from chalicelib.errors import Invalid, Violation
from chalicelib.http.filters import TEXT_EQ_CONTAINS, Listing
from chalicelib.http.operation import Id, operation
from chalicelib.storage.lists import CursorPage, FlatCursorPage, Query

OWNER = Permission.MANAGE_ORGANIZATION
V3, V2 = "/v3/audit-log-destinations", "/v2/audit-log-destinations"
ONE = "/{auditLogDestinationId}"
ALL_OURS = "/portico/v1/audit-destinations"
OURS = ALL_OURS + "/{destinationId}"
LISTING = Listing(filters={"name": TEXT_EQ_CONTAINS}, cursor=True)


@operation("v2-list-audit-log-destinations", "GET", V2, allow=OWNER, listing=LISTING, errors=(401, 403))
@operation("get-audit-log-destinations", "GET", V3, allow=OWNER, listing=LISTING, errors=(401, 403))
def list_destinations(query: Query) -> FlatCursorPage[DestinationOut]:
    """List audit log destinations"""
    return service.page(query)


@operation("create-audit-log-destination", "POST", V3, allow=OWNER, errors=(400, 401, 403))
def create_destination(body: CreateDestination) -> DestinationOut:
    """Create an audit log destination"""
    return service.create(body)


@operation("v2-create-audit-log-destination", "POST", V2, allow=OWNER, errors=(400, 401, 403))
def create_older_destination(body: OlderDestination) -> DestinationOut:
    """Create an audit log destination, which may do without a secret"""
    given = body.given()
    missing = [name for name in ("name", "endpoint") if name not in given]
    if missing:
        raise Invalid([Violation(name, "cannot be blank", "required") for name in missing])
    return service.show(service.make(**given))


@operation("v2-get-audit-log-destination", "GET", V2 + ONE, allow=OWNER, errors=(401, 403, 404))
@operation("get-audit-log-destination", "GET", V3 + ONE, allow=OWNER, errors=(401, 403, 404))
def get_destination(audit_log_destination_id: Id) -> DestinationOut:
    """Get an audit log destination"""
    return service.show(service.load(audit_log_destination_id))


@operation("update-audit-log-destination", "PATCH", V3 + ONE, allow=OWNER, errors=(400, 401, 403, 404))
def update_destination(audit_log_destination_id: Id, body: UpdateDestination) -> DestinationOut:
    """Update an audit log destination"""
    return service.update(audit_log_destination_id, body)


@operation("v2-update-audit-log-destination", "PATCH", V2 + ONE, allow=OWNER, errors=(400, 401, 403, 404))
def update_older_destination(audit_log_destination_id: Id, body: OlderDestination) -> DestinationOut:
    """Update an audit log destination; null changes nothing"""
    return service.show(service.change(audit_log_destination_id, body.given()))


@operation("v2-delete-audit-log-destination", "DELETE", V2 + ONE, allow=OWNER, errors=(401, 403, 404, 409))
@operation("delete-audit-log-destination", "DELETE", V3 + ONE, allow=OWNER, errors=(401, 403, 404, 409))
def delete_destination(audit_log_destination_id: Id) -> None:
    """Delete an audit log destination"""
    service.delete(audit_log_destination_id)


@operation("list-audit-destinations", "GET", ALL_OURS, allow=OWNER, listing=LISTING, errors=(401, 403))
def list_shapes(query: Query) -> CursorPage[ShapeOut]:
    """List how audit log destinations are spoken to"""
    return service.shapes_page(query)


@operation("get-audit-destination", "GET", OURS, allow=OWNER, errors=(401, 403, 404))
def get_shape(destination_id: Id) -> ShapeOut:
    """Get how an audit log destination is spoken to"""
    return service.show_shape(service.load(destination_id))


@operation("update-audit-destination", "PATCH", OURS, allow=OWNER, errors=(400, 401, 403, 404, 409))
def update_shape(destination_id: Id, body: UpdateShape) -> ShapeOut:
    """Update how an audit log destination is spoken to"""
    return service.update_shape(destination_id, body)


@operation("test-audit-destination", "POST", OURS + "/test", allow=OWNER, status=200, errors=(401, 403, 404))
def test_destination(destination_id: Id, principal: Principal) -> TestOut:
    """Send a test event to an audit log destination"""
    assert isinstance(principal, Admin)
    return service.test(destination_id, principal.id)
