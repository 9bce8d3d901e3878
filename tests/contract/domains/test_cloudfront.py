"""Custom domains on CloudFront: against the emulator's, and call by call where that is quicker than the real
one ever is."""

from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.stub import ANY, Stubber

from chalicelib import clock
from chalicelib.domains import edge, edge_aws
from chalicelib.domains.records import CustomDomain
from chalicelib.jobs import service as jobs
from chalicelib.jobs import worker
from chalicelib.settings import settings
from chalicelib.storage import aws as product
from chalicelib.storage import keys
from chalicelib.storage import table as stored
from tests.client import Client
from tests.conftest import ROOT
from tests.contract.domains.making import issue, own

CONFIG: dict[str, Any] = {
    "CallerReference": "tenants",
    "Comment": "custom domains",
    "Enabled": True,
    "ConnectionMode": "tenant-only",
    "Origins": {
        "Quantity": 1,
        "Items": [
            {
                "Id": "api",
                "DomainName": "api.example.com",
                "CustomOriginConfig": {
                    "HTTPPort": 80,
                    "HTTPSPort": 443,
                    "OriginProtocolPolicy": "https-only",
                },
            }
        ],
    },
    "DefaultCacheBehavior": {"TargetOriginId": "api", "ViewerProtocolPolicy": "redirect-to-https"},
}
ARN = f"arn:aws:acm:us-east-1:123456789012:certificate/{uuid.UUID(int=1)}"


@pytest.fixture(scope="module")
def distribution(table: str, aws: Callable[[str], Any]) -> Iterator[str]:
    """A multi-tenant distribution; the product makes custom domains of its tenants."""
    made = aws("cloudfront").create_distribution(DistributionConfig=CONFIG)["Distribution"]["Id"]
    os.environ["PORTICO_TENANT_DISTRIBUTION"] = made
    group = aws("cloudfront").create_connection_group(Name="tenants", Enabled=True)["ConnectionGroup"]
    os.environ["PORTICO_CONNECTION_GROUP"] = group["Id"]
    os.environ["PORTICO_ROUTING_ENDPOINT"] = group["RoutingEndpoint"]
    settings.cache_clear()
    yield made
    for name in ("TENANT_DISTRIBUTION", "CONNECTION_GROUP", "ROUTING_ENDPOINT"):
        del os.environ[f"PORTICO_{name}"]
    settings.cache_clear()
    clock.travel(0)


class Domain:
    """One portal's custom domain, and what there is of it outside."""

    def __init__(self, admin: Client, portal: Any, aws: Callable[[str], Any], ssl: Any) -> None:
        self.admin, self.portal, self.aws = admin, portal, aws
        self.host = f"docs-{uuid.uuid4().hex[:8]}.example.com"
        self.path = f"/v3/portals/{portal['id']}/custom-domain"
        self.ours = f"/portico/v1/portals/{portal['id']}/custom-domain"
        admin.made(self.path, {"hostname": self.host, "enabled": True, "ssl": ssl})
        self.id = self.record.id

    @property
    def record(self) -> CustomDomain:
        found = stored.get(CustomDomain, keys.Key(keys.portal(self.portal["id"]), keys.CUSTOM_DOMAIN))
        assert found is not None
        return found

    def state(self) -> str:
        state: str = self.admin.get(self.ours).json()["state"]
        return state

    def run(self, until: Callable[[], bool]) -> None:
        """Do its job until something is so; the time between is passed over."""
        for _ in range(20):
            worker.run(self.id)
            if until():
                return
            clock.travel(clock._offset_ms + 400_000)
        raise AssertionError("it does not come to an end")

    def run_until_active(self) -> None:
        self.run(lambda: self.state() == "active")

    def run_until_gone(self) -> None:
        self.run(lambda: jobs.load(self.id) is None)

    def tenants(self) -> list[Any]:
        found = self.aws("cloudfront").list_distribution_tenants()["DistributionTenantList"]
        return [one for one in found if [d["Domain"] for d in one["Domains"]] == [self.host]]

    def certificates(self) -> set[str]:
        """Those that its tenants have, and those that were imported for it. (The emulator keeps those that
        CloudFront requests with the tenant.)"""
        attached = {one["Customizations"]["Certificate"]["Arn"] for one in self.tenants()}
        return attached | set(edge_aws._imported(self.id))


