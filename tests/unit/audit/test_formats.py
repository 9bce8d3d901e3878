"""From a request's line to what a receiver gets: CEF, JSON and CPS, escaped and signed."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chalicelib.audit import formats, signing
from chalicelib.audit.entries import Entry, expand

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
SIGNER = signing.Signer("a-kid", signing.encode(bytes(range(32))))
ORG, PORTAL, ADMIN = "an-org", "a-portal", "an-admin"
HOSTILE = 'evil|agent\\ a=b sig=zzz "quoted"\r\nCEF:0|x\u2028\u2029\x85\x00\x1b ünï \ud800 ,"sig":"x"'


def line(*parts: list[Any], **more: Any) -> dict[str, Any]:
    return {
        "v": 1,
        "id": "line-id",
        "ts": 1_769_860_800_123,
        "writer": "abcd1234",
        "number": 7,
        "portal_number": 3,
        "portal_id": None,
        "principal_id": ADMIN,
        "operation": "delete-portal-page",
        "method": "DELETE",
        "path": "/v3/portals/p/pages/q",
        "query": "force=true",
        "status": 204,
        "trace_id": "a-trace",
        "source_ip": "192.0.2.7",
        "user_agent": "agent/1.0 (x; y)",
        "parts": list(parts),
        **more,
    }


def entries(*parts: list[Any], **more: Any) -> list[Entry]:
    return list(expand(line(*parts, **more), ORG))


LOGIN = ["authentication", "pat", "success", ADMIN]


def check(text: str, signature: str) -> None:
    raw = base64.urlsafe_b64decode(signature + "=" * (-len(signature) % 4))
    KEY.public_key().verify(raw, text.encode())


def test_a_request_gives_an_event_for_each_part_with_ids_and_numbers_of_their_own() -> None:
    found = entries(LOGIN, ["authorization"], ["access"])
    assert [one["type"] for one in found] == ["authentication", "authorization", "access"]
    assert [one["id"] for one in found] == ["line-id.0", "line-id.1", "line-id.2"]
    assert [one["seq"] for one in found] == ["abcd1234.7", "abcd1234.8", "abcd1234.9"]
    assert {one["org_id"] for one in found} == {ORG}
    assert found[1]["granted"] is False
    assert (found[1]["service"], found[1]["resource"]) == ("portals", "portals/p/pages/q")
    assert (found[2]["act"], found[2]["status"], found[2]["query"]) == ("DELETE", 204, "force=true")


def test_a_portals_logins_are_numbered_for_the_portals_receiver() -> None:
    first, second, access = entries(
        ["authentication", "basic", "invalid_password", None],
        ["authentication", "basic", "success", "a-developer"],
        ["access"],
        portal_id=PORTAL,
        principal_id=None,
    )
    assert [first.get("portal_seq"), second.get("portal_seq")] == [
        "abcd1234.a-portal.3",
        "abcd1234.a-portal.4",
    ]
    assert "portal_seq" not in access
    assert "principal_id" not in first
    assert second.get("principal_id") == "a-developer"
    assert json.loads(formats.render(second, "json", SIGNER))["seq"] == "abcd1234.8"
    portals = json.loads(formats.render(second, "json", SIGNER, for_portal=True))
    assert portals["seq"] == "abcd1234.a-portal.4"


@pytest.mark.parametrize("other", [{}, {"v": 2}, None, [], "text", {"id": "an-older-form", "ts": "x"}])
def test_a_line_of_another_form_is_refused(other: Any) -> None:
    with pytest.raises(ValueError, match="not an audit line"):
        list(expand(other, ORG))


@pytest.mark.parametrize(
    ("outcome", "severity"),
    [
        ("success", 0),
        ("not_found", 1),
        ("invalid_password", 1),
        ("token_expired", 1),
        ("locked", 6),
        ("disabled", 6),
        ("invalid", 7),
    ],
)
def test_severity_of_authentication(outcome: str, severity: int) -> None:
    (entry,) = entries(["authentication", "basic", outcome, None])
    found = json.loads(formats.render(entry, "json", SIGNER))
    assert found["severity"] == severity
    assert found["event_class_id"] == "AUTHENTICATION_TYPE_BASIC"
    assert found["name"] == f"AUTHENTICATION_OUTCOME_{outcome.upper()}"
    assert found["success"] is (outcome == "success")


@pytest.mark.parametrize(
    ("status", "severity"), [(200, 1), (404, 1), (409, 1), (401, 6), (403, 6), (500, 10), (503, 10)]
)
def test_severity_of_access(status: int, severity: int) -> None:
    (entry,) = entries(["access"], status=status)
    found = json.loads(formats.render(entry, "json", SIGNER))
    assert (found["severity"], found["status"], found["name"]) == (severity, status, "Ingress")


def test_severity_of_a_denial() -> None:
    (entry,) = entries(["authorization"])
    found = json.loads(formats.render(entry, "json", SIGNER))
    assert (found["severity"], found["granted"], found["name"]) == (6, False, "Authz.portals")
    assert found["action"] == "delete-portal-page"


def test_json_is_flat_sorted_compact_and_typed() -> None:
    (entry,) = entries(["access"])
    text = formats.render(entry, "json", SIGNER)
    found = json.loads(text)
    assert {name: type(found[name]) for name in ("rt", "status", "severity")} == dict.fromkeys(
        ("rt", "status", "severity"), int
    )
    assert found["rt"] == 1_769_860_800_123
    assert found["event_ts"] == "2026-01-31T12:00:00.123Z"
    assert found["cef_version"] == "0"
    assert found["event_version"] == "1.0"
    assert found["src"] == "192.0.2.7"
    assert found["trace_id"] == "a-trace"
    assert list(found) == [*sorted(name for name in found if name != "sig"), "sig"]
    assert not any(isinstance(value, dict | list) for value in found.values())


def test_the_product_tells_a_portals_events_from_the_organisations() -> None:
    (own,) = entries(LOGIN)
    (portals,) = entries(LOGIN, portal_id=PORTAL)
    assert json.loads(formats.render(own, "json", SIGNER))["event_product"] == "Portico"
    found = json.loads(formats.render(portals, "json", SIGNER))
    assert (found["event_product"], found["portal_id"]) == ("Dev-Portal", PORTAL)
    assert "|Dev-Portal|1.0|" in formats.render(portals, "cef", SIGNER)


def test_the_signature_is_over_the_line_without_it() -> None:
    for entry in entries(LOGIN, ["authorization"], ["access"], user_agent=HOSTILE):
        cef = formats.render(entry, "cef", SIGNER)
        body, _, signature = cef.rpartition(" sig=")
        check(body, signature)
        for form in ("json", "cps"):
            text = formats.render(entry, form, SIGNER)
            before, _, rest = text.rpartition(',"sig":"')
            signature, _, end = rest.partition('"')
            check(before + end, signature)
            with pytest.raises(InvalidSignature):
                check(before.replace("an-org", "another") + end, signature)


def test_sorted_compact_json_without_sig_is_what_was_signed() -> None:
    (entry,) = entries(LOGIN, user_agent=HOSTILE)
    found = json.loads(formats.render(entry, "json", SIGNER))
    signature = found.pop("sig")
    check(json.dumps(found, ensure_ascii=False, separators=(",", ":"), sort_keys=True), signature)


def test_cps_is_the_json_as_an_event() -> None:
    (entry,) = entries(["access"])
    wrapped = json.loads(formats.render(entry, "cps", SIGNER))
    plain = json.loads(formats.render(entry, "json", SIGNER))
    assert list(wrapped) == ["event"]
    assert {**wrapped["event"], "sig": ""} == {**plain, "sig": ""}


@pytest.mark.parametrize("form", ["cef", "json", "cps"])
def test_no_text_of_a_client_ends_a_line(form: str) -> None:
    (entry,) = entries(["access"], user_agent=HOSTILE, path="/" + HOSTILE, query=HOSTILE)
    text = formats.render(entry, form, SIGNER)
    assert len(text.splitlines()) == 1
    text.encode()


def test_cef_escapes_what_has_a_meaning_in_it() -> None:
    (entry,) = entries(["access"], user_agent=HOSTILE)
    text = formats.render(entry, "cef", SIGNER)
    header, extension = text.split("|Ingress|1|", 1)
    assert header == "2026-01-31T12:00:00.123Z localhost CEF:0|Portico|Portico|1.0|portico"
    assert r"user_agent=evil|agent\\ a\=b sig\=zzz" in extension
    assert text.count(" sig=") == 1


def test_empty_members_are_left_out() -> None:
    (entry,) = entries(["access"], query="", principal_id=None)
    found = json.loads(formats.render(entry, "json", SIGNER))
    assert "query" not in found
    assert "principal_id" not in found
    assert " query=" not in formats.render(entry, "cef", SIGNER)
