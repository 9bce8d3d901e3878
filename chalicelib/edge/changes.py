"""Telling the worker that pages changed, where CloudFront stands in front.

The message carries the work itself, so a change costs one trip more and no record. One that gets lost leaves
pages as old as `site.policy` lets them become.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from chalicelib import clock
from chalicelib.http.log import logger
from chalicelib.settings import settings
from chalicelib.storage import aws, keys

#: changes of so many seconds are taken together; whatever was being rendered at a change is done by then
WAIT_SECONDS = 4


def tell(partitions: Iterable[str], *, hides: bool) -> None:
    """Say that something in these partitions changed. At most one trip. Never raises.

    `hides`: something may have been taken from visitors' eyes. Then the worker is to see to it at once, and
    once more after a while, for pages that were being rendered at that moment.
    """
    changed = sorted(pk for pk in partitions if keys.shown(pk))
    if not changed:
        return
    now = clock.now_ms()
    waits = (0, WAIT_SECONDS) if hides else (WAIT_SECONDS,)
    entries = [
        {"Id": str(wait), "DelaySeconds": wait, "MessageBody": message(changed, now + wait * 1000 * hides)}
        for wait in waits
    ]
    try:
        aws.client("sqs").send_message_batch(QueueUrl=settings().queue_url, Entries=entries)
    except Exception:
        logger().exception("changed pages could not be told; they show within the hour", changed=changed)


def message(partitions: list[str], until: int, tries: int = 0) -> str:
    """The worker's message: pages of these partitions changed, the last time at `until` (ms)."""
    return json.dumps(
        {"task": "refresh", "arguments": {"partitions": partitions, "until": until, "tries": tries}}
    )