@pytest.fixture
def make(distribution: str, admin: Client, make_portal: Any, aws: Callable[[str], Any]) -> Iterator[Any]:
    yield lambda ssl=None: Domain(admin, make_portal(), aws, ssl or {"domain_verification_method": "http"})
    clock.travel(0)


class Killed(BaseException):
    """The worker ended here."""


class Killing:
    """Ends whoever makes the nth call to CloudFront or ACM, when that is done and nobody knows of it."""

    def __init__(self, nth: int) -> None:
        self.left = nth
        self.clients = [product.client(name, "us-east-1") for name in ("cloudfront", "acm")]

    def __call__(self, model: Any, **_: Any) -> None:
        self.left -= 1
        if self.left == 0:
            raise Killed

    def __enter__(self) -> Killing:
        for client in self.clients:
            client.meta.events.register("after-call.*.*", self)
        return self

    def __exit__(self, *_: object) -> None:
        for client in self.clients:
            client.meta.events.unregister("after-call.*.*", self)


def killed_at(nth: int, work: Callable[[], None]) -> bool:
    """Do work until its nth call. Whether there were so many."""
    with Killing(nth):
        try:
            work()
        except Killed:
            return True
    return False


def test_a_domain_is_made_and_undone(make: Any, admin: Client) -> None:
    domain: Domain = make()
    assert admin.get(domain.ours).json()["dns"]["value"] == settings().routing_endpoint
    worker.run(domain.id)
    worker.run(domain.id)
    # it is there, and yet some process may take the name for the portal's that had it before
    assert domain.state() == "deploying"
    assert admin.at(domain.host).get("/api/v3/portal").status == 404
    domain.run_until_active()
    assert admin.at(domain.host).get("/api/v3/portal").json()["portal_id"] == domain.portal["id"]
    (tenant,) = domain.tenants()
    assert tenant["Name"] == edge_aws.tenant_name(domain.id)
    assert tenant["Customizations"]["Certificate"]["Arn"]
    answer = admin.get(domain.path).json()
    assert (answer["cname_status"], answer["ssl"]["verification_status"]) == ("verified", "verified")

    assert admin.patch(domain.path, {"enabled": False}).status == 200
    worker.run(domain.id)
    assert [one["Enabled"] for one in domain.tenants()] == [False]
    admin.patch(domain.path, {"enabled": True})
    domain.run_until_active()
    assert [one["Enabled"] for one in domain.tenants()] == [True]

    assert admin.delete(f"/v3/portals/{domain.portal['id']}").status == 204
    domain.run_until_gone()
    assert (domain.tenants(), domain.certificates()) == ([], set())


@pytest.mark.parametrize("certificate", ["issued", "own"])
def test_a_worker_that_ends_anywhere_leaves_nothing_half_made(make: Any, certificate: str) -> None:
    """And nothing twice: at each call in turn, when a domain is made and when it is undone."""
    ssl = own(issue("example.com", "*.example.com")) if certificate == "own" else None
    for nth in range(1, 30):
        domain: Domain = make(ssl)
        killed = killed_at(nth, domain.run_until_active)
        domain.run_until_active()
        assert len(domain.tenants()) == 1
        assert len(domain.certificates()) == 1
        assert domain.admin.delete(domain.path).status == 204
        killed |= killed_at(nth, domain.run_until_gone)
        if jobs.load(domain.id) is not None:
            domain.run_until_gone()
        assert (domain.tenants(), domain.certificates()) == ([], set())
        if not killed:
            break
    assert nth > 5


