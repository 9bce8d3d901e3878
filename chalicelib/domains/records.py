"""A portal's custom domain in the table: `PORTAL#<id>/DOMAIN`."""

from __future__ import annotations

from typing import Any

from chalicelib.domains.states import ACTIVE, DEPLOYING, DISABLED, WAITING_FOR_DNS
from chalicelib.http import hosts
from chalicelib.portals.records import Domain, Singleton
from chalicelib.storage import keys
from chalicelib.storage.attributes import BooleanAttribute, Integer, JSONAttribute, UnicodeAttribute


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
    expires_at = Integer(null=True)
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
