"""The point that every operation passes: one structured line on standard output for each.

The line is written without a call to anything, so it costs microseconds and survives a Lambda that is frozen
right after answering. What reads the log group carries it on.
"""

from __future__ import annotations

import json
import sys
import uuid
from typing import Any, NamedTuple

from chalicelib import clock
from chalicelib.access.principal import Admin, Developer, Principal

#: log lines that begin so are audit events
MARK = '{"audit":'


class Event(NamedTuple):
    """Who did what, on what, whether it was allowed, how it ended, and from where.

    `action` is the operation's id, `target` its path; `outcome` the HTTP status. No name, no e-mail address,
    no body and no secret is in it.
    """

    action: str
    method: str
    target: str
    principal: Principal | None
    portal_id: str | None
    allowed: bool
    outcome: int
    trace_id: str
    source_ip: str
    user_agent: str


def who(principal: Principal | None) -> tuple[str, str | None]:
    """Kind and id of a principal."""
    if isinstance(principal, Admin):
        return "admin", principal.id
    if isinstance(principal, Developer):
        return "developer", principal.id
    return "anonymous", None


def emit(event: Event) -> None:
    """Write the event's line."""
    kind, principal_id = who(event.principal)
    line: dict[str, Any] = {
        "id": str(uuid.uuid4()),
        "ts": clock.rfc3339(clock.now_ms()),
        "principal": {"type": kind, "id": principal_id},
        "action": event.action,
        "method": event.method,
        "target": event.target,
        "portal_id": event.portal_id,
        "allowed": event.allowed,
        "outcome": event.outcome,
        "trace_id": event.trace_id,
        "source_ip": event.source_ip,
        "user_agent": event.user_agent[:256],
    }
    text = json.dumps({"audit": line}, ensure_ascii=False, separators=(",", ":"))
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
