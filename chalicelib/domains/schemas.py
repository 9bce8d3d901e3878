"""Wire models of custom domains."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Discriminator, Field, Tag

from chalicelib.domains import hostnames
from chalicelib.http.models import ABSENT, Closed, Out
from chalicelib.http.types import Time

CustomHostname = Annotated[str, AfterValidator(hostnames.check)]
Method = Literal["http", "custom_certificate"]


class CreateSslCertificate(Closed):
    """A certificate of the owner's own."""

    domain_verification_method: Literal["custom_certificate"]
    custom_certificate: str
    custom_private_key: Annotated[str, Field(repr=False)]
    skip_ca_check: bool = False


class CreateSslHttp(Closed):
    """A certificate that is issued and renewed by itself."""

    domain_verification_method: Literal["http"]


def domain_verification_method(ssl: Any) -> str | None:
    """Which of the two a request means. In parentheses: pydantic names the branch in its errors, and such
    parts are left out of the field that is told."""
    if isinstance(ssl, dict) and isinstance(method := ssl.get("domain_verification_method"), str):
        return f"({method})"
    return None


class CreateCustomDomain(Closed):
    """A new custom domain."""

    hostname: CustomHostname
    enabled: bool
    ssl: Annotated[
        Annotated[CreateSslCertificate, Tag("(custom_certificate)")]
        | Annotated[CreateSslHttp, Tag("(http)")],
        Discriminator(domain_verification_method),
    ]


class UpdateSsl(Closed):
    """Another certificate: with its key, in place of the one before."""

    custom_certificate: str = ABSENT
    custom_private_key: Annotated[str, Field(repr=False)] = ABSENT
    skip_ca_check: bool = False


class UpdateCustomDomain(Closed):
    """Changes to a custom domain: what is left out stays."""

    enabled: bool = ABSENT
    ssl: UpdateSsl = ABSENT


class SslOut(Out):
    """How the connection is secured."""

    domain_verification_method: Method
    verification_status: Literal["verified", "pending", "error"]
    validation_errors: list[str] = ABSENT
    uploaded_at: Time = ABSENT
    expires_at: Time = ABSENT
    skip_ca_check: bool = ABSENT


class CustomDomainOut(Out):
    """A portal's custom domain."""

    hostname: str
    enabled: bool
    ssl: SslOut
    cname_status: Literal["verified", "pending"]
    created_at: Time
    updated_at: Time


class DnsRecordOut(Out):
    """The DNS record that its owner has to make."""

    type: Literal["CNAME"]
    name: str
    value: str


class DomainStatusOut(Out):
    """How far a custom domain has come, in more detail than the contract's answer has room for.

    `serving`: the portal answers there. `apex`: the name cannot have a CNAME. `message` says what the state
    means, `errors` what has to be corrected. `url`: where links lead. The times are of the checks that follow
    until it is active, null for one that is under way.
    """

    hostname: str
    enabled: bool
    state: Literal[
        "disabled", "waiting_for_dns", "releasing", "issuing_certificate", "deploying", "active", "failed"
    ]
    since: Time
    serving: bool
    url: str
    dns: DnsRecordOut
    apex: bool
    message: str
    errors: list[str]
    checked_at: Time | None
    next_check_at: Time | None
