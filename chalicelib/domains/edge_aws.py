"""Custom domains on CloudFront: each is a tenant of the multi-tenant distribution, with a certificate that
CloudFront requests, or the owner's own, imported into ACM.

Tenants and certificates carry the domain's id, by which they are found again: nothing is made before it was
looked for, so a check that ended in the middle is simply made again. Rules of CloudFront that show here:

- A tenant with a certificate to be requested is made only once the name leads to CloudFront, and only enabled
  ones are validated.
- Reading a managed certificate's state may change the tenant: what follows reads it again.
- A tenant is deleted only when it is disabled and that is deployed, its certificate only after it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from chalicelib.domains.certificates import split
from chalicelib.domains.edge import Progress, Removal
from chalicelib.domains.records import CustomDomain
from chalicelib.domains.states import ACTIVE, DEPLOYING, DISABLED, FAILED, ISSUING, RELEASING, WAITING_FOR_DNS
from chalicelib.settings import settings
from chalicelib.storage import aws

PAUSE_SECONDS = 10.0
#: the worker's timeout, and a little
SETTLE_SECONDS = 330.0
REMEMBER_MS = 60_000
#: CloudFront takes certificates from there alone
REGION = "us-east-1"
TAG = "portico:domain"
#: what will be refused again however often it is tried
_REFUSED = (
    "CNAMEAlreadyExists",
    "InvalidArgument",
    "InvalidArnException",
    "InvalidAssociation",
    "InvalidParameterException",
    "ValidationException",
)
_KEY_TYPES = ["RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1"]

Tenant = dict[str, Any]


def _cloudfront() -> Any:
    return aws.client("cloudfront", REGION)


def _acm() -> Any:
    return aws.client("acm", REGION)


def _code(error: Any) -> str:
    code: str = error.response["Error"]["Code"]
    return code


def tenant_name(domain_id: str) -> str:
    """What a domain's tenant is called."""
    return f"portico-{domain_id}"


def advance(domain: CustomDomain, key: Callable[[], str]) -> Progress:
    """Take a domain as far as it goes now. Raises botocore's errors where it is worth trying again."""
    from botocore.exceptions import ClientError

    try:
        return _advance(domain, key)
    except ClientError as error:
        if _code(error) not in _REFUSED:
            raise
        return Progress(FAILED, domain.cname_verified, "error", (_told(error),), domain.expires_at)


def _told(error: Any) -> str:
    if _code(error) == "CNAMEAlreadyExists":
        return (
            "The name is in use by another CloudFront distribution, of this AWS account or another one. "
            "Remove it there first."
        )
    return f"AWS does not accept it: {error.response['Error'].get('Message') or _code(error)}"


def _advance(domain: CustomDomain, key: Callable[[], str]) -> Progress:
    tenant = _find(domain.id)
    if not domain.enabled:
        if tenant is not None and tenant["Enabled"]:
            _update(tenant, Enabled=False)
        return Progress(DISABLED, domain.cname_verified, domain.certificate_status)
    if domain.sealed_key is not None:
        # told at once, so that the key is kept no longer than it has to be; the rest follows
        arn = _import(domain, key())
        return Progress(
            DEPLOYING, domain.cname_verified, "pending", (), domain.expires_at, arn, imported=True
        )
    if tenant is None:
        made = _create(domain)
        if isinstance(made, Progress):
            return made
        tenant = made
    if not tenant["Enabled"]:
        tenant = _update(tenant, Enabled=True)
    found = _certify(domain, tenant)
    if isinstance(found, Progress):
        return found
    return _judge(domain, found)


def _find(domain_id: str) -> Tenant | None:
    """The domain's tenant, with its present `ETag`."""
    from botocore.exceptions import ClientError

    try:
        answer = _cloudfront().get_distribution_tenant(Identifier=tenant_name(domain_id))
    except ClientError as error:
        if _code(error) == "EntityNotFound":
            return None
        raise
    return {**answer["DistributionTenant"], "ETag": answer["ETag"]}


