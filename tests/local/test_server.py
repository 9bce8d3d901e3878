"""The local server over real HTTP: what a handler sees, what a client gets, and the limits."""

from __future__ import annotations

import base64
import json
import socket
import threading
from collections.abc import Iterator
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any

import pytest

from infra.local import events, server


class Stub:
    """A handler that keeps the events it gets and answers what it is told."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.events: list[Any] = []
        self.complaints: list[str] = []
        self.returns: Any = {"statusCode": 200, "body": "fine"}

    def complain(self, line: str) -> None:
        self.complaints.append(line)

    def __call__(self, event: Any, context: Any) -> Any:
        self.events.append(event)
        if callable(self.returns):
            return self.returns(event)
        return self.returns

    @property
    def event(self) -> Any:
        assert len(self.events) == 1
        return self.events[0]


@pytest.fixture(scope="module")
def assets(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("assets")


@pytest.fixture(scope="module")
def running(assets: Path) -> Iterator[tuple[Stub, int]]:
    stub = Stub()
    with server.Background(stub, assets=assets, complain=stub.complain) as found:
        yield stub, found.port


@pytest.fixture
def stub(running: tuple[Stub, int]) -> Stub:
    running[0].reset()
    return running[0]


@pytest.fixture
def port(running: tuple[Stub, int]) -> int:
    return running[1]


def request(
    port: int, method: str, target: str, body: bytes | None = None, headers: dict[str, str] | None = None
) -> tuple[HTTPResponse, bytes]:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request(method, target, body, headers or {})
    response = connection.getresponse()
    content = response.read()
    connection.close()
    return response, content


def raw(port: int, text: bytes) -> bytes:
    """Send bytes as they are, read until the server closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(text)
        received = b""
        while part := connection.recv(65536):
            received += part
    return received


PATHS = [
    "/",
    "/a%2Fb",
    "/100%25",
    "/%252F",
    "//x//",
    "/caf%C3%A9",
    "/%zz",
    "/a/../b/./c",
    "/a;b=c,d",
    "/x%20+y/",
]


@pytest.mark.parametrize("path", PATHS)
def test_a_path_arrives_byte_for_byte(stub: Stub, port: int, path: str) -> None:
    request(port, "GET", path)
    assert stub.event["path"] == path
    assert stub.event["requestContext"]["path"] == "/api" + path
    if path == "/":
        assert (stub.event["resource"], stub.event["pathParameters"]) == ("/", None)
    else:
        assert stub.event["resource"] == "/{path+}"
        assert stub.event["pathParameters"] == {"path": path[1:]}


@pytest.mark.parametrize("method", ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "BREW"])
def test_every_method_passes(stub: Stub, port: int, method: str) -> None:
    response, _ = request(port, method, "/x")
    assert response.status == 200
    assert stub.event["httpMethod"] == stub.event["requestContext"]["httpMethod"] == method


def test_query_values_are_decoded_and_repeated_names_kept(stub: Stub, port: int) -> None:
    request(port, "GET", "/x?a=1&a=2&filter%5Bname%5D=caf%C3%A9+au%20lait&empty=&bare")
    assert stub.event["multiValueQueryStringParameters"] == {
        "a": ["1", "2"],
        "filter[name]": ["café au lait"],
        "empty": [""],
        "bare": [""],
    }
    assert stub.event["queryStringParameters"]["a"] == "2"


def test_no_query_is_null(stub: Stub, port: int) -> None:
    request(port, "GET", "/x")
    assert stub.event["queryStringParameters"] is None
    assert stub.event["multiValueQueryStringParameters"] is None


def test_repeated_headers_are_kept(stub: Stub, port: int) -> None:
    raw(port, b"GET / HTTP/1.1\r\nHost: h\r\nX-Two: 1\r\nX-Two: 2\r\nConnection: close\r\n\r\n")
    assert stub.event["multiValueHeaders"]["x-two"] == ["1", "2"]
    assert stub.event["headers"]["x-two"] == "2"
    assert stub.event["headers"]["host"] == "h"
    assert "connection" not in stub.event["headers"]


def test_the_clients_address_is_the_connections(stub: Stub, port: int) -> None:
    request(port, "GET", "/", headers={"X-Forwarded-For": "203.0.113.9"})
    assert stub.event["requestContext"]["identity"]["sourceIp"] == "127.0.0.1"
    assert stub.event["headers"]["x-forwarded-for"] == "203.0.113.9, 127.0.0.1"


