"""GET /v3/audit-logs: pages, filters, the window of a week; and the keys that sign."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from chalicelib import clock
from chalicelib.audit import store
from tests.client import Client
from tests.contract.audit.conftest import Deliverer, make_lines
from tests.contract.audit.receivers import Receiver

PATH, JWKS = "/v3/audit-logs", "/v2/audit-log-webhook/jwks.json"
HOUR_MS, DAY_MS = 3_600_000, 86_400_000
Forward = Callable[..., list[str]]


@pytest.fixture
def empty(bucket: str, aws: Callable[[str], Any]) -> None:
    for entry in aws("s3").list_objects_v2(Bucket=bucket, Prefix="audit/").get("Contents", []):
        aws("s3").delete_object(Bucket=bucket, Key=entry["Key"])


def get(admin: Client, **query: Any) -> Any:
    reply = admin.get(
        PATH, query={name.replace("__", "[") + "]" * ("__" in name): v for name, v in query.items()}
    )
    assert reply.status == 200, reply.text
    return reply.json()


def walk(admin: Client, address: str | None) -> list[list[str]]:
    """The trace ids on each page, following `next`."""
    pages = []
    while address is not None:
        found = admin.get(address)
        assert found.status == 200, found.text
        pages.append([entry["trace_id"] for entry in found.json()["data"]])
        address = found.json()["meta"]["page"]["next"]
    return pages


def test_requests_are_listed_newest_first_in_the_contracts_members(
    admin: Client,
    as_role: Callable[[str], Client],
    empty: None,
    portal: Any,
    audit_lines: Callable[[], list[str]],
    forward: Forward,
) -> None:
    viewer = as_role("viewer")
    audit_lines()
    viewer.delete(f"/v3/portals/{portal['id']}", query={"force": "true"}, headers={"User-Agent": "ua"})
    Client(admin.port, token="ptc_unknown").get("/v3/portals")
    forward()
    data = get(admin)["data"]
    refused, access, denial, login = data
    assert [entry["type"] for entry in data] == [
        "authentication",
        "gateway_access",
        "authorization",
        "authentication",
    ]
    assert (refused["successful"], refused["outcome"], refused["authentication_type"]) == (
        False,
        "not_found",
        "pat",
    )
    assert "principal_id" not in refused
    assert (login["successful"], login["outcome"]) == (True, "success")
    assert (denial["granted"], denial["action"], denial["service"]) == (False, "delete-portal", "portals")
    assert denial["resource"] == f"portals/{portal['id']}"
    assert access["method"] == "DELETE"
    assert access["uri"] == f"/v3/portals/{portal['id']}"
    assert access["query"] == "force=true"
    assert access["status_code"] == 403
    assert access["client_ip"] == "127.0.0.1"
    assert access["user_agent"] == "ua"
    assert {entry["org_id"] for entry in data} == {admin.get("/v3/organizations/me").json()["id"]}
    assert access["principal_id"] == access["actor_id"] == denial["principal_id"] == login["principal_id"]


@pytest.mark.parametrize("size", [1, 7, 20, 1000])
def test_pages_hold_everything_once_in_order(admin: Client, empty: None, forward: Forward, size: int) -> None:
    now = clock.now_ms()
    for batch in range(6):  # batches overlap in time, as those of several processes do
        forward(make_lines(8, start=now - 3 * HOUR_MS + batch * 3))
    forward(make_lines(5, start=now - 2 * DAY_MS))
    pages = walk(admin, f"{PATH}?page%5Bsize%5D={size}")
    assert all(len(page) == size for page in pages[:-1])
    times = [entry["ts"] for entry in get(admin, page__size=1000)["data"]]
    assert times == sorted(times, reverse=True)
    assert len([one for page in pages for one in page]) == 53


def test_one_can_go_back(admin: Client, empty: None, forward: Forward) -> None:
    forward(make_lines(10, start=clock.now_ms() - 3 * HOUR_MS))
    forward(make_lines(10, start=clock.now_ms() - HOUR_MS))
    first = get(admin, page__size=6)
    second = admin.get(first["meta"]["page"]["next"]).json()
    third = admin.get(second["meta"]["page"]["next"]).json()
    back = admin.get(third["meta"]["page"]["previous"]).json()
    assert back["data"] == second["data"]
    assert admin.get(back["meta"]["page"]["previous"]).json()["data"] == first["data"]
    assert admin.get(back["meta"]["page"]["next"]).json()["data"] == third["data"]
    assert first["meta"]["page"]["previous"] is None


def test_the_size_is_20_and_at_most_1000(admin: Client, empty: None, forward: Forward) -> None:
    forward(make_lines(30))
    found = get(admin)
    assert len(found["data"]) == 20
    assert found["meta"]["page"]["size"] == 20
    assert admin.get(PATH, query={"page[size]": 1001}).status == 400
    assert admin.get(PATH, query={"page[size]": 0}).status == 400


def test_both_ends_of_a_span_are_included(admin: Client, empty: None, forward: Forward) -> None:
    start = clock.now_ms() - 5000
    forward(make_lines(10, start=start))
    span = {"filter__ts][gte": clock.rfc3339(start + 2), "filter__ts][lte": clock.rfc3339(start + 5)}
    found = get(admin, **span)
    assert [entry["ts"] for entry in found["data"]] == [clock.rfc3339(start + n) for n in (5, 4, 3, 2)]


def test_the_type_is_a_filter_of_its_own(admin: Client, empty: None, forward: Forward) -> None:
    forward(make_lines(2, parts=[["authentication", "pat", "success", "x"], ["authorization"], ["access"]]))
    for kind in ("authentication", "authorization", "gateway_access"):
        found = get(admin, filter__type=kind)
        assert [entry["type"] for entry in found["data"]] == [kind, kind]
    assert admin.get(PATH, query={"filter[type]": "other"}).fields() == {"filter[type]": "enum"}
    assert admin.get(PATH, query={"filter[type][eq]": "authorization"}).status == 400
    assert admin.get(PATH, query={"filter[ts]": clock.rfc3339(0)}).status == 400
    assert admin.get(PATH, query={"filter[ts][gte]": "yesterday"}).fields() == {
        "filter[ts][gte]": "is_date_time"
    }
    assert admin.get(PATH, query={"filter[ts][lt]": clock.rfc3339(0)}).status == 400


def test_older_than_a_week_is_not_shown(admin: Client, empty: None, forward: Forward) -> None:
    now = clock.now_ms()
    forward(make_lines(1, start=now - 7 * DAY_MS - 60_000))
    forward(make_lines(1, start=now - 7 * DAY_MS + 60_000))
    assert len(get(admin)["data"]) == 1
    long_ago = {"filter__ts][gte": clock.rfc3339(now - 30 * DAY_MS)}
    assert len(get(admin, **long_ago)["data"]) == 1


def test_what_is_looked_for_in_vain_comes_page_by_page(
    admin: Client, empty: None, forward: Forward, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page reads no more than so many objects: it may be empty and still have a next one."""
    monkeypatch.setattr(store, "PAGE_OBJECTS", 4)
    monkeypatch.setattr(store, "TOGETHER", 2)
    now = clock.now_ms()
    needle = make_lines(1, start=now - HOUR_MS, parts=[["authorization"]], trace_id="needle")
    forward(needle)
    for batch in range(20):
        forward(make_lines(2, start=now - 1000 * batch - 60_000))
    pages = walk(admin, f"{PATH}?filter%5Btype%5D=authorization")
    assert len(pages) > 1
    assert [one for page in pages for one in page] == ["needle"]
    upwards = get(admin, page__size=1)
    assert upwards["meta"]["page"]["next"]


