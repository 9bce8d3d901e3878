"""Events and answers in the shapes that API Gateway, SQS and the schedule exchange with a Lambda."""

from __future__ import annotations

import base64
import gzip
import json
import time
import uuid
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

ACCOUNT = "000000000000"
STAGE = "api"
Event = dict[str, Any]
#: what one invocation of a Lambda carries, in and out
PAYLOAD_BYTES = 6 * 1024 * 1024
#: API Gateway's own: the server says these itself
CONNECTION_HEADERS = {"connection", "keep-alive", "transfer-encoding", "upgrade"}


class MalformedError(Exception):
    """A handler's answer is not what API Gateway takes."""


@dataclass
class Context:
    """The part of a Lambda's context that a handler may look at."""

    function_name: str
    aws_request_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    memory_limit_in_mb: str = "1024"
    function_version: str = "$LATEST"
    seconds: float = 30

    def __post_init__(self) -> None:
        self._end = time.monotonic() + self.seconds

    @property
    def invoked_function_arn(self) -> str:
        return f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:{self.function_name}"

    def get_remaining_time_in_millis(self) -> int:
        return max(0, int((self._end - time.monotonic()) * 1000))


def proxy(
    method: str,
    path: str,
    query: bytes,
    headers: list[tuple[str, str]],
    body: bytes,
    client: str,
    port: int,
) -> Event:
    """A REST API's proxy event. `path` is as it was sent, still percent-encoded, and stays so."""
    many: dict[str, list[str]] = {}
    for name, value in headers:
        if name not in CONNECTION_HEADERS:
            many.setdefault(name, []).append(value)
    forwarded = [*many.get("x-forwarded-for", []), client]
    many["x-forwarded-for"] = [", ".join(forwarded)]
    many["x-forwarded-proto"] = ["http"]
    many["x-forwarded-port"] = [str(port)]
    values: dict[str, list[str]] = {}
    for name, value in parse_qsl(query.decode("latin-1"), keep_blank_values=True, errors="replace"):
        values.setdefault(name, []).append(value)
    resource = "/" if path == "/" else "/{path+}"
    return {
        "resource": resource,
        "path": path,
        "httpMethod": method,
        "headers": {name: found[-1] for name, found in many.items()},
        "multiValueHeaders": many,
        "queryStringParameters": {name: found[-1] for name, found in values.items()} or None,
        "multiValueQueryStringParameters": values or None,
        "pathParameters": None if resource == "/" else {"path": path[1:]},
        "stageVariables": None,
        "requestContext": {
            "accountId": ACCOUNT,
            "apiId": "local",
            "stage": STAGE,
            "resourcePath": resource,
            "resourceId": "local",
            "httpMethod": method,
            "path": f"/{STAGE}{path}",
            "protocol": "HTTP/1.1",
            "requestId": str(uuid.uuid4()),
            "requestTimeEpoch": int(time.time() * 1000),
            "identity": {
                "sourceIp": client,
                "userAgent": many.get("user-agent", [None])[-1],
            },
        },
        "body": base64.b64encode(body).decode() if body else None,
        "isBase64Encoded": bool(body),
    }


@dataclass(frozen=True)
class Answer:
    """An HTTP answer read from what a handler returned."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes


def answer(returned: Any) -> Answer:
    """Read a handler's answer. Raises MalformedError where API Gateway would answer 502."""
    if not isinstance(returned, dict) or not isinstance(returned.get("statusCode"), int):
        raise MalformedError("the answer has no statusCode")
    status = returned["statusCode"]
    if not 200 <= status <= 599:
        raise MalformedError(f"statusCode {status} is none that a response can have")
    many = returned.get("multiValueHeaders") or {}
    headers = [(name, str(value)) for name, found in many.items() for value in found]
    taken = {name.lower() for name in many}
    for name, value in (returned.get("headers") or {}).items():
        if name.lower() not in taken:
            headers.append((name, str(value)))
    text = returned.get("body") or ""
    if not isinstance(text, str):
        raise MalformedError("the body is not text")
    found = size(returned)
    if found > PAYLOAD_BYTES:
        raise MalformedError(f"{found:,} bytes are more than the {PAYLOAD_BYTES:,} a Lambda can answer with")
    try:
        body = base64.b64decode(text, validate=True) if returned.get("isBase64Encoded") else text.encode()
    except ValueError:
        raise MalformedError("the body is not base64") from None
    return Answer(status, [(n, v) for n, v in headers if n.lower() not in CONNECTION_HEADERS], body)


def size(payload: Event) -> int:
    """Bytes of an event or an answer as the JSON document that goes in or out of a Lambda."""
    if payload.get("isBase64Encoded"):  # base64 is written as it is
        return len(json.dumps({**payload, "body": ""})) + len(payload["body"])
    return len(json.dumps(payload, ensure_ascii=False).encode("utf-8", "surrogatepass"))


def sqs(messages: list[Event], queue_arn: str, region: str) -> Event:
    """The event of a batch: `messages` as ReceiveMessage returns them."""
    return {"Records": [_record(message, queue_arn, region) for message in messages]}


def _record(message: Event, queue_arn: str, region: str) -> Event:
    return {
        "messageId": message["MessageId"],
        "receiptHandle": message["ReceiptHandle"],
        "body": message["Body"],
        "attributes": message.get("Attributes", {}),
        "messageAttributes": {
            name: {
                **{key[0].lower() + key[1:]: value for key, value in given.items()},
                "stringListValues": [],
                "binaryListValues": [],
            }
            for name, given in message.get("MessageAttributes", {}).items()
        },
        "md5OfBody": message.get("MD5OfBody", ""),
        "eventSource": "aws:sqs",
        "eventSourceARN": queue_arn,
        "awsRegion": region,
    }


def schedule(name: str, region: str) -> Event:
    """The event of a schedule's tick."""
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": ACCOUNT,
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "region": region,
        "resources": [f"arn:aws:events:{region}:{ACCOUNT}:rule/{name}"],
        "detail": {},
    }


def log_batch(group: str, stream: str, found: list[Event]) -> Event:
    """The event with which a log group's subscription hands over events, as GetLogEvents returns them."""
    batch = {
        "messageType": "DATA_MESSAGE",
        "owner": ACCOUNT,
        "logGroup": group,
        "logStream": stream,
        "subscriptionFilters": ["audit"],
        "logEvents": [
            {"id": f"{number:056d}", "timestamp": one["timestamp"], "message": one["message"]}
            for number, one in enumerate(found)
        ],
    }
    packed = gzip.compress(json.dumps(batch).encode(), 6)
    return {"awslogs": {"data": base64.b64encode(packed).decode()}}
