"""Custom domains: the rules of setting one up, changing and removing it.

Nothing outside is touched here: each domain has a job of its own (`checking`), which brings what stands
outside in line with the record for as long as there is one, and undoes it when there is none any more.
"""

from __future__ import annotations

import uuid

from chalicelib import clock
from chalicelib.domains import certificates, edge, hostnames
from chalicelib.domains.records import CustomDomain, key_purpose
from chalicelib.domains.schemas import (
    CreateCustomDomain,
    CreateSslCertificate,
    CustomDomainOut,
    DnsRecordOut,
    DomainStatusOut,
    SslOut,
    UpdateCustomDomain,
)
from chalicelib.domains.states import DISABLED, TEXTS, WAITING_FOR_DNS
from chalicelib.errors import Conflict, Invalid, NotFound
from chalicelib.http import hosts
from chalicelib.jobs import service as jobs
from chalicelib.jobs.records import Job
from chalicelib.portals import singletons
from chalicelib.portals.records import Portal
from chalicelib.settings import settings
from chalicelib.storage import keys, secrets
from chalicelib.storage.intent import expect
from chalicelib.storage.transaction import Transaction, retrying


def load(portal_id: str) -> tuple[Portal, CustomDomain]:
    """A portal and its custom domain. One trip. Raises NotFound where either is missing."""
    portal, domain = singletons.read(portal_id, CustomDomain)
    if domain.rev is None:
        raise NotFound("The portal has no custom domain.")
    return portal, domain


def save(portal: Portal, domain: CustomDomain) -> None:
    """Write a changed domain, and what its portal says of it where that changed. One trip. Raises Stale."""
    portal.domain = domain.summary
    with Transaction() as tx:
        tx.update(domain)
        if portal.domain != portal.before().domain:
            tx.update(portal)


def show(domain: CustomDomain) -> CustomDomainOut:
    """A custom domain as the wire has it."""
    times = {"uploaded_at": domain.uploaded_at, "expires_at": domain.expires_at}
    ssl = SslOut(
        domain_verification_method=domain.method,
        verification_status=domain.certificate_status,
        skip_ca_check=domain.skip_ca_check,
        **{name: clock.rfc3339(at) for name, at in times.items() if at is not None},
        **({"validation_errors": domain.errors} if domain.errors else {}),
    )
    return CustomDomainOut(
        hostname=domain.hostname,
        enabled=domain.enabled,
        ssl=ssl,
        cname_status="verified" if domain.cname_verified else "pending",
        created_at=clock.rfc3339(domain.created_at),
        updated_at=clock.rfc3339(domain.updated_at),
    ).at(domain.rev)


def get(portal_id: str) -> CustomDomainOut:
    """The portal's custom domain. One trip. Raises NotFound."""
    return show(load(portal_id)[1])


def create(portal_id: str, body: CreateCustomDomain) -> CustomDomainOut:
    """Set up a custom domain. Three trips, one more with a certificate.

    Raises NotFound, Conflict where the portal has one or another portal has the name, Invalid for a
    certificate that does not fit, Unavailable where the installation cannot have custom domains.
    """
    edge.chosen()
    domain_id, now = str(uuid.uuid4()), clock.now_ms()
    singletons.read(portal_id, CustomDomain)  # NotFound goes before what is wrong with a certificate
    domain = CustomDomain(
        pk=keys.portal(portal_id),
        sk=CustomDomain.place,
        id=domain_id,
        portal_id=portal_id,
        hostname=body.hostname,
        enabled=body.enabled,
        state=WAITING_FOR_DNS if body.enabled else DISABLED,
        state_since=now,
        method=body.ssl.domain_verification_method,
    )
    if isinstance(body.ssl, CreateSslCertificate):
        _take(domain, body.ssl.custom_certificate, body.ssl.custom_private_key, body.ssl.skip_ca_check)
    held = Conflict("Conflict: the portal has a custom domain already. Remove that one first.")

    def work() -> Job:
        portal, before = singletons.read(portal_id, CustomDomain)
        if before.rev is not None:
            raise held
        portal.domain = domain.summary
        with Transaction() as tx:
            tx.insert(domain, held)
            tx.update(portal)
            return jobs.leave(
                tx,
                "domain",
                domain_id,
                portal_id=portal_id,
                domain_id=domain_id,
            )

    jobs.announce(retrying(work))
    return show(domain)


