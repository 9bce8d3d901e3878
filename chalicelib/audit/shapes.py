"""What receivers speak: how a batch becomes a request, and what an answer says of the events in it.

`webhook` is the contract's own: lines of the destination's format. The others are what widely used products
take natively. Each shape is two functions, `build` and `judge`.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import urlsplit, urlunsplit

from chalicelib import clock
from chalicelib.audit import formats
from chalicelib.audit.entries import Entry
from chalicelib.audit.outbound import Reply
from chalicelib.settings import settings

TEXT, JSON_TYPE, NDJSON = "text/plain; charset=utf-8", "application/json", "application/x-ndjson"
#: events and bytes (before gzip) of one request
BATCH_EVENTS, BATCH_BYTES = 500, 900_000


class Target(NamedTuple):
    """A destination as sending needs it; `secret` in clear."""

    id: str
    endpoint: str
    secret: str
    log_format: str
    verify: bool
    shape: str
    header_name: str | None


class Event(NamedTuple):
    """An entry and the line it has been written as, for a portal's own receiver or the organisation's."""

    entry: Entry
    line: str
    for_portal: bool = False


class Request(NamedTuple):
    """What is posted."""

    url: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Verdict:
    """What an answer says of a batch, by index: `again` may be taken later, `bad` will not be taken as they
    are; all others are there. `failed`: nothing was taken, and a later try may help (`retry`) or somebody has
    to do something first (`refused`). `split`: something in it is not taken, it is not said what. `ticket`:
    what has to be asked for before it is certain."""

    again: list[int] = field(default_factory=list)
    bad: dict[int, str] = field(default_factory=dict)
    failed: str = ""
    split: bool = False
    ticket: Any = None


RETRY, REFUSED = "retry", "refused"


class Shape(NamedTuple):
    """`header`: the one that carries the secret, None where it is in the URL; `scheme`: put before a secret
    that has none."""

    build: Callable[[Target, Sequence[Event]], Request]
    judge: Callable[[Reply, Sequence[Event]], Verdict]
    header: str | None
    scheme: str = ""


def build(target: Target, events: Sequence[Event]) -> Request:
    """The request that carries these events: gzipped, with the destination's secret."""
    return _packed(target, SHAPES[target.shape].build(target, events))


def _packed(target: Target, request: Request) -> Request:
    shape = SHAPES[target.shape]
    headers = {
        **request.headers,
        "Content-Encoding": settings().audit_content_encoding,
        "User-Agent": "Portico-Audit/1.0",
    }
    name = target.header_name or shape.header
    if name and target.secret:
        bare = shape.scheme and " " not in target.secret and not target.header_name
        headers[name] = f"{shape.scheme} {target.secret}" if bare else target.secret
    return Request(request.url, headers, gzip.compress(request.body, 6, mtime=0))


def judge(target: Target, reply: Reply, events: Sequence[Event]) -> Verdict:
    """What an answer says. What holds for every shape comes first."""
    status = reply.status
    if status is None or status >= 500 or status in (408, 425, 429):
        return Verdict(failed=RETRY)
    if status in (400, 413, 422) or 200 <= status < 300:
        return SHAPES[target.shape].judge(reply, events)
    return Verdict(failed=REFUSED)  # redirects too: they are not followed


def _usual(reply: Reply, events: Sequence[Event]) -> Verdict:
    return Verdict(split=reply.status is not None and reply.status >= 400)


def _lines(target: Target, events: Sequence[Event]) -> bytes:
    return "".join(event.line + "\n" for event in events).encode()


# webhook


def _build_webhook(target: Target, events: Sequence[Event]) -> Request:
    return Request(target.endpoint, {"Content-Type": TEXT}, _lines(target, events))


# Splunk's HTTP Event Collector


def _build_splunk(target: Target, events: Sequence[Event]) -> Request:
    texts = []
    for entry, line, _ in events:
        # JSON as it is, so that what Splunk keeps is what was signed
        event = json.dumps(line, ensure_ascii=False) if target.log_format == formats.CEF else line
        about = {
            "time": entry["ts"] / 1000,
            "host": formats.host(),
            "source": "portico",
            "sourcetype": f"portico:audit:{target.log_format}",
        }
        texts.append(f'{json.dumps(about)[:-1]},"event":{event}}}')
    # the channel lets a collector with acknowledgement switched on say later what has been indexed
    headers = {"Content-Type": JSON_TYPE, "X-Splunk-Request-Channel": target.id}
    return Request(target.endpoint, headers, "\n".join(texts).encode())


