"""Wire models of signing in."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from chalicelib.http.models import Closed, Out
from chalicelib.http.types import Time


class AccountSignIn(Out):
    """Signing in with an account of the user pool. `sign_in_url` lacks what the browser makes up: `state`,
    `nonce`, `code_challenge`. `sign_out_url` ends what the pool remembers of the browser."""

    sign_in_url: str
    sign_out_url: str


class SignInOut(Out):
    """How people sign in besides with tokens; null where they do not."""

    account: AccountSignIn | None


class CreateSession(Closed):
    """What the browser came back with, and what it made up before it left (RFC 7636, OpenID Connect Core)."""

    code: Annotated[str, Field(min_length=1, max_length=2048, pattern=r"^[\x21-\x7e]+$")]
    code_verifier: Annotated[str, Field(pattern=r"^[A-Za-z0-9._~-]{43,128}$")]
    nonce: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{16,128}$")]


class SessionOut(Out):
    """A session, and its token, which only this answer shows. It is sent like any access token."""

    token: str
    expires_at: Time
