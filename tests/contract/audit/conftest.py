"""What the tests of audit logs stand on: a bucket of their own, and the way from a line to a receiver."""

from __future__ import annotations

import base64
import gzip
import json
import os
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from infra.local.worker import Worker
from tests.client import Client
from tests.contract.audit.receivers import Receiver


@pytest.fixture(scope="module")
def bucket(table: str, aws: Callable[[str], Any]) -> Iterator[str]:
    """An empty bucket, in which nobody else's events are."""
    from chalicelib.settings import settings

    name, before = f"audit-{uuid.uuid4().hex[:12]}", os.environ["PORTICO_BUCKET"]
    aws("s3").create_bucket(Bucket=name)
    os.environ["PORTICO_BUCKET"] = name
    settings.cache_clear()
    yield name
    os.environ["PORTICO_BUCKET"] = before
    settings.cache_clear()


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as running:
        yield running


@pytest.fixture
def make_destination(admin: Client, bucket: str) -> Callable[..., Any]:
    """Makes a destination at a receiver; keywords are members of the request."""

    def make(receiver: Receiver, path: str = "/", **members: Any) -> Any:
        shape = members.pop("shape", None)
        body = {
            "name": "a receiver",
            "endpoint": receiver.url(path),
            "authorization": "Bearer s3cret",
            "log_format": "json",
            **members,
        }
        made = admin.made("/v3/audit-log-destinations", body)
        if shape:
            reply = admin.patch(f"/portico/v1/audit-destinations/{made['id']}", {"shape": shape})
            assert reply.status == 200, reply.text
        return made

    return make


@pytest.fixture
def connect(admin: Client, make_destination: Callable[..., Any]) -> Iterator[Callable[..., Any]]:
    """Sends the organisation's events, or a portal's logins, to a receiver."""
    connected: list[str] = []

    def point(receiver: Receiver, path: str = "/", portal: Any = None, **members: Any) -> Any:
        made = make_destination(receiver, path, **members)
        webhook = f"/v3/portals/{portal['id']}/audit-log-webhook" if portal else "/v3/audit-log-webhook"
        body = {"audit_log_destination_id": made["id"], "enabled": True}
        reply = admin.patch(webhook, body)
        assert reply.status == 200, reply.text
        connected.append(webhook)
        return made

    yield point
    for webhook in connected:
        admin.delete(webhook)


def log_batch(lines: list[str]) -> dict[str, Any]:
    """The event with which a subscription hands over lines of a log group."""
    batch = {
        "messageType": "DATA_MESSAGE",
        "owner": "000000000000",
        "logGroup": "/aws/lambda/portico-test",
        "logStream": "a-stream",
        "subscriptionFilters": ["audit"],
        "logEvents": [
            {"id": str(number), "timestamp": 1_700_000_000_000, "message": line}
            for number, line in enumerate(lines)
        ],
    }
    packed = gzip.compress(json.dumps(batch).encode())
    return {"awslogs": {"data": base64.b64encode(packed).decode()}}


@pytest.fixture
def audit_lines(capsys: pytest.CaptureFixture[str]) -> Callable[[], list[str]]:
    """The audit lines that have been written since they were asked for last."""

    def take() -> list[str]:
        return [line for line in capsys.readouterr().out.splitlines() if line.startswith('{"audit":')]

    return take


@pytest.fixture
def forward(bucket: str, audit_lines: Callable[[], list[str]]) -> Callable[..., list[str]]:
    """Hands what was written, or these lines, to the forwarder, as CloudWatch does."""
    import app

    def run(lines: list[str] | None = None) -> list[str]:
        found = audit_lines() if lines is None else lines
        app.audit_forwarder(log_batch(found), None)
        return found

    return run


