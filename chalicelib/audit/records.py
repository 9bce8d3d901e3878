"""Audit logs in the table: destinations, what is sent where (webhooks), replays, and the keys that sign."""

from __future__ import annotations

from typing import Any

from chalicelib import clock
from chalicelib.storage import keys
from chalicelib.storage.attributes import BooleanAttribute, Integer, JSONAttribute, UnicodeAttribute
from chalicelib.storage.records import Record, Row

#: the scope of everything that happens in the organisation; any other scope is a portal's id
ORGANIZATION = "organization"


def partition(scope: str) -> str:
    """The partition in which a scope's webhook and replay are."""
    return keys.ORGANIZATION if scope == ORGANIZATION else keys.portal(scope)


def secret_purpose(destination_id: str) -> str:
    """What a destination's secret is encrypted for."""
    return f"destination:{destination_id}"


def key_purpose(kid: str) -> str:
    """What the private part of a signing key is encrypted for."""
    return f"audit-key:{kid}"


class Scoped(Record):
    """What a scope has one of. A portal's goes with the portal."""

    scope = UnicodeAttribute()

    def row_id(self) -> str:
        return self.sk

    def parents(self) -> tuple[str, ...]:
        return () if self.scope == ORGANIZATION else (self.pk,)


class Destination(Record, discriminator="audit_destination"):
    """Where audit events can be sent. `secret` is encrypted; `shape` says what the receiver speaks; `uses`
    counts webhooks, which guard against deletion."""

    counted = ("uses",)

    id = UnicodeAttribute()
    name = UnicodeAttribute()
    endpoint = UnicodeAttribute()
    secret = UnicodeAttribute(null=True)
    log_format = UnicodeAttribute()
    skip_ssl_verification = BooleanAttribute()
    shape = UnicodeAttribute(default="webhook")
    #: None: the header that the shape has for it
    header_name = UnicodeAttribute(null=True)
    uses = Integer(default=0)

    def rows(self) -> dict[str, Row]:
        return {"destinations": {"name": self.name}}

    def sealed(self) -> dict[str, str]:
        return {self.secret: secret_purpose(self.id)} if self.secret else {}


class Webhook(Scoped, discriminator="audit_webhook"):
    """Which destination a scope's events go to. What is known of the last attempt is written beside the rest,
    without touching `rev` (`attempts.note`)."""

    destination_id = UnicodeAttribute(null=True)
    enabled = BooleanAttribute(default=False)
    last_attempt_at = Integer(null=True)
    last_attempt_failed = BooleanAttribute(null=True)
    last_response_code = Integer(null=True)
    last_response_message = UnicodeAttribute(null=True)

    def counters(self) -> dict[keys.Key, str]:
        if self.destination_id is None:
            return {}
        return {keys.Key(keys.destination(self.destination_id)): "uses"}


class Replay(Scoped, discriminator="audit_replay"):
    """Sending a span of time again. `id` tells one replay of a scope from the next; `cursor` is the hour that
    was handed to the queue last; up to `delivered_to` (milliseconds) everything has arrived."""

    id = UnicodeAttribute()
    start_at = Integer()
    end_at = Integer()
    status = UnicodeAttribute()
    cursor = UnicodeAttribute(null=True)
    delivered_to = Integer(null=True)

    @property
    def under_way(self) -> bool:
        """Whether another one has to wait. One that nothing was heard of for a day is taken for dead."""
        alive = self.updated_at + 86_400_000 > clock.now_ms()
        return alive and self.status in ("accepted", "pending", "running")


class SigningKeys(Record, discriminator="audit_keys"):
    """`[{kid, x, created_at, retired_at, private}]`, the one in use first. A retired one is kept, without its
    private part, for as long as there may be events that it signed."""

    keys: Any = JSONAttribute(default=list)

    def row_id(self) -> str:
        return self.sk

    def sealed(self) -> dict[str, str]:
        return {key["private"]: key_purpose(key["kid"]) for key in self.keys if key.get("private")}
