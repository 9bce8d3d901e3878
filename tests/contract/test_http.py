"""What every operation has in common, over real HTTP."""

from __future__ import annotations

import gzip
import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.http import routing
from chalicelib.http.operation import Host
from chalicelib.settings import settings
from tests.client import Client
from tests.conftest import TOKEN


def lines(capsys: pytest.CaptureFixture[str]) -> list[Any]:
    found = []
    for line in capsys.readouterr().out.splitlines():
        if line.startswith("{"):
            found.append(json.loads(line))
    return found


def test_head_answers_as_get_without_a_body(admin: Client, portal: Any) -> None:
    path = f"/v3/portals/{portal['id']}"
    got, head = admin.get(path), admin.request("HEAD", path)
    assert head.status == 200
    assert head.body == b""
    assert head.headers["etag"] == got.headers["etag"]


def test_options_tells_the_methods(admin: Client, portal: Any) -> None:
    reply = admin.request("OPTIONS", f"/v3/portals/{portal['id']}")
    assert reply.status == 204
    assert reply.headers["allow"] == "DELETE, GET, HEAD, OPTIONS, PATCH"


def test_a_wrong_method_is_405_and_says_which_are_right(admin: Client) -> None:
    reply = admin.put("/v3/portals", {})
    assert reply.status == 405
    assert reply.headers["allow"] == "GET, HEAD, OPTIONS, POST"
    assert reply.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    "path",
    [
        "/v3/nothing",
        "/nothing",
        "/v3/portals/a/b/c/d",
        "/v3//portals",
        "//v3/portals",
        "/v3%2Fportals",
        "/%00",
        "/v9/portals",
    ],
)
def test_an_unknown_path_is_a_problem_document(admin: Client, path: str) -> None:
    reply = admin.get(path)
    assert reply.status == 404
    assert set(reply.json()) == {"status", "title", "type", "instance", "detail"}
    assert reply.json()["instance"].startswith("kong:trace:")


def test_an_unknown_host_has_nothing(admin: Client) -> None:
    for path in ("/v3/portals", "/api/v3/portal", "/openapi.json"):
        assert admin.at("nobody.localhost").get(path).status == 404


def test_the_management_api_does_not_exist_on_portal_hosts(
    admin: Client, portal: Any, visitor: Callable[[Any], Client]
) -> None:
    for path in ("/v3/portals", "/portico/v1/tokens", "/v2/application-auth-strategies"):
        reply = visitor(portal).get(path, headers={"Authorization": f"Bearer {TOKEN}"})
        assert reply.status == 404
    assert admin.get("/api/v3/portal").status == 404


@pytest.mark.parametrize(
    "header", [None, "Bearer", "Bearer nobody", "Basic eDp5", "nobody", "Bearer " + "x" * 4000]
)
def test_without_a_token_that_counts_it_is_401(server: int, table: str, header: str | None) -> None:
    reply = Client(server).get("/v3/portals", headers={"Authorization": header} if header else {})
    assert reply.status == 401
    assert reply.headers["www-authenticate"].startswith("Bearer")


def test_a_body_may_come_gzipped(admin: Client) -> None:
    body = gzip.compress(json.dumps({"name": f"gzip-{uuid.uuid4()}"}).encode())
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    assert admin.post("/v3/portals", body, headers=headers).status == 201
    assert admin.post("/v3/portals", b"no gzip", headers=headers).status == 400
    assert admin.post("/v3/portals", body, headers={**headers, "Content-Encoding": "br"}).status == 400


def test_a_gzip_bomb_is_refused_without_being_unpacked(admin: Client) -> None:
    bomb = gzip.compress(b" " * 200_000_000)
    reply = admin.post("/v3/portals", bomb, headers={"Content-Encoding": "gzip"})
    assert reply.status == 413


def test_a_body_beyond_the_limit_is_413(admin: Client) -> None:
    reply = admin.post("/v3/portals", {"name": "x", "description": "y" * 1_100_000})
    assert reply.status == 413
    assert "1,048,576 bytes" in reply.json()["detail"]