def test_a_killed_worker_process_is_made_up_for(make: Any) -> None:
    domain: Domain = make()
    program = f"""
import os, signal, sys
from chalicelib.jobs import worker
from chalicelib.storage import aws
def end(model, **_):
    os.kill(os.getpid(), signal.SIGKILL)
events = aws.client("cloudfront", "us-east-1").meta.events
events.register("after-call.cloudfront.CreateDistributionTenant", end)
worker.run("{domain.id}")
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=False, timeout=60)
    assert done.returncode == -signal.SIGKILL
    assert len(domain.tenants()) == 1
    assert domain.state() == "waiting_for_dns"  # nobody came to say that it went on
    domain.run_until_active()
    assert len(domain.tenants()) == 1


def test_a_portal_that_is_deleted_while_its_domain_is_made_leaves_nothing(make: Any) -> None:
    domain: Domain = make()

    def meanwhile(model: Any, **_: Any) -> None:
        client.meta.events.unregister("before-call.cloudfront.CreateDistributionTenant", meanwhile)
        assert domain.admin.delete(f"/v3/portals/{domain.portal['id']}").status == 204
        worker.run(domain.id)  # another worker undoes, and finds nothing yet

    client = product.client("cloudfront", "us-east-1")
    client.meta.events.register("before-call.cloudfront.CreateDistributionTenant", meanwhile)
    worker.run(domain.id)
    assert len(domain.tenants()) == 1
    domain.run_until_gone()
    assert (domain.tenants(), domain.certificates()) == ([], set())


def test_a_name_that_another_distribution_has_is_told(make: Any, aws: Callable[[str], Any]) -> None:
    domain: Domain = make()
    theirs = aws("cloudfront").create_distribution_tenant(
        DistributionId=settings().tenant_distribution, Name="theirs", Domains=[{"Domain": domain.host}]
    )
    worker.run(domain.id)
    assert domain.state() == "failed"
    answer = domain.admin.get(domain.path).json()
    assert answer["ssl"]["verification_status"] == "error"
    assert "another CloudFront distribution" in answer["ssl"]["validation_errors"][0]
    tenant = theirs["DistributionTenant"]["Id"]
    off = aws("cloudfront").update_distribution_tenant(Id=tenant, IfMatch=theirs["ETag"], Enabled=False)
    aws("cloudfront").delete_distribution_tenant(Id=tenant, IfMatch=off["ETag"])
    domain.run_until_active()
    assert "validation_errors" not in domain.admin.get(domain.path).json()["ssl"]


def test_a_name_waits_until_it_is_free_of_what_was_removed(
    make: Any, admin: Client, make_portal: Any
) -> None:
    before: Domain = make()
    before.run_until_active()
    admin.delete(before.path)
    after: Domain = make()
    admin.delete(after.path)
    path = after.path
    admin.made(
        path, {"hostname": before.host, "enabled": True, "ssl": {"domain_verification_method": "http"}}
    )
    after.host, after.id = before.host, after.record.id
    worker.run(after.id)
    assert after.state() == "releasing"
    before.run_until_gone()
    after.run_until_active()
    assert [one["Name"] for one in after.tenants()] == [edge_aws.tenant_name(after.id)]


# what the emulator does at once and CloudFront does not


def tenant(etag: str, **more: Any) -> dict[str, Any]:
    return {
        "ETag": etag,
        "DistributionTenant": {
            "Id": "dt_1",
            "DistributionId": "E1",
            "Name": edge_aws.tenant_name("one"),
            "Domains": [{"Domain": "docs.example.com", "Status": "inactive"}],
            "ConnectionGroupId": "cg_1",
            "Enabled": True,
            "Status": "InProgress",
            **more,
        },
    }


ATTACHED = {"Customizations": {"Certificate": {"Arn": ARN}}}
READ = ("get_distribution_tenant", {"Identifier": edge_aws.tenant_name("one")})
DETAILS = ("get_managed_certificate_details", {"Identifier": "dt_1"})
DNS = ("verify_dns_configuration", {"Identifier": "dt_1", "Domain": "docs.example.com"})
MISSING = ("EntityNotFound", 404)
SENT = {
    "Id": "dt_1",
    "DistributionId": "E1",
    "Domains": [{"Domain": "docs.example.com"}],
    "ConnectionGroupId": "cg_1",
    "Enabled": True,
}


def leads(status: str) -> dict[str, Any]:
    return {"DnsConfigurationList": [{"Domain": "docs.example.com", "Status": status}]}


def managed(status: str) -> dict[str, Any]:
    return {"ManagedCertificateDetails": {"CertificateArn": ARN, "CertificateStatus": status}}


class Recorded:
    """The calls that are expected, in order, each with its answer; both are held against botocore's model."""

    def __init__(self) -> None:
        self.stubs = {name: Stubber(product.client(name, "us-east-1")) for name in ("cloudfront", "acm")}

    def expect(self, call: tuple[str, Any], answer: Any, service: str = "cloudfront") -> Recorded:
        if isinstance(answer, tuple):
            code, status, *message = answer
            self.stubs[service].add_client_error(
                call[0], code, message[0] if message else "", status, expected_params=call[1]
            )
        else:
            self.stubs[service].add_response(call[0], answer, call[1])
        return self

    def done(self) -> None:
        for stub in self.stubs.values():
            stub.assert_no_pending_responses()


