"""Audit events as they are stored: what a request's line (`events`) expands to, one entry for each part."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, NotRequired, TypedDict

from chalicelib.audit.events import VERSION

AUTHENTICATION, AUTHORIZATION, ACCESS, TEST = "authentication", "authorization", "access", "test"
#: what a receiver could take for the end of a line, and what no text needs
BREAKS = re.compile("[\x00-\x1f\x7f\x85\u2028\u2029]")


class Entry(TypedDict):
    """One event. `id` stays the same however often it is delivered. `seq` (`<process>.<number>`) and
    `portal_seq` (`<process>.<portal>.<number>`) have no gap in all events, or in one portal's logins."""

    id: str
    #: milliseconds
    ts: int
    type: str
    org_id: str
    seq: str
    src: str
    request: str
    trace_id: str
    user_agent: str
    portal_id: NotRequired[str]
    portal_seq: NotRequired[str]
    principal_id: NotRequired[str]
    # authentication
    kind: NotRequired[str]
    outcome: NotRequired[str]
    # authorization
    service: NotRequired[str]
    resource: NotRequired[str]
    action: NotRequired[str]
    granted: NotRequired[bool]
    # access
    act: NotRequired[str]
    query: NotRequired[str]
    status: NotRequired[int]


def place(entry: Entry) -> tuple[int, str]:
    """Where an entry stands among all: by time, then by id."""
    return entry["ts"], entry["id"]


def expand(line: Any, org_id: str) -> Iterator[Entry]:
    """The entries of one line. Raises ValueError for a line of another form."""
    if not isinstance(line, dict) or line.get("v") != VERSION:
        raise ValueError("not an audit line that this release reads")
    logins = 0
    for index, (kind, *more) in enumerate(line["parts"]):
        entry: Entry = {
            "id": f"{line['id']}.{index}",
            "ts": line["ts"],
            "type": kind,
            "org_id": org_id,
            "seq": f"{line['writer']}.{line['number'] + index}",
            "src": _text(line["source_ip"]),
            "request": _text(line["path"]),
            "trace_id": _text(line["trace_id"]),
            "user_agent": _text(line["user_agent"]),
        }
        if line["portal_id"]:
            entry["portal_id"] = line["portal_id"]
        if line["principal_id"]:
            entry["principal_id"] = line["principal_id"]
        if kind == AUTHENTICATION:
            entry["kind"], entry["outcome"], principal_id = more
            if principal_id:
                entry["principal_id"] = principal_id
            if line["portal_id"]:
                entry["portal_seq"] = (
                    f"{line['writer']}.{line['portal_id'][:8]}.{line['portal_number'] + logins}"
                )
            logins += 1
        elif kind == AUTHORIZATION:
            entry["resource"] = _resource(entry["request"])
            entry["service"] = entry["resource"].partition("/")[0] or "none"
            entry["action"] = line["operation"]
            entry["granted"] = False
        else:
            entry["act"] = line["method"]
            entry["query"] = _text(line["query"])
            entry["status"] = line["status"]
        yield entry


def _resource(path: str) -> str:
    """`/v3/portals/<id>/pages` → `portals/<id>/pages`: a path without what it says of API and version."""
    parts = path.strip("/").split("/")
    while parts and parts[0] in ("api", "portico", "v1", "v2", "v3"):
        parts = parts[1:]
    return "/".join(parts)


def _text(value: str) -> str:
    """A text of a client's that no receiver takes for the end of a line and that every encoding takes."""
    return BREAKS.sub(" ", value.encode("utf-8", "replace").decode()).strip()
