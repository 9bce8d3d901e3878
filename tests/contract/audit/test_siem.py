"""The functions of docs/siem that hand events on to receivers which Portico does not speak to itself."""

from __future__ import annotations

import gzip
import importlib.util
import io
import json
import os
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from chalicelib import clock
from chalicelib.audit import store
from tests.contract.audit.conftest import Deliverer, event_ids, make_lines
from tests.contract.audit.receivers import Received, Receiver, Reply

DOCS = Path(__file__).parents[3] / "docs" / "siem"


def load(name: str) -> Any:
    """A function's module, as its platform loads it."""
    spec = importlib.util.spec_from_file_location(name, DOCS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def identity(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The endpoint at which Azure gives a function its token."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            good = self.headers["X-IDENTITY-HEADER"] == "platform" and "monitor.azure.com" in self.path
            body = json.dumps({"access_token": "azure-token"}).encode()
            self.send_response(200 if good else 400)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    monkeypatch.setenv("IDENTITY_ENDPOINT", f"http://127.0.0.1:{server.server_address[1]}/token")
    monkeypatch.setenv("IDENTITY_HEADER", "platform")
    yield
    server.shutdown()
    server.server_close()


def test_sentinel_gets_events_through_the_function(
    receiver: Receiver,
    connect: Callable[..., Any],
    forward: Callable[..., list[str]],
    deliver: Deliverer,
    identity: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with Receiver() as azure:
        monkeypatch.setenv("PORTICO_AUTHORIZATION", "Bearer shared")
        monkeypatch.setenv("DCR_ENDPOINT", azure.url().rstrip("/"))
        monkeypatch.setenv("DCR_IMMUTABLE_ID", "dcr-1")
        function = load("sentinel_function")

        def answer(request: Received) -> Reply:
            # as it was sent: the receiver has unpacked it
            status, text = function.receive(request.headers, gzip.compress(request.text.encode()))
            return Reply(status, text)

        receiver.behave(answer)
        connect(receiver, authorization="Bearer shared")
        azure.then(Reply(429), Reply(204))
        lines = forward(make_lines(3))
        deliver()
        assert [request.path for request in azure.requests] == [
            "/dataCollectionRules/dcr-1/streams/Custom-PorticoAudit_CL?api-version=2023-01-01"
        ] * 2
        rows = json.loads(azure.requests[-1].text)
        assert [row["event_id"] for row in rows] == event_ids(lines)
        assert rows[0]["TimeGenerated"] == clock.rfc3339(rows[0]["rt"])
        assert azure.requests[0].headers["authorization"] == "Bearer azure-token"
        assert function.receive({"Authorization": "Bearer other"}, b"")[0] == 401


def test_security_lake_gets_an_hour_as_parquet(
    bucket: str,
    forward: Callable[..., list[str]],
    aws: Callable[[str], Any],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import pyarrow.parquet as pq

    lake = f"lake-{bucket}"
    aws("s3").create_bucket(Bucket=lake)
    monkeypatch.setenv("PORTICO_BUCKET", bucket)
    monkeypatch.setenv("LAKE_BUCKET", lake)
    monkeypatch.setenv("LAKE_ACCOUNT", "123456789012")
    monkeypatch.setenv("AUTHENTICATION_SOURCE", "portico-authentication")
    monkeypatch.setenv("API_SOURCE", "portico-api")
    start = clock.now_ms() - 3 * 3_600_000
    start -= start % 3_600_000
    parts = [["authentication", "pat", "disabled", "an-admin"], ["authorization"], ["access"]]
    lines = make_lines(4, start=start, parts=parts, status=403, portal_id="a-portal")
    forward(lines[:2])
    forward(lines[1:])  # an event that was stored twice
    handler = load("security_lake_function").handler
    hour = store.hour(start)
    assert handler({"hour": hour}, None) == {"portico-authentication": 4, "portico-api": 8}
    assert handler({"hour": hour}, None) == {"portico-authentication": 4, "portico-api": 8}
    keys = [entry["Key"] for entry in aws("s3").list_objects_v2(Bucket=lake)["Contents"]]
    day = hour[:10].replace("-", "")
    region = os.environ["AWS_REGION"]
    assert keys == [
        f"ext/{source}/region={region}/accountId=123456789012/eventDay={day}/{hour}.zstd.parquet"
        for source in ("portico-api", "portico-authentication")
    ]
    tables = [
        pq.read_table(io.BytesIO(aws("s3").get_object(Bucket=lake, Key=key)["Body"].read())).to_pylist()
        for key in keys
    ]
    calls, logins = tables
    assert [row["metadata"]["uid"] for row in logins] == event_ids(lines)[::3]
    assert {(row["class_uid"], row["type_uid"], row["status_id"]) for row in logins} == {(3002, 300201, 2)}
    assert logins[0]["user"]["uid"] == "an-admin"
    assert logins[0]["status_detail"] == "disabled"
    assert logins[0]["src_endpoint"]["ip"] == "192.0.2.1"
    assert {row["status_detail"] for row in calls} == {"permission denied", None}
    changed = next(row for row in calls if row["api"]["response"]["code"] == 403)
    assert (changed["activity_name"], changed["class_uid"]) == ("Update", 6003)
    assert changed["http_request"]["url"]["path"] == "/v3/portals/0"
