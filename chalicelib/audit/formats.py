"""Entries as receivers get them: a line of CEF, JSON or CPS, signed.

The signature is over the line as it is sent, without the member `sig` and the blank or comma before it. JSON
has its members sorted by name and no blank, `sig` as the last one; CPS is that JSON as `{"event":…}`.
"""

from __future__ import annotations

import json
from typing import Any

from chalicelib import clock
from chalicelib.audit.entries import ACCESS, AUTHENTICATION, AUTHORIZATION, BREAKS, Entry
from chalicelib.audit.signing import Signer
from chalicelib.settings import settings

CEF, JSON, CPS = "cef", "json", "cps"
VENDOR, PRODUCT, PORTAL_PRODUCT, EVENT_VERSION = "Portico", "Portico", "Dev-Portal", "1.0"
#: the class of events that are no authentication
CLASS = "portico"

_SEVERITY = {"success": 0, "locked": 6, "disabled": 6, "invalid": 7}


class Head:
    """What CEF says before its members: `class_id`, `name`, `severity`."""

    def __init__(self, entry: Entry) -> None:
        self.product = PORTAL_PRODUCT if "portal_id" in entry else PRODUCT
        self.class_id, self.severity = CLASS, 1
        if entry["type"] == AUTHENTICATION:
            self.class_id = f"AUTHENTICATION_TYPE_{entry['kind'].upper()}"
            self.name = f"AUTHENTICATION_OUTCOME_{entry['outcome'].upper()}"
            self.severity = _SEVERITY.get(entry["outcome"], 1)
        elif entry["type"] == AUTHORIZATION:
            self.name = f"Authz.{entry['service']}"
            self.severity = 1 if entry["granted"] else 6
        elif entry["type"] == ACCESS:
            self.name = "Ingress"
            status = entry["status"]
            self.severity = 10 if status >= 500 else 6 if status in (401, 403) else 1
        else:
            self.name, self.severity = "Test", 0


def members(entry: Entry, *, for_portal: bool) -> dict[str, Any]:
    """The members of an entry in their order; `for_portal`: as a portal's own receiver gets it."""
    found: dict[str, Any] = {"rt": entry["ts"], "src": entry["src"], "request": entry["request"]}
    if entry["type"] == AUTHENTICATION:
        found["success"] = entry["outcome"] == "success"
    elif entry["type"] == AUTHORIZATION:
        found["action"], found["granted"] = entry["action"], entry["granted"]
    elif entry["type"] == ACCESS:
        found["query"], found["act"], found["status"] = entry["query"], entry["act"], entry["status"]
    found["org_id"] = entry["org_id"]
    found["portal_id"] = entry.get("portal_id")
    found["principal_id"] = entry.get("principal_id")
    found["trace_id"] = entry["trace_id"]
    found["user_agent"] = entry["user_agent"]
    found["event_id"] = entry["id"]
    found["seq"] = entry.get("portal_seq") if for_portal else entry["seq"]
    return {name: value for name, value in found.items() if value is not None and value != ""}


def render(entry: Entry, form: str, signer: Signer, *, for_portal: bool = False) -> str:
    """The signed line of an entry, without a line break."""
    head = Head(entry)
    found = {**members(entry, for_portal=for_portal), "kid": signer.kid}
    if form == CEF:
        line = _cef(entry["ts"], head, found)
        return f"{line} sig={signer.sign(line)}"
    line = _json(entry["ts"], head, found)
    if form == JSON:
        return f'{line[:-1]},"sig":"{signer.sign(line)}"}}'
    wrapped = f'{{"event":{line}}}'
    return f'{{"event":{line[:-1]},"sig":"{signer.sign(wrapped)}"}}}}'


def host() -> str:
    """Which installation tells."""
    return settings().admin_hosts[0]


def _json(ts: int, head: Head, found: dict[str, Any]) -> str:
    flat = {
        **found,
        "cef_version": "0",
        "event_ts": clock.rfc3339(ts),
        "event_vendor": VENDOR,
        "event_product": head.product,
        "event_version": EVENT_VERSION,
        "event_class_id": head.class_id,
        "name": head.name,
        "severity": head.severity,
    }
    return json.dumps(flat, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _cef(ts: int, head: Head, found: dict[str, Any]) -> str:
    header = [VENDOR, head.product, EVENT_VERSION, head.class_id, head.name, str(head.severity)]
    fields = "|".join(_header(text) for text in header)
    extension = " ".join(f"{name}={_value(value)}" for name, value in found.items())
    return f"{clock.rfc3339(ts)} {host()} CEF:0|{fields}|{extension}"


def _header(text: str) -> str:
    return BREAKS.sub(" ", text.replace("\\", "\\\\").replace("|", "\\|"))


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value).replace("\\", "\\\\").replace("=", "\\=")
    return BREAKS.sub(" ", text.replace("\r", "\\r").replace("\n", "\\n"))