#: the collector's codes for an event that it does not take: its format, its index, nothing in it
_SPLUNK_EVENT = (6, 7, 12, 13, 15)


def _judge_splunk(reply: Reply, events: Sequence[Event]) -> Verdict:
    answer = _object(reply.body)
    if reply.status is not None and reply.status < 300:
        return Verdict(ticket=answer.get("ackId"))
    number, code = answer.get("invalid-event-number"), answer.get("code")
    if code in _SPLUNK_EVENT and isinstance(number, int) and 0 <= number < len(events):
        # those after it were not looked at; of those before it not every release says whether they are in
        others = [index for index in range(len(events)) if index != number]
        return Verdict(again=others, bad={number: str(answer.get("text", "refused"))[:200]})
    return Verdict(split=True) if code in (*_SPLUNK_EVENT, None) else Verdict(failed=REFUSED)


def splunk_acknowledgement(target: Target, ticket: Any) -> Request:
    """Asks whether what a ticket stands for has been indexed."""
    parts = urlsplit(target.endpoint)
    path = parts.path.partition("/services/collector")[0] + "/services/collector/ack"
    url = urlunsplit((parts.scheme, parts.netloc, path, f"channel={target.id}", ""))
    headers = {"Content-Type": JSON_TYPE, "X-Splunk-Request-Channel": target.id}
    return _packed(target, Request(url, headers, json.dumps({"acks": [ticket]}).encode()))


def splunk_acknowledged(reply: Reply, ticket: Any) -> bool:
    """Whether the collector says that it has been."""
    acks = _object(reply.body).get("acks")
    return reply.status == 200 and isinstance(acks, dict) and acks.get(str(ticket)) is True


# Datadog's log intake


def _build_datadog(target: Target, events: Sequence[Event]) -> Request:
    entries = [
        {
            "ddsource": "portico",
            "service": "portico",
            "hostname": formats.host(),
            "ddtags": f"event_type:{entry['type']}",
            "timestamp": entry["ts"],
            "message": line,
        }
        for entry, line, _ in events
    ]
    return Request(target.endpoint, {"Content-Type": JSON_TYPE}, _compact(entries).encode())


# Sumo Logic's HTTP source: its URL is the secret


def _build_sumo(target: Target, events: Sequence[Event]) -> Request:
    headers = {"Content-Type": TEXT, "X-Sumo-Category": "portico/audit", "X-Sumo-Host": formats.host()}
    return Request(target.endpoint, headers, _lines(target, events))


# Elasticsearch's and OpenSearch's bulk interface


def _build_elastic(target: Target, events: Sequence[Event]) -> Request:
    lines = []
    for entry, line, for_portal in events:
        # the id makes an event that comes twice a conflict, which is as good as taken
        lines.append(_compact({"create": {"_id": entry["id"]}}))
        head = formats.Head(entry)
        document = {
            "@timestamp": clock.rfc3339(entry["ts"]),
            "event": {"id": entry["id"], "severity": head.severity, "original": line},
            "event_class_id": head.class_id,
            "name": head.name,
            **formats.members(entry, for_portal=for_portal),
        }
        lines.append(_compact(document))
    return Request(target.endpoint, {"Content-Type": NDJSON}, ("\n".join(lines) + "\n").encode())


def _judge_elastic(reply: Reply, events: Sequence[Event]) -> Verdict:
    items = _object(reply.body).get("items")
    if reply.status is None or reply.status >= 400:
        return Verdict(split=True)
    if not isinstance(items, list) or len(items) != len(events):
        return Verdict(failed=RETRY)
    verdict = Verdict()
    for index, item in enumerate(items):
        result = item.get("create") or item.get("index") or {}
        status = int(result.get("status", 500))
        if status < 300 or status == 409:
            continue
        if status in (401, 403, 404):
            return Verdict(failed=REFUSED)
        if status == 429 or status >= 500:
            verdict.again.append(index)
        else:
            reason = (result.get("error") or {}).get("reason", f"status {status}")
            verdict.bad[index] = str(reason)[:200]
    return verdict


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _object(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


SHAPES: dict[str, Shape] = {
    "webhook": Shape(_build_webhook, _usual, "Authorization"),
    "splunk": Shape(_build_splunk, _judge_splunk, "Authorization", "Splunk"),
    "datadog": Shape(_build_datadog, _usual, "DD-API-KEY"),
    "sumo": Shape(_build_sumo, _usual, None),
    "elastic": Shape(_build_elastic, _judge_elastic, "Authorization", "ApiKey"),
}
