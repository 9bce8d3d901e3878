"""A minimal HTTP front for the handler, until tests use the local server itself."""

from __future__ import annotations

import base64
import threading
import uuid
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


class Server:
    def __init__(self, handler: Callable[[dict[str, Any], Any], dict[str, Any]], port: int) -> None:
        class Front(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _serve(self) -> None:
                url = urlsplit(self.path)
                query: dict[str, list[str]] = {}
                for name, value in parse_qsl(url.query, keep_blank_values=True):
                    query.setdefault(name, []).append(value)
                raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                answer = handler(
                    {
                        "httpMethod": self.command,
                        "path": url.path,
                        "headers": {},
                        "multiValueHeaders": {k: self.headers.get_all(k) or [] for k in self.headers},
                        "multiValueQueryStringParameters": query or None,
                        "body": base64.b64encode(raw).decode(),
                        "isBase64Encoded": True,
                        "requestContext": {
                            "requestId": str(uuid.uuid4()),
                            "identity": {"sourceIp": "127.0.0.1"},
                        },
                    },
                    None,
                )
                body = base64.b64decode(answer["body"])
                self.send_response(answer["statusCode"])
                for name, values in answer["multiValueHeaders"].items():
                    for value in values:
                        if name != "Content-Length":
                            self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _serve

            def log_message(self, *_: Any) -> None:
                return

        self._http = ThreadingHTTPServer(("127.0.0.1", port), Front)

    def __enter__(self) -> Server:
        threading.Thread(target=self._http.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: Any) -> None:
        self._http.shutdown()
