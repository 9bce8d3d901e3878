"""API Gateway's part on one machine: HTTP requests become proxy events, answers become HTTP again.

Paths stay as they were sent, byte for byte. The limits are those of API Gateway and Lambda, so that what
works here works there. Handlers are synchronous and run in a pool of threads; bodies are read, and slow
clients waited for, on the event loop, where they hold up nobody.
"""

from __future__ import annotations

import asyncio
import json
import mimetypes
import socket
import sys
import threading
import traceback
import uuid
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Self

from infra.local import events

Handler = Callable[[events.Event, events.Context], Any]
Message = dict[str, Any]
Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = list[tuple[str, str]]

#: API Gateway's limit of request line and header values together
HEADER_BYTES = 10_240
#: API Gateway waits no longer for a Lambda
HANDLER_SECONDS = 29.0
#: requests carried out at the same time
THREADS = 16
ASSETS = "/_assets/"
TITLES = {
    400: "Bad Request",
    404: "Not Found",
    413: "Payload Too Large",
    431: "Request Header Fields Too Large",
    502: "Bad Gateway",
    504: "Gateway Timeout",
}
TOO_LARGE = (
    "The request is too large: with its body in base64 it may have 6 MB, so a body about 4.5 MB. Send it "
    "with Content-Encoding: gzip, or put it at a presigned address (POST /portico/v1/uploads) and name that "
    "upload."
)


class Disconnected(Exception):
    """The client went away before its body had come."""


class Gateway:
    """The ASGI application. `handler` is a Lambda handler, `assets` the folder of built scripts and styles.

    `complain` takes a line for whoever watches: failures that on AWS would be API Gateway's own 5xx.
    """

    def __init__(
        self, handler: Handler, assets: Path | None = None, complain: Callable[[str], None] | None = None
    ) -> None:
        self.handler = handler
        self.assets = assets
        self.complain = complain or (lambda line: print(line, file=sys.stderr))
        self.pool = ThreadPoolExecutor(THREADS, thread_name_prefix="handler")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        try:
            answer = await self._answer(scope, receive)
        except Disconnected:
            return
        await _send(scope["method"], answer, send)

    async def _answer(self, scope: Scope, receive: Receive) -> events.Answer:
        path = scope["raw_path"].decode("latin-1")
        headers = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in scope["headers"]]
        if not path.startswith("/"):
            return problem(400, "The request's target must be a path.")
        line = len(scope["method"]) + len(path) + len(scope["query_string"])
        if line + sum(len(value) for _, value in headers) > HEADER_BYTES:
            return problem(431, f"Request line and headers have more than {HEADER_BYTES:,} bytes.")
        if self.assets and path.startswith(ASSETS):
            return await asyncio.to_thread(_asset, self.assets, scope["method"], scope["path"])
        body = await _body(headers, receive)
        if body is None:
            return problem(413, TOO_LARGE)
        client, port = scope["client"][0], scope["server"][1]
        event = events.proxy(scope["method"], path, scope["query_string"], headers, body, client, port)
        if events.size(event) > events.PAYLOAD_BYTES:
            return problem(413, TOO_LARGE)
        return await self._invoke(event)

    async def _invoke(self, event: events.Event) -> events.Answer:
        context = events.Context("portico-local")
        trace = event["requestContext"]["requestId"]
        what = f"{event['httpMethod']} {event['path']}"
        call = asyncio.get_running_loop().run_in_executor(self.pool, self.handler, event, context)
        try:
            answer = events.answer(await asyncio.wait_for(asyncio.shield(call), HANDLER_SECONDS))
        except TimeoutError:
            self.complain(f"{what}: no answer within {HANDLER_SECONDS:.0f} seconds")
            return problem(504, "The service did not answer in time.", trace)
        except events.MalformedError as error:
            self.complain(f"{what}: {error}")
            return problem(502, f"The service's answer cannot be sent: {error}.", trace)
        except Exception:
            self.complain(f"{what}: the handler raised\n{traceback.format_exc()}")
            return problem(502, "The service failed.", trace)
        if answer.status >= 500:
            self.complain(f"{what}: answered {answer.status}")
        return answer


def problem(status: int, detail: str, trace: str | None = None) -> events.Answer:
    """An answer of the gateway itself. `trace`: the id of the request, where it has one already."""
    document = {
        "status": status,
        "title": TITLES[status],
        "type": f"https://httpstatuses.com/{status}",
        "instance": f"kong:trace:{trace or uuid.uuid4()}",
        "detail": detail,
    }
    headers = [("content-type", "application/problem+json"), ("cache-control", "no-store")]
    return events.Answer(status, headers, json.dumps(document).encode())


async def _body(headers: Headers, receive: Receive) -> bytes | None:
    """The whole body, None where it is too large: the server reads and drops what still comes of it, so that
    a client which listens only when it has sent everything hears the answer. Raises Disconnected."""
    declared = dict(headers).get("content-length", "")
    if declared.isdigit() and int(declared) > events.PAYLOAD_BYTES:
        return None
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Disconnected
        body += message.get("body", b"")
        if len(body) > events.PAYLOAD_BYTES:
            return None
        if not message.get("more_body"):
            return bytes(body)


def _asset(folder: Path, method: str, path: str) -> events.Answer:
    """A built file. Its name has a hash of its content, so it may be kept for ever."""
    parts = path.removeprefix(ASSETS).split("/")
    file = folder.joinpath(*parts)
    hidden = any(part in ("", "..") or part.startswith(".") or "\\" in part or "\0" in part for part in parts)
    if hidden or method not in ("GET", "HEAD") or not file.is_file():
        return problem(404, "There is no such file.")
    media_type = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    if media_type.startswith("text/"):
        media_type += "; charset=utf-8"
    headers = [
        ("content-type", media_type),
        ("cache-control", "public, max-age=31536000, immutable"),
        ("x-content-type-options", "nosniff"),
    ]
    return events.Answer(200, headers, file.read_bytes())


async def _send(method: str, answer: events.Answer, send: Send) -> None:
    bodiless = answer.status in (204, 304)
    headers = [(name.lower().encode("latin-1"), _clean(value)) for name, value in answer.headers]
    declared = [value for name, value in headers if name == b"content-length"]
    headers = [(name, value) for name, value in headers if name != b"content-length"]
    if not bodiless:
        length = declared[0] if declared and method == "HEAD" else str(len(answer.body)).encode()
        headers.append((b"content-length", length))
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if bodiless else answer.body})


def _clean(value: str) -> bytes:
    return value.replace("\r", " ").replace("\n", " ").encode("latin-1", "replace")


def make(handler: Handler, **options: Any) -> Any:
    """A uvicorn server for `handler`, to be run by `await server.serve(sockets=[...])`."""
    import uvicorn

    config = uvicorn.Config(
        Gateway(handler, **options),
        http="h11",
        loop="asyncio",
        ws="none",
        lifespan="off",
        log_config=None,
        log_level="critical",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        h11_max_incomplete_event_size=8 * HEADER_BYTES,
        timeout_graceful_shutdown=3,
    )
    return uvicorn.Server(config)


class Background:
    """A server in a thread of its own, on a free port unless `port` is given: for tests."""

    def __init__(self, handler: Handler, port: int = 0, **options: Any) -> None:
        self._listener = socket.create_server(("127.0.0.1", port), backlog=256)
        self.port: int = self._listener.getsockname()[1]
        self._server = make(handler, **options)
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        asyncio.run(self._server.serve(sockets=[self._listener]))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(10)