@pytest.fixture
def calls(distribution: str) -> Iterator[Recorded]:
    recorded = Recorded()
    for stub in recorded.stubs.values():
        stub.activate()
    yield recorded
    for stub in recorded.stubs.values():
        stub.deactivate()


def domain_of(**more: Any) -> CustomDomain:
    members: dict[str, Any] = {
        "pk": keys.portal("p"),
        "sk": keys.CUSTOM_DOMAIN,
        "id": "one",
        "portal_id": "p",
        "hostname": "Docs.example.com",
        "enabled": True,
        "method": "http",
        "state": "waiting_for_dns",
        "state_since": 0,
        **more,
    }
    return CustomDomain(**members)


def no_key() -> str:
    raise AssertionError("no key is asked for")


def test_the_name_must_lead_to_cloudfront_before_a_tenant_is_made(calls: Recorded) -> None:
    create = (
        "create_distribution_tenant",
        {
            "DistributionId": settings().tenant_distribution,
            # whose name the DNS record leads to
            "ConnectionGroupId": settings().connection_group,
            "Name": edge_aws.tenant_name("one"),
            "Domains": [{"Domain": "docs.example.com"}],
            "Tags": {"Items": [{"Key": "portico:domain", "Value": "one"}]},
            "Enabled": True,
            "ManagedCertificateRequest": {
                "ValidationTokenHost": "cloudfront",
                "PrimaryDomainName": "docs.example.com",
            },
        },
    )
    calls.expect(READ, MISSING).expect(
        create, ("InvalidArgument", 400, "Could not verify Domain Name ownership of docs.example.com")
    )
    found = edge_aws.advance(domain_of(), no_key)
    assert (found.state, found.cname, found.certificate) == ("waiting_for_dns", False, "pending")
    calls.expect(READ, MISSING).expect(create, tenant("E1"))
    calls.expect(DETAILS, managed("pending-validation")).expect(DNS, leads("valid-configuration"))
    found = edge_aws.advance(domain_of(), no_key)
    assert (found.state, found.cname, found.certificate) == ("issuing_certificate", True, "pending")
    calls.done()


def test_an_issued_certificate_is_attached_with_a_fresh_tag(calls: Recorded) -> None:
    update = ("update_distribution_tenant", {**SENT, **ATTACHED, "IfMatch": "E2"})
    calls.expect(READ, tenant("E1")).expect(DETAILS, managed("issued")).expect(READ, tenant("E2"))
    calls.expect(update, tenant("E3", **ATTACHED)).expect(DNS, leads("valid-configuration"))
    assert edge_aws.advance(domain_of(), no_key).state == "deploying"
    calls.done()