@pytest.mark.parametrize(
    ("body", "field"),
    [(b"{", ""), (b"", ""), (b"[]", ""), (b'"x"', ""), (b'{"name": "\xff"}', ""), (b"{}", "name")],
)
def test_a_body_that_is_no_portal_names_what_is_wrong(admin: Client, body: bytes, field: str) -> None:
    reply = admin.post("/v3/portals", body, headers={"Content-Type": "application/json"})
    assert list(reply.fields()) == [field]


def test_other_media_types_are_refused(admin: Client) -> None:
    assert admin.post("/v3/portals", b"<x/>", headers={"Content-Type": "application/xml"}).status == 400
    name = {"name": f"plus-{uuid.uuid4()}"}
    reply = admin.post(
        "/v3/portals", name, headers={"Content-Type": "application/merge-patch+json; charset=utf-8"}
    )
    assert reply.status == 201


def test_get_and_delete_may_carry_a_content_type(admin: Client, portal: Any) -> None:
    path, headers = f"/v3/portals/{portal['id']}", {"Content-Type": "application/json"}
    assert admin.get(path, headers=headers).status == 200
    assert admin.delete(path, headers=headers).status == 204


def test_answers_are_gzipped_for_who_reads_it(admin: Client) -> None:
    assert admin.get("/openapi.json").headers["content-encoding"] == "gzip"
    plain = admin.get("/openapi.json", headers={"Accept-Encoding": "gzip;q=0"})
    assert "content-encoding" not in plain.headers
    assert plain.json()["openapi"] == "3.1.0"


def test_an_unchanged_answer_is_304(admin: Client, portal: Any) -> None:
    path = f"/v3/portals/{portal['id']}"
    tag = admin.get(path).headers["etag"]
    reply = admin.get(path, headers={"If-None-Match": tag})
    assert (reply.status, reply.body) == (304, b"")
    admin.patch(path, {"description": "changed"})
    assert admin.get(path, headers={"If-None-Match": tag}).status == 200


