"""Personal access tokens of admins: made, listed, revoked, and recognised on every request."""

from __future__ import annotations

import hashlib
import secrets
import uuid

from chalicelib import clock
from chalicelib.access.principal import Admin, Grant
from chalicelib.access.records import AdminToken
from chalicelib.access.roles import Role
from chalicelib.errors import Conflict, NotFound, Unauthorized
from chalicelib.storage import keys, lists, table
from chalicelib.storage.transaction import Transaction, retrying

PREFIX = "ptc_"
FIRST = "first-token"


def digest(token: str) -> str:
    """What is stored of a token. Its 190 random bits need no salt and no slow hash."""
    return hashlib.sha256(token.encode()).hexdigest()


def authenticate(token: str) -> Admin:
    """The admin a token stands for. One trip. Raises Unauthorized: unknown, expired or revoked."""
    record = table.get(AdminToken, keys.Key(keys.admin_token(digest(token))))
    if record is None:
        raise Unauthorized("The access token is not known. Check it, or ask an admin for a new one.")
    if record.revoked_at is not None:
        raise Unauthorized("The access token has been revoked.", "disabled", record.id)
    if record.expires_at_ms is not None and record.expires_at_ms <= clock.now_ms():
        raise Unauthorized("The access token has expired.", "token_expired", record.id)
    grants = tuple(Grant(Role(grant["role"]), grant["portal_id"]) for grant in record.grants)
    return Admin(id=record.id, name=record.name, grants=grants)


def create(
    name: str, role: Role, expires_at: int | None = None, created_by: str | None = None
) -> tuple[AdminToken, str]:
    """A new token: its record, and its text, which is shown once and never again."""
    token = PREFIX + secrets.token_urlsafe(32)
    return _store(str(uuid.uuid4()), token, name, role, expires_at, created_by), token


def _store(
    token_id: str, token: str, name: str, role: Role, expires_at: int | None, created_by: str | None
) -> AdminToken:
    record = AdminToken(
        pk=keys.admin_token(digest(token)),
        id=token_id,
        name=name,
        hint=token[-4:],
        grants=[{"role": role.value, "portal_id": "*"}],
        expires_at_ms=expires_at,
        created_by=created_by,
    )
    with Transaction() as tx:
        tx.insert(record)
    return record


def bootstrap(token: str | None) -> str | None:
    """Make sure that there is an admin token: `token` if given, else a new one if there is none at all.

    Returns the text of a token that was made up, to be shown once; None otherwise.
    """
    if token:
        if table.get_item(keys.Key(keys.admin_token(digest(token)))) is None:
            try:
                _store(str(uuid.uuid4()), token, FIRST, Role.ADMIN, None, None)
            except Conflict:  # two processes started at once
                return None
        return None
    if lists.page("tokens", lists.Query(size=1)).total:
        return None
    return create(FIRST, Role.ADMIN)[1]


def find(token_id: str) -> AdminToken:
    """The token of this id. Raises NotFound. Two trips (a list of tokens is short)."""
    for row in lists.read("tokens"):
        if row["id"] == token_id:
            record = table.get(AdminToken, keys.Key(keys.admin_token(row["digest"])))
            if record is not None:
                return record
    raise NotFound("There is no token of this id.")


def page(query: lists.Query) -> tuple[list[AdminToken], int]:
    """One page of tokens, newest first, and their number. Two trips."""
    rows = lists.page("tokens", query)
    wanted = [keys.Key(keys.admin_token(row["digest"])) for row in rows.rows]
    return table.get_many(AdminToken, wanted), rows.total


def revoke(token_id: str) -> None:
    """End a token at once. Revoking a revoked one changes nothing. Raises NotFound."""

    def work() -> None:
        record = find(token_id)
        if record.revoked_at is None:
            record.revoked_at = clock.now_ms()
            with Transaction() as tx:
                tx.update(record)

    retrying(work)
