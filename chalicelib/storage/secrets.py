"""Secrets of others that must be given back in clear (SIEM, identity provider, DCR): encrypted with KMS.

Passwords, keys and tokens are never stored so: they are hashed by who owns them.
"""

from __future__ import annotations

import base64

from chalicelib.settings import settings
from chalicelib.storage import aws

#: what KMS itself encrypts at once; a secret is far shorter
LIMIT = 4096


def encrypt(secret: str, purpose: str) -> str:
    """The secret as base64 ciphertext. `purpose` (`destination:<id>`) is bound to it: it decrypts for no
    other. One trip. Raises ValueError beyond 4,096 bytes."""
    raw = secret.encode()
    if len(raw) > LIMIT:
        raise ValueError(f"a secret has at most {LIMIT:,} bytes")
    answer = aws.client("kms").encrypt(
        KeyId=settings().kms_key, Plaintext=raw, EncryptionContext={"purpose": purpose}
    )
    return base64.b64encode(answer["CiphertextBlob"]).decode()


def decrypt(ciphertext: str, purpose: str) -> str:
    """The secret in clear. One trip. Raises botocore's ClientError for another purpose."""
    answer = aws.client("kms").decrypt(
        KeyId=settings().kms_key,
        CiphertextBlob=base64.b64decode(ciphertext),
        EncryptionContext={"purpose": purpose},
    )
    plain: bytes = answer["Plaintext"]
    return plain.decode()
