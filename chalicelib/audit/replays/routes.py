"""Replay jobs: /v3/audit-log-replay-job, its older twin, a portal's, and how far they have come."""

from __future__ import annotations

from chalicelib.access.roles import Permission
from chalicelib.audit.records import ORGANIZATION
from chalicelib.audit.replays import service
from chalicelib.audit.replays.schemas import ReplaceReplayJob, ReplayJobOut, ReplayProgressOut
from chalicelib.http.operation import Id, operation

OWNER = Permission.MANAGE_ORGANIZATION


@operation("v2-get-audit-log-replay-job", "GET", "/v2/audit-log-replay-job", allow=OWNER, errors=(401, 403))
@operation("get-audit-log-replay-job", "GET", "/v3/audit-log-replay-job", allow=OWNER, errors=(401, 403))
def get_replay_job() -> ReplayJobOut:
    """Get the organisation's audit log replay job"""
    return service.get(ORGANIZATION)


@operation(
    "v2-update-audit-log-replay-job",
    "PUT",
    "/v2/audit-log-replay-job",
    allow=OWNER,
    status=202,
    errors=(400, 401, 403, 409),
)
@operation(
    "update-audit-log-replay-job",
    "PUT",
    "/v3/audit-log-replay-job",
    allow=OWNER,
    status=202,
    errors=(400, 401, 403, 409),
)
def update_replay_job(body: ReplaceReplayJob) -> ReplayJobOut:
    """Send the organisation's audit logs of a span of time again"""
    return service.replace(ORGANIZATION, body)


@operation(
    "get-portal-audit-log-replay-job",
    "GET",
    "/v3/portals/{portalId}/audit-log-replay-job",
    allow=Permission.MANAGE_PORTALS,
    errors=(401, 403, 404),
)
def get_portal_replay_job(portal_id: Id) -> ReplayJobOut:
    """Get a portal's audit log replay job"""
    return service.get(portal_id)


@operation(
    "update-portal-audit-log-replay-job",
    "PUT",
    "/v3/portals/{portalId}/audit-log-replay-job",
    allow=Permission.MANAGE_PORTALS,
    status=202,
    errors=(400, 401, 403, 404, 409),
)
def update_portal_replay_job(portal_id: Id, body: ReplaceReplayJob) -> ReplayJobOut:
    """Send a portal's audit logs of a span of time again"""
    return service.replace(portal_id, body)


@operation("get-audit-replay", "GET", "/portico/v1/audit-replay", allow=OWNER, errors=(401, 403))
def get_replay() -> ReplayProgressOut:
    """Get how far the organisation's replay has come"""
    return service.progress(ORGANIZATION)


@operation(
    "get-portal-audit-replay",
    "GET",
    "/portico/v1/portals/{portalId}/audit-replay",
    allow=Permission.MANAGE_PORTALS,
    errors=(401, 403, 404),
)
def get_portal_replay(portal_id: Id) -> ReplayProgressOut:
    """Get how far a portal's replay has come"""
    return service.progress(portal_id)
