"""The line of a request: what is told, and what is not."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.access.principal import Admin
from chalicelib.audit import events
from chalicelib.audit.events import Facts, Login


def facts(**more: Any) -> Facts:
    given: dict[str, Any] = {
        "operation": "update-portal",
        "method": "PATCH",
        "path": "/v3/portals/p",
        "query": "",
        "status": 200,
        "principal": Admin("an-id", "Some Body"),
        "portal_id": None,
        "logins": (Login("pat", "success", "an-id"),),
        "denied": False,
        "trace_id": "t",
        "source_ip": "192.0.2.1",
        "user_agent": "agent",
        **more,
    }
    return Facts(**given)


def told(capsys: pytest.CaptureFixture[str], **more: Any) -> Any:
    capsys.readouterr()
    events.emit(facts(**more))
    out = capsys.readouterr().out
    if not out:
        return None
    assert out.startswith(events.MARK)
    assert out.endswith("\n")
    assert len(out.splitlines()) == 1
    return json.loads(out)["audit"]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_every_change_is_told(capsys: pytest.CaptureFixture[str], method: str) -> None:
    assert told(capsys, method=method)["parts"] == [["authentication", "pat", "success", "an-id"], ["access"]]


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_a_read_tells_who_it_was_and_nothing_where_that_is_nobody(
    capsys: pytest.CaptureFixture[str], method: str
) -> None:
    assert told(capsys, method=method)["parts"] == [["authentication", "pat", "success", "an-id"]]
    assert told(capsys, method=method, logins=()) is None


def test_a_denial_is_told_beside_the_rest(capsys: pytest.CaptureFixture[str]) -> None:
    parts = told(capsys, denied=True, status=403)["parts"]
    assert [part[0] for part in parts] == ["authentication", "authorization", "access"]


def test_no_name_and_no_address_is_in_it(capsys: pytest.CaptureFixture[str]) -> None:
    line = told(
        capsys,
        path="/v3/portals/email-domains/jo%40example.com/x",
        query="q=*&jo@example.com=*",
        user_agent="bot/1 (+mailto:jo@example.com; like Gecko)",
    )
    assert "Some Body" not in json.dumps(line)
    assert "example.com" not in json.dumps(line)
    assert line["path"] == "/v3/portals/email-domains/*/x"
    assert line["user_agent"].startswith("bot/1 ")


def test_values_of_a_query_are_told_only_where_they_are_known_to_be_harmless() -> None:
    pairs = [("force", "true"), ("token", "s3cret"), ("a b", "c&d")]
    assert events.query_text(pairs, ["force"]) == "force=true&token=*&a%20b=*"


def test_numbers_have_no_gap_and_each_portal_counts_its_own_logins(
    capsys: pytest.CaptureFixture[str],
) -> None:
    first = told(capsys, denied=True)
    second = told(capsys, portal_id="one")
    third = told(capsys, portal_id="one", logins=(Login("basic", "locked"), Login("basic", "success")))
    other = told(capsys, portal_id="two")
    assert {line["writer"] for line in (first, second, third, other)} == {first["writer"]}
    assert second["number"] == first["number"] + 3
    assert third["number"] == second["number"] + 2
    assert other["number"] == third["number"] + 3
    assert third["portal_number"] == second["portal_number"] + 1
    assert told(capsys, portal_id="one")["portal_number"] == third["portal_number"] + 2
    assert other["portal_number"] == 1


def test_long_texts_are_cut_and_odd_ones_survive(capsys: pytest.CaptureFixture[str]) -> None:
    line = told(capsys, path="/" + "x" * 5000, user_agent="\ud800\n" * 5000)
    assert len(line["path"]) == events.PATH_LIMIT
    assert len(line["user_agent"]) == events.TEXT_LIMIT


def test_logins_of_one_request_are_collected() -> None:
    token = events.logins.set(())
    events.login("basic", "invalid_password")
    events.login("basic", "success", "someone")
    assert events.logins.get() == (Login("basic", "invalid_password"), Login("basic", "success", "someone"))
    events.logins.reset(token)
