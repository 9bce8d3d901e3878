"""Tokens and sessions in the table, under the SHA-256 of their text, so that the text itself is nowhere."""

from __future__ import annotations

from chalicelib.storage.attributes import Integer, JSONAttribute, UnicodeAttribute
from chalicelib.storage.records import Record, Row


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


class AdminSession(Record, discriminator="admin_session"):
    """Somebody of the user pool who is signed in: `ADMSESS#<user>` / `<sha256 of the token>`, so that all
    sessions of one person are found, and end, together."""

    name = UnicodeAttribute()
    email = UnicodeAttribute(null=True)
    role = UnicodeAttribute()
    #: how the person proved who it is, in the audit log's words: basic (by the pool), sso (by a provider)
    proof = UnicodeAttribute()
    #: seconds, as DynamoDB's time to live wants them; what decides is the check at each request
    expires_at = Integer()


class PreviewToken(Record, discriminator="preview_token"):
    """Lets one browser begin a preview of a portal: `TOK#<sha256>`. Gone once it is used."""

    portal_id = UnicodeAttribute()
    #: the admin token that asked for it
    admin_id = UnicodeAttribute()
    #: seconds, as DynamoDB's time to live wants them; what decides is this module's own check
    expires_at = Integer()


class PreviewSession(Record, discriminator="preview_session"):
    """A browser that sees a portal as an approved developer would: `SESS#<sha256 of the cookie>`."""

    portal_id = UnicodeAttribute()
    admin_id = UnicodeAttribute()
    expires_at = Integer()
