"""A client for tests: sends requests to the product over HTTP, as any client would."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any
from urllib.parse import quote, urlsplit


@dataclass
class Reply:
    """An answer. Header names are lower-case; a gzipped body is unpacked."""

    status: int
    headers: dict[str, str]
    body: bytes
    cookies: list[str]

    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def text(self) -> str:
        return self.body.decode()

    def fields(self) -> dict[str, str | None]:
        """Of a 400: the fields it names and the rule of each."""
        assert self.status == 400, (self.status, self.text)
        return {entry["field"]: entry.get("rule") for entry in self.json()["invalid_parameters"]}


class Client:
    """Calls one host of the server at `port`, with a token where one is given."""

    def __init__(self, port: int, host: str = "localhost", token: str | None = None) -> None:
        self.port, self.host, self.token = port, host, token

    def request(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        headers: dict[str, str] | None = None,
        query: dict[str, Any] | None = None,
    ) -> Reply:
        """`body`: bytes as they are, anything else as JSON. `query`: names are sent with their brackets."""
        sent = {
            "Host": f"{self.host.partition(':')[0]}:{self.port}",
            "Accept": "*/*",
            "Accept-Encoding": "gzip",
        }
        if self.token is not None:
            sent["Authorization"] = f"Bearer {self.token}"
        raw: bytes | None = None
        if isinstance(body, bytes):
            raw = body
        elif body is not None:
            raw = json.dumps(body).encode()
            sent["Content-Type"] = "application/json"
        sent.update(headers or {})
        if query:
            pairs = [
                (k, v) for k, value in query.items() for v in (value if isinstance(value, list) else [value])
            ]
            path += "?" + "&".join(f"{quote(k, safe='[].')}={quote(str(v), safe='')}" for k, v in pairs)
        status, answered, data = self._exchange(method, path, raw, sent)
        found = {name.lower(): value for name, value in answered}
        if found.get("content-encoding") == "gzip" and data:
            data = gzip.decompress(data)
        cookies = [value for name, value in answered if name.lower() == "set-cookie"]
        return Reply(status, found, data, cookies)

    def _exchange(
        self, method: str, target: str, raw: bytes | None, sent: dict[str, str]
    ) -> tuple[int, list[tuple[str, str]], bytes]:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(method, target, raw, sent)
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()

    def get(self, path: str, **more: Any) -> Reply:
        return self.request("GET", path, **more)

    def post(self, path: str, body: Any = None, **more: Any) -> Reply:
        return self.request("POST", path, body, **more)

    def put(self, path: str, body: Any = None, **more: Any) -> Reply:
        return self.request("PUT", path, body, **more)

    def patch(self, path: str, body: Any = None, **more: Any) -> Reply:
        return self.request("PATCH", path, body, **more)

    def delete(self, path: str, **more: Any) -> Reply:
        return self.request("DELETE", path, **more)

    def at(self, host: str) -> Client:
        """The same server under another host, without a token."""
        return Client(self.port, host)

    def upload(self, raw: bytes) -> str:
        """Put bytes where a request cannot carry them; the id to name them by."""
        made = self.made("/portico/v1/uploads", None)
        url = urlsplit(made["url"])
        connection = HTTPConnection(url.hostname or "", url.port, timeout=60)
        try:
            connection.request(made["method"], f"{url.path}?{url.query}", raw)
            answer = connection.getresponse()
            assert answer.status == 200, answer.read()
        finally:
            connection.close()
        upload_id: str = made["id"]
        return upload_id

    def made(self, path: str, body: Any, **more: Any) -> Any:
        """POST that must succeed: what it created."""
        reply = self.post(path, body, **more)
        assert reply.status in (200, 201), (reply.status, reply.text)
        return reply.json()