def _create(domain: CustomDomain) -> Tenant | Progress:
    """Make the tenant; how far it has come where that is not possible yet."""
    from botocore.exceptions import ClientError

    arguments: dict[str, Any] = {
        "DistributionId": settings().tenant_distribution,
        "Name": tenant_name(domain.id),
        "Domains": [{"Domain": domain.host}],
        "Tags": {"Items": [{"Key": TAG, "Value": domain.id}]},
        "Enabled": True,
    }
    if settings().connection_group:
        arguments["ConnectionGroupId"] = settings().connection_group
    if domain.certificate_arn is not None:
        arguments["Customizations"] = {"Certificate": {"Arn": domain.certificate_arn}}
    else:
        arguments["ManagedCertificateRequest"] = {
            "ValidationTokenHost": "cloudfront",
            "PrimaryDomainName": domain.host,
        }
    certificate = "verified" if domain.certificate_arn else "pending"
    try:
        answer = _cloudfront().create_distribution_tenant(**arguments)
    except ClientError as error:
        message = error.response["Error"].get("Message") or ""
        if _code(error) == "InvalidArgument" and "could not verify" in message.lower():
            return Progress(WAITING_FOR_DNS, False, certificate, (), domain.expires_at)
        if _code(error) == "CNAMEAlreadyExists" and _is_ours(domain.host):
            return Progress(RELEASING, False, certificate, (), domain.expires_at)
        raise
    return {**answer["DistributionTenant"], "ETag": answer["ETag"]}


def _is_ours(host: str) -> bool:
    """Whether a tenant of this product still has the name: of a domain that was removed."""
    from botocore.exceptions import ClientError

    try:
        answer = _cloudfront().get_distribution_tenant_by_domain(Domain=host)
    except ClientError as error:
        if _code(error) == "EntityNotFound":
            return False
        raise
    tenant = answer["DistributionTenant"]
    return bool(
        tenant["DistributionId"] == settings().tenant_distribution
        and tenant["Name"].startswith(tenant_name(""))
    )


def _certify(domain: CustomDomain, tenant: Tenant) -> Tenant | Progress:
    """See to it that the tenant has its certificate; how far that is where it has none yet."""
    attached = _certificate(tenant)
    if domain.certificate_arn is not None:
        if attached == domain.certificate_arn:
            return tenant
        return _update(tenant, certificate=domain.certificate_arn)
    if attached:
        return tenant
    details = _managed(tenant)
    status = details.get("CertificateStatus")
    if status == "issued":
        fresh = _find(domain.id) or tenant
        return fresh if _certificate(fresh) else _update(fresh, certificate=details["CertificateArn"])
    if status in (None, "pending-validation"):
        return Progress(ISSUING, _leads_here(tenant), "pending")
    if domain.state == FAILED:  # it was told, and another check came: request it anew
        fresh = _find(domain.id) or tenant
        request = {"ValidationTokenHost": "cloudfront", "PrimaryDomainName": domain.host}
        _update(fresh, ManagedCertificateRequest=request)
        return Progress(ISSUING, _leads_here(fresh), "pending")
    reason = (
        f"The certificate was not issued ({status}). Check that the name leads here and that its CAA "
        "records, if there are any, admit amazon.com. It is requested again by itself."
    )
    return Progress(FAILED, _leads_here(tenant), "error", (reason,))


def _judge(domain: CustomDomain, tenant: Tenant) -> Progress:
    """How far a tenant that has its certificate is."""
    dns = _dns(tenant)
    cname = dns == "valid-configuration"
    active = all(one.get("Status", "active") == "active" for one in tenant["Domains"])
    deployed = tenant["Enabled"] and tenant.get("Status", "Deployed") == "Deployed" and active
    expires = domain.expires_at
    if domain.certificate_arn is None and deployed:
        expires = _expiry(_certificate(tenant))
    if deployed and domain.certificate_arn is not None and dns == "invalid-configuration":
        # with an own certificate nothing has asked so far whether the name leads here
        return Progress(WAITING_FOR_DNS, False, "verified", (), expires)
    return Progress(ACTIVE if deployed else DEPLOYING, cname, "verified", (), expires)


def _certificate(tenant: Tenant) -> str | None:
    arn: str | None = tenant.get("Customizations", {}).get("Certificate", {}).get("Arn")
    return arn or None


def _managed(tenant: Tenant) -> dict[str, Any]:
    """What is known of the certificate that CloudFront requested, empty where it requested none."""
    from botocore.exceptions import ClientError

    try:
        answer = _cloudfront().get_managed_certificate_details(Identifier=tenant["Id"])
    except ClientError as error:
        if _code(error) == "EntityNotFound":
            return {}
        raise
    details: dict[str, Any] = answer.get("ManagedCertificateDetails") or {}
    return details


