"""Admin tokens: made, listed, revoked."""

from __future__ import annotations

from typing import Any

from chalicelib import clock
from chalicelib.access import tokens
from chalicelib.access.principal import Admin, Principal
from chalicelib.access.records import AdminToken
from chalicelib.access.roles import Permission, Role
from chalicelib.access.schemas import CreateToken, NewTokenOut, TokenOut
from chalicelib.http.filters import Listing
from chalicelib.http.operation import Id, operation
from chalicelib.storage.lists import Page, Query

DAY_MS = 86_400_000


def _fields(token: AdminToken) -> dict[str, Any]:
    expired = token.expires_at_ms is not None and token.expires_at_ms <= clock.now_ms()
    return {
        "id": token.id,
        "name": token.name,
        "role": token.grants[0]["role"],
        "hint": token.hint,
        "status": "revoked" if token.revoked_at is not None else "expired" if expired else "active",
        "created_at": clock.rfc3339(token.created_at),
        "expires_at": clock.rfc3339(token.expires_at_ms) if token.expires_at_ms is not None else None,
        "created_by": token.created_by,
    }


@operation(
    "list-tokens",
    "GET",
    "/portico/v1/tokens",
    allow=Permission.MANAGE_ORGANIZATION,
    listing=Listing(),
    errors=(400, 401, 403),
)
def list_tokens(query: Query) -> Page[TokenOut]:
    """List admin tokens"""
    records, total = tokens.page(query)
    return Page([TokenOut(**_fields(record)).at(record.rev) for record in records], total, query)


@operation(
    "create-token",
    "POST",
    "/portico/v1/tokens",
    allow=Permission.MANAGE_ORGANIZATION,
    errors=(400, 401, 403),
)
def create_token(body: CreateToken, principal: Principal) -> NewTokenOut:
    """Create an admin token; it is shown once, in this answer"""
    assert isinstance(principal, Admin)
    expires_at = clock.now_ms() + body.expires_in_days * DAY_MS if body.expires_in_days else None
    record, token = tokens.create(body.name, Role(body.role), expires_at, principal.id)
    return NewTokenOut(**_fields(record), token=token)


@operation(
    "get-token",
    "GET",
    "/portico/v1/tokens/{tokenId}",
    allow=Permission.MANAGE_ORGANIZATION,
    errors=(401, 403, 404),
)
def get_token(token_id: Id) -> TokenOut:
    """Get an admin token"""
    record = tokens.find(token_id)
    return TokenOut(**_fields(record)).at(record.rev)


@operation(
    "revoke-token",
    "DELETE",
    "/portico/v1/tokens/{tokenId}",
    allow=Permission.MANAGE_ORGANIZATION,
    errors=(401, 403, 404),
)
def revoke_token(token_id: Id) -> None:
    """Revoke an admin token at once; it stays listed as revoked"""
    tokens.revoke(token_id)
