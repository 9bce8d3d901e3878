"""Sessions of people who signed in to the console: short-lived tokens, apart from those of scripts."""

from __future__ import annotations

import hashlib
import re
import secrets
import uuid

from chalicelib import clock
from chalicelib.access.principal import Admin, Grant
from chalicelib.access.records import AdminSession
from chalicelib.access.roles import Role
from chalicelib.errors import Stale, Unauthorized
from chalicelib.storage import keys, table
from chalicelib.storage.transaction import Transaction

SECONDS = 12 * 3600
#: whose it is (a UUID's digits), then 256 random bits
_TOKEN = re.compile(r"pts_([0-9a-f]{32})_[\w-]{43}", re.ASCII)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def is_session(token: str) -> bool:
    """Whether a token has a session's form."""
    return _TOKEN.fullmatch(token) is not None


def create(user_id: str, name: str, email: str | None, role: Role, proof: str) -> tuple[AdminSession, str]:
    """A session of somebody: its record, and its token, which is stored as a hash. One trip."""
    token = f"pts_{uuid.UUID(user_id).hex}_{secrets.token_urlsafe(32)}"
    record = AdminSession(
        pk=keys.admin_sessions(user_id),
        sk=_digest(token),
        name=name,
        email=email,
        role=role.value,
        proof=proof,
        expires_at=clock.now_ms() // 1000 + SECONDS,
    )
    with Transaction() as tx:
        tx.insert(record)
    return record, token


def authenticate(token: str) -> Admin:
    """Who a session's token stands for. One trip. Raises Unauthorized: ended, expired or never one."""
    found = _TOKEN.fullmatch(token)
    assert found is not None
    user_id = str(uuid.UUID(found[1]))
    record = find(user_id, _digest(token))
    if record is None:
        raise Unauthorized("The session has ended. Sign in again.", "token_expired")
    if record.expires_at * 1000 <= clock.now_ms():
        raise Unauthorized("The session has expired. Sign in again.", "token_expired", user_id)
    return Admin(user_id, record.name, (Grant(Role(record.role)),), record.email, record.sk)


def find(user_id: str, digest: str) -> AdminSession | None:
    """A person's session, None where there is none of this digest. One trip."""
    return table.get(AdminSession, keys.Key(keys.admin_sessions(user_id), digest))


def end(record: AdminSession) -> None:
    """End one session. One trip."""
    try:
        with Transaction() as tx:
            tx.delete(record)
    except Stale:  # ended twice at once
        pass


def end_all(user_id: str) -> int:
    """End all sessions of a person; how many there were."""
    records = table.query(AdminSession, keys.admin_sessions(user_id))
    for record in records:
        end(record)
    return len(records)