def test_bytes_go_in_and_come_out_unchanged(stub: Stub, port: int) -> None:
    every_byte = bytes(range(256)) * 40
    stub.returns = lambda event: {"statusCode": 200, "body": event["body"], "isBase64Encoded": True}
    _, body = request(port, "POST", "/", every_byte)
    assert body == every_byte
    assert stub.event["isBase64Encoded"] is True
    assert base64.b64decode(stub.event["body"]) == every_byte


def test_a_chunked_body_arrives_whole(stub: Stub, port: int) -> None:
    head = b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
    raw(port, head + b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
    assert base64.b64decode(stub.event["body"]) == b"abcde"
    assert "transfer-encoding" not in stub.event["headers"]


def test_no_body_is_null(stub: Stub, port: int) -> None:
    request(port, "GET", "/")
    assert stub.event["body"] is None
    assert stub.event["isBase64Encoded"] is False


def test_two_cookies_stay_two(stub: Stub, port: int) -> None:
    stub.returns = {
        "statusCode": 201,
        "headers": {"X-One": "1", "set-cookie": "taken from the other form"},
        "multiValueHeaders": {"Set-Cookie": ["a=1; Path=/", "b=2"]},
        "body": "",
    }
    response, _ = request(port, "GET", "/")
    assert response.status == 201
    assert response.headers.get_all("set-cookie") == ["a=1; Path=/", "b=2"]
    assert response.headers["x-one"] == "1"


def test_head_has_the_length_and_no_body(stub: Stub, port: int) -> None:
    stub.returns = {"statusCode": 200, "headers": {"Content-Length": "1234"}, "body": ""}
    response, body = request(port, "HEAD", "/")
    assert response.headers["content-length"] == "1234"
    assert body == b""


def test_no_content_has_no_length(stub: Stub, port: int) -> None:
    stub.returns = {"statusCode": 204, "body": ""}
    response, _ = request(port, "DELETE", "/")
    assert response.status == 204
    assert "content-length" not in response.headers


def test_a_handler_cannot_split_the_response(stub: Stub, port: int) -> None:
    stub.returns = {"statusCode": 302, "headers": {"Location": "/x\r\nX-Evil: 1"}}
    response, _ = request(port, "GET", "/")
    assert "x-evil" not in response.headers


def test_the_largest_body_passes(stub: Stub, port: int) -> None:
    response, _ = request(port, "POST", "/", bytes(4_700_000))
    assert response.status == 200
    assert events.size(stub.event) <= events.PAYLOAD_BYTES


@pytest.mark.parametrize("size", [4_720_000, 9_000_000])
def test_a_body_that_is_too_large_is_told_the_other_ways(stub: Stub, port: int, size: int) -> None:
    response, body = request(port, "POST", "/", bytes(size))
    assert response.status == 413
    assert response.headers["content-type"] == "application/problem+json"
    detail = json.loads(body)["detail"]
    assert "gzip" in detail
    assert "/portico/v1/uploads" in detail
    assert stub.events == []


def test_a_client_that_asks_first_need_not_send_what_is_too_large(stub: Stub, port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(
            b"PUT / HTTP/1.1\r\nHost: h\r\nContent-Length: 9000000\r\nExpect: 100-continue\r\n\r\n"
        )
        assert connection.recv(65536).startswith(b"HTTP/1.1 413 ")


def test_an_endless_chunked_body_is_refused(stub: Stub, port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\n\r\n")
        chunk = b"100000\r\n" + bytes(0x100000) + b"\r\n"
        for _ in range(8):
            connection.sendall(chunk)
        assert connection.recv(65536).startswith(b"HTTP/1.1 413 ")
    assert stub.events == []


def test_headers_that_are_too_large_are_refused(stub: Stub, port: int) -> None:
    assert request(port, "GET", "/", headers={"X-Long": "x" * 9_900})[0].status == 200
    response, body = request(port, "GET", "/", headers={"X-Long": "x" * 10_300})
    assert response.status == 431
    assert json.loads(body)["status"] == 431
    assert request(port, "GET", "/" + "x" * 10_300)[0].status == 431
    assert len(stub.events) == 1


@pytest.mark.parametrize(
    "returned",
    [
        None,
        {"body": "no status"},
        {"statusCode": "200"},
        {"statusCode": 200, "body": {"not": "text"}},
        {"statusCode": 200, "body": "#", "isBase64Encoded": True},
        {"statusCode": 99},
    ],
)
def test_a_malformed_answer_is_a_loud_502(stub: Stub, port: int, returned: Any) -> None:
    stub.returns = returned
    response, body = request(port, "GET", "/thing")
    assert response.status == 502
    assert json.loads(body)["status"] == 502
    assert "GET /thing" in stub.complaints[0]


@pytest.mark.parametrize("encoded", [True, False])
def test_an_answer_that_a_lambda_cannot_send_is_a_loud_502(stub: Stub, port: int, encoded: bool) -> None:
    fits = 4 * (events.PAYLOAD_BYTES // 4 - 100)
    stub.returns = {"statusCode": 200, "body": "a" * fits, "isBase64Encoded": encoded}
    assert request(port, "GET", "/")[0].status == 200
    stub.returns = {"statusCode": 200, "body": "a" * (fits + 400), "isBase64Encoded": encoded}
    response, body = request(port, "GET", "/")
    assert response.status == 502
    assert "Lambda" in json.loads(body)["detail"]
    assert len(stub.complaints) == 1


def test_a_handler_that_raises_is_a_loud_502_that_tells_the_client_nothing(stub: Stub, port: int) -> None:
    def fail(_: Any) -> Any:
        raise RuntimeError("the secret reason")

    stub.returns = fail
    response, body = request(port, "GET", "/")
    assert response.status == 502
    assert b"secret" not in body
    assert "the secret reason" in stub.complaints[0]


def test_an_answer_of_500_is_shown_to_whoever_watches(stub: Stub, port: int) -> None:
    stub.returns = {"statusCode": 500, "body": "{}"}
    request(port, "GET", "/thing")
    assert stub.complaints == ["GET /thing: answered 500"]


def test_a_handler_that_hangs_is_504(stub: Stub, port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "HANDLER_SECONDS", 0.05)
    go_on = threading.Event()
    stub.returns = lambda _: go_on.wait(10)
    response, _ = request(port, "GET", "/")
    go_on.set()
    assert response.status == 504
    assert len(stub.complaints) == 1


def test_handlers_run_at_the_same_time(stub: Stub, port: int) -> None:
    together = threading.Barrier(8, timeout=10)

    def meet(_: Any) -> Any:
        together.wait()
        return {"statusCode": 200}

    stub.returns = meet
    found: list[int] = []
    threads = [
        threading.Thread(target=lambda: found.append(request(port, "GET", "/")[0].status)) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert found == [200] * 8


def test_slow_clients_hold_up_nobody(stub: Stub, port: int) -> None:
    slow = [socket.create_connection(("127.0.0.1", port)) for _ in range(3 * server.THREADS)]
    for connection in slow:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhalf")
    assert request(port, "GET", "/quick")[0].status == 200
    assert [event["path"] for event in stub.events] == ["/quick"]
    for connection in slow:
        connection.close()


def test_a_request_whose_client_left_before_the_body_came_is_not_carried_out(stub: Stub, port: int) -> None:
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"POST /lost HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhalf")
    assert request(port, "GET", "/next")[0].status == 200
    assert [event["path"] for event in stub.events] == ["/next"]


def test_a_client_that_leaves_before_the_answer_disturbs_nobody(stub: Stub, port: int) -> None:
    arrived, go_on = threading.Event(), threading.Event()

    def wait(_: Any) -> Any:
        arrived.set()
        go_on.wait(10)
        return {"statusCode": 200, "body": "x" * 1_000_000}

    stub.returns = wait
    with socket.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\nHost: h\r\n\r\n")
        assert arrived.wait(10)
    go_on.set()
    assert request(port, "GET", "/")[0].status == 200
    assert stub.complaints == []


def test_a_target_that_is_no_path_is_refused(stub: Stub, port: int) -> None:
    head = b" HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"
    for target in (b"OPTIONS *", b"GET http://other/x", b"CONNECT h:1"):
        assert raw(port, target + head).startswith(b"HTTP/1.1 400 ")
    assert stub.events == []


def test_bytes_outside_ascii_in_the_target_are_refused(stub: Stub, port: int) -> None:
    assert raw(port, "GET /é HTTP/1.1\r\nHost: h\r\n\r\n".encode()).startswith(b"HTTP/1.1 400 ")


def test_built_files_are_served_for_ever(stub: Stub, port: int, assets: Path) -> None:
    (assets / "site-1a2b.js").write_text("go()")
    response, body = request(port, "GET", "/_assets/site-1a2b.js")
    assert body == b"go()"
    assert "immutable" in response.headers["cache-control"]
    assert response.headers["content-type"].startswith("text/javascript")
    assert stub.events == []


@pytest.mark.parametrize(
    "name", ["none.js", "../secret", "%2e%2e/secret", "..%2fsecret", ".hidden", "", "/etc/passwd"]
)
def test_nothing_but_built_files_is_served(stub: Stub, port: int, assets: Path, name: str) -> None:
    (assets.parent / "secret").write_text("s")
    (assets / ".hidden").write_text("h")
    assert request(port, "GET", "/_assets/" + name)[0].status == 404
    assert stub.events == []