def _dns(tenant: Tenant) -> str:
    answer = _cloudfront().verify_dns_configuration(
        Identifier=tenant["Id"], Domain=tenant["Domains"][0]["Domain"]
    )
    found: list[dict[str, str]] = answer.get("DnsConfigurationList") or []
    return found[0]["Status"] if found else "unknown-configuration"


def _leads_here(tenant: Tenant) -> bool:
    return _dns(tenant) == "valid-configuration"


def _expiry(arn: str | None) -> int | None:
    from botocore.exceptions import ClientError

    if arn is None:
        return None
    try:
        found = _acm().describe_certificate(CertificateArn=arn)["Certificate"].get("NotAfter")
    except ClientError as error:
        if _code(error) == "ResourceNotFoundException":
            return None
        raise
    return round(found.timestamp() * 1000) if found is not None else None


def _update(tenant: Tenant, certificate: str | None = None, **changes: Any) -> Tenant:
    """Change a tenant as it was read; everything else of it is sent as it is."""
    customizations = tenant.get("Customizations") or {}
    if certificate is not None:
        customizations = {**customizations, "Certificate": {"Arn": certificate}}
    arguments = {
        "Id": tenant["Id"],
        "IfMatch": tenant["ETag"],
        "DistributionId": tenant["DistributionId"],
        "Domains": [{"Domain": one["Domain"]} for one in tenant["Domains"]],
        "ConnectionGroupId": tenant["ConnectionGroupId"],
        "Enabled": tenant["Enabled"],
        **({"Customizations": customizations} if customizations else {}),
        **changes,
    }
    answer = _cloudfront().update_distribution_tenant(**arguments)
    return {**answer["DistributionTenant"], "ETag": answer["ETag"]}


def _import(domain: CustomDomain, key: str) -> str:
    """Bring the owner's certificate into ACM, in place of the one before; its name there."""
    arn = domain.certificate_arn or next(_imported(domain.id), None)
    leaf, above = split(domain.chain or "")
    arguments: dict[str, Any] = {"Certificate": leaf.encode(), "PrivateKey": key.encode()}
    if above:
        arguments["CertificateChain"] = above.encode()
    if arn is not None:
        arguments["CertificateArn"] = arn
    else:
        arguments["Tags"] = [{"Key": TAG, "Value": domain.id}]
    answer = _acm().import_certificate(**arguments)
    made: str = answer["CertificateArn"]
    return made


def _imported(domain_id: str) -> Iterator[str]:
    """Certificates that were imported for a domain. A call for each imported one of the account."""
    pages = _acm().get_paginator("list_certificates").paginate(Includes={"keyTypes": _KEY_TYPES})
    for page in pages:
        for one in page["CertificateSummaryList"]:
            if one.get("Type", "IMPORTED") != "IMPORTED":
                continue
            tags = _acm().list_tags_for_certificate(CertificateArn=one["CertificateArn"])["Tags"]
            if {"Key": TAG, "Value": domain_id} in tags:
                yield one["CertificateArn"]


def remove(domain_id: str, certificates: Sequence[str]) -> Removal:
    """Undo what stands outside, one step a call. Raises botocore's errors."""
    known = set(certificates)
    tenant = _find(domain_id)
    if tenant is not None:
        held = {arn for arn in (_certificate(tenant), _managed(tenant).get("CertificateArn")) if arn}
        if not held <= known:  # remembered before what names them is gone
            return Removal(False, tuple(sorted(known | held)))
        tenant = _find(domain_id)
    if tenant is not None:
        if tenant["Enabled"]:
            _update(tenant, Enabled=False)
            return Removal(False, tuple(certificates))
        if tenant.get("Status", "Deployed") != "Deployed":
            return Removal(False, tuple(certificates))
        _cloudfront().delete_distribution_tenant(Id=tenant["Id"], IfMatch=tenant["ETag"])
    known.update(_imported(domain_id))
    gone = [_delete_certificate(arn) for arn in sorted(known)]
    return Removal(all(gone), tuple(certificates))


def _delete_certificate(arn: str) -> bool:
    """Delete a certificate; False while it is still in use."""
    from botocore.exceptions import ClientError

    try:
        _acm().delete_certificate(CertificateArn=arn)
    except ClientError as error:
        if _code(error) in ("ResourceInUseException", "ConflictException"):
            return False
        if _code(error) != "ResourceNotFoundException":
            raise
    return True
