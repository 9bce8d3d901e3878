"""Hosts in the table: a portal's custom domain (`PORTAL#<id>/DOMAIN`), and distributions (`DIST#<id>`)."""

from __future__ import annotations

from typing import Any

from chalicelib.domains.states import ACTIVE, DEPLOYING, DISABLED, WAITING_FOR_DNS
from chalicelib.http import hosts
from chalicelib.portals.records import Domain, Singleton
from chalicelib.storage import keys
from chalicelib.storage.attributes import BooleanAttribute, Integer, JSONAttribute, UnicodeAttribute
from chalicelib.storage.records import Record, Row


def key_purpose(domain_id: str) -> str:
    """What a domain's key is encrypted for."""
    return f"domain:{domain_id}"


class Distribution(Record, discriminator="distribution"):
    """A CloudFront distribution that is, or will be, one portal's: where there is no domain for portals.

    `id` is the product's own, and its job's; `distribution_id` and `host` are CloudFront's, known once it
    is made. `definition`: a digest of the installation's own one, as it was when this was made like it.
    `ready`: it answers. `portal_id`: whose it is, None for the spare one, of which there is one at most.
    """

    id = UnicodeAttribute()
    distribution_id = UnicodeAttribute(null=True)
    host = UnicodeAttribute(null=True)
    definition = UnicodeAttribute(null=True)
    ready = BooleanAttribute(default=False)
    portal_id = UnicodeAttribute(null=True)

    def names(self) -> dict[str, str]:
        if self.portal_id is not None:
            return {}
        return {keys.unique("distribution", "spare"): "Conflict: there is a spare distribution already."}

    def rows(self) -> dict[str, Row]:
        return {"distributions": {"ready": self.ready, "portal_id": self.portal_id}}


class CustomDomain(Singleton, discriminator="custom_domain"):
    """`id` tells it from another one of the same name, before or after; it names what stands outside, and the
    job that looks after that (`checking`).

    `hostname` is as it was sent. The name is reserved from the first moment, the host leads to the portal
    (`serving`) only once it was seen to be active. `chain` is the owner's own certificate and those above it;
    `sealed_key` its encrypted key, kept only until the certificate is where it is used.
    """

    place = keys.CUSTOM_DOMAIN

    id = UnicodeAttribute()
    portal_id = UnicodeAttribute()
    hostname = UnicodeAttribute()
    enabled = BooleanAttribute()
    method = UnicodeAttribute()
    skip_ca_check = BooleanAttribute(default=False)
    chain = UnicodeAttribute(null=True)
    sealed_key = UnicodeAttribute(null=True)
    certificate_arn = UnicodeAttribute(null=True)
    uploaded_at = Integer(null=True)
    #: milliseconds; not stored as `expires_at`, by which the table itself removes items
    expires_at = Integer(null=True, attr_name="certificate_expires_at")
    serving = BooleanAttribute(default=False)
    state = UnicodeAttribute()
    state_since = Integer()
    cname_verified = BooleanAttribute(default=False)
    #: pending, verified, error
    certificate_status = UnicodeAttribute(default="pending")
    errors: Any = JSONAttribute(default=list)

    def row_id(self) -> str:
        """What its reservations are held by: the host's leads to the portal."""
        return self.portal_id

    def names(self) -> dict[str, str]:
        taken = f"Conflict: another portal of this installation has {self.hostname}. Remove it there first."
        names = {keys.unique("domain", self.host): taken}
        if self.serving:
            names[keys.host(hosts.label(self.host))] = taken
        return names

    def sealed(self) -> dict[str, str]:
        return {self.sealed_key: key_purpose(self.id)} if self.sealed_key else {}

    @property
    def host(self) -> str:
        return self.hostname.lower()

    @property
    def summary(self) -> Domain:
        """What the portal's own record says of it."""
        return {"id": self.id, "hostname": self.hostname, "enabled": self.enabled, "serving": self.serving}

    def begin(self, now: int) -> None:
        """Back to the first state, after what it is to be was changed."""
        coming = DEPLOYING if self.serving else WAITING_FOR_DNS
        self.move(coming if self.enabled else DISABLED, now)
        self.serving = self.serving and self.enabled
        self.errors = []

    def move(self, state: str, now: int) -> None:
        """Be in this state, from now on if it was not already. One that was active stays reachable while
        something about it is renewed."""
        if state != self.state:
            self.state, self.state_since = state, now
        self.serving = self.serving or state == ACTIVE
