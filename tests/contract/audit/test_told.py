"""What requests leave in the log: all that is to be told, and nothing that must not be."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib import clock
from chalicelib.access import sessions, tokens
from chalicelib.access.roles import Role
from chalicelib.audit import events
from chalicelib.settings import settings
from tests.client import Client


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Callable[[], list[Any]]:
    """The audit lines since it was asked last."""

    def take() -> list[Any]:
        lines = capsys.readouterr().out.splitlines()
        return [json.loads(line)["audit"] for line in lines if line.startswith(events.MARK)]

    return take


@pytest.mark.parametrize(
    ("headers", "login"),
    [
        ({}, ["authentication", "invalid", "not_found", None]),
        ({"Authorization": "Basic abc"}, ["authentication", "invalid", "not_found", None]),
        ({"Authorization": "Bearer ptc_nobody"}, ["authentication", "pat", "not_found", None]),
    ],
)
def test_a_credential_that_is_refused_is_told(
    admin: Client, told: Callable[[], list[Any]], headers: dict[str, str], login: list[Any]
) -> None:
    told()
    assert Client(admin.port).get("/v3/portals", headers=headers).status == 401
    (line,) = told()
    assert line["parts"] == [login]
    assert line["principal_id"] is None


def test_a_revoked_and_an_expired_token_are_told_with_whose_they_are(
    admin: Client, told: Callable[[], list[Any]]
) -> None:
    revoked = admin.made("/portico/v1/tokens", {"name": "r", "role": "viewer"})
    admin.delete(f"/portico/v1/tokens/{revoked['id']}")
    record, expired = tokens.create("e", Role.VIEWER, expires_at=1)
    told()
    Client(admin.port, token=revoked["token"]).get("/v3/portals")
    Client(admin.port, token=expired).post("/v3/portals", {})
    first, second = told()
    assert first["parts"] == [["authentication", "pat", "disabled", revoked["id"]]]
    assert second["parts"] == [["authentication", "pat", "token_expired", record.id], ["access"]]
    assert second["status"] == 401


def test_a_failure_of_ours_is_told_too(
    admin: Client, told: Callable[[], list[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise RuntimeError

    told()
    with monkeypatch.context() as patched:
        patched.setattr("chalicelib.portals.service.create", fail)
        assert admin.post("/v3/portals", {"name": "x"}).status == 500
    with monkeypatch.context() as patched:
        patched.setattr(tokens, "authenticate", fail)
        assert admin.get("/v3/portals").status == 500
    failed, unchecked = told()
    assert (failed["status"], failed["parts"][-1]) == (500, ["access"])
    assert unchecked["parts"] == [["authentication", "pat", "invalid", None]]


def test_changes_that_are_refused_or_lead_nowhere_are_told(
    admin: Client, told: Callable[[], list[Any]], portal: Any, visitor: Callable[[Any], Client]
) -> None:
    told()
    admin.post("/v3/portals", {"name": ""})
    admin.post("/v3/nothing", {})
    admin.delete("/v3/portals")
    visitor(portal).post("/api/v3/nothing", {})
    Client(admin.port, "unknown.example.com").post("/", {})
    lines = told()
    assert [line["status"] for line in lines] == [400, 404, 405, 405, 404]
    assert all(line["parts"][-1] == ["access"] for line in lines)
    assert lines[3]["portal_id"] == portal["id"]


def test_reading_a_portal_is_nobodys_business(
    portal: Any, visitor: Callable[[Any], Client], told: Callable[[], list[Any]], admin: Client
) -> None:
    told()
    visitor(portal).get("/api/v3/portal")
    visitor(portal).get("/")
    admin.request("OPTIONS", "/v3/portals")
    Client(admin.port).get("/v3/available-regions")
    assert told() == []


def test_a_login_that_a_service_checks_is_told_with_its_request(
    portal: Any,
    visitor: Callable[[Any], Client],
    told: Callable[[], list[Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As whoever checks passwords tells of it: `events.login` in the request that is under way."""
    authenticate = sessions.authenticate

    def check(*given: Any, **more: Any) -> Any:
        events.login("basic", "invalid_password", "a-developer")
        return authenticate(*given, **more)

    monkeypatch.setattr(sessions, "authenticate", check)
    told()
    visitor(portal).get("/api/v3/portal")
    visitor(portal).get("/api/v3/portal")
    first, second = told()
    assert first["parts"] == [["authentication", "basic", "invalid_password", "a-developer"]]
    assert second["portal_number"] == first["portal_number"] + 1


def test_tokens_that_are_made_and_revoked_are_told(admin: Client, told: Callable[[], list[Any]]) -> None:
    told()
    made = admin.made("/portico/v1/tokens", {"name": "night", "role": "viewer"})
    admin.delete(f"/portico/v1/tokens/{made['id']}")
    first, second = told()
    assert (first["operation"], first["status"], first["parts"][-1]) == ("create-token", 201, ["access"])
    assert (second["operation"], second["status"], second["parts"][-1]) == ("revoke-token", 204, ["access"])
    assert second["path"].endswith(made["id"])
    assert made["token"] not in json.dumps([first, second])


def test_a_preview_that_begins_ends_or_is_refused_is_a_login_of_its_admin_at_the_portal(
    admin: Client, portal: Any, visitor: Callable[[Any], Client], told: Callable[[], list[Any]]
) -> None:
    def link() -> str:
        url: str = admin.made(f"/portico/v1/portals/{portal['id']}/preview-sessions", None)["url"]
        return "/_preview-mode/" + url.rpartition("/")[2]

    own = admin.get("/v3/users/me").json()["id"]
    guest, path, old = visitor(portal), link(), link()
    told()
    cookie = guest.get(path).headers["set-cookie"].partition(";")[0]
    guest.get(path)
    try:
        clock.travel(61_000)
        assert guest.get(old).status == 410
    finally:
        clock.travel(0)
    guest.get("/_preview-mode/leave", headers={"Cookie": cookie})
    lines = told()
    assert [line["parts"] for line in lines] == [
        [["authentication", "pat", "success", own]],
        [["authentication", "pat", "not_found", None]],
        [["authentication", "pat", "token_expired", own]],
        [["authentication", "pat", "success", own]],
    ]
    assert {line["portal_id"] for line in lines} == {portal["id"]}


def test_a_one_time_token_in_a_path_is_not_written_down(
    portal: Any,
    visitor: Callable[[Any], Client],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("POWERTOOLS_LOG_LEVEL", "INFO")
    visitor(portal).get("/_preview-mode/one-time-secret")
    written = capsys.readouterr().out
    assert "/_preview-mode/*" in written
    assert "one-time-secret" not in written


def test_who_comes_around_the_edge_is_told(
    admin: Client, told: Callable[[], list[Any]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTICO_ORIGIN_SECRETS", "s3cret")
    settings.cache_clear()
    try:
        told()
        assert admin.get("/v3/portals").status == 403
        headers = {
            "X-Portico-Origin": "s3cret",
            "X-Portico-Host": "localhost",
            "X-Forwarded-For": "10.9.9.9, 198.51.100.4",
        }
        assert admin.get("/v3/portals", headers=headers).status == 200
        around, through = told()
    finally:
        monkeypatch.undo()
        settings.cache_clear()
    assert around["parts"] == [["authorization"]]
    assert through["source_ip"] == "198.51.100.4", "the viewer, as CloudFront saw it, not what it was told"