def test_a_certificate_that_attached_itself_is_left_alone(calls: Recorded) -> None:
    calls.expect(READ, tenant("E1")).expect(DETAILS, managed("issued")).expect(READ, tenant("E2", **ATTACHED))
    calls.expect(DNS, leads("valid-configuration"))
    assert edge_aws.advance(domain_of(), no_key).state == "deploying"
    calls.done()


@pytest.mark.parametrize(
    ("more", "state"),
    [
        ({}, "active"),
        ({"Status": "InProgress"}, "deploying"),
        ({"Domains": [{"Domain": "docs.example.com", "Status": "inactive"}]}, "deploying"),
    ],
)
def test_active_is_said_only_when_everything_is(calls: Recorded, more: dict[str, Any], state: str) -> None:
    whole = {
        **ATTACHED,
        "Status": "Deployed",
        "Domains": [{"Domain": "docs.example.com", "Status": "active"}],
        **more,
    }
    calls.expect(READ, tenant("E1", **whole)).expect(DNS, leads("valid-configuration"))
    if state == "active":
        until = {"Certificate": {"NotAfter": datetime(2030, 1, 1, tzinfo=UTC)}}
        calls.expect(("describe_certificate", {"CertificateArn": ARN}), until, "acm")
    found = edge_aws.advance(domain_of(), no_key)
    assert found.state == state
    assert found.expires_at == (1_893_456_000_000 if state == "active" else None)
    calls.done()


@pytest.mark.parametrize("status", ["failed", "validation-timed-out", "expired", "revoked", "inactive"])
def test_a_certificate_that_was_not_issued_is_told_then_requested_again(calls: Recorded, status: str) -> None:
    calls.expect(READ, tenant("E1")).expect(DETAILS, managed(status)).expect(
        DNS, leads("invalid-configuration")
    )
    found = edge_aws.advance(domain_of(), no_key)
    assert (found.state, found.certificate) == ("failed", "error")
    assert status in found.errors[0]
    request = {"ValidationTokenHost": "cloudfront", "PrimaryDomainName": "docs.example.com"}
    again = {**SENT, "IfMatch": "E2", "ManagedCertificateRequest": request}
    calls.expect(READ, tenant("E1")).expect(DETAILS, managed(status)).expect(READ, tenant("E2"))
    calls.expect(("update_distribution_tenant", again), tenant("E3"))
    calls.expect(DNS, leads("valid-configuration"))
    assert edge_aws.advance(domain_of(state="failed"), no_key).state == "issuing_certificate"
    calls.done()


def test_an_own_certificate_is_imported_first_and_the_name_waited_for(calls: Recorded) -> None:
    issued = issue("docs.example.com")
    domain = domain_of(
        method="custom_certificate", chain=issued.certificate, sealed_key="sealed", expires_at=5
    )
    leaf, above = issued.certificate.split("-----BEGIN CERTIFICATE-----")[1:]
    listing = ("list_certificates", {"Includes": {"keyTypes": ANY}})
    imported = {
        "Certificate": f"-----BEGIN CERTIFICATE-----{leaf}".encode(),
        "CertificateChain": f"-----BEGIN CERTIFICATE-----{above}".encode(),
        "PrivateKey": issued.key.encode(),
        "Tags": [{"Key": "portico:domain", "Value": "one"}],
    }
    calls.expect(READ, MISSING).expect(listing, {"CertificateSummaryList": []}, "acm")
    calls.expect(("import_certificate", imported), {"CertificateArn": ARN}, "acm")
    found = edge_aws.advance(domain, lambda: issued.key)
    assert (found.imported, found.certificate_arn) == (True, ARN)
    domain.sealed_key, domain.certificate_arn = None, ARN
    whole = {
        **ATTACHED,
        "Status": "Deployed",
        "Domains": [{"Domain": "docs.example.com", "Status": "active"}],
    }
    calls.expect(READ, tenant("E1", **whole)).expect(DNS, leads("invalid-configuration"))
    found = edge_aws.advance(domain, no_key)
    assert (found.state, found.certificate, found.expires_at) == ("waiting_for_dns", "verified", 5)
    calls.expect(READ, tenant("E1", **whole)).expect(DNS, leads("valid-configuration"))
    assert edge_aws.advance(domain, no_key).state == "active"
    # another one takes its place under the same name
    domain.sealed_key = "sealed"
    again = {name: value for name, value in imported.items() if name != "Tags"}
    calls.expect(READ, tenant("E1", **whole))
    calls.expect(("import_certificate", {**again, "CertificateArn": ARN}), {"CertificateArn": ARN}, "acm")
    assert edge_aws.advance(domain, lambda: issued.key).certificate_arn == ARN
    calls.done()


