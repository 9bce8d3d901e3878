"""Admin tokens and roles over HTTP."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from chalicelib import clock
from chalicelib.access import tokens
from chalicelib.storage import keys, table
from tests.client import Client
from tests.conftest import TOKEN

TOKENS = "/portico/v1/tokens"


def test_a_token_is_shown_once_and_stored_as_a_hash(admin: Client) -> None:
    made = admin.made(TOKENS, {"name": "ci", "role": "viewer"})
    assert Client(admin.port, token=made["token"]).get("/v3/portals").status == 200
    shown = admin.get(f"{TOKENS}/{made['id']}").json()
    assert "token" not in shown
    assert shown["hint"] == made["token"][-4:]
    stored = table.get_item(keys.Key(keys.admin_token(tokens.digest(made["token"]))))
    assert made["token"] not in str(stored)


def test_a_revoked_token_ends_at_once_and_stays_listed(admin: Client) -> None:
    made = admin.made(TOKENS, {"name": "old", "role": "viewer"})
    assert admin.delete(f"{TOKENS}/{made['id']}").status == 204
    assert Client(admin.port, token=made["token"]).get("/v3/portals").status == 401
    assert admin.get(f"{TOKENS}/{made['id']}").json()["status"] == "revoked"
    assert admin.delete(f"{TOKENS}/{made['id']}").status == 204


def test_a_token_expires(admin: Client) -> None:
    made = admin.made(TOKENS, {"name": "brief", "role": "viewer", "expires_in_days": 1})
    client = Client(admin.port, token=made["token"])
    assert client.get("/v3/portals").status == 200
    clock.travel(86_400_000 + 1000)
    try:
        assert client.get("/v3/portals").status == 401
        assert admin.get(f"{TOKENS}/{made['id']}").json()["status"] == "expired"
    finally:
        clock.travel(0)


def test_tokens_are_listed_newest_first(admin: Client) -> None:
    made = admin.made(TOKENS, {"name": "newest", "role": "publisher"})
    found = admin.get(TOKENS, query={"page[size]": 1}).json()
    assert found["data"][0]["id"] == made["id"]
    assert found["meta"]["page"]["total"] >= 2


def test_a_wrong_token_request_names_its_faults(admin: Client) -> None:
    reply = admin.post(TOKENS, {"role": "owner", "expires_in_days": 0})
    assert reply.fields() == {"name": "required", "role": "enum", "expires_in_days": "min"}


@pytest.mark.parametrize(
    ("role", "may"),
    [
        ("viewer", {"GET"}),
        ("content_editor", {"GET"}),
        ("publisher", {"GET"}),
        ("admin", {"GET", "POST", "TOKENS"}),
    ],
)
def test_roles(as_role: Callable[[str], Client], role: str, may: set[str]) -> None:
    client = as_role(role)
    assert (client.get("/v3/portals").status == 200) is ("GET" in may)
    assert (client.post("/v3/portals", {}).status != 403) is ("POST" in may)
    assert (client.get(TOKENS).status != 403) is ("TOKENS" in may)


def test_who_am_i(admin: Client, as_role: Callable[[str], Client]) -> None:
    me = as_role("publisher").get("/v3/users/me").json()
    assert me["full_name"] == "publisher"
    assert me["roles"] == ["publisher"]
    organization = admin.get("/v3/organizations/me").json()
    assert organization["id"]
    assert Client(admin.port).get("/v3/available-regions").json() == {"regions": {"stable": ["us-east-1"]}}


def test_the_first_token_is_made_once(admin: Client) -> None:
    from chalicelib.organization import service

    assert service.bootstrap(None) is None  # there is one already
    assert service.bootstrap(TOKEN) is None
    assert service.bootstrap("ptc_another-first-token") is None
    assert Client(admin.port, token="ptc_another-first-token").get("/v3/users/me").status == 200
