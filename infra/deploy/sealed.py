"""Secrets that the table holds encrypted, on their way from one installation to another.

They are encrypted with the KMS key of their stage. In the same account a restore opens them with that key and
seals them with its own. To take them elsewhere a backup may carry them a second time, under a passphrase.
"""

from __future__ import annotations

import base64
import importlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import chalicelib
from infra.deploy.account import Account
from infra.deploy.errors import DeployError

FILE = "secrets.json"
#: of scrypt, as RFC 7914 has it for long-lived secrets: about a second and 128 MB
COST = {"n": 2**17, "r": 8, "p": 1}


class Sealed(NamedTuple):
    """A ciphertext in base64, and what it is encrypted for."""

    ciphertext: str
    purpose: str


def of(items: Iterable[dict[str, Any]]) -> list[Sealed]:
    """All that the records of these items hold encrypted."""
    from chalicelib.storage import table
    from chalicelib.storage.records import Record

    package = Path(chalicelib.__file__).parent
    for file in sorted(package.rglob("records.py")):
        importlib.import_module(".".join((package.name, *file.relative_to(package).with_suffix("").parts)))
    records = (table.decode(Record, item) for item in items)
    return [Sealed(*one) for record in records if record is not None for one in record.sealed().items()]


def open_one(account: Account, key: str, sealed: Sealed) -> str | None:
    """A secret in clear; None where the key cannot be used (another account's, or deleted)."""
    from botocore.exceptions import ClientError

    try:
        answer = account.client("kms").decrypt(
            KeyId=key,
            CiphertextBlob=base64.b64decode(sealed.ciphertext),
            EncryptionContext={"purpose": sealed.purpose},
        )
    except ClientError:
        return None
    plain: bytes = answer["Plaintext"]
    return plain.decode()


def seal(account: Account, key: str, plain: str, purpose: str) -> str:
    """The ciphertext of a secret, in base64."""
    answer = account.client("kms").encrypt(
        KeyId=key, Plaintext=plain.encode(), EncryptionContext={"purpose": purpose}
    )
    return base64.b64encode(answer["CiphertextBlob"]).decode()


def pack(opened: dict[str, str], passphrase: str, salt: bytes) -> bytes:
    """Secrets in clear, by their ciphertexts, under a passphrase."""
    token = _fernet(passphrase, salt).encrypt(json.dumps(opened).encode())
    return json.dumps({"salt": salt.hex(), "scrypt": COST, "fernet": token.decode()}).encode()


def unpack(packed: bytes, passphrase: str) -> dict[str, str]:
    """What `pack` packed. Raises DeployError for another passphrase."""
    from cryptography.fernet import InvalidToken

    found = json.loads(packed)
    try:
        plain = _fernet(passphrase, bytes.fromhex(found["salt"])).decrypt(found["fernet"].encode())
    except InvalidToken:
        raise DeployError("BACKUP_PASSPHRASE is not the one this backup was made with.") from None
    opened: dict[str, str] = json.loads(plain)
    return opened


def _fernet(passphrase: str, salt: bytes) -> Any:
    from cryptography.fernet import Fernet
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    key = Scrypt(salt=salt, length=32, **COST).derive(passphrase.encode())
    return Fernet(base64.urlsafe_b64encode(key))
