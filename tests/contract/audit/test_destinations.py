"""Destinations over HTTP: /v3, the older twins, and what of ours is below /portico/v1."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.audit.records import Destination
from chalicelib.storage import keys, table
from tests.client import Client
from tests.contract.audit.receivers import Receiver, Reply

V3, V2 = "/v3/audit-log-destinations", "/v2/audit-log-destinations"
FULL = {
    "name": "SIEM",
    "endpoint": "https://siem.example.com/in?x=1",
    "authorization": "Bearer very-secret",
    "log_format": "cps",
    "skip_ssl_verification": True,
}


def stored(destination_id: str) -> Destination:
    found = table.get(Destination, keys.Key(keys.destination(destination_id)))
    assert found is not None
    return found


def test_a_destination_comes_back_without_its_secret(admin: Client) -> None:
    made = admin.made(V3, FULL)
    assert {name: made[name] for name in FULL if name != "authorization"} == {
        name: value for name, value in FULL.items() if name != "authorization"
    }
    for reply in (admin.get(f"{V3}/{made['id']}"), admin.get(V3), admin.get(f"{V2}/{made['id']}")):
        assert reply.status == 200
        assert "secret" not in reply.text
        assert "authorization" not in reply.text
    assert admin.get(f"{V3}/{made['id']}").json() == made


def test_its_secret_is_encrypted_for_it_alone(admin: Client) -> None:
    from botocore.exceptions import ClientError

    from chalicelib.storage import secrets

    one, other = admin.made(V3, FULL), admin.made(V3, FULL)
    sealed = stored(one["id"]).secret
    assert "very-secret" not in sealed
    assert secrets.decrypt(sealed, f"destination:{one['id']}") == "Bearer very-secret"
    with pytest.raises(ClientError):
        secrets.decrypt(sealed, f"destination:{other['id']}")


@pytest.mark.parametrize("name", ["name", "endpoint", "authorization", "log_format"])
def test_what_a_destination_needs_must_be_there(admin: Client, name: str) -> None:
    reply = admin.post(V3, {key: value for key, value in FULL.items() if key != name})
    assert reply.fields() == {name: "required"}


@pytest.mark.parametrize("name", ["name", "endpoint", "authorization"])
def test_blank_is_as_good_as_missing(admin: Client, name: str) -> None:
    reply = admin.post(V3, {**FULL, name: " "})
    assert reply.fields() == {name: "required"}
    assert reply.json()["invalid_parameters"][0]["reason"] == "cannot be blank"


@pytest.mark.parametrize(
    "endpoint",
    [
        "siem.example.com",
        "ftp://siem.example.com",
        "http://siem.example.com",
        "https://",
        "https://user:password@siem.example.com",
        "https://siem.example.com/#fragment",
        "https://siem.example.com:0",
        "https://siem.example.com:99999",
        "https://siem example.com",
        "https://siem.example.com/\nX: y",
        "https://sïem.example.com",
        "https://10.0.0.1/",
        "https://192.168.1.1/",
        "https://169.254.169.254/latest/meta-data/",
        "https://[fd00:ec2::254]/",
        "https://[fe80::1]/",
        "https://[::ffff:10.0.0.1]/",
        "https://[64:ff9b::a9fe:a9fe]/",
        "https://0.0.0.0/",
        "https://224.0.0.1/",
        "https://100.64.0.1/",
        "https://2852039166/",
        "https://0xa9.0xfe.0xa9.0xfe/",
        "http://127.0.0.1.example.com/",
        "https://" + "a" * 2100 + ".example.com",
    ],
)
def test_an_endpoint_that_must_not_be_sent_to_is_refused(admin: Client, endpoint: str) -> None:
    reply = admin.post(V3, {**FULL, "endpoint": endpoint})
    assert list(reply.fields()) == ["endpoint"]
    assert "must be a valid URL" in reply.json()["invalid_parameters"][0]["reason"]


LOOPBACK = ["http://localhost:9/", "http://127.0.0.1:9/", "https://[::1]:9/", "http://a.localhost:9/"]


@pytest.mark.parametrize("endpoint", LOOPBACK)
def test_this_machine_is_an_endpoint_only_where_the_installation_runs_on_it(
    admin: Client, endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert admin.post(V3, {**FULL, "endpoint": endpoint}).status == 201
    monkeypatch.setattr("chalicelib.audit.outbound.local", lambda: False)
    reply = admin.post(V3, {**FULL, "endpoint": endpoint})
    assert list(reply.fields()) == ["endpoint"]


@pytest.mark.parametrize("authorization", ["with\nbreak", "ümlaut", "x" * 4097])
def test_a_secret_must_be_the_value_of_a_header(admin: Client, authorization: str) -> None:
    assert list(admin.post(V3, {**FULL, "authorization": authorization}).fields()) == ["authorization"]


def test_only_what_is_sent_is_changed(admin: Client) -> None:
    made = admin.made(V3, FULL)
    sealed = stored(made["id"]).secret
    reply = admin.patch(f"{V3}/{made['id']}", {"name": "another", "skip_ssl_verification": False})
    assert reply.status == 200
    assert reply.json() == {
        **made,
        "name": "another",
        "skip_ssl_verification": False,
        "updated_at": reply.json()["updated_at"],
    }
    assert stored(made["id"]).secret == sealed
    admin.patch(f"{V3}/{made['id']}", {"authorization": "another"})
    assert stored(made["id"]).secret != sealed


@pytest.mark.parametrize("name", ["name", "endpoint", "authorization", "log_format", "skip_ssl_verification"])
def test_null_is_no_value(admin: Client, name: str) -> None:
    made = admin.made(V3, FULL)
    assert list(admin.patch(f"{V3}/{made['id']}", {name: None}).fields()) == [name]


def test_a_stale_writer_gets_409(admin: Client) -> None:
    made = admin.made(V3, FULL)
    tag = {"If-Match": admin.get(f"{V3}/{made['id']}").headers["etag"]}
    assert admin.patch(f"{V3}/{made['id']}", {"name": "first"}, headers=tag).status == 200
    assert admin.patch(f"{V3}/{made['id']}", {"name": "second"}, headers=tag).status == 409
    assert admin.get(f"{V3}/{made['id']}").json()["name"] == "first"


def test_the_list_is_paged_by_cursors_and_filtered_by_name(admin: Client) -> None:
    mark = uuid.uuid4().hex
    made = [admin.made(V3, {**FULL, "name": f"{mark}-{number}"})["id"] for number in range(5)]
    query: dict[str, Any] = {"filter[name][contains]": mark.upper(), "page[size]": 2}
    first = admin.get(V3, query=query).json()
    assert [one["id"] for one in first["data"]] == made[:2:-1]
    assert first["meta"]["previous"] is None
    assert first["meta"]["size"] == 2
    second = admin.get(first["meta"]["next"]).json()
    assert [one["id"] for one in second["data"]] == [made[2], made[1]]
    last = admin.get(second["meta"]["next"]).json()
    assert [one["id"] for one in last["data"]] == [made[0]]
    assert last["meta"]["next"] is None
    assert admin.get(last["meta"]["previous"]).json()["data"] == second["data"]
    assert admin.get(second["meta"]["first"]).json()["data"] == first["data"]
    exact = admin.get(V3, query={"filter[name][eq]": f"{mark}-3"}).json()
    assert [one["id"] for one in exact["data"]] == [made[3]]
    assert admin.get(V3, query={"page[after]": "nonsense"}).fields() == {"page[after]": "invalid"}


def test_reading_costs_few_trips(admin: Client, trips: Callable[[Callable[[], Any]], int]) -> None:
    made = admin.made(V3, FULL)
    assert trips(lambda: admin.get(f"{V3}/{made['id']}")) == 2
    assert trips(lambda: admin.get(V3)) == 3


def test_a_destination_in_use_is_not_deleted(admin: Client, portal: Any) -> None:
    made = admin.made(V3, FULL)
    webhooks = ["/v3/audit-log-webhook", f"/v3/portals/{portal['id']}/audit-log-webhook"]
    for webhook in webhooks:
        assert admin.patch(webhook, {"audit_log_destination_id": made["id"]}).status == 200
    assert admin.get(f"/portico/v1/audit-destinations/{made['id']}").json()["uses"] == 2
    for webhook in webhooks:
        reply = admin.delete(f"{V3}/{made['id']}")
        assert reply.status == 409
        assert "destination is in use" in reply.text
        assert admin.delete(webhook).status == 204
    assert admin.delete(f"{V3}/{made['id']}").status == 204
    assert admin.get(f"{V3}/{made['id']}").status == 404
    assert admin.delete(f"{V3}/{made['id']}").status == 404


def test_a_deleted_portal_lets_go_of_its_destination(
    admin: Client, portal: Any, run_jobs: Callable[[], None]
) -> None:
    made = admin.made(V3, FULL)
    admin.patch(f"/v3/portals/{portal['id']}/audit-log-webhook", {"audit_log_destination_id": made["id"]})
    assert admin.delete(f"/v3/portals/{portal['id']}").status == 204
    run_jobs()
    assert admin.delete(f"{V3}/{made['id']}").status == 204


def test_the_older_twins_are_the_same_data_and_take_nulls(admin: Client) -> None:
    body = {"name": "older", "endpoint": "https://siem.example.com", "authorization": None}
    made = admin.made(V2, {**body, "log_format": None, "skip_ssl_verification": None})
    assert made["log_format"] == "cef"
    assert made["skip_ssl_verification"] is False
    assert admin.get(f"{V3}/{made['id']}").json() == made
    changed = admin.patch(f"{V2}/{made['id']}", {"name": None, "log_format": "json"})
    assert changed.json()["name"] == "older"
    assert changed.json()["log_format"] == "json"
    assert made["id"] in [one["id"] for one in admin.get(V2).json()["data"]]
    assert admin.delete(f"{V2}/{made['id']}").status == 204
    assert admin.get(f"{V3}/{made['id']}").status == 404
    assert admin.post(V2, {"name": None}).fields() == {"name": "required", "endpoint": "required"}


@pytest.mark.parametrize("role", ["publisher", "content_editor", "viewer"])
def test_only_who_manages_the_organisation_sees_destinations(
    admin: Client, as_role: Callable[[str], Client], role: str
) -> None:
    made = admin.made(V3, FULL)
    other = as_role(role)
    for path in (V3, V2, f"{V3}/{made['id']}", f"/portico/v1/audit-destinations/{made['id']}"):
        assert other.get(path).status == 403
    assert other.post(V3, FULL).status == 403
    assert other.post(f"/portico/v1/audit-destinations/{made['id']}/test").status == 403


def test_how_a_destination_is_spoken_to_is_set_beside_the_contract(admin: Client) -> None:
    made = admin.made(V3, FULL)
    path = f"/portico/v1/audit-destinations/{made['id']}"
    found = admin.get(path).json()
    assert (found["shape"], found["header_name"], found["uses"]) == ("webhook", None, 0)
    changed = admin.patch(path, {"shape": "splunk", "header_name": "X-Token"}).json()
    assert (changed["shape"], changed["header_name"]) == ("splunk", "X-Token")
    assert admin.patch(path, {"header_name": None}).json()["header_name"] is None
    assert admin.get(path).json()["shape"] == "splunk"
    assert list(admin.patch(path, {"shape": "other"}).fields()) == ["shape"]
    for name in ("", "a b", "Host", "content-length", "é", "x" * 101):
        assert list(admin.patch(path, {"header_name": name}).fields()) == ["header_name"]
    assert admin.patch(path, {"name": "x"}).fields() == {"name": "unknown_property"}


def test_a_test_event_is_sent_and_what_came_back_is_told(
    admin: Client, receiver: Receiver, make_destination: Callable[..., Any]
) -> None:
    made = make_destination(receiver, "/in", log_format="cef")
    found = admin.post(f"/portico/v1/audit-destinations/{made['id']}/test")
    assert found.status == 200
    assert found.json()["delivered"] is True
    assert found.json()["status"] == 200
    assert found.json()["duration_ms"] >= 0
    (request,) = receiver.requests
    assert request.path == "/in"
    assert request.headers["authorization"] == "Bearer s3cret"
    assert request.headers["content-encoding"] == "gzip"
    assert "|Test|0|" in request.text

    receiver.then(Reply(401, "no s3cret\n x"))
    refused = admin.post(f"/portico/v1/audit-destinations/{made['id']}/test").json()
    assert (refused["delivered"], refused["status"]) == (False, 401)
    assert refused["message"] == "no *** x", "a secret that is repeated is not shown"


def test_a_test_of_an_endpoint_that_is_not_there_says_so(admin: Client) -> None:
    made = admin.made(V3, {**FULL, "endpoint": "http://localhost:9/"})
    found = admin.post(f"/portico/v1/audit-destinations/{made['id']}/test").json()
    assert (found["delivered"], found["status"]) == (False, None)
    assert "refused" in found["message"].lower()


def test_all_are_listed_with_how_they_are_spoken_to(
    admin: Client, as_role: Callable[[str], Client], receiver: Receiver, make_destination: Callable[..., Any]
) -> None:
    made = make_destination(receiver, name="collector", shape="splunk")
    found = admin.get("/portico/v1/audit-destinations?filter[name]=collector").json()
    alone = admin.get(f"/portico/v1/audit-destinations/{made['id']}").json()
    assert found["data"] == [alone]
    assert (alone["shape"], alone["uses"]) == ("splunk", 0)
    assert as_role("publisher").get("/portico/v1/audit-destinations").status == 403
