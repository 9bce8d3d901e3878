"""The point that every request passes: one structured line on standard output, if there is something to tell.

Told are authentication (a token that was used or refused, a login), authorization (a role that does not
suffice) and access (every request that may change something). The line is written without a call to
anything, so it costs microseconds and survives a Lambda that is frozen right after answering. What reads the
log group carries it on; `entries` makes events of it, one for each part.

No name, no e-mail address, no body and no secret is in it.
"""

from __future__ import annotations

import re
import sys
import threading
import uuid
from collections.abc import Iterable
from contextvars import ContextVar
from typing import Any, NamedTuple
from urllib.parse import quote

from chalicelib import clock
from chalicelib.access.principal import Admin, Developer, Principal
from chalicelib.http import log

#: log lines that begin so are audit events
MARK = '{"audit":'
#: the form of the line, so that a later release reads what an earlier one wrote
VERSION = 1
READS = ("GET", "HEAD", "OPTIONS")
#: characters of a path, and of other texts that a client decides
PATH_LIMIT, TEXT_LIMIT = 1024, 256

#: a word with an e-mail address in it
_ADDRESS = re.compile(r"[^\s/?&=]*(?:@|%40)[^\s/?&=]*")


class Login(NamedTuple):
    """One attempt to prove an identity. `kind` and `outcome` are the contract's authentication types and
    outcomes; `principal_id` is whose it was, as far as that is known."""

    kind: str
    outcome: str
    principal_id: str | None = None


class Facts(NamedTuple):
    """What is known of a request that has been answered. `denied`: refused because a permission lacks."""

    operation: str
    method: str
    path: str
    query: str
    status: int
    principal: Principal | None
    portal_id: str | None
    logins: tuple[Login, ...]
    denied: bool
    trace_id: str
    source_ip: str
    user_agent: str


#: logins of the request that is under way
logins: ContextVar[tuple[Login, ...]] = ContextVar("logins", default=())


def login(kind: str, outcome: str, principal_id: str | None = None) -> None:
    """Tell of an attempt to log in, in the request that is under way: called by whoever checks it.

    `kind`: basic, sso, pat, spat, google, github, windowslive, federated, or invalid where that is not known.
    `outcome`: success, not_found, invalid_password, locked, disabled, token_expired, or invalid where the
    check itself failed.
    """
    logins.set((*logins.get(), Login(kind, outcome, principal_id)))


def who(principal: Principal | None) -> tuple[str, str | None]:
    """Kind and id of a principal."""
    if isinstance(principal, Admin):
        return "admin", principal.id
    if isinstance(principal, Developer):
        return "developer", principal.id
    return "anonymous", None


def query_text(pairs: Iterable[tuple[str, str]], kept: Iterable[str]) -> str:
    """A query with the values of these parameters; of others only that they were there."""
    known = set(kept)
    return "&".join(
        f"{quote(name, safe='[].')}={quote(value, safe='') if name in known else '*'}"
        for name, value in pairs
    )


# A process numbers what it tells, so that a receiver sees where something is missing: all events, and each
# portal's logins, which is what a portal's own receiver gets.
_writer = uuid.uuid4().hex[:8]
_numbers: dict[str, int] = {}
_lock = threading.Lock()


def _next(scope: str, count: int) -> int:
    first = _numbers.get(scope, 0) + 1
    _numbers[scope] = first + count - 1
    return first


def _clean(text: str, limit: int) -> str:
    if "@" in text or "%40" in text:
        text = _ADDRESS.sub("*", text)
    return text[:limit]


def emit(facts: Facts) -> None:
    """Write the line of a request, if there is something to tell."""
    parts: list[list[str | None]] = [["authentication", *one] for one in facts.logins]
    if facts.denied:
        parts.append(["authorization"])
    if facts.method not in READS:
        parts.append(["access"])
    if not parts:
        return
    line: dict[str, Any] = {
        "v": VERSION,
        "id": str(uuid.uuid4()),
        "ts": clock.now_ms(),
        "writer": _writer,
        "number": 0,
        "portal_number": 0,
        "portal_id": facts.portal_id,
        "principal_id": who(facts.principal)[1],
        "operation": facts.operation,
        "method": facts.method,
        "path": _clean(facts.path, PATH_LIMIT),
        "query": _clean(facts.query, TEXT_LIMIT),
        "status": facts.status,
        "trace_id": facts.trace_id,
        "source_ip": facts.source_ip,
        "user_agent": _clean(facts.user_agent, TEXT_LIMIT),
        "parts": parts,
    }
    with _lock:  # numbers in the order of the lines
        line["number"] = _next("", len(parts))
        if facts.portal_id and facts.logins:
            line["portal_number"] = _next(facts.portal_id, len(facts.logins))
        sys.stdout.write(log.line({"audit": line}))
        sys.stdout.flush()
