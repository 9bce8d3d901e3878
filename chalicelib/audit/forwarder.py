"""From the log group to the store and the queue: every audit line of a log batch, once CloudWatch has it.

A batch may come twice and may be left half done: objects and messages are named by what is in them, so that
doing it again adds nothing. What fails is raised: Lambda tries again, and keeps what fails three times in the
retry queue, which this reads as well.
"""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterator
from functools import cache
from typing import Any

from chalicelib.audit import queue, store
from chalicelib.audit.entries import AUTHENTICATION, Entry, expand
from chalicelib.audit.events import MARK, VERSION
from chalicelib.audit.queue import Message
from chalicelib.audit.records import ORGANIZATION, Webhook, partition
from chalicelib.http.log import logger
from chalicelib.settings import settings
from chalicelib.storage import keys, table


class TooNew(Exception):
    """A batch has lines of a later release: they come again until that release is here."""


def handle(event: dict[str, Any]) -> None:
    """A log batch of a subscription, or messages of the retry queue, each with one that failed.

    Raises TooNew after everything else in the batch has been forwarded.
    """
    for batch in _batches(event):
        lines = list(_lines(batch))
        later = [line for line in lines if line["v"] > VERSION]
        forward(list(_entries([line for line in lines if line["v"] <= VERSION])))
        if later:
            raise TooNew(f"{len(later)} audit lines are of a later release")


def _batches(event: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "awslogs" in event:
        packed = base64.b64decode(event["awslogs"]["data"])
        batch: dict[str, Any] = json.loads(gzip.decompress(packed))
        if batch.get("messageType") == "DATA_MESSAGE":
            yield batch
    for record in event.get("Records", []):
        yield from _batches(json.loads(record["body"])["requestPayload"])


def _lines(batch: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The audit lines of a batch. What a process that was killed while it wrote has left says nothing."""
    for log_event in batch["logEvents"]:
        text = log_event["message"]
        if not text.startswith(MARK):
            continue
        try:
            line = json.loads(text)["audit"]
        except ValueError:
            line = None
        if isinstance(line, dict) and isinstance(line.get("v"), int):
            yield line
        else:
            logger().error("an audit line is none", stream=batch.get("logStream"))


def _entries(lines: list[dict[str, Any]]) -> Iterator[Entry]:
    org_id = _organization(settings().table)
    for line in lines:
        try:
            yield from expand(line, org_id)
        except (ValueError, KeyError, TypeError):
            logger().error("an audit line could not be read", id=line.get("id"))


@cache
def _organization(_table: str) -> str:
    from chalicelib.organization import service as organization

    return organization.load().id


def forward(entries: list[Entry]) -> None:
    """Store entries and tell the queue who gets them. A trip an hour, one for webhooks, one for messages."""
    if not entries:
        return
    stored = store.put(entries)
    scopes = [ORGANIZATION, *sorted({entry["portal_id"] for entry in entries if "portal_id" in entry})]
    webhooks = load_webhooks(scopes)
    messages: list[Message] = []
    for scope, webhook in webhooks.items():
        if webhook.enabled and webhook.destination_id:
            found = [one.key for one, inside in stored if any(concerns(scope, entry) for entry in inside)]
            if found:
                messages.append({"scope": scope, "destination": webhook.destination_id, "keys": found})
    queue.send(messages)


def load_webhooks(scopes: list[str]) -> dict[str, Webhook]:
    """The webhooks of these scopes, as far as there are any. A trip a hundred."""
    places = [keys.Key(partition(scope), keys.AUDIT_WEBHOOK) for scope in scopes]
    return {webhook.scope: webhook for webhook in table.get_many(Webhook, places)}


def concerns(scope: str, entry: Entry) -> bool:
    """Whether a scope's receiver gets an event: the organisation's all, a portal's its own logins."""
    return scope == ORGANIZATION or (entry["type"] == AUTHENTICATION and entry.get("portal_id") == scope)
