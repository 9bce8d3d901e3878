"""An Azure Function that hands Portico's audit events to Microsoft Sentinel (docs/siem/sentinel.md).

Portico posts batches here; the Logs Ingestion API of Azure Monitor takes them, by the function's managed
identity. Portico is told that a batch has arrived only when Azure has taken all of it, and sends it again
otherwise.
"""

from __future__ import annotations

import gzip
import hmac
import json
import os
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from typing import Any

#: what the Logs Ingestion API takes at once is 1 MB, before gzip
LIMIT = 900_000


def receive(headers: Mapping[str, str], body: bytes) -> tuple[int, str]:
    """One batch: the status and text that Portico is answered with."""
    given = {name.lower(): value for name, value in headers.items()}
    if not hmac.compare_digest(given.get("authorization", ""), os.environ["PORTICO_AUTHORIZATION"]):
        return 401, "wrong Authorization"
    if "gzip" in given.get("content-encoding", ""):
        body = gzip.decompress(body)
    events = [json.loads(line) for line in body.splitlines()]
    try:
        token = _token()
        for some in _parts([{"TimeGenerated": event["event_ts"], **event} for event in events]):
            _ingest(some, token)
    except urllib.error.HTTPError as error:
        return (429 if error.code == 429 else 503), f"Azure answered {error.code}"
    except OSError as error:
        return 503, str(error)
    return 200, f"{len(events)} events"


def _token() -> str:
    """A token of the function's managed identity."""
    query = urllib.parse.urlencode({"resource": "https://monitor.azure.com", "api-version": "2019-08-01"})
    request = urllib.request.Request(  # noqa: S310 - the platform's own address
        f"{os.environ['IDENTITY_ENDPOINT']}?{query}",
        headers={"X-IDENTITY-HEADER": os.environ["IDENTITY_HEADER"]},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310
        token: str = json.load(answer)["access_token"]
        return token


def _parts(rows: list[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    some: list[dict[str, Any]] = []
    size = 0
    for row in rows:
        length = len(json.dumps(row)) + 1
        if some and size + length > LIMIT:
            yield some
            some, size = [], 0
        some.append(row)
        size += length
    if some:
        yield some


def _ingest(rows: list[dict[str, Any]], token: str) -> None:
    rule, stream = os.environ["DCR_IMMUTABLE_ID"], os.environ.get("DCR_STREAM", "Custom-PorticoAudit_CL")
    request = urllib.request.Request(  # noqa: S310 - an address from the function's own settings
        f"{os.environ['DCR_ENDPOINT']}/dataCollectionRules/{rule}/streams/{stream}?api-version=2023-01-01",
        data=gzip.compress(json.dumps(rows).encode()),
        headers={
            "Authorization": f"Bearer {token}",
            "Content-Type": "application/json",
            "Content-Encoding": "gzip",
        },
    )
    with urllib.request.urlopen(request, timeout=30):  # noqa: S310
        pass


def main(req: Any) -> Any:
    """What Azure Functions calls (HTTP trigger, authLevel anonymous: Portico's Authorization is checked)."""
    import azure.functions as func

    status, text = receive(req.headers, req.get_body())
    return func.HttpResponse(text, status_code=status)
