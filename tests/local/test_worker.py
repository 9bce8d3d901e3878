"""The worker's loop against the emulator's queue."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from typing import Any

import pytest

from infra.local import stack
from infra.local.emulator_process import Emulator
from infra.local.worker import Worker


@pytest.fixture(scope="module")
def sqs() -> Iterator[Any]:
    with Emulator() as emulator:
        yield stack.client("sqs", emulator.url)


class Queue:
    """A queue whose messages come back at once, twice at most, then go to the dead-letter queue."""

    def __init__(self, sqs: Any, name: str, visibility: int = 0) -> None:
        self.sqs = sqs
        self.dead = sqs.create_queue(QueueName=f"{name}-dead")["QueueUrl"]
        dead_arn = sqs.get_queue_attributes(QueueUrl=self.dead, AttributeNames=["QueueArn"])["Attributes"]
        redrive = {"deadLetterTargetArn": dead_arn["QueueArn"], "maxReceiveCount": 2}
        self.url = sqs.create_queue(
            QueueName=name,
            Attributes={"VisibilityTimeout": str(visibility), "RedrivePolicy": json.dumps(redrive)},
        )["QueueUrl"]

    def send(self, *bodies: str) -> None:
        for body in bodies:
            self.sqs.send_message(
                QueueUrl=self.url,
                MessageBody=body,
                MessageAttributes={"kind": {"DataType": "String", "StringValue": "test"}},
            )

    def count(self) -> tuple[int, int]:
        """Messages that wait, and messages that are being worked on or have failed a moment ago."""
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = self.sqs.get_queue_attributes(QueueUrl=self.url, AttributeNames=names)["Attributes"]
        return int(found[names[0]]), int(found[names[1]])

    def given_up(self) -> list[str]:
        messages = self.sqs.receive_message(QueueUrl=self.dead, MaxNumberOfMessages=10).get("Messages", [])
        return sorted(message["Body"] for message in messages)


@pytest.fixture
def queue(sqs: Any, request: pytest.FixtureRequest) -> Queue:
    return Queue(sqs, f"q{abs(hash(request.node.name))}")


def test_a_batch_arrives_in_the_shape_of_sqs_and_is_deleted(sqs: Any, queue: Queue) -> None:
    batches: list[Any] = []
    queue.send("one", "two")
    worker = Worker(sqs, queue.url, lambda event, context: batches.append(event))
    assert worker.once() == 2
    records = batches[0]["Records"]
    assert sorted(record["body"] for record in records) == ["one", "two"]
    first = records[0]
    assert first["eventSource"] == "aws:sqs"
    assert first["eventSourceARN"].endswith(":" + queue.url.rpartition("/")[2])
    assert first["awsRegion"] == "us-east-1"
    assert first["attributes"]["ApproximateReceiveCount"] == "1"
    assert first["messageAttributes"]["kind"] == {
        "stringValue": "test",
        "dataType": "String",
        "stringListValues": [],
        "binaryListValues": [],
    }
    assert first["messageId"]
    assert first["receiptHandle"]
    assert queue.count() == (0, 0)


def test_what_failed_comes_again_and_is_given_up_after_the_redrive_policys_tries(
    sqs: Any, queue: Queue
) -> None:
    seen: list[str] = []

    def function(event: Any, context: Any) -> Any:
        seen.extend(record["body"] for record in event["Records"])
        failures = [record["messageId"] for record in event["Records"] if record["body"] == "bad"]
        return {"batchItemFailures": [{"itemIdentifier": identifier} for identifier in failures]}

    queue.send("good", "bad")
    worker = Worker(sqs, queue.url, function)
    while worker.once():
        pass
    assert sorted(seen) == ["bad", "bad", "good"]
    assert queue.given_up() == ["bad"]


@pytest.mark.parametrize(
    "returned", [{"batchItemFailures": [{"itemIdentifier": "unknown"}]}, {"batchItemFailures": [{}]}, "text"]
)
def test_an_answer_that_makes_no_sense_fails_the_whole_batch(sqs: Any, returned: Any) -> None:
    queue = Queue(sqs, f"nonsense-{len(str(returned))}", visibility=60)
    complaints: list[str] = []
    queue.send("one", "two")
    Worker(sqs, queue.url, lambda event, context: returned, complain=complaints.append).once()
    assert queue.count() == (0, 2)
    assert complaints


def test_a_function_that_raises_loses_nothing(sqs: Any) -> None:
    queue = Queue(sqs, "raises", visibility=60)
    complaints: list[str] = []

    def fail(event: Any, context: Any) -> None:
        raise RuntimeError("broken")

    queue.send("one")
    Worker(sqs, queue.url, fail, complain=complaints.append).once()
    assert queue.count() == (0, 1), "it waits for its visibility timeout"
    assert "broken" in complaints[0]


def test_it_works_in_the_background_and_ticks_the_schedule(sqs: Any, queue: Queue) -> None:
    worked, ticked = threading.Event(), threading.Event()
    ticks: list[Any] = []

    def tick(event: Any, context: Any) -> None:
        ticks.append(event)
        ticked.set()

    worker = Worker(sqs, queue.url, lambda event, context: worked.set(), tick)
    worker.start()
    queue.send("one")
    assert worked.wait(10)
    assert ticked.wait(10)
    assert ticks[0]["detail-type"] == "Scheduled Event"
    worker.stop()
    assert queue.count() == (0, 0)
    queue.send("two")
    assert queue.count() == (1, 0), "a stopped worker takes no more"


def test_a_tick_that_fails_stops_neither_ticks_nor_work(
    sqs: Any, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.local.worker.SCHEDULE_SECONDS", 0.01)
    complaints: list[str] = []
    thrice = threading.Event()

    def fail(event: Any, context: Any) -> None:
        if len(complaints) > 2:
            thrice.set()
        raise RuntimeError("broken")

    worker = Worker(sqs, queue.url, lambda event, context: None, fail, complaints.append)
    worker.start()
    assert thrice.wait(10)
    worker.stop()


def test_a_queue_that_cannot_be_reached_is_tried_again(
    sqs: Any, queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.local.worker.RETRY_SECONDS", 0.01)
    worked = threading.Event()
    queue.send("one")
    calls = iter([ConnectionError("refused"), ConnectionError("refused")])
    receive = sqs.receive_message

    def flaky(**arguments: Any) -> Any:
        for error in calls:
            raise error
        return receive(**arguments)

    monkeypatch.setattr(sqs, "receive_message", flaky)
    worker = Worker(sqs, queue.url, lambda event, context: worked.set(), complain=lambda line: None)
    worker.start()
    assert worked.wait(10)
    worker.stop()
