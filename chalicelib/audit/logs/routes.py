"""/v3/audit-logs"""

from __future__ import annotations

from chalicelib.access.roles import Permission
from chalicelib.audit.logs import service
from chalicelib.audit.logs.schemas import AuditLog
from chalicelib.http.filters import TIME, Filter, Listing
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
