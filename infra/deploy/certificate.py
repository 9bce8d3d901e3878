"""A domain for an installation: its certificate, and what its DNS must say.

CloudFront takes certificates from us-east-1 only, so this one is made through the API, not in the stacks of
the stage's own region. Where the domain's zone is in Route 53 of the same account, all records are written;
elsewhere they are shown, and `make domain` goes on once they are there.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Mapping
from typing import Any, NamedTuple

from infra.deploy import say
from infra.deploy.account import CERTIFICATES, Account
from infra.deploy.errors import DeployError

#: seconds from one look at a certificate to the next, and how long it is waited for
LOOK, PATIENCE = 10.0, 1800.0
#: the zone that every CloudFront address is in (AWS CloudFormation, AliasTarget of a record set)
CLOUDFRONT_ZONE = "Z2FDTNDATAQYW2"


class Certificate(NamedTuple):
    """`arn`: empty until it is issued. `record`: what somebody has to write into the domain's zone for that
    (`Name`, `Type`, `Value`), None where nobody has to."""

    arn: str
    record: dict[str, str] | None = None


def ensure(account: Account, domain: str, *, wait: bool = False) -> Certificate:
    """The certificate of a domain and all below it. `wait`: for whoever writes the record, too. Raises
    DeployError where it was refused, or is not issued in time."""
    acm = account.client("acm", CERTIFICATES)
    arn = _find(acm, domain) or _request(acm, domain)
    certificate = _with_record(acm, arn)
    if certificate["Status"] == "ISSUED":
        say.detail("issued")
        return Certificate(arn)
    record = certificate["DomainValidationOptions"][0]["ResourceRecord"]
    zone = _zone(account, domain)
    if zone is not None:
        _write(account, zone, record["Name"], {"Type": record["Type"], "TTL": 300}, record["Value"])
    elif wait:
        say.detail(f"This record is to be in the domain's zone:  {_line(record)}")
    else:
        return Certificate("", record)
    return Certificate(_wait(acm, arn))


def instructions(stage: str, domain: str, record: Mapping[str, str], edge: Mapping[str, str]) -> list[str]:
    """What somebody has to do where the zone is elsewhere."""
    return [
        f"{domain} is not used yet: its zone is not in Route 53 of this account. Write these records there:",
        f"  {_line(record)}",
        f"  *.{domain}  CNAME  {edge.get('DistributionDomain', '(the distribution)')}",
        f"then run:  make domain STAGE={stage}",
    ]


def _line(record: Mapping[str, str]) -> str:
    return f"{record['Name']}  {record['Type']}  {record['Value']}"


def _find(acm: Any, domain: str) -> str | None:
    """A certificate of ours for this domain that is good or may become so."""
    pages = acm.get_paginator("list_certificates").paginate(
        CertificateStatuses=["ISSUED", "PENDING_VALIDATION"]
    )
    found = [one for page in pages for one in page["CertificateSummaryList"] if one["DomainName"] == domain]
    for one in found:
        names = acm.describe_certificate(CertificateArn=one["CertificateArn"])["Certificate"]
        if f"*.{domain}" in names.get("SubjectAlternativeNames", []):
            return str(one["CertificateArn"])
    return None


def _request(acm: Any, domain: str) -> str:
    arn: str = acm.request_certificate(
        DomainName=domain,
        SubjectAlternativeNames=[f"*.{domain}"],
        ValidationMethod="DNS",
        IdempotencyToken=hashlib.sha256(domain.encode()).hexdigest()[:32],
        Tags=[{"Key": "portico", "Value": domain}],
    )["CertificateArn"]
    return arn


def _with_record(acm: Any, arn: str) -> dict[str, Any]:
    """The certificate, once it says by which record the domain is proved."""
    while True:
        certificate: dict[str, Any] = acm.describe_certificate(CertificateArn=arn)["Certificate"]
        _check(certificate)
        options = certificate.get("DomainValidationOptions") or [{}]
        if certificate["Status"] == "ISSUED" or "ResourceRecord" in options[0]:
            return certificate
        _pause()


def _wait(acm: Any, arn: str) -> str:
    deadline = time.monotonic() + PATIENCE
    say.detail("waiting until AWS has seen the record; this takes some minutes")
    while True:
        certificate = acm.describe_certificate(CertificateArn=arn)["Certificate"]
        _check(certificate)
        if certificate["Status"] == "ISSUED":
            return arn
        if time.monotonic() > deadline:
            raise DeployError("The certificate is not issued yet. Run the same command again in a while.")
        _pause()


def _check(certificate: Mapping[str, Any]) -> None:
    if certificate["Status"] not in ("ISSUED", "PENDING_VALIDATION"):
        reason = certificate.get("FailureReason", "")
        raise DeployError(
            f"The certificate of {certificate['DomainName']} ended as {certificate['Status']} {reason}. "
            "Look at the domain's CAA records, delete the certificate in ACM (us-east-1), and run this again."
        )


def _pause() -> None:
    time.sleep(0.1 if os.environ.get("AWS_ENDPOINT_URL") else LOOK)


def point(account: Account, domain: str, edge: Mapping[str, str]) -> None:
    """Let everything below the domain lead to CloudFront, or say which record does."""
    target = edge.get("DistributionDomain")
    if not target:
        return
    zone = _zone(account, domain)
    if zone is None:
        say.detail("Write this record in the domain's zone, if it is not there yet:")
        say.detail(f"  *.{domain}  CNAME  {target}")
        return
    for kind in ("A", "AAAA"):
        alias = {"HostedZoneId": CLOUDFRONT_ZONE, "DNSName": target, "EvaluateTargetHealth": False}
        _write(account, zone, f"*.{domain}", {"Type": kind, "AliasTarget": alias})
    say.detail(f"*.{domain} leads to {target}")


def unpoint(account: Account, domain: str) -> None:
    """Take the records away that lead to CloudFront."""
    zone = _zone(account, domain)
    if zone is None:
        say.detail(f"Take the record of *.{domain} away where you wrote it.")
        return
    route53 = account.client("route53")
    pages = route53.get_paginator("list_resource_record_sets").paginate(HostedZoneId=zone)
    ours = (f"\\052.{domain}.", f"*.{domain}.")
    found = [one for page in pages for one in page["ResourceRecordSets"] if one["Name"] in ours]
    changes = [{"Action": "DELETE", "ResourceRecordSet": one} for one in found if "AliasTarget" in one]
    if changes:
        route53.change_resource_record_sets(HostedZoneId=zone, ChangeBatch={"Changes": changes})


def delete(account: Account, domain: str) -> None:
    """Delete the domain's certificate, if there is one that nothing else uses."""
    acm = account.client("acm", CERTIFICATES)
    arn = _find(acm, domain)
    if arn:
        try:
            acm.delete_certificate(CertificateArn=arn)
        except acm.exceptions.ResourceInUseException:
            say.detail(f"The certificate {arn} stays: something else uses it.")


def _zone(account: Account, domain: str) -> str | None:
    """The id of the public zone with the longest name that the domain ends with."""
    pages = account.client("route53").get_paginator("list_hosted_zones").paginate()
    zones = {
        zone["Name"].rstrip("."): zone["Id"]
        for page in pages
        for zone in page["HostedZones"]
        if not zone.get("Config", {}).get("PrivateZone")
    }
    labels = domain.split(".")
    for start in range(len(labels) - 1):
        name = ".".join(labels[start:])
        if name in zones:
            return str(zones[name]).removeprefix("/hostedzone/")
    return None


def _write(account: Account, zone: str, name: str, record: dict[str, Any], value: str | None = None) -> None:
    record = {"Name": name, **record}
    if value is not None:
        record["ResourceRecords"] = [{"Value": value}]
    account.client("route53").change_resource_record_sets(
        HostedZoneId=zone, ChangeBatch={"Changes": [{"Action": "UPSERT", "ResourceRecordSet": record}]}
    )
