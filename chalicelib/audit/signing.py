"""The Ed25519 keys that audit events are signed with, and their public parts as a JSON Web Key Set.

The first key is made when it is first needed. Rotating makes a new one; the old ones' public parts stay in
the set, so that what they signed can be verified for as long as anyone keeps it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from typing import Any

from chalicelib import clock
from chalicelib.audit.records import SigningKeys, key_purpose
from chalicelib.errors import Stale
from chalicelib.settings import settings
from chalicelib.storage import keys, secrets, table
from chalicelib.storage.intent import expect
from chalicelib.storage.transaction import Transaction, retrying

#: how long a process signs with the key that it has read
REMEMBER_MS = 60_000

_known: dict[str, tuple[int, Signer]] = {}
_lock = threading.Lock()


class Signer:
    """Signs with one key, which `kid` names."""

    def __init__(self, kid: str, private: str) -> None:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

        self.kid = kid
        self._key = Ed25519PrivateKey.from_private_bytes(_bytes(private))

    def sign(self, text: str) -> str:
        """The signature of a text's UTF-8, base64url without padding."""
        return encode(self._key.sign(text.encode()))


def encode(raw: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def signer() -> Signer:
    """The signer in use. Two trips at first, none while it is remembered (a minute)."""
    name, now = settings().table, clock.now_ms()
    with _lock:
        held = _known.get(name)
    if held is not None and abs(held[0] - now) < REMEMBER_MS:
        return held[1]
    current = (load().keys or _add(only_first=True).keys)[0]
    made = held[1] if held is not None and held[1].kid == current["kid"] else _open(current)
    with _lock:
        _known[name] = (now, made)
    return made


def _open(key: dict[str, Any]) -> Signer:
    return Signer(key["kid"], secrets.decrypt(key["private"], key_purpose(key["kid"])))


def load() -> SigningKeys:
    """The keys. One trip. One that was never written has none."""
    place = keys.Key(keys.ORGANIZATION, keys.AUDIT_KEYS)
    return table.get(SigningKeys, place) or SigningKeys(pk=place.pk, sk=place.sk)


def rotate() -> SigningKeys:
    """Sign with a new key from now on (other processes follow within a minute). Three trips."""
    return _add()


def _add(*, only_first: bool = False) -> SigningKeys:
    def work() -> SigningKeys:
        record = load()
        expect(record)
        if record.keys and only_first:
            return record
        now = clock.now_ms()
        for key in record.keys:
            if key.pop("private", None) is not None:
                key["retired_at"] = now
        record.keys = [_new(now), *record.keys]
        with Transaction() as tx:
            if record.rev is None:
                tx.insert(record, Stale())
            else:
                tx.update(record)
        return record

    made = retrying(work)
    with _lock:
        _known.pop(settings().table, None)
    return made


def _new(now: int) -> dict[str, Any]:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    x = encode(key.public_key().public_bytes_raw())
    kid = thumbprint(x)
    private = secrets.encrypt(encode(key.private_bytes_raw()), key_purpose(kid))
    return {"kid": kid, "x": x, "created_at": now, "retired_at": None, "private": private}


def thumbprint(x: str) -> str:
    """A key's name: its thumbprint after RFC 7638."""
    members = json.dumps({"crv": "Ed25519", "kty": "OKP", "x": x}, separators=(",", ":"), sort_keys=True)
    return encode(hashlib.sha256(members.encode()).digest())


def jwks() -> list[dict[str, str]]:
    """The public keys, the one in use first. One trip, more at the very first."""
    return [
        {"alg": "EdDSA", "crv": "Ed25519", "kid": key["kid"], "kty": "OKP", "use": "sig", "x": key["x"]}
        for key in load().keys or _add(only_first=True).keys
    ]
