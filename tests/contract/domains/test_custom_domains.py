"""/v3/portals/{portalId}/custom-domain over HTTP, on one machine: what leads to this machine is there."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from chalicelib import clock
from chalicelib.domains import edge_local
from chalicelib.domains.records import CustomDomain
from chalicelib.storage import keys, lists, secrets, table
from tests.client import Client
from tests.contract.domains.making import Issued, authority, issue, key_pem, own, pem

HTTP = {"domain_verification_method": "http"}


@pytest.fixture
def path(portal: Any) -> str:
    return f"/v3/portals/{portal['id']}/custom-domain"


@pytest.fixture
def ours(portal: Any) -> str:
    return f"/portico/v1/portals/{portal['id']}/custom-domain"


@pytest.fixture
def host() -> str:
    """A name that leads to this machine."""
    return f"docs-{uuid.uuid4().hex[:8]}.localhost"


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> str:
    """A name that leads nowhere, until `leads_here` says otherwise."""
    monkeypatch.setattr(edge_local, "leads_here", lambda host: False)
    return f"docs-{uuid.uuid4().hex[:8]}.example.com"


def body(host: str, **more: Any) -> dict[str, Any]:
    return {"hostname": host, "enabled": True, "ssl": HTTP, **more}


def stored(portal: Any) -> CustomDomain:
    found = table.get(CustomDomain, keys.Key(keys.portal(portal["id"]), keys.CUSTOM_DOMAIN))
    assert found is not None
    return found


def test_a_domain_answers_once_it_leads_here(
    admin: Client,
    portal: Any,
    path: str,
    ours: str,
    elsewhere: str,
    run_jobs: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = admin.post(path, body(elsewhere))
    assert made.status == 201
    assert made.json() == {
        "hostname": elsewhere,
        "enabled": True,
        "ssl": {
            "domain_verification_method": "http",
            "verification_status": "pending",
            "skip_ca_check": False,
        },
        "cname_status": "pending",
        "created_at": made.json()["created_at"],
        "updated_at": made.json()["updated_at"],
    }
    run_jobs()
    assert admin.get(path).json() == made.json()
    status = admin.get(ours).json()
    assert (status["state"], status["serving"], status["apex"]) == ("waiting_for_dns", False, False)
    assert status["dns"] == {
        "type": "CNAME",
        "name": elsewhere,
        "value": portal["default_domain"].partition(":")[0],
    }
    assert status["next_check_at"] > status["checked_at"] >= made.json()["created_at"]
    assert admin.at(elsewhere).get("/").status == 404

    monkeypatch.setattr(edge_local, "leads_here", lambda host: host == elsewhere)
    run_jobs()
    found = admin.get(path).json()
    assert (found["cname_status"], found["ssl"]["verification_status"]) == ("verified", "verified")
    assert admin.get(ours).json()["state"] == "active"
    for address in (elsewhere, elsewhere.upper(), portal["default_domain"]):
        assert admin.at(address).get("/api/v3/portal").json()["portal_id"] == portal["id"]


def test_links_lead_to_the_domain_once_it_answers(
    admin: Client, make_portal: Any, elsewhere: str, run_jobs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    portal = make_portal(default_page_visibility="public", authentication_enabled=False)
    admin.made(
        f"/v3/portals/{portal['id']}/pages",
        {"slug": "hi", "title": "Hi", "content": "# Hi", "visibility": "public", "status": "published"},
    )
    default, port = portal["default_domain"], admin.port
    here = admin.at(default)

    def linked() -> set[str]:
        context = here.get("/api/v3/portal").json()["canonical_domain"]
        preview = admin.made(f"/portico/v1/portals/{portal['id']}/preview-sessions", None)["url"]
        found = {context, preview.partition("//")[2].partition("/")[0]}
        for address in ("/hi", "/sitemap.xml", "/robots.txt"):
            text = here.get(address).text
            found |= {host for host in (default, f"{elsewhere}:{port}") if f"http://{host}/" in text}
        return found

    admin.made(f"/v3/portals/{portal['id']}/custom-domain", body(elsewhere))
    run_jobs()
    assert admin.get(f"/v3/portals/{portal['id']}").json()["canonical_domain"] == elsewhere
    assert linked() == {default}
    monkeypatch.setattr(edge_local, "leads_here", lambda host: True)
    run_jobs()
    assert linked() == {f"{elsewhere}:{port}"}
    assert f'<link rel="canonical" href="http://{elsewhere}:{port}/hi">' in here.get("/hi").text
    assert admin.delete(f"/v3/portals/{portal['id']}/custom-domain").status == 204
    assert linked() == {default}


def test_the_portal_says_its_canonical_domain(admin: Client, portal: Any, path: str, host: str) -> None:
    admin.made(path, body(host))
    query = {"filter[canonical_domain]": host}
    found = admin.get("/v3/portals", query=query).json()["data"]
    assert [(one["id"], one["canonical_domain"]) for one in found] == [(portal["id"], host)]
    assert found[0]["default_domain"] == portal["default_domain"]
    admin.patch(path, {"enabled": False})
    assert admin.get("/v3/portals", query=query).json()["data"] == []
    assert admin.get(f"/v3/portals/{portal['id']}").json()["canonical_domain"] == portal["default_domain"]


def test_a_domain_is_switched_off_and_on(
    admin: Client, portal: Any, path: str, ours: str, host: str, run_jobs: Any
) -> None:
    admin.made(path, body(host, enabled=False))
    run_jobs()
    assert admin.get(ours).json()["state"] == "disabled"
    assert admin.at(host).get("/").status == 404
    assert admin.patch(path, {"enabled": True}).json()["enabled"] is True
    run_jobs()
    assert admin.at(host).get("/api/v3/portal").status == 200
    assert admin.patch(path, {"enabled": False}).status == 200
    assert admin.at(host).get("/api/v3/portal").status == 404
    assert admin.at(portal["default_domain"]).get("/api/v3/portal").status == 200
    assert admin.patch(path, {}).json()["enabled"] is False


def test_a_removed_domain_is_free_for_another_portal_and_leads_there(
    admin: Client, portal: Any, path: str, make_portal: Any, host: str, run_jobs: Any
) -> None:
    admin.made(path, body(host))
    run_jobs()
    assert admin.at(host).get("/api/v3/portal").json()["portal_id"] == portal["id"]
    assert admin.delete(path).status == 204
    assert (admin.get(path).status, admin.at(host).get("/api/v3/portal").status) == (404, 404)
    other = make_portal()
    admin.made(f"/v3/portals/{other['id']}/custom-domain", body(host))
    run_jobs()
    assert admin.at(host).get("/api/v3/portal").json()["portal_id"] == other["id"]
    # and goes with its portal
    assert admin.delete(f"/v3/portals/{other['id']}").status == 204
    assert admin.at(host).get("/api/v3/portal").status == 404
    admin.made(path, body(host))
    run_jobs()
    assert admin.at(host).get("/api/v3/portal").json()["portal_id"] == portal["id"]
    domains = [row["id"] for row in lists.read("jobs") if row["task"] == "domain"]
    assert stored(portal).id in domains


def test_one_domain_a_portal_and_one_portal_a_domain(
    admin: Client, path: str, make_portal: Any, host: str
) -> None:
    admin.made(path, body(host))
    again = admin.post(path, body(f"other.{host}"))
    assert (again.status, "already" in again.json()["detail"]) == (409, True)
    other = admin.post(f"/v3/portals/{make_portal()['id']}/custom-domain", body(host.upper()))
    assert (other.status, "another portal" in other.json()["detail"]) == (409, True)


def test_no_portal_no_domain(admin: Client, path: str) -> None:
    missing = f"/v3/portals/{uuid.uuid4()}/custom-domain"
    for reply in (
        admin.get(missing),
        admin.post(missing, body("docs.localhost")),
        admin.post(missing, {}),
        admin.patch(missing, {"enabled": True}),
        admin.delete(missing),
        admin.get(path),
        admin.patch(path, {"enabled": True}),
        admin.delete(path),
        admin.get(path.replace("/v3/", "/portico/v1/")),
        admin.post(path.replace("/v3/", "/portico/v1/") + "/check"),
    ):
        assert reply.status == 404


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ("https://docs.example.com", "is_fqdn"),
        ("docs.example.com/path", "is_fqdn"),
        ("docs.example.com:8443", "is_fqdn"),
        ("docs", "is_fqdn"),
        ("", "is_fqdn"),
        ("docs.example.com.", "is_fqdn"),
        ("*.example.com", "is_fqdn"),
        ("-docs.example.com", "is_fqdn"),
        ("do_cs.example.com", "is_fqdn"),
        ("dóku.example.com", "is_fqdn"),
        ("10.0.0.1", "is_fqdn"),
        (f"{'a' * 64}.example.com", "is_fqdn"),
        (".".join(["a" * 60] * 5), "is_fqdn"),
        ("co.uk", "invalid"),
        ("github.io", "invalid"),
        ("docs.example.aws", "invalid"),
        ("x.amazonaws.com", "invalid"),
        ("d1.cloudfront.net", "invalid"),
        ("docs.example.ru", "invalid"),
        ("0123456789ab.localhost", "invalid"),
        (3, "is_string"),
    ],
)
def test_names_that_a_portal_cannot_have(admin: Client, path: str, wrong: str, rule: str) -> None:
    assert admin.post(path, body(wrong)).fields() == {"hostname": rule}


def test_a_refused_name_is_told_as_one_would_have_to_write_it(admin: Client, path: str) -> None:
    reply = admin.post(path, body("dóku.example.com"))
    assert "xn--dku-gna.example.com" in reply.json()["invalid_parameters"][0]["reason"]


def test_a_registered_domain_is_told_to_have_no_cname(
    admin: Client, path: str, ours: str, elsewhere: str
) -> None:
    admin.made(path, body(f"{uuid.uuid4().hex}.co.uk"))
    assert admin.get(ours).json()["apex"] is True


@pytest.mark.parametrize(
    ("sent", "fields"),
    [
        ({}, {"hostname": "required", "enabled": "required", "ssl": "required"}),
        (body("docs.localhost", ssl={}), {"ssl.domain_verification_method": "required"}),
        (
            body("docs.localhost", ssl={"domain_verification_method": "dns"}),
            {"ssl.domain_verification_method": "enum"},
        ),
        (
            body("docs.localhost", ssl={**HTTP, "custom_certificate": "x"}),
            {"ssl.custom_certificate": "unknown_property"},
        ),
        (
            body("docs.localhost", ssl={"domain_verification_method": "custom_certificate"}),
            {"ssl.custom_certificate": "required", "ssl.custom_private_key": "required"},
        ),
        (
            {**body("docs.localhost"), "enabled": "yes", "more": 1},
            {"enabled": "is_boolean", "more": "unknown_property"},
        ),
    ],
)
def test_wrong_bodies_are_named(admin: Client, path: str, sent: Any, fields: dict[str, str]) -> None:
    assert admin.post(path, sent).fields() == fields


def test_a_certificate_of_ones_own(
    admin: Client, portal: Any, path: str, elsewhere: str, run_jobs: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    issued = issue("other.example.com", "*.example.com")
    made = admin.post(path, body(elsewhere, ssl=own(issued)))
    assert made.status == 201, made.text
    ssl = made.json()["ssl"]
    assert ssl["expires_at"] == issued.expires.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    assert ssl["uploaded_at"] >= portal["created_at"]
    assert (ssl["skip_ca_check"], ssl["verification_status"]) == (True, "pending")
    secret = issued.key.splitlines()[1]
    sealed = stored(portal).sealed_key or ""
    assert "PRIVATE KEY" in secrets.decrypt(sealed, f"domain:{stored(portal).id}")
    raw = str(list(table.query_items(keys.portal(portal["id"]))))
    assert secret not in made.text + raw + capfd.readouterr().out
    run_jobs()
    assert stored(portal).sealed_key is None  # it is where it is used
    assert admin.get(path).json()["ssl"]["verification_status"] == "verified"

    renewed = issue("*.example.com", days=180)
    replaced = admin.patch(
        path,
        {"ssl": {"custom_certificate": renewed.certificate, "custom_private_key": renewed.key}},
    ).json()
    assert replaced["ssl"]["expires_at"] > ssl["expires_at"]
    assert replaced["ssl"]["skip_ca_check"] is True


def test_a_certificate_that_expires_is_told(
    admin: Client, path: str, ours: str, host: str, run_jobs: Any
) -> None:
    admin.made(path, body(host, ssl=own(issue(host, days=2))))
    run_jobs()
    assert admin.get(path).json()["ssl"]["verification_status"] == "verified"
    clock.travel(3 * 86_400_000)
    try:
        run_jobs()
        ssl = admin.get(path).json()["ssl"]
        assert ssl["verification_status"] == "error"
        assert "expired" in ssl["validation_errors"][0]
        assert admin.get(ours).json()["serving"] is True
    finally:
        clock.travel(0)


def test_a_certificate_and_its_key_are_replaced_together(
    admin: Client, path: str, host: str, make_portal: Any
) -> None:
    issued = issue(host)
    admin.made(path, body(host, ssl=own(issued)))
    half = admin.patch(path, {"ssl": {"custom_certificate": issued.certificate}})
    assert half.fields() == {"ssl.custom_private_key": "required"}
    # what nobody stands behind must be said to be so
    assert admin.patch(path, {"ssl": {"skip_ca_check": False}}).fields() == {
        "ssl.custom_certificate": "invalid"
    }
    assert admin.patch(path, {"ssl": {"skip_ca_check": True}}).status == 200
    managed = f"/v3/portals/{make_portal()['id']}/custom-domain"
    admin.made(managed, body(f"managed.{host}"))
    sent = {"custom_certificate": issued.certificate, "custom_private_key": issued.key}
    assert admin.patch(managed, {"ssl": sent}).fields() == {"ssl.custom_certificate": "invalid"}


def _wrong_certificates() -> dict[str, tuple[Any, dict[str, str], str]]:
    name = "docs.localhost"
    good, other = issue(name), issue(name)
    leaf = good.certificate.partition("-----END CERTIFICATE-----\n")[0] + "-----END CERTIFICATE-----\n"
    above = pem(authority("Another authority")[0])
    small = rsa.generate_private_key(65537, 1024)
    curve = ec.generate_private_key(ec.SECP384R1())
    certificate, key = "ssl.custom_certificate", "ssl.custom_private_key"
    protected = key_pem(ec.generate_private_key(ec.SECP256R1()), b"secret")
    return {
        "no certificate": (Issued("nonsense", good.key, good.expires), {certificate: "invalid"}, "PEM"),
        "no key": (Issued(good.certificate, "nonsense", good.expires), {key: "invalid"}, "PEM"),
        "neither": (Issued("x", "y", good.expires), {certificate: "invalid", key: "invalid"}, "PEM"),
        "another's key": (Issued(good.certificate, other.key, good.expires), {key: "invalid"}, "belong"),
        "a passphrase": (Issued(good.certificate, protected, good.expires), {key: "invalid"}, "passphrase"),
        "another name": (issue("docs.example.com"), {certificate: "invalid"}, "docs.example.com"),
        "too deep for a wildcard": (issue("*.docs.localhost"), {certificate: "invalid"}, "not for"),
        "expired": (issue(name, days=-1, since=5), {certificate: "invalid"}, "expired"),
        "not yet valid": (issue(name, since=-5), {certificate: "invalid"}, "not valid before"),
        "another issuer": (Issued(leaf + above, good.key, good.expires), {certificate: "invalid"}, "order"),
        "a weak key": (issue(name, key=small), {key: "invalid"}, "2,048"),
        "a curve": (issue(name, key=curve), {key: "invalid"}, "P-256"),
    }


def test_certificates_that_do_not_fit(admin: Client, path: str) -> None:
    for what, (issued, fields, text) in _wrong_certificates().items():
        reply = admin.post(path, body("docs.localhost", ssl=own(issued)))
        assert reply.fields() == fields, what
        assert text in reply.text, what
        assert issued.key.splitlines()[-1] not in reply.text or "PRIVATE" not in issued.key
    reply = admin.post(path, body("docs.localhost", ssl=own(issue("docs.localhost"), skip=False)))
    assert reply.fields() == {"ssl.custom_certificate": "invalid"}
    assert "skip_ca_check" in reply.text


def test_a_stale_caller_changes_nothing(admin: Client, path: str, host: str) -> None:
    admin.made(path, body(host))
    tag = admin.get(path).headers["etag"]
    assert admin.patch(path, {"enabled": False}, headers={"If-Match": tag}).status == 200
    for reply in (
        admin.patch(path, {"enabled": True}, headers={"If-Match": tag}),
        admin.delete(path, headers={"If-Match": tag}),
    ):
        assert reply.status == 409
    assert admin.get(path).json()["enabled"] is False


def test_who_may_do_what(path: str, ours: str, host: str, as_role: Callable[[str], Client]) -> None:
    owner, viewer = as_role("admin"), as_role("viewer")
    assert viewer.post(path, body(host)).status == 403
    owner.made(path, body(host))
    assert (viewer.get(path).status, viewer.get(ours).status) == (200, 200)
    for reply in (viewer.patch(path, {"enabled": False}), viewer.delete(path), viewer.post(f"{ours}/check")):
        assert reply.status == 403
    assert Client(viewer.port).get(path).status == 401


def test_a_check_can_be_asked_for(
    admin: Client, path: str, ours: str, elsewhere: str, run_jobs: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin.made(path, body(elsewhere))
    run_jobs()
    before = admin.get(ours).json()
    asked = admin.post(f"{ours}/check")
    assert asked.status == 200
    assert asked.json()["next_check_at"] <= before["next_check_at"]


def test_requests_are_not_slower_for_a_domain(
    admin: Client, portal: Any, path: str, host: str, run_jobs: Any, trips: Callable[[Any], int]
) -> None:
    admin.made(path, body(host))
    run_jobs()
    at = admin.at(host)
    at.get("/api/v3/portal")
    assert trips(lambda: at.get("/api/v3/portal")) == 1
    assert trips(lambda: admin.get(f"/v3/portals/{portal['id']}")) == 2  # the token and the portal
    assert trips(lambda: admin.get(path)) == 2
