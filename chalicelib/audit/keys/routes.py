"""The keys that audit events are signed with: the public set for everyone, rotation for admins."""

from __future__ import annotations

from chalicelib import clock
from chalicelib.access.roles import Permission
from chalicelib.audit import signing
from chalicelib.audit.keys.schemas import KeyOut, KeySet, KeysOut, PublicKey
from chalicelib.audit.records import SigningKeys
from chalicelib.http.answers import Answer
from chalicelib.http.operation import Public, operation


@operation("get-audit-log-jwks", "GET", "/v2/audit-log-webhook/jwks.json", allow=Public.ANYONE, errors=())
def get_key_set() -> KeySet | Answer:
    """Get the public keys that verify audit log signatures"""
    found = KeySet(keys=[PublicKey(**key) for key in signing.jwks()])
    return Answer(found, headers={"Cache-Control": "public, max-age=300"})


@operation(
    "list-audit-keys",
    "GET",
    "/portico/v1/audit-keys",
    allow=Permission.MANAGE_ORGANIZATION,
    errors=(401, 403),
)
def list_keys() -> KeysOut:
    """List the keys that audit logs are signed with"""
    return _show(signing.load())


@operation(
    "rotate-audit-key",
    "POST",
    "/portico/v1/audit-keys",
    allow=Permission.MANAGE_ORGANIZATION,
    errors=(401, 403, 409),
)
def rotate_key() -> KeysOut:
    """Sign audit logs with a new key from now on; what older ones signed stays verifiable"""
    return _show(signing.rotate())


def _show(record: SigningKeys) -> KeysOut:
    return KeysOut(
        data=[
            KeyOut(
                kid=key["kid"],
                x=key["x"],
                created_at=clock.rfc3339(key["created_at"]),
                retired_at=clock.rfc3339(key["retired_at"]) if key["retired_at"] else None,
            )
            for key in record.keys
        ]
    ).at(record.rev)
