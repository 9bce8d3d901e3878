"""Messages on the way from the forwarder to the deliverer: which stored objects go where.

A message is `{scope, destination, keys, entries?, start?, end?, replay?, last?}`. The queue hands out the
messages of one group one after another, so that a destination gets events in their order and waits for itself
only; replays are a group of their own, so that what happens now is not held up by what happened before.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from typing import Any, NotRequired, TypedDict

from chalicelib.audit.entries import Entry
from chalicelib.settings import settings
from chalicelib.storage import aws

#: SQS takes ten messages at once
BATCH = 10
#: names of objects in a message, and bytes of objects that it points to
KEYS, OBJECT_BYTES = 200, 500_000


class Message(TypedDict):
    """`start` and `end` (milliseconds, included): only what lies between. `replay`: the replay it belongs to;
    `last`: with it the replay is complete. `entries`: events themselves, of a dead letter that comes back."""

    scope: str
    destination: str
    keys: list[str]
    entries: NotRequired[list[Entry]]
    start: NotRequired[int]
    end: NotRequired[int]
    replay: NotRequired[str]
    last: NotRequired[bool]


def group(message: Message) -> str:
    """The group a message belongs to."""
    return f"{message['destination']}:replay" if "replay" in message else message["destination"]


def send(messages: Iterable[Message]) -> None:
    """Put messages into the queue, in their order. One that comes again within five minutes counts once.

    Raises OSError where the queue did not take one.
    """
    for some in _tens(messages):
        _send(settings().audit_queue_url, [(group(one), json.dumps(one)) for one in some])


def bury(message: dict[str, Any]) -> None:
    """Put events that no later try will deliver to the dead letters, with the reason."""
    _send(settings().audit_dead_letter_queue_url, [(message["destination"], json.dumps(message))])


def _tens(messages: Iterable[Message]) -> Iterator[list[Message]]:
    some: list[Message] = []
    for message in messages:
        some.append(message)
        if len(some) == BATCH:
            yield some
            some = []
    if some:
        yield some


def _send(queue_url: str, bodies: list[tuple[str, str]]) -> None:
    answer = aws.client("sqs").send_message_batch(
        QueueUrl=queue_url,
        Entries=[
            {
                "Id": str(number),
                "MessageBody": body,
                "MessageGroupId": name,
                "MessageDeduplicationId": hashlib.sha256(body.encode()).hexdigest(),
            }
            for number, (name, body) in enumerate(bodies)
        ],
    )
    if answer.get("Failed"):
        raise OSError(f"the queue did not take {len(answer['Failed'])} messages")
