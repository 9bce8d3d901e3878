"""What is known of the last attempt to send something: kept with the webhook, and told as its status."""

from __future__ import annotations

import http.client
import re
from typing import Any

from chalicelib import clock
from chalicelib.audit.outbound import Reply
from chalicelib.audit.records import partition
from chalicelib.settings import settings
from chalicelib.storage import keys
from chalicelib.storage.records import dispatch

#: characters of a receiver's answer that are shown
EXCERPT = 200


def excerpt(reply: Reply, secret: str = "") -> str:
    """The beginning of what a receiver said, or why it said nothing. A secret that it repeats is left out."""
    if reply.status is None:
        return reply.error
    text = reply.body[: 20 * EXCERPT].decode("utf-8", "replace")
    if secret:
        for part in {secret, secret.rpartition(" ")[2]}:
            text = text.replace(part, "***")
    text = re.sub(r"\s+", " ", "".join(char if char.isprintable() else " " for char in text)).strip()
    return text[:EXCERPT] or http.client.responses.get(reply.status, "")


def note(scope: str, reply: Reply, *, took: bool, secret: str = "") -> None:
    """Remember an attempt. One trip. Nothing happens where the webhook is gone."""
    from botocore.exceptions import ClientError

    code = reply.status
    values: dict[str, Any] = {
        ":at": {"N": str(clock.now_ms())},
        ":failed": {"BOOL": not took},
        ":message": {"S": excerpt(reply, secret)},
    }
    update = "SET last_attempt_at = :at, last_attempt_failed = :failed, last_response_message = :message"
    if code is None:
        update += " REMOVE last_response_code"
    else:
        update += ", last_response_code = :code"
        values[":code"] = {"N": str(code)}
    try:
        dispatch(
            "UpdateItem",
            {
                "TableName": settings().table,
                "Key": {"pk": {"S": partition(scope)}, "sk": {"S": keys.AUDIT_WEBHOOK}},
                "UpdateExpression": update,
                "ConditionExpression": "attribute_exists(pk)",
                "ExpressionAttributeValues": values,
            },
        )
    except ClientError as error:
        if error.response["Error"]["Code"] != "ConditionalCheckFailedException":
            raise
