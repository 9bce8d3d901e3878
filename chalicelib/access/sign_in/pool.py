"""The user pool as an OpenID provider: where people go to sign in, and what comes back with them.

Nothing is sent anywhere but to the pool. What it says counts only when it is signed by the pool's key, for
this client, in answer to this very sign-in (OpenID Connect Core 1.0, 3.1.3.7).
"""

from __future__ import annotations

import hmac
import json
import threading
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from chalicelib import clock
from chalicelib.access.roles import Role
from chalicelib.audit import outbound
from chalicelib.errors import Unauthorized, Unavailable
from chalicelib.http import log
from chalicelib.http.types import read_uuid
from chalicelib.settings import settings

#: where the pool sends people back to
PATH = "/console/sign-in"
SCOPES = "openid email profile"
#: the only one Cognito signs with
ALGORITHM = "RS256"
#: a key that is not known is looked for this often and no more
LOOK_MS = 60_000
AGAIN = "Your sign-in could not be confirmed. Sign in again."

Claims = Mapping[str, Any]

_lock = threading.Lock()
#: pool → when its keys were read, and the keys by their ids
_known: dict[str, tuple[int, dict[str, Any]]] = {}


class Tokens(NamedTuple):
    """What a code is exchanged for, as it came."""

    id_token: str
    access_token: str


class Person(NamedTuple):
    """Somebody the pool knows. `federated`: another identity provider says who it is."""

    id: str
    name: str
    email: str | None
    role: Role | None
    federated: bool


def configured() -> bool:
    """Whether people can sign in with accounts."""
    return bool(settings().admin_pool and settings().admin_pool_client and settings().admin_pool_url)


def sign_in_url(origin: str) -> str:
    """Where the console of this origin sends people; it adds `state`, `nonce` and `code_challenge`."""
    return f"{settings().admin_pool_url}/oauth2/authorize?" + urlencode(
        {
            "client_id": settings().admin_pool_client,
            "redirect_uri": origin + PATH,
            "response_type": "code",
            "scope": SCOPES,
            "code_challenge_method": "S256",
        }
    )


def sign_out_url(origin: str) -> str:
    """Where a browser goes so that the pool forgets it; it is sent back."""
    return f"{settings().admin_pool_url}/logout?" + urlencode(
        {"client_id": settings().admin_pool_client, "logout_uri": origin + PATH}
    )


def exchange(origin: str, code: str, verifier: str) -> Tokens:
    """What the pool gives for a code. Raises Unauthorized where it refuses, Unavailable where it fails."""
    form = {
        "grant_type": "authorization_code",
        "client_id": settings().admin_pool_client,
        "redirect_uri": origin + PATH,
        "code": code,
        "code_verifier": verifier,
    }
    reply = outbound.post(
        f"{settings().admin_pool_url}/oauth2/token",
        {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"},
        urlencode(form).encode(),
    )
    answer = _answer(reply)
    if reply.status == 400 and answer.get("error") == "invalid_grant":
        raise Unauthorized("This sign-in is too old or was used already. Sign in again.", "token_expired")
    tokens = Tokens(answer.get("id_token", ""), answer.get("access_token", ""))
    if reply.status != 200 or not all(isinstance(token, str) and token for token in tokens):
        raise _unavailable(f"{reply.status} {answer.get('error', '')}")
    return tokens


def person(tokens: Tokens, nonce: str) -> Person:
    """Who the tokens are about. `nonce`: what the browser made up for this sign-in. Raises Unauthorized for
    tokens that are not the pool's, not for this client, not of this sign-in, or too old."""
    from jose import jwt
    from jose.exceptions import ExpiredSignatureError, JOSEError

    try:
        header = jwt.get_unverified_header(tokens.id_token)
    except JOSEError:
        raise Unauthorized(AGAIN, "invalid") from None
    key = _key(str(header.get("kid", "")))
    if key is None or header.get("alg") != ALGORITHM:
        raise Unauthorized(AGAIN, "invalid")
    try:
        claims = jwt.decode(
            tokens.id_token,
            key,
            algorithms=[ALGORITHM],
            audience=settings().admin_pool_client,
            issuer=_issuer(),
            access_token=tokens.access_token,
            options={f"require_{claim}": True for claim in ("aud", "exp", "iat", "iss", "sub")},
        )
    except ExpiredSignatureError:
        raise Unauthorized("This sign-in took too long. Sign in again.", "token_expired") from None
    except (JOSEError, ValueError, TypeError):  # what a hostile token makes the library raise
        raise Unauthorized(AGAIN, "invalid") from None
    given = str(claims.get("nonce", ""))
    if claims.get("token_use") != "id" or not hmac.compare_digest(given.encode(), nonce.encode()):
        raise Unauthorized(AGAIN, "invalid")
    return _person(claims)


def _person(claims: Claims) -> Person:
    user_id = read_uuid(str(claims["sub"]))
    if user_id is None:
        raise Unauthorized(AGAIN, "invalid")
    email = str(claims["email"]) if claims.get("email") else None
    name = str(claims.get("name") or email or claims.get("cognito:username") or user_id)
    federated = bool(claims.get("identities"))
    return Person(user_id, name, email, role(claims), federated)


def role(claims: Claims) -> Role | None:
    """The highest role that a person's groups give; of somebody another identity provider knows, also the
    roles that it names in `custom:role`. Nobody else can have that attribute set but by an admin of the pool.
    """
    groups = claims.get("cognito:groups")
    named = {str(group) for group in groups} if isinstance(groups, list) else set()
    if claims.get("identities"):
        # of several values Cognito makes one text: "[viewer, publisher]"
        named |= {one.strip() for one in str(claims.get("custom:role", "")).strip("[]").split(",")}
    return next((found for found in Role if found.value in named), None)


def _issuer() -> str:
    """As it stands in tokens, the emulator's too."""
    region = settings().admin_pool.partition("_")[0]
    return f"https://cognito-idp.{region}.amazonaws.com/{settings().admin_pool}"


def _key(key_id: str) -> Any:
    """The pool's public key of this id, None where it has none."""
    name, now = settings().admin_pool, clock.now_ms()
    with _lock:
        read_at, keys = _known.get(name, (0, {}))
    if key_id not in keys and now - read_at >= LOOK_MS:
        keys = _read_keys()
        with _lock:
            _known[name] = (now, keys)
    return keys.get(key_id)


def _read_keys() -> dict[str, Any]:
    base = f"{settings().endpoint}/{settings().admin_pool}" if settings().endpoint else _issuer()
    reply = outbound.get(f"{base}/.well-known/jwks.json")
    found = _answer(reply).get("keys")
    if reply.status != 200 or not isinstance(found, list):
        raise _unavailable(f"keys: {reply.status}")
    return {
        str(key["kid"]): key
        for key in found
        if isinstance(key, dict) and key.get("kty") == "RSA" and key.get("use") == "sig" and "kid" in key
    }


def _answer(reply: outbound.Reply) -> dict[str, Any]:
    if reply.status is None:
        raise _unavailable(reply.error)
    try:
        found = json.loads(reply.body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _unavailable(why: str) -> Unavailable:
    log.logger().error("the user pool failed", why=why)
    return Unavailable(
        "Signing in with accounts does not work right now. Try again, or use an access token.",
        {"Retry-After": "30"},
    )
