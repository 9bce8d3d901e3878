"""Certificates that owners bring: whether what was sent belongs together and to the host name."""

from __future__ import annotations

import warnings
from datetime import UTC, datetime
from functools import cache
from itertools import pairwise
from typing import Any, NamedTuple

from chalicelib import clock
from chalicelib.errors import Invalid, Violation

CERTIFICATE = "ssl.custom_certificate"
KEY = "ssl.custom_private_key"
#: more than any real one has
MOST_CERTIFICATES = 10


class Bundle(NamedTuple):
    """What was sent, in the one form that is stored: PEM, the certificate before those above it; the key as
    PKCS #8 (None where none was sent). `expires_at`: when the first one of them does."""

    chain: str
    key: str | None
    expires_at: int


def split(chain: str) -> tuple[str, str]:
    """A stored chain as the certificate and those above it."""
    end = "-----END CERTIFICATE-----\n"
    leaf, _, above = chain.partition(end)
    return leaf + end, above


def read(certificate: str, key: str | None, hostname: str, *, skip_ca_check: bool) -> Bundle:
    """Read and check a certificate, with its key where one was sent.

    With `skip_ca_check` nobody has to stand behind it. Raises Invalid, naming everything that is wrong.
    """
    from cryptography.hazmat.primitives.serialization import (
        Encoding,
        NoEncryption,
        PrivateFormat,
    )

    wrong: list[Violation] = []
    chain, private = _certificates(certificate, wrong), _key(key, wrong) if key is not None else None
    if chain:
        wrong += [Violation(CERTIFICATE, reason, "invalid") for reason in _faults(chain, hostname)]
        if private is not None and private.public_key() != chain[0].public_key():
            wrong.append(
                Violation(
                    KEY,
                    "does not belong to the certificate; the first certificate must be the key's own",
                    "invalid",
                )
            )
        if not wrong and not skip_ca_check and (doubt := _doubt(chain, hostname)):
            wrong.append(Violation(CERTIFICATE, doubt, "invalid"))
    if wrong:
        raise Invalid(wrong)
    text = "".join(one.public_bytes(Encoding.PEM).decode() for one in chain)
    expires = min(one.not_valid_after_utc for one in chain)
    pem = (
        private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        if private is not None
        else None
    )
    return Bundle(text, pem, round(expires.timestamp() * 1000))


def _certificates(text: str, wrong: list[Violation]) -> list[Any]:
    from cryptography import x509

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of what is odd in it; it is checked below
            chain = x509.load_pem_x509_certificates(text.encode())
            for one in chain:
                _ = one.extensions, one.public_key()  # they are read only now
    except Exception:  # whatever a parser has to say of hostile bytes
        wrong.append(
            Violation(
                CERTIFICATE,
                "must be one or more certificates in PEM (-----BEGIN CERTIFICATE-----)",
                "invalid",
            )
        )
        return []
    if len(chain) > MOST_CERTIFICATES:
        wrong.append(Violation(CERTIFICATE, f"must be at most {MOST_CERTIFICATES} certificates", "invalid"))
        return []
    return chain


def _key(text: str, wrong: list[Violation]) -> Any:
    from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(text.encode(), None)
    except TypeError:
        wrong.append(Violation(KEY, "is protected by a passphrase; send it without one", "invalid"))
        return None
    except Exception:
        wrong.append(Violation(KEY, "must be a private key in PEM (-----BEGIN PRIVATE KEY-----)", "invalid"))
        return None
    # the kinds of keys that CloudFront takes
    fits = (isinstance(key, RSAPrivateKey) and key.key_size in (2048, 3072, 4096)) or (
        isinstance(key, EllipticCurvePrivateKey) and isinstance(key.curve, SECP256R1)
    )
    if not fits:
        wrong.append(
            Violation(KEY, "must be an RSA key of 2,048, 3,072 or 4,096 bits, or one of P-256", "invalid")
        )
        return None
    return key


def _now() -> datetime:
    return datetime.fromtimestamp(clock.now_ms() / 1000, UTC)


def _faults(chain: list[Any], hostname: str) -> list[str]:
    """What is wrong, whoever issued it."""
    found = []
    names = _names(chain[0])
    if not any(covers(name, hostname) for name in names):
        held = ", ".join(names[:5]) or "no name"
        found.append(f"is not for {hostname.lower()}; it is for {held}")
    for one in chain:
        if one.not_valid_after_utc < _now():
            found.append(f"has expired on {one.not_valid_after_utc:%Y-%m-%d}: {_subject(one)}")
        elif one.not_valid_before_utc > _now():
            found.append(f"is not valid before {one.not_valid_before_utc:%Y-%m-%d}: {_subject(one)}")
    for lower, upper in pairwise(chain):
        try:
            lower.verify_directly_issued_by(upper)
        except Exception:
            found.append(
                "must be in order: the certificate first, then the one that issued it, and so on; "
                f"{_subject(upper)} did not issue {_subject(lower)}"
            )
    return found


def _subject(certificate: Any) -> str:
    return str(certificate.subject.rfc4514_string())[:100] or "a certificate without a subject"


def _names(certificate: Any) -> list[str]:
    from cryptography import x509

    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return []
    return [str(name) for name in found.value.get_values_for_type(x509.DNSName)]


def covers(name: str, hostname: str) -> bool:
    """Whether a certificate's name is a host's; `*.` stands for one label."""
    name, host = name.lower(), hostname.lower()
    if name.startswith("*."):
        return host.partition(".")[2] == name[2:]
    return name == host


@cache
def _roots() -> Any:
    from botocore.httpsession import where
    from cryptography import x509
    from cryptography.x509.verification import Store

    with open(where(), "rb") as file, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return Store(x509.load_pem_x509_certificates(file.read()))


def _doubt(chain: list[Any], hostname: str) -> str | None:
    """Why browsers would not trust it, None where they would."""
    from cryptography.x509 import DNSName
    from cryptography.x509.verification import PolicyBuilder, VerificationError

    verifier = PolicyBuilder().store(_roots()).time(_now()).build_server_verifier(DNSName(hostname.lower()))
    try:
        verifier.verify(chain[0], chain[1:])
    except VerificationError:
        return (
            "is not trusted by browsers: no public certificate authority stands behind it. Send the "
            "intermediate certificates with it, or skip_ca_check for an authority of your own"
        )
    return None
