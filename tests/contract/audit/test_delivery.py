"""From log line to receiver: what arrives, and that nothing is lost whatever a receiver or a process does."""

from __future__ import annotations

import base64
import gzip
import json
import ssl
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import app
from chalicelib import clock
from chalicelib.audit import deliverer, entries, forwarder, outbound, queue
from chalicelib.settings import settings
from infra.local import events
from tests.client import Client
from tests.contract.audit.conftest import Deliverer, event_ids, ids_in, log_batch, make_lines
from tests.contract.audit.receivers import Elastic, Received, Receiver, Reply, self_signed, splunk
from tests.local.waiting import until

DAY_MS = 86_400_000
Connect = Callable[..., Any]
Forward = Callable[..., list[str]]


@pytest.fixture
def status(admin: Client) -> Callable[[], Any]:
    return lambda: admin.get("/v3/audit-log-webhook/status").json()


# what arrives


def test_a_change_arrives_gzipped_signed_and_with_the_secret(
    admin: Client,
    receiver: Receiver,
    connect: Connect,
    audit_lines: Callable[[], list[str]],
    forward: Forward,
    deliver: Deliverer,
) -> None:
    connect(receiver, "/in?a=b", authorization="Token abc", log_format="cef")
    audit_lines()
    portal = admin.made("/v3/portals", {"name": "told"}, headers={"User-Agent": "a|b=c"})
    forward()
    assert deliver() == 1
    (request,) = receiver.requests
    assert request.path == "/in?a=b"
    assert request.headers["authorization"] == "Token abc"
    assert request.headers["content-encoding"] == "gzip"
    assert request.headers["content-type"].startswith("text/plain")
    login, access = request.lines
    assert "|AUTHENTICATION_TYPE_PAT|AUTHENTICATION_OUTCOME_SUCCESS|0|" in login
    assert "|Ingress|1|" in access
    assert r"user_agent=a|b\=c " in access
    assert "told" not in request.text
    assert portal["id"] not in login


def test_events_of_a_batch_come_in_order_of_time(
    receiver: Receiver, connect: Connect, forward: Forward, deliver: Deliverer
) -> None:
    connect(receiver)
    lines = make_lines(50)
    forward([*lines[25:], *lines[:25]])
    deliver()
    assert ids_in(receiver.taken) == event_ids(lines)


def test_lines_of_a_log_that_are_no_events_are_passed_over(
    receiver: Receiver, connect: Connect, forward: Forward, deliver: Deliverer
) -> None:
    connect(receiver)
    (line,) = make_lines(1)
    forward(
        ["START RequestId", '{"message":"request"}', '{"audit":{"old":1}}', '{"audit":', line, " " + line]
    )
    deliver()
    assert ids_in(receiver.taken) == event_ids([line])


