"""The management API, as the demonstration calls it."""

from __future__ import annotations

import gzip
import json
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import urlencode

Json = dict[str, Any]


class DemoError(Exception):
    """It cannot go on; the message says why and what to do."""


class Api:
    """Calls `url` with an access token."""

    def __init__(self, url: str, token: str) -> None:
        self.url, self.token = url.rstrip("/"), token

    def call(self, method: str, path: str, body: Json | None = None) -> Any:
        """What the API answers as JSON, None where it answers nothing. Raises DemoError for a refusal."""
        status, answer = self._send(method, path, body)
        if status >= 400:
            raise DemoError(f"{method} {path} was refused ({status}): {_reason(answer)}")
        return answer

    def find(self, path: str) -> Any:
        """What is at a path, None where nothing is. Raises DemoError."""
        status, answer = self._send("GET", path, None)
        if status == 404:
            return None
        if status >= 400:
            raise DemoError(f"GET {path} was refused ({status}): {_reason(answer)}")
        return answer

    def every(self, path: str, **query: str) -> list[Json]:
        """All entries of a list."""
        found: list[Json] = []
        while True:
            page = {"page[number]": str(len(found) // 100 + 1), "page[size]": "100"}
            answer = self.call("GET", f"{path}?{urlencode({**query, **page})}")
            found += answer["data"]
            if len(answer["data"]) < 100 or "meta" not in answer:
                return found

    def _send(self, method: str, path: str, body: Json | None) -> tuple[int, Any]:
        headers = {"Authorization": f"Bearer {self.token}", "Accept": "application/json"}
        data = None
        if body is not None:
            data = gzip.compress(json.dumps(body).encode())
            headers |= {"Content-Type": "application/json", "Content-Encoding": "gzip"}
        request = urllib.request.Request(self.url + path, data, headers, method=method)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310 - the operator's own address
                return answer.status, _json(answer.read())
        except urllib.error.HTTPError as error:
            return error.code, _json(error.read())
        except (OSError, ValueError) as error:
            reason = getattr(error, "reason", error)
            raise DemoError(
                f"Nothing answers at {self.url} ({reason}). Start an installation with `make run`, or name "
                "another one: PORTICO_URL=https://… make demo"
            ) from None


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw) if raw else None
    except ValueError:
        return raw[:200].decode(errors="replace")


def _reason(answer: Any) -> str:
    """What a problem document says."""
    if not isinstance(answer, dict):
        return str(answer)
    wrong = [f"{one.get('field')}: {one.get('reason')}" for one in answer.get("invalid_parameters", [])]
    return "; ".join([str(answer.get("detail") or answer.get("title")), *wrong])
