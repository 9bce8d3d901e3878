"""Tokens that say they are the pool's: those that a hostile one would send."""

from __future__ import annotations

import base64
import hashlib
import time
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from jose import jwk, jwt

from chalicelib import clock
from chalicelib.access.roles import Role
from chalicelib.access.sign_in import pool
from chalicelib.access.sign_in.pool import Tokens
from chalicelib.errors import Unauthorized
from chalicelib.settings import settings

POOL, CLIENT, NONCE, ACCESS = "eu-central-1_Abc123", "the-client", "nonce-of-this-sign-in", "an.access.token"
SUB = str(uuid.uuid4())


def _pem(key: rsa.RSAPrivateKey) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


OURS, OTHER = (_pem(rsa.generate_private_key(public_exponent=65537, key_size=2048)) for _ in range(2))
PUBLIC = {**jwk.construct(OURS, "RS256").public_key().to_dict(), "kid": "k1", "use": "sig"}


@pytest.fixture(autouse=True)
def known(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The pool, and its key as if it had just been read."""
    monkeypatch.setenv("PORTICO_ADMIN_POOL", POOL)
    monkeypatch.setenv("PORTICO_ADMIN_POOL_CLIENT", CLIENT)
    monkeypatch.setitem(pool._known, POOL, (clock.now_ms(), {"k1": PUBLIC}))
    settings.cache_clear()
    yield
    settings.cache_clear()


def claims(**changed: Any) -> dict[str, Any]:
    now = int(time.time())
    at_hash = base64.urlsafe_b64encode(hashlib.sha256(ACCESS.encode()).digest()[:16]).rstrip(b"=").decode()
    found = {
        "sub": SUB,
        "iss": f"https://cognito-idp.eu-central-1.amazonaws.com/{POOL}",
        "aud": CLIENT,
        "exp": now + 300,
        "iat": now,
        "token_use": "id",
        "nonce": NONCE,
        "at_hash": at_hash,
        "email": "someone@example.com",
        "cognito:groups": ["viewer"],
        **changed,
    }
    return {name: value for name, value in found.items() if value is not None}


def signed(found: dict[str, Any], key: str = OURS, algorithm: str = "RS256", kid: str = "k1") -> Tokens:
    return Tokens(jwt.encode(found, key, algorithm, headers={"kid": kid}), ACCESS)


def test_a_good_token_says_who_it_is() -> None:
    found = pool.person(signed(claims()), NONCE)
    assert found == (SUB, "someone@example.com", "someone@example.com", Role.VIEWER, False)


@pytest.mark.parametrize(
    "changed",
    [
        {"aud": "another-client"},
        {"aud": None},
        {"iss": f"https://cognito-idp.eu-central-1.amazonaws.com/{POOL}x"},
        {"iss": None},
        {"exp": 1_000_000_000},
        {"exp": None},
        {"exp": "soon"},
        {"iat": None},
        {"nonce": "nonce-of-another"},
        {"nonce": None},
        {"token_use": "access"},
        {"sub": None},
        {"sub": "admin"},
        {"at_hash": "of-another-access-token"},
        {"nbf": 9_000_000_000},
    ],
    ids=str,
)
def test_a_token_that_is_not_for_this_sign_in_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(Unauthorized):
        pool.person(signed(claims(**changed)), NONCE)


def _tampered(tokens: Tokens) -> Tokens:
    head, _, signature = tokens.id_token.split(".")
    stronger = jwt.encode(claims(**{"cognito:groups": ["admin"]}), OTHER, "RS256").split(".")[1]
    return tokens._replace(id_token=f"{head}.{stronger}.{signature}")


def _unsigned() -> Tokens:
    head = base64.urlsafe_b64encode(b'{"alg":"none","kid":"k1"}').rstrip(b"=").decode()
    body = signed(claims()).id_token.split(".")[1]
    return Tokens(f"{head}.{body}.", ACCESS)


@pytest.mark.parametrize(
    "tokens",
    [
        pytest.param(signed(claims(), OTHER), id="signed by somebody else"),
        pytest.param(signed(claims(), kid="k2"), id="by an unknown key"),
        pytest.param(signed(claims(), "a secret", "HS256"), id="by a shared secret"),
        pytest.param(signed(claims(), OURS, "RS512"), id="by another algorithm"),
        pytest.param(_tampered(signed(claims())), id="changed"),
        pytest.param(_unsigned(), id="unsigned"),
        pytest.param(Tokens("a.b", ACCESS), id="no token"),
        pytest.param(Tokens(".".join(["bnVsbA"] * 3), ACCESS), id="null"),
    ],
)
def test_a_token_that_the_pool_did_not_sign_is_refused(tokens: Tokens) -> None:
    with pytest.raises(Unauthorized):
        pool.person(tokens, NONCE)


@pytest.mark.parametrize(
    ("found", "role"),
    [
        ({}, None),
        ({"cognito:groups": ["eu-central-1_Abc123_Okta", "staff"]}, None),
        ({"cognito:groups": ["viewer", "publisher"]}, Role.PUBLISHER),
        ({"cognito:groups": "admin"}, None),
        # somebody the pool itself knows could at most have typed it
        ({"custom:role": "admin"}, None),
        ({"custom:role": "publisher", "identities": [{"providerName": "Okta"}]}, Role.PUBLISHER),
        ({"custom:role": "[staff, content_editor, viewer]", "identities": [{}]}, Role.CONTENT_EDITOR),
        ({"custom:role": "superadmin", "identities": [{}]}, None),
        ({"custom:role": "viewer", "cognito:groups": ["admin"], "identities": [{}]}, Role.ADMIN),
    ],
)
def test_the_role_is_the_highest_of_those_that_count(found: dict[str, Any], role: Role | None) -> None:
    assert pool.role(found) is role
