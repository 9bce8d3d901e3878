"""Real HTTP and HTTPS receivers on the loopback interface, which answer as a test wants."""

from __future__ import annotations

import gzip
import json
import ssl
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self


@dataclass
class Received:
    """A request. `text` is the body, unpacked."""

    path: str
    headers: dict[str, str]
    text: str

    @property
    def lines(self) -> list[str]:
        return self.text.splitlines()


@dataclass
class Reply:
    """What to answer. `seconds`: after a while. `close`: not at all, `half`: only a part of it."""

    status: int = 200
    body: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    seconds: float = 0.0
    close: bool = False
    half: bool = False


Behaviour = Callable[[Received], Reply]


class Receiver:
    """Takes everything unless it is told otherwise: `behave` replaces how it answers, `then` says the next
    answers one by one. `taken` are the lines of requests that were answered with success."""

    def __init__(self, certificate: Path | None = None) -> None:
        self.requests: list[Received] = []
        self.taken: list[str] = []
        self.behaviour: Behaviour = lambda request: Reply()
        self.next: list[Reply] = []
        self._lock = threading.Lock()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                receiver._take(self)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.scheme = "http"
        if certificate is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
            self.scheme = "https"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)

    @property
    def port(self) -> int:
        port: int = self.server.server_address[1]
        return port

    def url(self, path: str = "/") -> str:
        return f"{self.scheme}://localhost:{self.port}{path}"

    def behave(self, behaviour: Behaviour | Reply) -> None:
        self.behaviour = behaviour if callable(behaviour) else lambda request: behaviour

    def then(self, *replies: Reply) -> None:
        self.next += replies

    def _take(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length", "0")))
        if handler.headers.get("Content-Encoding") in ("gzip", "application/gzip"):
            body = gzip.decompress(body)
        headers = {name.lower(): value for name, value in handler.headers.items()}
        request = Received(handler.path, headers, body.decode())
        with self._lock:
            self.requests.append(request)
            reply = self.next.pop(0) if self.next else self.behaviour(request)
            if 200 <= reply.status < 300 and not reply.close and not reply.half:
                self.taken += request.lines
        time.sleep(reply.seconds)
        handler.close_connection = True
        if reply.close:
            return
        data = reply.body.encode()
        handler.send_response(reply.status)
        for name, value in reply.headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(data) + (100 if reply.half else 0)))
        handler.send_header("Connection", "close")
        handler.end_headers()
        handler.wfile.write(data)

    def __enter__(self) -> Self:
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.server.server_close()


def self_signed(folder: Path, name: str = "localhost") -> Path:
    """A certificate of a name, signed by itself, with its key, in one file."""
    from datetime import UTC, datetime, timedelta

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = folder / f"{name}.pem"
    file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return file


def splunk(token: str, *, acknowledge: bool = False) -> Behaviour:
    """Answers as Splunk's HTTP Event Collector does, its codes included."""
    acknowledged: dict[str, bool] = {}

    def answer(request: Received) -> Reply:
        if request.headers.get("authorization") != f"Splunk {token}":
            return Reply(403, '{"text":"Invalid token","code":4}')
        if request.path.startswith("/services/collector/ack"):
            asked = json.loads(request.text)["acks"]
            found = {str(number): acknowledged.get(str(number), False) for number in asked}
            acknowledged.update({str(number): True for number in asked})
            return Reply(200, json.dumps({"acks": found}))
        if not request.text.strip():
            return Reply(400, '{"text":"No data","code":5}')
        decoder, place, number = json.JSONDecoder(), 0, 0
        while place < len(request.text):
            event, place = decoder.raw_decode(request.text, place)
            if event.get("event") in (None, "", {}):
                text = {"text": "Event field is required", "code": 12, "invalid-event-number": number}
                return Reply(400, json.dumps(text))
            number += 1
            while place < len(request.text) and request.text[place].isspace():
                place += 1
        answer = {"text": "Success", "code": 0}
        if acknowledge:
            number = len(acknowledged)
            acknowledged[str(number)] = False
            return Reply(200, json.dumps({**answer, "ackId": number}))
        return Reply(200, json.dumps(answer))

    return answer


class Elastic:
    """Answers as Elasticsearch's bulk interface does; `documents` are what it holds, by id. `refuse` gives a
    status other than success for a document."""

    def __init__(self) -> None:
        self.documents: dict[str, Any] = {}
        self.refuse: Callable[[Any], int | None] = lambda document: None

    def __call__(self, request: Received) -> Reply:
        if not request.path.endswith("/_bulk") or not request.text.endswith("\n"):
            return Reply(400, '{"error":{"reason":"The bulk request must be terminated by a newline"}}')
        items, lines = [], request.lines
        for head, body in zip(lines[::2], lines[1::2], strict=True):
            name, document = json.loads(head)["create"]["_id"], json.loads(body)
            status = self.refuse(document) or (409 if name in self.documents else 201)
            item: dict[str, Any] = {"_id": name, "status": status}
            if status == 201:
                self.documents[name] = document
            else:
                item["error"] = {"type": "an_exception", "reason": f"reason {status}"}
            items.append({"create": item})
        return Reply(
            200, json.dumps({"errors": any(i["create"]["status"] > 299 for i in items), "items": items})
        )