def test_what_aws_does_not_accept_is_told(calls: Recorded) -> None:
    calls.expect(READ, MISSING).expect(
        ("create_distribution_tenant", None), ("InvalidArgument", 400, "The certificate is not trusted")
    )
    found = edge_aws.advance(domain_of(certificate_arn=ARN), no_key)
    assert (found.state, found.errors) == (
        "failed",
        ("AWS does not accept it: The certificate is not trusted",),
    )
    calls.expect(READ, ("AccessDenied", 403))
    with pytest.raises(ClientError):  # the job tries again
        edge_aws.advance(domain_of(), no_key)


def test_undoing_takes_a_fresh_tag_at_each_step_and_the_certificate_last(calls: Recorded) -> None:
    off = {**ATTACHED, "Enabled": False}
    calls.expect(READ, tenant("E1", **ATTACHED)).expect(DETAILS, managed("issued"))
    first = edge_aws.remove("one", ())
    assert first == (False, (ARN,))
    calls.expect(READ, tenant("E1", **ATTACHED)).expect(DETAILS, managed("issued"))
    calls.expect(READ, tenant("E2", **ATTACHED))
    update = {**SENT, **ATTACHED, "IfMatch": "E2", "Enabled": False}
    calls.expect(("update_distribution_tenant", update), tenant("E3", **off))
    assert edge_aws.remove("one", (ARN,)) == first
    for _ in range(2):
        calls.expect(READ, tenant("E4", **off))
        if _ == 0:
            calls.expect(DETAILS, managed("issued"))
    assert edge_aws.remove("one", (ARN,)) == first  # not yet deployed
    done = {**off, "Status": "Deployed"}
    calls.expect(READ, tenant("E5", **done)).expect(DETAILS, managed("issued"))
    calls.expect(READ, tenant("E6", **done))
    calls.expect(("delete_distribution_tenant", {"Id": "dt_1", "IfMatch": "E6"}), {})
    listing = ("list_certificates", {"Includes": {"keyTypes": ANY}})
    delete = ("delete_certificate", {"CertificateArn": ARN})
    calls.expect(listing, {"CertificateSummaryList": []}, "acm")
    calls.expect(delete, ("ResourceInUseException", 400), "acm")
    assert edge_aws.remove("one", (ARN,)) == first
    calls.expect(READ, MISSING).expect(listing, {"CertificateSummaryList": []}, "acm")
    calls.expect(delete, {}, "acm")
    assert edge_aws.remove("one", (ARN,)).done
    calls.done()


def test_without_the_distribution_for_them_there_are_no_domains_on_aws(
    admin: Client, portal: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    on_aws = dataclasses.replace(settings(), endpoint=None, tenant_distribution="")
    monkeypatch.setattr(edge, "settings", lambda: on_aws)
    sent = {"hostname": "docs.example.com", "enabled": True, "ssl": {"domain_verification_method": "http"}}
    reply = admin.post(f"/v3/portals/{portal['id']}/custom-domain", sent)
    assert (reply.status, "make deploy" in reply.json()["detail"]) == (503, True)