def _take(domain: CustomDomain, certificate: str, key: str, skip_ca_check: bool) -> None:
    """Take the owner's own certificate into a record. One trip. Raises Invalid."""
    bundle = certificates.read(certificate, key, domain.hostname, skip_ca_check=skip_ca_check)
    assert bundle.key is not None
    domain.chain, domain.expires_at = bundle.chain, bundle.expires_at
    domain.sealed_key = secrets.encrypt(bundle.key, key_purpose(domain.id))
    domain.skip_ca_check, domain.uploaded_at = skip_ca_check, clock.now_ms()
    domain.certificate_status = "pending"


def update(portal_id: str, body: UpdateCustomDomain) -> CustomDomainOut:
    """Change what was sent. Five trips at most, one more with a certificate.

    Raises NotFound, Conflict for a stale caller, Invalid for a certificate that does not fit.
    """

    def work() -> CustomDomain:
        portal, domain = load(portal_id)
        expect(domain)
        if "enabled" in body.model_fields_set and body.enabled != domain.enabled:
            domain.enabled = body.enabled
            domain.begin(clock.now_ms())
        if "ssl" in body.model_fields_set:
            _change_certificate(domain, body)
        save(portal, domain)
        return domain

    domain = retrying(work)
    if not domain.serving:
        hosts.forget(hosts.label(domain.host))
    jobs.hurry(domain.id)
    return show(domain)


def _change_certificate(domain: CustomDomain, body: UpdateCustomDomain) -> None:
    sent = body.ssl.model_fields_set
    if not sent:
        return
    if domain.method != "custom_certificate":
        raise Invalid.field(
            f"ssl.{sorted(sent)[0]}",
            "is for a domain with a certificate of its own; this one's is issued by itself. Remove the "
            "domain and set it up again with custom_certificate",
        )
    pair = ("custom_certificate", "custom_private_key")
    missing = [name for name in pair if name not in sent]
    skip = body.ssl.skip_ca_check if "skip_ca_check" in sent else domain.skip_ca_check
    if not missing:
        _take(domain, body.ssl.custom_certificate, body.ssl.custom_private_key, skip)
        domain.begin(clock.now_ms())
    elif len(missing) == 1:
        raise Invalid.field(
            f"ssl.{missing[0]}",
            "is required: a certificate and its key are replaced together",
            "required",
        )
    else:
        assert domain.chain is not None
        certificates.read(domain.chain, None, domain.hostname, skip_ca_check=skip)
        domain.skip_ca_check = skip


def delete(portal_id: str) -> None:
    """Remove the custom domain: the portal leaves the name at once, what stands outside is undone after.

    Five trips. Raises NotFound, Conflict for a stale caller.
    """

    def work() -> CustomDomain:
        portal, domain = load(portal_id)
        expect(domain)
        portal.domain = None
        with Transaction() as tx:
            tx.delete(domain)
            tx.update(portal)
        return domain

    domain = retrying(work)
    hosts.forget(hosts.label(domain.host))
    jobs.hurry(domain.id)


def status(portal_id: str) -> DomainStatusOut:
    """How far it has come. Two trips. Raises NotFound."""
    portal, domain = load(portal_id)
    job = jobs.load(domain.id)
    waits = job is not None and job.due_at is not None
    _, colon, port = settings().portal_base_domain.partition(":")
    return DomainStatusOut(
        hostname=domain.hostname,
        enabled=domain.enabled,
        state=domain.state,
        since=clock.rfc3339(domain.state_since),
        serving=domain.serving,
        url=f"{settings().scheme}://{domain.hostname}{colon}{port}",
        dns=DnsRecordOut(type="CNAME", name=domain.hostname, value=_target(portal)),
        apex=hostnames.is_apex(domain.hostname),
        message=TEXTS[domain.state],
        errors=domain.errors,
        checked_at=clock.rfc3339(job.updated_at) if job is not None and waits else None,
        next_check_at=clock.rfc3339(job.due_at) if job is not None and job.due_at is not None else None,
    ).at(domain.rev)


def _target(portal: Portal) -> str:
    return settings().routing_endpoint or portal.default_domain.partition(":")[0]


def check_now(portal_id: str) -> DomainStatusOut:
    """Have it checked now. Six trips. Raises NotFound."""
    _, domain = load(portal_id)
    jobs.hurry(domain.id)
    return status(portal_id)
