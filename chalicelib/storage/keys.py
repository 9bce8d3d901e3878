"""Key formats of the one table: no other module spells a key.

`pk` is the partition, `sk` the item in it, `-` where a partition has one record. Values that may be long
or of any alphabet (names, e-mail addresses) are hashed beyond 256 bytes, so that no key nears DynamoDB's
limits (2,048 bytes for pk, 1,024 for sk).
"""

from __future__ import annotations

import hashlib
from typing import NamedTuple

SELF = "-"
#: sorts after every other sk that is used, so that a query newest first meets it first
PULSE = "~"
ORGANIZATION = "ORG"
#: what a portal has one of each
CUSTOMIZATION, INTEGRATIONS, ASSETS, CUSTOM_DOMAIN = "CUSTOM", "INTEG", "ASSETS", "DOMAIN"
#: what a portal and the organisation have one of each
AUDIT_WEBHOOK, AUDIT_REPLAY = "WEBHOOK", "REPLAY"
#: the keys that audit events are signed with, in the organisation's partition
AUDIT_KEYS = "AUDITKEYS"
#: an API's icon
IMAGE = "IMG"


class Key(NamedTuple):
    """An item's full key."""

    pk: str
    sk: str = SELF


def part(text: str) -> str:
    """A key part of any text: itself while short, else its hash."""
    raw = text.encode("utf-8", "surrogatepass")
    if len(raw) <= 256:
        return text
    return "sha256:" + hashlib.sha256(raw).hexdigest()


def portal(portal_id: str) -> str:
    return f"PORTAL#{portal_id}"


def api(api_id: str) -> str:
    return f"API#{api_id}"


def destination(destination_id: str) -> str:
    return f"DEST#{destination_id}"


def distribution(distribution_id: str) -> str:
    return f"DIST#{distribution_id}"


def strategy(strategy_id: str) -> str:
    return f"STRAT#{strategy_id}"


def host(name: str) -> str:
    return f"HOST#{name}"


def admin_token(digest: str) -> str:
    return f"ADMTOK#{digest}"


def admin_sessions(user_id: str) -> str:
    """The partition of one person's sessions, each under its digest."""
    return f"ADMSESS#{user_id}"


def one_time_token(digest: str) -> str:
    return f"TOK#{digest}"


def session(digest: str) -> str:
    return f"SESS#{digest}"


def refreshed(portal_id: str) -> str:
    """When a portal's pages were last taken out of CloudFront."""
    return f"EDGE#{portal_id}"


def shown(pk: str) -> tuple[str, str] | None:
    """Of a partition whose records show on portals' sites: the id it is of, and `portal` or `api`."""
    kind, _, id_ = pk.partition("#")
    return (id_, kind.lower()) if kind in ("PORTAL", "API") else None


def idempotency(digest: str) -> str:
    return f"IDEM#{digest}"


def upload(upload_id: str) -> str:
    return f"UPLOAD#{upload_id}"


def job(job_id: str) -> str:
    return f"JOB#{job_id}"


def page(page_id: str) -> str:
    """The sk of a page in its portal's partition."""
    return f"PAGE#{page_id}"


def snippet(snippet_id: str) -> str:
    """The sk of a snippet in its portal's partition."""
    return f"SNIP#{snippet_id}"


def document(document_id: str) -> str:
    """The sk of a document in its API's partition."""
    return f"DOC#{document_id}"


def publication(portal_id: str) -> str:
    """The sk, in an API's partition, of how it stands at a portal."""
    return f"PUB#{portal_id}"


def rows(list_name: str) -> str:
    return f"L#{list_name}"


def publications_of(portal_id: str) -> str:
    """The list of what is published to a portal."""
    return f"pubs:{portal_id}"


def unique(scope: str, *values: str) -> str:
    """The key of a reservation: one holder of these values in this scope."""
    return "#".join(["U", scope, *(part(value) for value in values)])
