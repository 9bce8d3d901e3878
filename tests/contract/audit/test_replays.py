"""Replay jobs: what is sent again, one at a time, and that they go on where they were interrupted."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib import clock
from chalicelib.audit import deliverer, queue, store
from chalicelib.audit.replays import service
from tests.client import Client
from tests.contract.audit.conftest import Deliverer, event_ids, ids_in, make_lines
from tests.contract.audit.receivers import Receiver, Reply

V3, V2 = "/v3/audit-log-replay-job", "/v2/audit-log-replay-job"
NEVER = "0001-01-01T00:00:00Z"
HOUR_MS = 3_600_000
Forward = Callable[..., list[str]]


def ago(hours: float) -> int:
    return clock.now_ms() - int(hours * HOUR_MS)


def span(start: float, end: float = 0.0) -> dict[str, str]:
    """From so many hours ago to so many hours ago."""
    return {"start_at": clock.rfc3339(ago(start)), "end_at": clock.rfc3339(ago(end))}


@pytest.fixture(autouse=True)
def nothing_under_way(admin: Client, run_jobs: Callable[[], None]) -> None:
    replay = service.load("organization")
    if replay.rev is not None:
        service.finish("organization", replay.id, "failed")
    admin.delete("/v3/audit-log-webhook")
    run_jobs()


@pytest.fixture
def past(bucket: str, aws: Callable[[str], Any], forward: Forward) -> list[str]:
    """Audit lines of each of the last six hours, the oldest first, and nothing else."""
    found = aws("s3").list_objects_v2(Bucket=bucket, Prefix="audit/").get("Contents", [])
    for entry in found:
        aws("s3").delete_object(Bucket=bucket, Key=entry["Key"])
    lines: list[str] = []
    for hours in range(6, 0, -1):
        lines += forward(make_lines(3, start=ago(hours)))
    return lines


def test_before_the_first_one_it_is_unconfigured(admin: Client, portal: Any) -> None:
    path = f"/v3/portals/{portal['id']}/audit-log-replay-job"
    found = admin.get(path)
    assert found.status == 200
    assert found.json() == {
        "start_at": NEVER,
        "end_at": NEVER,
        "status": "unconfigured",
        "updated_at": NEVER,
    }


@pytest.mark.parametrize("path", [V3, V2])
def test_what_lies_between_is_sent_again_with_the_same_ids(
    admin: Client,
    receiver: Receiver,
    connect: Callable[..., Any],
    past: list[str],
    deliver: Deliverer,
    run_jobs: Callable[[], None],
    path: str,
) -> None:
    connect(receiver)
    asked = span(4.5, 1.5)
    reply = admin.put(path, asked)
    assert reply.status == 202
    assert {**reply.json(), "updated_at": None} == {**asked, "status": "accepted", "updated_at": None}
    run_jobs()
    assert admin.get(path).json()["status"] == "running"
    deliver()
    assert admin.get(path).json()["status"] == "completed"
    assert ids_in(receiver.taken) == event_ids(past[6:15])


def test_the_ends_are_included(
    admin: Client,
    receiver: Receiver,
    connect: Callable[..., Any],
    past: list[str],
    deliver: Deliverer,
    run_jobs: Callable[[], None],
) -> None:
    connect(receiver)
    times = [_ts(line) for line in past[:3]]
    admin.put(V3, {"start_at": clock.rfc3339(times[0]), "end_at": clock.rfc3339(times[1])})
    run_jobs()
    deliver()
    assert ids_in(receiver.taken) == event_ids(past[:2])


def _ts(line: str) -> int:

    ts: int = json.loads(line)["audit"]["ts"]
    return ts


def test_one_at_a_time(
    admin: Client,
    receiver: Receiver,
    connect: Callable[..., Any],
    past: list[str],
    deliver: Deliverer,
    run_jobs: Callable[[], None],
) -> None:
    connect(receiver)
    assert admin.put(V3, span(2)).status == 202
    for _ in range(2):
        refused = admin.put(V3, span(3))
        assert refused.status == 409
        assert refused.json()["detail"] == "A replay job is currently running"
        assert admin.delete("/v3/audit-log-webhook").status == 409
        run_jobs()
    deliver()
    assert admin.put(V3, span(3)).status == 202


def test_how_far_it_has_come_is_told_by_what_has_arrived(
    admin: Client,
    receiver: Receiver,
    connect: Callable[..., Any],
    past: list[str],
    deliver: Deliverer,
    run_jobs: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(queue, "KEYS", 1)  # a message for each hour's object
    connect(receiver)
    asked = span(6.5, 0.5)
    admin.put(V3, asked)
    run_jobs()
    before = admin.get("/portico/v1/audit-replay").json()
    assert (before["status"], before["delivered_to"]) == ("running", None)
    receiver.then(Reply(), *[Reply(500)] * 30)
    monkeypatch.setattr(deliverer, "CHUNK", 1)
    deliver()
    now = admin.get("/portico/v1/audit-replay").json()
    assert (now["status"], now["delivered_to"]) == ("running", clock.rfc3339(_ts(past[2])))
    receiver.next.clear()
    deliver.come_again()
    deliver()
    after = admin.get("/portico/v1/audit-replay").json()
    assert (after["status"], after["delivered_to"]) == ("completed", clock.rfc3339(_ts(past[-1])))
    assert [after["start_at"], after["end_at"]] == [asked["start_at"], asked["end_at"]]


def test_before_the_first_one_there_is_no_progress(admin: Client, portal: Any) -> None:
    found = admin.get(f"/portico/v1/portals/{portal['id']}/audit-replay")
    assert found.status == 200
    assert set(found.json().values()) == {"unconfigured", None}


def test_what_moves_to_another_destination_is_completed_only_there(
    admin: Client,
    receiver: Receiver,
    connect: Callable[..., Any],
    make_destination: Callable[..., Any],
    past: list[str],
    deliver: Deliverer,
    run_jobs: Callable[[], None],
) -> None:
    connect(receiver)
    admin.put(V3, span(6.5, 0.5))
    run_jobs()
    with Receiver() as other:
        other.behave(Reply(500))
        made = make_destination(other)
        admin.patch("/v3/audit-log-webhook", {"audit_log_destination_id": made["id"]})
        deliver()
        assert admin.get(V3).json()["status"] == "running"
        other.behave(Reply())
        deliver.come_again()
        deliver()
        assert admin.get(V3).json()["status"] == "completed"
        assert ids_in(other.taken) == event_ids(past)


def test_one_that_nothing_is_heard_of_for_a_day_holds_up_no_other(admin: Client) -> None:
    assert admin.put(V3, span(2)).status == 202
    try:
        clock.travel(25 * HOUR_MS)
        assert admin.get(V3).json()["status"] == "failed"
        assert admin.put(V3, span(2)).status == 202
    finally:
        clock.travel(0)


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"start_at": "required", "end_at": "required"}),
        ({"start_at": "yesterday", "end_at": 5}, {"end_at": "is_string"}),
        (
            {"start_at": "yesterday", "end_at": "2026-01-31"},
            {"start_at": "is_date_time", "end_at": "is_date_time"},
        ),
        (
            {"start_at": "2026-01-31T12:00:00", "end_at": NEVER},
            {"start_at": "is_date_time", "end_at": "invalid"},
        ),
    ],
)
def test_times_must_be_times(admin: Client, body: Any, fields: Any) -> None:
    assert admin.put(V3, body).fields() == fields


@pytest.mark.parametrize(
    ("start", "end", "fields"),
    [
        (24 * 8, 1, ["start_at"]),
        (24 * 9, 24 * 8, ["start_at", "end_at"]),
        (1, -1, ["end_at"]),
        (1, 2, ["end_at"]),
        (1, 1, ["end_at"]),
    ],
)
def test_both_must_be_within_a_week_and_in_order(
    admin: Client, start: float, end: float, fields: list[str]
) -> None:
    body = span(start, end)
    if start == end:
        body["end_at"] = body["start_at"]
    assert sorted(admin.put(V3, body).fields()) == sorted(fields)
    assert admin.put(V3, span(24 * 7 - 0.01, 0)).status == 202


def test_it_goes_to_the_destination_of_the_moment_and_fails_without_one(
    admin: Client,
    receiver: Receiver,
    connect: Callable[..., Any],
    past: list[str],
    deliver: Deliverer,
    run_jobs: Callable[[], None],
) -> None:
    with Receiver() as before:
        connect(before)
        admin.put(V3, span(1.5))
        connect(receiver)
        run_jobs()
        deliver()
        assert before.requests == []
    assert ids_in(receiver.taken) == event_ids(past[-3:])
    admin.patch("/v3/audit-log-webhook", {"enabled": False})
    admin.put(V3, span(1.5))
    run_jobs()
    assert admin.get(V3).json()["status"] == "failed"


def test_it_goes_on_after_a_kill_where_it_was(
    admin: Client,
    receiver: Receiver,
    connect: Callable[..., Any],
    past: list[str],
    deliver: Deliverer,
    run_jobs: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connect(receiver)
    admin.put(V3, span(7))
    send, sent = queue.send, []

    def killed_at_the_third(messages: Any) -> None:
        found = list(messages)
        sent.append(found)
        if len(sent) == 3:
            raise KeyboardInterrupt
        send(found)

    monkeypatch.setattr(queue, "send", killed_at_the_third)
    with pytest.raises(KeyboardInterrupt):
        run_jobs()
    monkeypatch.setattr(queue, "send", send)
    looked: list[str] = []
    objects = store.objects
    monkeypatch.setattr(store, "objects", lambda hour: looked.append(hour) or objects(hour))  # type: ignore[func-returns-value]
    run_jobs()
    deliver()
    assert sorted(set(ids_in(receiver.taken))) == sorted(event_ids(past))
    assert len(looked) == 4, "the two hours that were handed over are not looked at again"
    assert admin.get(V3).json()["status"] == "completed"


def test_it_fails_where_the_destination_does_not_take_it(
    admin: Client,
    receiver: Receiver,
    connect: Callable[..., Any],
    past: list[str],
    deliver: Deliverer,
    run_jobs: Callable[[], None],
) -> None:
    connect(receiver)
    receiver.behave(Reply(500))
    admin.put(V3, span(7))
    run_jobs()
    for _ in range(6):
        assert admin.get(V3).json()["status"] == "running"
        deliver()
        deliver.come_again()
    assert admin.get(V3).json()["status"] == "failed"
    receiver.behave(Reply())
    deliver()
    assert receiver.taken == [], "what is left of it is not sent any more"


def test_what_happens_now_does_not_wait_for_a_replay(
    admin: Client,
    receiver: Receiver,
    connect: Callable[..., Any],
    past: list[str],
    forward: Forward,
    deliver: Deliverer,
    run_jobs: Callable[[], None],
) -> None:
    connect(receiver)
    admin.put(V3, span(7))
    run_jobs()
    receiver.behave(lambda request: Reply(500 if "trace-1" in request.text else 200))
    now = forward(make_lines(1))
    deliver()
    assert set(ids_in(receiver.taken)) & set(event_ids(now))


def test_a_portals_replay_sends_its_logins_alone(
    admin: Client,
    receiver: Receiver,
    connect: Callable[..., Any],
    portal: Any,
    past: list[str],
    forward: Forward,
    deliver: Deliverer,
    run_jobs: Callable[[], None],
) -> None:
    logins = [["authentication", "basic", "success", "dev"], ["access"]]
    lines = forward(make_lines(2, start=ago(2), portal_id=portal["id"], parts=logins))
    forward(make_lines(2, start=ago(2), portal_id="another", parts=logins))
    connect(receiver, portal=portal)
    path = f"/v3/portals/{portal['id']}/audit-log-replay-job"
    assert admin.put(path, span(3)).status == 202
    run_jobs()
    deliver()
    assert ids_in(receiver.taken) == event_ids(lines)[::2]
    assert admin.get(path).json()["status"] == "completed"


def test_a_replay_of_a_portal_that_is_deleted_meanwhile_ends_quietly(
    admin: Client,
    receiver: Receiver,
    connect: Callable[..., Any],
    portal: Any,
    past: list[str],
    deliver: Deliverer,
    run_jobs: Callable[[], None],
) -> None:
    connect(receiver, portal=portal)
    admin.put(f"/v3/portals/{portal['id']}/audit-log-replay-job", span(3))
    admin.delete(f"/v3/portals/{portal['id']}")
    run_jobs()
    deliver()
    assert receiver.requests == []
    assert admin.put(f"/v3/portals/{portal['id']}/audit-log-replay-job", span(3)).status == 404


def test_the_tag_of_none_yet_holds_for_the_first_one(admin: Client, portal: Any) -> None:
    path = f"/v3/portals/{portal['id']}/audit-log-replay-job"
    tag = admin.get(path).headers["etag"]
    assert admin.put(path, span(2), headers={"If-Match": tag}).status == 202
    assert admin.put(path, span(2), headers={"If-Match": tag}).status == 409
