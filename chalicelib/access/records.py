"""Admin tokens in the table: `ADMTOK#<sha256 of the token>`, so that the token itself is nowhere."""

from __future__ import annotations

from pynamodb.attributes import JSONAttribute, UnicodeAttribute

from chalicelib.storage.records import Integer, Record, Row


class AdminToken(Record, discriminator="admin_token"):
    """A personal access token. `hint` is its end, by which its owner recognises it."""

    id = UnicodeAttribute()
    name = UnicodeAttribute()
    hint = UnicodeAttribute()
    #: [{"role": …, "portal_id": "*"}]
    grants = JSONAttribute()
    #: milliseconds; None: does not expire
    expires_at_ms = Integer(null=True)
    revoked_at = Integer(null=True)
    #: the token that made this one; None for the installation's first
    created_by = UnicodeAttribute(null=True)

    def rows(self) -> dict[str, Row]:
        return {"tokens": {"name": self.name, "digest": self.pk.removeprefix("ADMTOK#")}}