def test_only_named_origins_may_call_from_a_browser(admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTICO_ALLOWED_ORIGINS", "https://console.example")
    settings.cache_clear()
    try:
        asked = {"Origin": "https://console.example", "Access-Control-Request-Method": "PATCH"}
        reply = admin.request("OPTIONS", "/v3/portals", headers=asked)
        assert reply.headers["access-control-allow-origin"] == "https://console.example"
        assert "If-Match" in reply.headers["access-control-allow-headers"]
        reply = admin.get("/v3/portals", headers={"Origin": "https://console.example"})
        assert "ETag" in reply.headers["access-control-expose-headers"]
        assert "Origin" in reply.headers["vary"]
        reply = admin.get("/v3/portals", headers={"Origin": "https://evil.example"})
        assert "access-control-allow-origin" not in reply.headers
    finally:
        monkeypatch.undo()
        settings.cache_clear()


def test_behind_cloudfront_nobody_comes_around_it(
    admin: Client, portal: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTICO_ORIGIN_SECRETS", "old-secret,new-secret")
    settings.cache_clear()
    try:
        assert admin.get("/v3/portals").status == 403
        assert admin.get("/v3/portals", headers={"X-Portico-Origin": "wrong"}).status == 403
        for secret in ("old-secret", "new-secret"):
            assert admin.get("/v3/portals", headers={"X-Portico-Origin": secret}).status == 200
        host = {"X-Portico-Origin": "new-secret", "X-Portico-Host": portal["default_domain"]}
        assert admin.get("/v3/portals", headers=host).status == 404
        assert admin.get("/openapi.json", headers=host).json()["info"]["title"] == "Portico portal API"
    finally:
        monkeypatch.undo()
        settings.cache_clear()


def test_a_forwarded_host_counts_for_nothing_where_no_cloudfront_is(admin: Client, portal: Any) -> None:
    assert admin.get("/v3/portals", headers={"X-Portico-Host": portal["default_domain"]}).status == 200


def test_a_fault_of_ours_is_500_with_a_trace_id_and_nothing_else(
    admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chalicelib.portals import service

    def fail(query: Any) -> Any:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(service, "page", fail)
    reply = admin.get("/v3/portals")
    assert reply.status == 500
    assert "secret" not in reply.text
    assert reply.headers["x-trace-id"] in reply.json()["detail"]


def test_every_request_leaves_one_audit_line(
    admin: Client, as_role: Callable[[str], Client], portal: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    viewer = as_role("viewer")
    capsys.readouterr()
    viewer.delete(f"/v3/portals/{portal['id']}", headers={"User-Agent": "a-script"})
    (line,) = [line["audit"] for line in lines(capsys) if "audit" in line]
    assert line["operation"] == "delete-portal"
    assert line["path"] == f"/v3/portals/{portal['id']}"
    assert line["status"] == 403
    assert line["source_ip"] == "127.0.0.1"
    assert line["user_agent"] == "a-script"
    login, denial, access = line["parts"]
    assert login == ["authentication", "pat", "success", line["principal_id"]]
    assert (denial, access) == (["authorization"], ["access"])


def test_nothing_secret_is_logged(
    admin: Client, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POWERTOOLS_LOG_LEVEL", "INFO")
    capsys.readouterr()
    made = admin.made("/portico/v1/tokens", {"name": "very-private-name", "role": "viewer"})
    admin.get("/v3/portals", query={"filter[name]": "query-text"})
    Client(admin.port, token="ptc_wrong-token").get("/v3/portals")
    out = capsys.readouterr().out
    requests = [json.loads(line) for line in out.splitlines() if '"message":"request"' in line]
    assert [line["operation"] for line in requests] == ["create-token", "list-portals", "list-portals"]
    for text in (made["token"], TOKEN, "ptc_wrong-token", "very-private-name", "query-text"):
        assert text not in out


def test_every_operation_is_below_the_prefix_of_its_own_module() -> None:
    for op in routing.load_all():
        segments = tuple("x" if part.startswith("{") else part for part in op.segments)
        assert op.handler.__module__ == routing._module(op.host, segments), op.id


def test_every_management_operation_asks_for_a_permission_or_is_known_to_be_open() -> None:
    open_to_anyone = {op.id for op in routing.load_all() if op.host is Host.ADMIN and op.allow == "anyone"}
    pages = {"console-front", "console", "console-path", "preview-frame"}
    keys, doors = {"get-audit-log-jwks"}, {"get-sign-in", "create-session"}
    assert open_to_anyone <= {"describe", "get-available-regions", "get-admin-media", *keys, *doors, *pages}


def test_a_body_too_large_for_a_request_goes_by_upload(admin: Client) -> None:
    upload = admin.upload(gzip.compress(json.dumps({"name": "By upload"}).encode()))
    made = admin.made("/v3/portals", None, headers={"X-Portico-Upload": upload})
    assert made["name"] == "By upload"
    assert admin.post("/v3/portals", None, headers={"X-Portico-Upload": str(uuid.uuid4())}).status == 404


def test_a_parameter_of_keys_is_refused_without_one(visitor: Callable[[Any], Client], portal: Any) -> None:
    reply = visitor(portal).get("/api/v3/api-attributes", query={"selected": "a", "selected[team]": "b"})
    assert reply.fields() == {"selected": "invalid"}
    assert visitor(portal).get("/api/v3/api-attributes", query={"selected[]": "a"}).status == 400


def test_who_sends_no_accept_gets_text_not_base64(admin: Client) -> None:
    """API Gateway turns base64 into bytes only where Accept matches its binary media types."""
    import app

    headers = {"Host": "localhost", "Accept-Encoding": "gzip"}
    event = {"httpMethod": "GET", "path": "/openapi.json", "headers": headers}
    answer = app.app(event, None)
    assert answer["isBase64Encoded"] is False
    assert "Content-Encoding" not in answer["multiValueHeaders"]
    assert json.loads(answer["body"])["openapi"]
    headers["Accept"] = "*/*"
    assert app.app(event, None)["isBase64Encoded"] is True