class Deliverer:
    """Has what waits in the queue delivered, as Lambda does. Does not wait between retries: `waited` tells
    how long it would have. `hidden` tells how long each message was to stay out of sight."""

    def __init__(self, sqs: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        from chalicelib.settings import settings
        from chalicelib.storage import aws as product

        self.sqs = sqs
        self.queue_url = settings().audit_queue_url
        self.waited: list[float] = []
        self.hidden: list[int] = []
        self._receipts: list[str] = []
        client = product.client("sqs")
        change = client.change_message_visibility_batch

        def hide(**arguments: Any) -> Any:
            self.hidden += [entry["VisibilityTimeout"] for entry in arguments["Entries"]]
            self._receipts += [entry["ReceiptHandle"] for entry in arguments["Entries"]]
            return change(**arguments)

        monkeypatch.setattr(client, "change_message_visibility_batch", hide)

    def __call__(self) -> int:
        """Deliver until nothing is visible any more; how many messages there were."""
        from chalicelib.audit import deliverer

        worker = Worker(
            self.sqs,
            self.queue_url,
            lambda event, context: deliverer.handle(event, self.waited.append),
            poll_seconds=0,
        )
        total = 0
        while count := worker.once():
            total += count
        return total

    def come_again(self) -> None:
        """Bring back what is out of sight, as if its time had passed."""
        for receipt in self._receipts:
            self.sqs.change_message_visibility(
                QueueUrl=self.queue_url, ReceiptHandle=receipt, VisibilityTimeout=0
            )
        self._receipts = []


@pytest.fixture
def deliver(bucket: str, aws: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch) -> Deliverer:
    return Deliverer(aws("sqs"), monkeypatch)


@pytest.fixture(autouse=True)
def empty_queues(emulator: str, aws: Callable[[str], Any]) -> None:
    """Nothing of an earlier test is on its way."""
    from chalicelib.settings import settings

    for url in (settings().audit_queue_url, settings().audit_dead_letter_queue_url):
        aws("sqs").purge_queue(QueueUrl=url)


@pytest.fixture
def dead_letters(aws: Callable[[str], Any]) -> Callable[[], list[Any]]:
    """What has been given up."""
    from chalicelib.settings import settings

    def read() -> list[Any]:
        found: list[Any] = []
        while (
            messages := aws("sqs")
            .receive_message(QueueUrl=settings().audit_dead_letter_queue_url, MaxNumberOfMessages=10)
            .get("Messages")
        ):
            found += [json.loads(message["Body"]) for message in messages]
            for message in messages:
                aws("sqs").delete_message(
                    QueueUrl=settings().audit_dead_letter_queue_url, ReceiptHandle=message["ReceiptHandle"]
                )
        return found

    return read


def make_lines(count: int, *, start: int | None = None, **more: Any) -> list[str]:
    """So many audit lines of changes, a millisecond apart, as requests leave them."""
    from chalicelib import clock

    first = clock.now_ms() - count if start is None else start
    return [
        json.dumps(
            {
                "audit": {
                    "v": 1,
                    "id": str(uuid.uuid4()),
                    "ts": first + number,
                    "writer": "0badcafe",
                    "number": number + 1,
                    "portal_number": number + 1,
                    "portal_id": None,
                    "principal_id": "an-admin",
                    "operation": "update-portal",
                    "method": "PATCH",
                    "path": f"/v3/portals/{number}",
                    "query": "",
                    "status": 200,
                    "trace_id": f"trace-{number}",
                    "source_ip": "192.0.2.1",
                    "user_agent": "an agent",
                    "parts": [["access"]],
                    **more,
                }
            },
            separators=(",", ":"),
        )
        for number in range(count)
    ]


def event_ids(lines: list[str]) -> list[str]:
    """The ids of the events that these audit lines give."""
    found = [json.loads(line)["audit"] for line in lines]
    return [f"{line['id']}.{part}" for line in found for part in range(len(line["parts"]))]


def ids_in(lines: list[str]) -> list[str]:
    """The ids of events that a receiver has got as lines of JSON."""
    return [json.loads(line)["event_id"] for line in lines]