def test_what_is_older_than_eight_days_is_deleted(admin: Client, empty: None, forward: Forward) -> None:
    forward(make_lines(1, start=clock.now_ms() - 9 * DAY_MS))
    forward(make_lines(1, start=clock.now_ms() - 6 * DAY_MS))
    store.expire()
    assert len(store.hours(0, clock.now_ms())) == 1


def public_keys(admin: Client) -> dict[str, Ed25519PublicKey]:
    reply = Client(admin.port).get(JWKS)
    assert reply.status == 200
    assert reply.headers["cache-control"] == "public, max-age=300"
    found = {}
    for key in reply.json()["keys"]:
        assert (key["kty"], key["crv"], key["alg"]) == ("OKP", "Ed25519", "EdDSA")
        found[key["kid"]] = Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(key["x"] + "="))
    return found


def test_a_listed_event_verifies_with_a_public_key(admin: Client, empty: None, forward: Forward) -> None:
    forward(make_lines(2, user_agent="ünï"))
    (key, *_) = public_keys(admin).values()
    for entry in get(admin)["data"]:
        signature = base64.urlsafe_b64decode(entry.pop("signature") + "==")
        text = json.dumps(entry, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        key.verify(signature, text.encode())


def test_rotating_signs_with_a_new_key_and_keeps_the_old_one_verifiable(
    admin: Client,
    receiver: Receiver,
    connect: Callable[..., Any],
    forward: Forward,
    deliver: Deliverer,
    table: str,
) -> None:
    from chalicelib.audit.signing import load

    connect(receiver)
    forward(make_lines(1))
    deliver()
    rotated = admin.post("/portico/v1/audit-keys")
    assert rotated.status == 201
    assert "private" not in rotated.text
    forward(make_lines(1))
    deliver()
    keys = public_keys(admin)
    kids = [json.loads(line)["kid"] for line in receiver.taken]
    assert kids[0] != kids[1]
    assert next(iter(keys)) == kids[1], "the key in use comes first"
    assert kids[0] in keys
    for line in receiver.taken:
        before, _, rest = line.rpartition(',"sig":"')
        signature, _, end = rest.partition('"')
        key = keys[json.loads(line)["kid"]]
        key.verify(base64.urlsafe_b64decode(signature + "=="), (before + end).encode())
    listed = admin.get("/portico/v1/audit-keys").json()["data"]
    assert [entry["retired_at"] is None for entry in listed] == [True] + [False] * (len(listed) - 1)
    stored = load().keys
    assert ["private" in key for key in stored] == [True] + [False] * (len(stored) - 1)
    assert "kid" in stored[0]


def test_keys_are_rotated_by_who_manages_the_organisation_alone(as_role: Callable[[str], Client]) -> None:
    assert as_role("publisher").post("/portico/v1/audit-keys").status == 403
    assert as_role("viewer").get("/portico/v1/audit-keys").status == 403


def test_events_are_searched_in_any_member_and_by_how_they_ended(
    admin: Client,
    as_role: Callable[[str], Client],
    empty: None,
    portal: Any,
    audit_lines: Callable[[], list[str]],
    forward: Forward,
) -> None:
    viewer = as_role("viewer")
    audit_lines()
    trace = viewer.delete(f"/v3/portals/{portal['id']}").headers["x-trace-id"]
    admin.patch(f"/v3/portals/{portal['id']}", {"description": "x"}, headers={"User-Agent": "Curious/1.0"})
    Client(admin.port, token="ptc_unknown").get("/v3/portals")
    forward()

    def search(**query: str) -> list[tuple[str, Any]]:
        members = {name.replace("__", "][").replace("]", "", 1) + "]": query[name] for name in query}
        reply = admin.get("/portico/v1/audit-events", query=members)
        assert reply.status == 200, reply.text
        found = reply.json()["data"]
        return sorted((one["type"], one.get("outcome") or one.get("status_code")) for one in found)

    denied = [("authentication", "success"), ("authorization", None), ("gateway_access", 403)]
    assert search(filter__text__contains=trace) == denied
    assert search(filter__text__contains="curious/") == [
        ("authentication", "success"),
        ("gateway_access", 200),
    ]
    assert search(filter__failed="true") == [
        ("authentication", "not_found"),
        ("authorization", None),
        ("gateway_access", 403),
    ]
    assert search(filter__failed="false", filter__type="gateway_access") == [("gateway_access", 200)]
    assert search(filter__text__contains="delete-portal") == [("authorization", None)]
    assert admin.get("/portico/v1/audit-events?filter[failed]=perhaps").status == 400
    assert viewer.get("/portico/v1/audit-events").status == 403
