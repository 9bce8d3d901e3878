"""Reading the events of the last seven days."""

from __future__ import annotations

import json
from typing import Any

from chalicelib import clock
from chalicelib.audit import store
from chalicelib.audit.entries import ACCESS, AUTHENTICATION, AUTHORIZATION, Entry
from chalicelib.audit.logs.schemas import AuditLog, AuthenticationLog, AuthorizationLog, GatewayAccessLog
from chalicelib.audit.signing import Signer, signer
from chalicelib.storage.lists import CursorPage, Query

#: the wire's name of an entry's type
TYPES = {ACCESS: "gateway_access", AUTHENTICATION: AUTHENTICATION, AUTHORIZATION: AUTHORIZATION}
MODELS: dict[str, type[AuditLog]] = {
    ACCESS: GatewayAccessLog,
    AUTHENTICATION: AuthenticationLog,
    AUTHORIZATION: AuthorizationLog,
}


def page(query: Query) -> CursorPage[AuditLog]:
    """One page of events, newest first. Trips: see `store.page`."""
    now = clock.now_ms()
    last = min((clock.parse(one.value) for one in query.conditions if one.op == "lte"), default=now)
    asked = [clock.parse(one.value) for one in query.conditions if one.op == "gte"]
    first = (
        max(*asked, now - store.WINDOW_MS) if asked else max(last - store.WINDOW_MS, now - store.WINDOW_MS)
    )
    kinds = {one.value for one in query.conditions if one.field == "type"}
    texts = [one.value.lower() for one in query.conditions if one.field == "text"]
    failed = {one.value == "true" for one in query.conditions if one.field == "failed"}

    def keep(entry: Entry) -> bool:
        if kinds and kinds != {TYPES.get(entry["type"])}:
            return False
        if failed and failed != {_failed(entry)}:
            return False
        return not texts or all(text in _searched(entry) for text in texts)

    found = store.page(first, last, query, keep)
    sign = signer()
    return CursorPage([show(entry, sign) for entry in found.entries], query, found.previous, found.next)


def _failed(entry: Entry) -> bool:
    """Whether a login failed, a permission was lacking, or a request was not carried out."""
    if entry["type"] == AUTHENTICATION:
        return entry["outcome"] != "success"
    return entry["status"] >= 400 if entry["type"] == ACCESS else not entry["granted"]


#: members that are searched, beside the path that every event has
_SEARCHED = ("principal_id", "portal_id", "src", "trace_id", "user_agent", "kind", "outcome", "action", "act")


def _searched(entry: Entry) -> str:
    told: dict[str, Any] = {**entry}
    return "\n".join([entry["request"], *(str(told.get(name, "")) for name in _SEARCHED)]).lower()


def show(entry: Entry, sign: Signer) -> AuditLog:
    """An entry as the wire has it. The signature is over all other members, sorted, as compact JSON."""
    members = _members(entry)
    text = json.dumps(members, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return MODELS[entry["type"]](**members, signature=sign.sign(text))


def _members(entry: Entry) -> dict[str, Any]:
    principal_id = entry.get("principal_id", "")
    members: dict[str, Any] = {
        "type": TYPES[entry["type"]],
        "ts": clock.rfc3339(entry["ts"]),
        "org_id": entry["org_id"],
        "client_ip": entry["src"],
        "uri": entry["request"],
        "user_agent": entry["user_agent"],
        "trace_id": entry["trace_id"],
        "principal_id": principal_id,
    }
    if "portal_id" in entry:
        members["portal_id"] = entry["portal_id"]
    if entry["type"] == AUTHENTICATION:
        if not principal_id:
            del members["principal_id"]
        outcome = entry["outcome"]
        members |= {
            "successful": outcome == "success",
            "outcome": outcome,
            "authentication_type": entry["kind"],
        }
    elif entry["type"] == AUTHORIZATION:
        members |= {name: entry[name] for name in ("service", "resource", "action", "granted")}
    else:
        members |= {"actor_id": principal_id, "method": entry["act"], "query": entry["query"]}
        members["status_code"] = entry["status"]
    return members
