"""/v3/audit-logs, and the same to be searched: /portico/v1/audit-events."""

from __future__ import annotations

from chalicelib.access.roles import Permission
from chalicelib.audit.logs import service
from chalicelib.audit.logs.schemas import AuditLog
from chalicelib.http.filters import BOOLEAN, TIME, Filter, Listing
from chalicelib.http.operation import operation
from chalicelib.storage.lists import CursorPage, Query

LOGS = Listing(
    filters={
        "ts": TIME._replace(ops=("gte", "lte"), bare=False),
        "type": Filter((), choices=("authorization", "authentication", "gateway_access")),
    },
    cursor=True,
    size=20,
)
SEARCH = LOGS._replace(
    filters={**LOGS.filters, "text": Filter(("contains",), bare=False), "failed": BOOLEAN},
)


@operation(
    "get-audit-logs",
    "GET",
    "/v3/audit-logs",
    allow=Permission.MANAGE_ORGANIZATION,
    listing=LOGS,
    errors=(400, 401, 403),
)
def get_audit_logs(query: Query) -> CursorPage[AuditLog]:
    """List audit logs"""
    return service.page(query)


@operation(
    "search-audit-events",
    "GET",
    "/portico/v1/audit-events",
    allow=Permission.MANAGE_ORGANIZATION,
    listing=SEARCH,
    errors=(400, 401, 403),
)
def search_audit_events(query: Query) -> CursorPage[AuditLog]:
    """Search audit logs: `text` in any member, `failed` or not. A page may be short, with a next one."""
    return service.page(query)