def test_a_line_of_a_later_release_fails_the_batch_until_that_is_here_and_the_others_arrive(
    receiver: Receiver,
    connect: Connect,
    forward: Forward,
    deliver: Deliverer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connect(receiver)
    now, later = make_lines(1), make_lines(1, v=2)
    with pytest.raises(forwarder.TooNew):
        forward([*later, *now])
    deliver()
    assert ids_in(receiver.taken) == event_ids(now)
    monkeypatch.setattr(forwarder, "VERSION", 2)
    monkeypatch.setattr(entries, "VERSION", 2)
    forward(later)
    deliver()
    assert set(ids_in(receiver.taken)) == {*event_ids(now), *event_ids(later)}


def test_a_portals_receiver_gets_its_logins_and_the_organisations_gets_all(
    admin: Client,
    receiver: Receiver,
    connect: Connect,
    make_portal: Callable[..., Any],
    visitor: Callable[[Any], Client],
    audit_lines: Callable[[], list[str]],
    forward: Forward,
    deliver: Deliverer,
) -> None:
    one, other = make_portal(), make_portal()
    with Receiver() as portals:
        connect(receiver)
        connect(portals, portal=one)
        audit_lines()
        for portal in (one, other):
            visitor(portal).get("/api/v3/apis", headers={"Cookie": "portalaccesstoken=ended"})
        admin.patch(f"/v3/portals/{one['id']}", {"description": "changed"})
        forward()
        deliver()
        (login,) = [json.loads(line) for line in portals.taken]
        assert login["portal_id"] == one["id"]
        assert login["event_product"] == "Dev-Portal"
        assert login["name"] == "AUTHENTICATION_OUTCOME_TOKEN_EXPIRED"
        assert login["success"] is False
    found = [json.loads(line) for line in receiver.taken]
    assert [event.get("portal_id") for event in found] == [one["id"], other["id"], None, None]
    assert [event["name"] for event in found][-1] == "Ingress"


def test_many_events_are_several_requests(
    receiver: Receiver, connect: Connect, forward: Forward, deliver: Deliverer
) -> None:
    connect(receiver)
    lines = forward(make_lines(1200))
    deliver()
    assert [len(request.lines) for request in receiver.requests] == [500, 500, 200]
    assert ids_in(receiver.taken) == event_ids(lines)


def test_a_disabled_webhook_is_sent_nothing_and_another_destination_gets_what_waits(
    admin: Client, receiver: Receiver, connect: Connect, forward: Forward, deliver: Deliverer
) -> None:
    with Receiver() as before:
        connect(before)
        lines = forward(make_lines(3))
        connect(receiver)
        deliver()
        assert before.requests == []
        assert ids_in(receiver.taken) == event_ids(lines)
        forward(make_lines(3))
        admin.patch("/v3/audit-log-webhook", {"enabled": False})
        forward(make_lines(3))
        deliver()
        assert len(receiver.requests) == 1


def test_the_content_coding_can_be_written_as_receivers_made_for_it_expect(
    receiver: Receiver,
    connect: Connect,
    forward: Forward,
    deliver: Deliverer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connect(receiver)
    monkeypatch.setenv("PORTICO_AUDIT_CONTENT_ENCODING", "application/gzip")
    settings.cache_clear()
    try:
        forward(make_lines(1))
        deliver()
    finally:
        monkeypatch.undo()
        settings.cache_clear()
    assert receiver.requests[0].headers["content-encoding"] == "application/gzip"


# receivers that fail


def test_a_5xx_is_tried_four_more_times_with_growing_waits(
    receiver: Receiver, connect: Connect, forward: Forward, deliver: Deliverer, status: Callable[[], Any]
) -> None:
    connect(receiver)
    assert status() == {"webhook_status": "active", "webhook_enabled": True}
    receiver.behave(Reply(500, "went wrong"))
    lines = forward(make_lines(2))
    deliver()
    assert len(receiver.requests) == 5
    assert deliver.waited == [1, 2, 4, 8]
    assert deliver.hidden == [10]
    found = status()
    assert (found["webhook_status"], found["webhook_enabled"]) == ("inactive", True)
    assert (found["last_response_code"], found["last_response_message"]) == (500, "went wrong")

    receiver.behave(Reply(200, "fine"))
    deliver.come_again()
    deliver()
    assert ids_in(receiver.taken) == event_ids(lines)
    found = status()
    assert (found["webhook_status"], found["last_response_code"]) == ("active", 200)
    assert abs(clock.parse(found["last_attempt_at"]) - clock.now_ms()) < 60_000


def test_a_receiver_that_recovers_between_tries_gets_everything_once(
    receiver: Receiver, connect: Connect, forward: Forward, deliver: Deliverer
) -> None:
    connect(receiver)
    receiver.then(Reply(503), Reply(close=True), Reply(half=True))
    lines = forward(make_lines(3))
    deliver()
    assert ids_in(receiver.taken) == event_ids(lines)
    assert deliver.waited == [1, 2, 4]


def test_retry_after_is_waited_for(
    receiver: Receiver, connect: Connect, forward: Forward, deliver: Deliverer
) -> None:
    connect(receiver)
    receiver.then(Reply(429, headers={"Retry-After": "7"}))
    lines = forward(make_lines(1))
    deliver()
    assert deliver.waited == [7]
    assert ids_in(receiver.taken) == event_ids(lines)


def test_a_long_retry_after_is_waited_for_outside(
    receiver: Receiver, connect: Connect, forward: Forward, deliver: Deliverer
) -> None:
    connect(receiver)
    receiver.then(Reply(429, headers={"Retry-After": "600"}))
    lines = forward(make_lines(1))
    deliver()
    assert (len(receiver.requests), deliver.waited, deliver.hidden) == (1, [], [600])
    deliver.come_again()
    deliver()
    assert ids_in(receiver.taken) == event_ids(lines)


@pytest.mark.parametrize("code", [301, 302, 307, 401, 403, 404, 405])
def test_what_waiting_cannot_mend_is_not_tried_again_at_once_and_not_given_up(
    receiver: Receiver,
    connect: Connect,
    forward: Forward,
    deliver: Deliverer,
    dead_letters: Callable[[], list[Any]],
    code: int,
) -> None:
    connect(receiver)
    with Receiver() as elsewhere:
        receiver.behave(Reply(code, headers={"Location": elsewhere.url()}))
        lines = forward(make_lines(2))
        deliver()
        assert elsewhere.requests == [], "a redirect is not followed: the secret would go along"
    assert len(receiver.requests) == 1
    receiver.behave(Reply())
    deliver.come_again()
    deliver()
    assert ids_in(receiver.taken) == event_ids(lines)
    assert dead_letters() == []


def test_a_destination_that_is_down_for_a_day_gets_everything_when_it_is_back(
    receiver: Receiver,
    connect: Connect,
    forward: Forward,
    deliver: Deliverer,
    dead_letters: Callable[[], list[Any]],
) -> None:
    connect(receiver)
    receiver.behave(Reply(close=True))
    lines: list[str] = []
    try:
        for hour in range(0, 24, 4):
            clock.travel(hour * 3_600_000)
            lines += forward(make_lines(2))
            deliver.come_again()
            deliver()
        assert receiver.taken == []
        clock.travel(DAY_MS)
        receiver.behave(Reply())
        deliver.come_again()
        deliver()
    finally:
        clock.travel(0)
    assert sorted(set(ids_in(receiver.taken))) == sorted(event_ids(lines))
    assert max(deliver.hidden) <= 300, "it is back, and knows within five minutes"
    assert dead_letters() == []


def test_one_bad_event_is_found_and_the_others_arrive(
    receiver: Receiver,
    connect: Connect,
    forward: Forward,
    deliver: Deliverer,
    dead_letters: Callable[[], list[Any]],
) -> None:
    made = connect(receiver)
    lines = make_lines(100)
    bad = event_ids(lines)[63]

    def refuse(request: Received) -> Reply:
        return Reply(400, "unparsable") if bad in request.text else Reply()

    receiver.behave(refuse)
    forward(lines)
    deliver()
    assert sorted(ids_in(receiver.taken)) == sorted(set(event_ids(lines)) - {bad})
    (letter,) = dead_letters()
    assert letter["destination"] == made["id"]
    assert [entry["id"] for entry in letter["entries"]] == [bad]
    assert "unparsable" in letter["reason"]


def test_a_dead_letter_that_is_sent_back_is_delivered(
    receiver: Receiver,
    connect: Connect,
    forward: Forward,
    deliver: Deliverer,
    dead_letters: Callable[[], list[Any]],
) -> None:
    connect(receiver)
    receiver.behave(lambda request: Reply(400 if "trace-1" in request.text else 200))
    lines = forward(make_lines(3))
    deliver()
    receiver.behave(Reply())
    queue.send(dead_letters())
    deliver()
    assert sorted(ids_in(receiver.taken)) == sorted(event_ids(lines))


def test_a_destination_that_refuses_everything_loses_nothing(
    receiver: Receiver,
    connect: Connect,
    forward: Forward,
    deliver: Deliverer,
    dead_letters: Callable[[], list[Any]],
) -> None:
    connect(receiver)
    receiver.behave(Reply(400, "no"))
    lines = forward(make_lines(300))
    deliver()
    assert len(receiver.requests) < 40
    assert dead_letters() == []
    receiver.behave(Reply())
    deliver.come_again()
    deliver()
    assert ids_in(receiver.taken) == event_ids(lines)


def test_a_single_event_that_is_refused_waits_until_others_show_whether_it_is_to_blame(
    receiver: Receiver,
    connect: Connect,
    forward: Forward,
    deliver: Deliverer,
    dead_letters: Callable[[], list[Any]],
) -> None:
    connect(receiver)
    (bad,) = lines = make_lines(1)
    bad_id = event_ids(lines)[0]
    receiver.behave(lambda request: Reply(422 if bad_id in request.text else 200))
    forward([bad])
    deliver()
    assert dead_letters() == []
    more = forward(make_lines(2))
    deliver.come_again()
    deliver()
    assert ids_in(receiver.taken) == event_ids(more)
    assert [letter["entries"][0]["id"] for letter in dead_letters()] == [bad_id]


def test_a_slow_receiver_is_left_at_a_deadline(
    receiver: Receiver,
    connect: Connect,
    forward: Forward,
    deliver: Deliverer,
    status: Callable[[], Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(outbound, "TOTAL_SECONDS", 0.3)
    connect(receiver)
    receiver.then(*[Reply(seconds=0.6, close=True)] * 5)
    lines = forward(make_lines(1))
    deliver()
    assert "no answer" in status()["last_response_message"]
    assert "last_response_code" not in status()
    deliver.come_again()
    deliver()
    assert ids_in(receiver.taken) == event_ids(lines)


def test_a_slow_destination_holds_up_nobody(
    receiver: Receiver,
    connect: Connect,
    portal: Any,
    forward: Forward,
    bucket: str,
    aws: Callable[[str], Any],
) -> None:
    """Both are in one batch of the queue; the quick one's message is gone while the slow one still takes."""
    entered, leave, checked = threading.Event(), threading.Event(), threading.Event()
    with Receiver() as slow:
        connect(receiver)
        connect(slow, portal=portal)

        def wait(request: Received) -> Reply:
            entered.set()
            leave.wait(10)
            return Reply()

        slow.behave(wait)
        more = {"portal_id": portal["id"], "parts": [["authentication", "basic", "success", "dev"]]}
        lines = forward(make_lines(2, **more))
        sqs, url = aws("sqs"), settings().audit_queue_url
        messages = sqs.receive_message(
            QueueUrl=url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["All"]
        )["Messages"]
        assert len(messages) == 2
        batch = events.sqs(messages, "arn", "us-east-1")

        def work() -> None:
            deliverer.handle(batch)
            checked.set()

        working = threading.Thread(target=work)
        working.start()
        try:
            assert entered.wait(10)

            def left() -> int:
                names = ["ApproximateNumberOfMessagesNotVisible"]
                found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
                return int(found[names[0]])

            until(lambda: left() == 1, "the quick one's message to be gone")
            assert ids_in(receiver.taken) == event_ids(lines)
            assert not checked.is_set()
        finally:
            leave.set()
            working.join(10)
    assert ids_in(slow.taken) == event_ids(lines)


def test_a_certificate_that_is_not_good_is_refused_unless_that_is_switched_off(
    admin: Client,
    connect: Connect,
    forward: Forward,
    deliver: Deliverer,
    status: Callable[[], Any],
    tmp_path: Path,
) -> None:
    with Receiver(self_signed(tmp_path)) as receiver:
        made = connect(receiver)
        lines = forward(make_lines(1))
        deliver()
        assert receiver.requests == [], "not even the secret is sent"
        assert "certificate" in status()["last_response_message"]
        body = {"skip_ssl_verification": True}
        assert admin.patch(f"/v3/audit-log-destinations/{made['id']}", body).status == 200
        deliver.come_again()
        deliver()
        assert ids_in(receiver.taken) == event_ids(lines)


def test_a_good_certificate_is_taken_and_one_of_another_name_is_not(
    connect: Connect,
    forward: Forward,
    deliver: Deliverer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    good, other = self_signed(tmp_path), self_signed(tmp_path, "elsewhere.localhost")
    trusted = tmp_path / "trusted.pem"
    trusted.write_bytes(good.read_bytes() + other.read_bytes())
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    assert ssl.create_default_context().get_ca_certs()
    with Receiver(other) as wrong:
        connect(wrong)
        lines = forward(make_lines(1))
        deliver()
        assert wrong.requests == []
    with Receiver(good) as right:
        connect(right)
        deliver.come_again()
        deliver()
        assert ids_in(right.taken) == event_ids(lines)


def test_a_secret_that_a_receiver_repeats_is_not_shown(
    receiver: Receiver, connect: Connect, forward: Forward, deliver: Deliverer, status: Callable[[], Any]
) -> None:
    connect(receiver, authorization="Bearer abc123xyz")
    receiver.behave(Reply(401, "you sent Bearer abc123xyz, abc123xyz is wrong"))
    forward(make_lines(1))
    deliver()
    assert "abc123xyz" not in status()["last_response_message"]


# addresses


@pytest.mark.parametrize(
    "address", ["10.1.2.3", "169.254.169.254", "fd00::1", "::ffff:192.168.0.1", "0.0.0.0"]
)
def test_a_name_that_points_inside_is_not_connected_to(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the name resolves to is what counts: the look-up is answered as such a name's owner would."""
    family = 10 if ":" in address else 2
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: [(family, 1, 6, "", (address, 443))])
    connected: list[Any] = []
    monkeypatch.setattr("socket.create_connection", lambda *given: connected.append(given))
    reply = outbound.post("https://siem.example.com/", {}, b"")
    assert reply.status is None
    assert "no public address" in reply.error
    assert connected == []


def test_loopback_is_not_connected_to_on_aws(monkeypatch: pytest.MonkeyPatch, receiver: Receiver) -> None:
    assert outbound.post(receiver.url(), {}, b"x").status == 200
    monkeypatch.setattr(outbound, "local", lambda: False)
    assert outbound.post(receiver.url(), {}, b"x").status is None
    assert outbound.post(receiver.url().replace("localhost", "127.0.0.1"), {}, b"x").status is None
    assert len(receiver.requests) == 1


def test_the_address_that_was_checked_is_the_one_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that points outside when it is checked and inside a moment later."""
    answers = iter(["93.184.216.34", "10.0.0.1"])
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: [(2, 1, 6, "", (next(answers), 443))])
    asked: list[str] = []

    def connection(address: tuple[str, int], *_: Any) -> Any:
        asked.append(address[0])
        raise OSError

    monkeypatch.setattr("socket.create_connection", connection)
    outbound.post("https://rebinding.example.com/", {}, b"")
    assert asked == ["93.184.216.34"]


def test_an_endless_answer_is_not_read_to_its_end(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbound, "ANSWER_LIMIT", 1000)
    receiver.behave(Reply(200, "x" * 100_000))
    reply = outbound.post(receiver.url(), {}, b"x")
    assert (reply.status, len(reply.body)) == (200, 1000)


# processes that end


def test_a_forwarder_that_is_killed_in_the_middle_is_made_up_for_by_the_next(
    receiver: Receiver,
    connect: Connect,
    forward: Forward,
    deliver: Deliverer,
    monkeypatch: pytest.MonkeyPatch,
    aws: Callable[[str], Any],
    bucket: str,
) -> None:
    connect(receiver)
    lines = make_lines(20)
    send = queue.send

    def killed(messages: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(queue, "send", killed)
    with pytest.raises(KeyboardInterrupt):
        forward(lines)
    monkeypatch.setattr(queue, "send", send)
    forward(lines)
    forward(lines)
    deliver()
    assert ids_in(receiver.taken) == event_ids(lines), "a batch that comes twice counts once"


def test_a_batch_that_failed_three_times_comes_back_by_the_retry_queue(
    receiver: Receiver, connect: Connect, deliver: Deliverer
) -> None:
    connect(receiver)
    lines = make_lines(3)
    failed = {"version": "1.0", "requestContext": {}, "requestPayload": log_batch(lines)}
    app.audit_forwarder({"Records": [{"messageId": "1", "body": json.dumps(failed)}]}, None)
    deliver()
    assert ids_in(receiver.taken) == event_ids(lines)


def test_a_control_message_of_cloudwatch_is_nothing(bucket: str) -> None:
    batch = {"messageType": "CONTROL_MESSAGE", "logEvents": [{"id": "", "message": "CWL CONTROL MESSAGE"}]}
    data = base64.b64encode(gzip.compress(json.dumps(batch).encode())).decode()
    app.audit_forwarder({"awslogs": {"data": data}}, None)


def test_a_deliverer_that_is_killed_after_sending_sends_again_with_the_same_ids(
    receiver: Receiver,
    connect: Connect,
    forward: Forward,
    deliver: Deliverer,
    monkeypatch: pytest.MonkeyPatch,
    aws: Callable[[str], Any],
) -> None:
    connect(receiver)
    lines = forward(make_lines(5))

    def killed(*_: Any, **__: Any) -> None:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr("chalicelib.audit.attempts.note", killed)
        messages = aws("sqs").receive_message(
            QueueUrl=settings().audit_queue_url, MessageSystemAttributeNames=["All"], VisibilityTimeout=0
        )["Messages"]
        with pytest.raises(SystemExit):
            deliverer.handle(events.sqs(messages, "arn", "us-east-1"))
    deliver()
    assert ids_in(receiver.taken) == event_ids(lines) * 2


def test_where_its_own_time_runs_out_the_rest_comes_again_at_once(
    receiver: Receiver,
    connect: Connect,
    forward: Forward,
    deliver: Deliverer,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    connect(receiver)
    lines = forward(make_lines(2))
    over = iter([True, True])
    monkeypatch.setattr(deliverer._Group, "_over", lambda group: next(over, False))
    deliver()
    assert deliver.hidden == [0]
    assert ids_in(receiver.taken) == event_ids(lines)


def test_a_message_that_is_none_of_ours_holds_up_no_other(
    receiver: Receiver, connect: Connect, forward: Forward, deliver: Deliverer, aws: Callable[[str], Any]
) -> None:
    connect(receiver)
    for number, body in enumerate(["no JSON", "[]", '{"scope":1,"destination":2}']):
        aws("sqs").send_message(
            QueueUrl=settings().audit_queue_url,
            MessageBody=body,
            MessageGroupId=f"strange-{number}",
            MessageDeduplicationId=str(number),
        )
    lines = forward(make_lines(2))
    deliver()
    assert ids_in(receiver.taken) == event_ids(lines)


# shapes


def test_splunk_gets_events_of_its_own_form_and_says_which_it_cannot_take(
    admin: Client,
    receiver: Receiver,
    connect: Connect,
    forward: Forward,
    deliver: Deliverer,
    dead_letters: Callable[[], list[Any]],
    status: Callable[[], Any],
) -> None:
    connect(receiver, "/services/collector/event", shape="splunk", authorization="wrong")
    receiver.behave(splunk("a-token"))
    lines = forward(make_lines(3))
    deliver()
    assert status()["last_response_code"] == 403
    assert "Invalid token" in status()["last_response_message"]
    connect(receiver, "/services/collector/event", shape="splunk", authorization="a-token")
    deliver.come_again()
    deliver()
    first = json.loads(receiver.taken[0])
    assert first["event"]["event_id"] == event_ids(lines)[0]
    assert first["time"] == first["event"]["rt"] / 1000
    assert first["sourcetype"] == "portico:audit:json"
    assert [json.loads(line)["event"]["event_id"] for line in receiver.taken] == event_ids(lines)

    bad = event_ids(more := make_lines(4))[1]
    taken = splunk("a-token")

    def refuse(request: Received) -> Reply:
        found = [json.loads(line)["event"]["event_id"] for line in request.lines]
        if bad in found:
            text = {"text": "Invalid data format", "code": 6, "invalid-event-number": found.index(bad)}
            return Reply(400, json.dumps(text))
        return taken(request)

    receiver.behave(refuse)
    forward(more)
    deliver()
    assert [letter["entries"][0]["id"] for letter in dead_letters()] == [bad]
    arrived = {json.loads(line)["event"]["event_id"] for line in receiver.taken}
    assert arrived >= set(event_ids(more)) - {bad}
    assert deliver.waited == []


def test_splunk_with_acknowledgement_is_asked_until_it_has_indexed(
    receiver: Receiver, connect: Connect, forward: Forward, deliver: Deliverer
) -> None:
    made = connect(receiver, "/services/collector/event", shape="splunk", authorization="Splunk t")
    receiver.behave(splunk("t", acknowledge=True))
    forward(make_lines(2))
    deliver()
    paths = [request.path for request in receiver.requests]
    ack = f"/services/collector/ack?channel={made['id']}"
    assert paths == ["/services/collector/event", ack, ack]
    assert receiver.requests[0].headers["x-splunk-request-channel"] == made["id"]
    assert deliver.hidden == []


def test_splunk_that_never_acknowledges_gets_it_again(
    receiver: Receiver, connect: Connect, forward: Forward, deliver: Deliverer
) -> None:
    connect(receiver, "/services/collector", shape="splunk", authorization="t")
    receiver.behave(lambda request: Reply(200, '{"text":"Success","code":0,"ackId":7,"acks":{"7":false}}'))
    forward(make_lines(1))
    deliver()
    assert deliver.hidden == [10]
    assert sum(request.path == "/services/collector" for request in receiver.requests) == 5


def test_splunk_that_is_busy_is_waited_for(
    receiver: Receiver, connect: Connect, forward: Forward, deliver: Deliverer
) -> None:
    connect(receiver, shape="splunk", authorization="t")
    receiver.behave(splunk("t"))
    receiver.then(Reply(503, '{"text":"Server is busy","code":9}'))
    lines = forward(make_lines(2))
    deliver()
    assert deliver.waited == [1]
    assert [json.loads(line)["event"]["event_id"] for line in receiver.taken] == event_ids(lines)


def test_splunk_gets_cef_as_text(
    receiver: Receiver, connect: Connect, forward: Forward, deliver: Deliverer
) -> None:
    connect(receiver, shape="splunk", authorization="t", log_format="cef")
    receiver.behave(splunk("t"))
    forward(make_lines(1))
    deliver()
    assert "CEF:0|Portico|" in json.loads(receiver.taken[0])["event"]


def test_datadog_gets_an_array_and_its_key(
    receiver: Receiver, connect: Connect, forward: Forward, deliver: Deliverer
) -> None:
    connect(receiver, "/api/v2/logs", shape="datadog", authorization="a-key")
    receiver.behave(Reply(202, "{}"))
    lines = forward(make_lines(3))
    deliver()
    (request,) = receiver.requests
    assert request.headers["dd-api-key"] == "a-key"
    assert "authorization" not in request.headers
    found = json.loads(request.text)
    assert [json.loads(one["message"])["event_id"] for one in found] == event_ids(lines)
    assert {one["ddsource"] for one in found} == {"portico"}


def test_sumo_gets_lines_and_no_secret_beside_the_url(
    receiver: Receiver, connect: Connect, forward: Forward, deliver: Deliverer
) -> None:
    connect(receiver, "/receiver/v1/http/abc", shape="sumo", authorization="unused")
    lines = forward(make_lines(2))
    deliver()
    (request,) = receiver.requests
    assert "unused" not in str(request.headers)
    assert request.headers["x-sumo-category"] == "portico/audit"
    assert ids_in(request.lines) == event_ids(lines)


def test_a_header_of_another_name_carries_the_secret_as_it_is(
    admin: Client, receiver: Receiver, connect: Connect, forward: Forward, deliver: Deliverer
) -> None:
    made = connect(receiver, shape="splunk", authorization="a-token")
    admin.patch(f"/portico/v1/audit-destinations/{made['id']}", {"header_name": "X-Key"})
    forward(make_lines(1))
    deliver()
    assert receiver.requests[0].headers["x-key"] == "a-token"
    assert "authorization" not in receiver.requests[0].headers


def test_elastic_takes_items_one_by_one(
    receiver: Receiver,
    connect: Connect,
    forward: Forward,
    deliver: Deliverer,
    dead_letters: Callable[[], list[Any]],
) -> None:
    connect(receiver, "/portico-audit/_bulk", shape="elastic", authorization="a-key")
    elastic = Elastic()
    receiver.behave(elastic)
    lines = make_lines(6)
    names = event_ids(lines)
    busy = {names[1], names[2]}

    def refuse(document: Any) -> int | None:
        name = document["event"]["id"]
        if name in busy:
            busy.discard(name)
            return 429
        return 400 if name == names[4] else None

    elastic.refuse = refuse
    forward(lines)
    deliver()
    assert sorted(elastic.documents) == sorted(set(names) - {names[4]})
    assert [letter["entries"][0]["id"] for letter in dead_letters()] == [names[4]]
    first, second = receiver.requests
    assert len(first.lines) == 12
    assert [json.loads(line)["create"]["_id"] for line in second.lines[::2]] == names[1:3]
    assert first.headers["authorization"] == "ApiKey a-key"
    assert first.headers["content-type"] == "application/x-ndjson"
    document = elastic.documents[names[0]]
    assert document["@timestamp"] == clock.rfc3339(document["rt"])
    assert json.loads(document["event"]["original"])["event_id"] == names[0]


def test_elastic_counts_what_it_holds_already_as_taken(
    receiver: Receiver, connect: Connect, forward: Forward, deliver: Deliverer
) -> None:
    connect(receiver, "/_bulk", shape="elastic", authorization="a-key")
    elastic = Elastic()
    receiver.behave(lambda request: (elastic(request), Reply(close=True))[1])
    lines = forward(make_lines(3))
    deliver()
    assert len(receiver.requests) == 5
    receiver.behave(elastic)
    deliver.come_again()
    assert deliver() == 1
    assert sorted(elastic.documents) == sorted(event_ids(lines))
    assert len(deliver.hidden) == 1


def test_elastic_that_refuses_all_items_loses_nothing(
    receiver: Receiver,
    connect: Connect,
    forward: Forward,
    deliver: Deliverer,
    dead_letters: Callable[[], list[Any]],
) -> None:
    connect(receiver, "/_bulk", shape="elastic", authorization="a-key")
    elastic = Elastic()
    receiver.behave(elastic)
    lines = forward(make_lines(3))
    for refusal in (400, 403):
        elastic.refuse = lambda document, refusal=refusal: refusal  # type: ignore[misc]
        deliver()
        deliver.come_again()
        assert dead_letters() == []
    elastic.refuse = lambda document: None
    deliver()
    assert sorted(elastic.documents) == sorted(event_ids(lines))
