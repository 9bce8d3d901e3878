"""Wire models of admin tokens."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from chalicelib.http.models import Closed, Out

RoleName = Literal["admin", "publisher", "content_editor", "viewer"]


class CreateToken(Closed):
    """A new personal access token. `expires_in_days`: null or left out, it does not expire."""

    name: Annotated[str, Field(min_length=1, max_length=255)]
    role: RoleName
    expires_in_days: Annotated[int, Field(ge=1, le=3650)] | None = None


class TokenOut(Out):
    """A token as it is listed: its end (`hint`), never the token."""

    id: str
    name: str
    role: RoleName
    hint: str
    status: Literal["active", "expired", "revoked"]
    created_at: str
    expires_at: str | None
    created_by: str | None


class NewTokenOut(TokenOut):
    """The answer to its creation, the only one that shows the token."""

    token: str
