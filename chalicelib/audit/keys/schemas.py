"""Wire models of signing keys."""

from __future__ import annotations

from typing import Literal

from chalicelib.http.models import Out
from chalicelib.http.types import Time


class PublicKey(Out):
    """A public key as RFC 8037 has it."""

    alg: Literal["EdDSA"]
    crv: Literal["Ed25519"]
    kid: str
    kty: Literal["OKP"]
    use: Literal["sig"]
    x: str


class KeySet(Out):
    """A JSON Web Key Set, the key in use first."""

    keys: list[PublicKey]


class KeyOut(Out):
    """A signing key. `retired_at` is null for the one in use."""

    kid: str
    x: str
    created_at: Time
    retired_at: Time | None


class KeysOut(Out):
    """All signing keys, the one in use first."""

    data: list[KeyOut]
