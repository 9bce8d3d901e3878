"""Signing in with an account, over HTTP: the emulator's pool, its codes and its tokens."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from chalicelib import clock
from chalicelib.access import admin_sessions
from chalicelib.audit import events
from chalicelib.settings import settings
from chalicelib.storage import keys
from chalicelib.storage import table as stored
from tests.accounts import CURRENT, NONCE, SESSIONS, SIGN_IN, Accounts, provided
from tests.client import Client

#: what lets a client of a pool send people to its sign-in page
OPEN = {
    "AllowedOAuthFlows": ["code"],
    "AllowedOAuthFlowsUserPoolClient": True,
    "AllowedOAuthScopes": ["openid", "email", "profile"],
    "SupportedIdentityProviders": ["COGNITO"],
}


@pytest.fixture
def accounts(table: str, server: int, emulator: str) -> Iterator[Accounts]:
    with provided(server, emulator) as made:
        yield made


@pytest.fixture
def told(capsys: pytest.CaptureFixture[str]) -> Callable[[], list[Any]]:
    """The audit lines since it was asked last."""

    def take() -> list[Any]:
        lines = capsys.readouterr().out.splitlines()
        return [json.loads(line)["audit"] for line in lines if line.startswith(events.MARK)]

    return take


def test_without_a_pool_there_are_tokens_alone(admin: Client) -> None:
    assert Client(admin.port).get(SIGN_IN).json() == {"account": None}
    body = {"code": "c", "code_verifier": "v" * 43, "nonce": "n" * 16}
    assert Client(admin.port).post(SESSIONS, body).status == 404


def test_the_way_to_the_pool_is_for_codes_of_this_console(accounts: Accounts) -> None:
    found = Client(accounts.port).get(SIGN_IN).json()["account"]
    home = f"http://localhost:{accounts.port}/console/sign-in"
    there = urlsplit(found["sign_in_url"])
    assert f"{there.scheme}://{there.netloc}{there.path}" == f"{accounts.endpoint}/oauth2/authorize"
    assert parse_qs(there.query) == {
        "client_id": [settings().admin_pool_client],
        "redirect_uri": [home],
        "response_type": ["code"],
        "scope": ["openid email profile"],
        "code_challenge_method": ["S256"],
    }
    assert parse_qs(urlsplit(found["sign_out_url"]).query)["logout_uri"] == [home]


def test_an_account_signs_in_with_the_role_of_its_group(accounts: Accounts) -> None:
    person = accounts.person("publisher", name="Somebody")
    client = accounts.signed_in(person)
    me = client.get("/v3/users/me").json()
    assert (me["id"], me["full_name"], me["email"]) == (person.id, "Somebody", person.email)
    assert me["roles"] == ["publisher"]
    assert client.post("/v3/portals", {"name": "x"}).status == 403


def test_of_several_groups_the_highest_counts(accounts: Accounts) -> None:
    client = accounts.signed_in(accounts.person("viewer", "admin", "content_editor"))
    assert client.get("/v3/users/me").json()["roles"] == ["admin"]


def test_a_session_is_stored_as_a_hash_and_listed_nowhere(accounts: Accounts, admin: Client) -> None:
    person = accounts.person("admin")
    client = accounts.signed_in(person)
    assert client.token
    assert client.token not in str(list(stored.query_items(keys.admin_sessions(person.id))))
    assert person.id not in {one["id"] for one in admin.get("/portico/v1/tokens").json()["data"]}
    made = client.made("/portico/v1/tokens", {"name": "by a person", "role": "viewer"})
    assert made["created_by"] == person.id


def test_signing_out_ends_the_session_and_no_other(accounts: Accounts) -> None:
    person = accounts.person("viewer")
    one, other = accounts.signed_in(person), accounts.signed_in(person)
    assert one.delete(CURRENT).status == 204
    assert one.get("/v3/users/me").status == 401
    assert one.delete(CURRENT).status == 401
    assert other.get("/v3/users/me").status == 200


def test_a_token_is_no_session(admin: Client) -> None:
    assert admin.delete(CURRENT).status == 404
    assert admin.get("/v3/users/me").status == 200


def test_a_session_expires(accounts: Accounts) -> None:
    client = accounts.signed_in(accounts.person("viewer"))
    clock.travel((admin_sessions.SECONDS - 60) * 1000)
    try:
        assert client.get("/v3/users/me").status == 200
        clock.travel(admin_sessions.SECONDS * 1000 + 1000)
        reply = client.get("/v3/users/me")
        assert (reply.status, reply.json()["detail"]) == (401, "The session has expired. Sign in again.")
    finally:
        clock.travel(0)


def test_a_session_costs_requests_no_more_than_a_token(
    accounts: Accounts, trips: Callable[[Callable[[], Any]], int]
) -> None:
    client = accounts.signed_in(accounts.person("viewer"))
    assert trips(lambda: client.get("/v3/users/me")) == 1
    assert trips(lambda: accounts.sign_in(accounts.person("viewer"))) == 1


def test_an_account_in_no_group_is_told_so(accounts: Accounts, told: Callable[[], list[Any]]) -> None:
    person = accounts.person()
    told()
    reply = accounts.sign_in(person)
    assert reply.status == 403
    assert "it is in no group" in reply.json()["detail"]
    (line,) = told()[-1:]
    assert line["parts"] == [["authentication", "basic", "disabled", person.id], ["access"]]


@pytest.mark.parametrize(
    "changed",
    [
        {"code": "never-issued"},
        {"code_verifier": "another-verifier-that-nobody-made-a-challenge-of"},
        {"nonce": "of-another-sign-in"},
    ],
)
def test_what_does_not_belong_to_the_sign_in_is_refused(
    accounts: Accounts, told: Callable[[], list[Any]], changed: dict[str, str]
) -> None:
    person = accounts.person("admin")
    told()
    reply = accounts.sign_in(person, **changed)
    assert reply.status == 401, reply.text
    assert "Sign in again" in reply.json()["detail"]
    assert told()[-1]["parts"][0][1] == "invalid"
    assert not list(stored.query_items(keys.admin_sessions(person.id)))


def test_a_code_counts_once(accounts: Accounts) -> None:
    verifier = secrets.token_urlsafe(48)
    code = accounts.code(accounts.person("admin"), verifier)
    body = {"code": code, "code_verifier": verifier, "nonce": NONCE}
    assert Client(accounts.port).post(SESSIONS, body).status == 201
    assert Client(accounts.port).post(SESSIONS, body).status == 401


def test_a_code_for_another_client_is_refused(accounts: Accounts) -> None:
    other = accounts.cognito.create_user_pool_client(
        UserPoolId=accounts.pool,
        ClientName="another",
        CallbackURLs=[f"http://localhost:{accounts.port}/console/sign-in"],
        **OPEN,
    )["UserPoolClient"]["ClientId"]
    verifier = secrets.token_urlsafe(48)
    code = accounts.code(accounts.person("admin"), verifier, client_id=other)
    body = {"code": code, "code_verifier": verifier, "nonce": NONCE}
    assert Client(accounts.port).post(SESSIONS, body).status == 401


def test_what_no_browser_would_send_goes_nowhere(accounts: Accounts) -> None:
    reply = Client(accounts.port).post(SESSIONS, {"code": "a b", "code_verifier": "short", "nonce": "'"})
    assert set(reply.fields()) == {"code", "code_verifier", "nonce"}


def test_a_pool_that_does_not_answer_is_no_fault_of_the_person(
    accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTICO_ADMIN_POOL_URL", "http://127.0.0.1:9")
    settings.cache_clear()
    body = {"code": "c", "code_verifier": "v" * 43, "nonce": "n" * 16}
    reply = Client(accounts.port).post(SESSIONS, body)
    assert (reply.status, reply.headers["retry-after"]) == (503, "30")
    assert "access token" in reply.json()["detail"]


def test_signing_in_and_out_is_told_without_who_it_is(
    accounts: Accounts, told: Callable[[], list[Any]]
) -> None:
    person = accounts.person("viewer", name="Somebody")
    told()
    client = accounts.signed_in(person)
    client.get("/v3/portals")
    client.delete(CURRENT)
    client.get("/v3/portals")
    lines = told()
    assert [line["parts"] for line in lines if line["operation"] != "get-sign-in"] == [
        [["authentication", "basic", "success", person.id], ["access"]],
        [["authentication", "basic", "success", person.id], ["access"]],
        [["authentication", "sso", "token_expired", None]],
    ]
    assert lines[1]["operation"] == "delete-session"
    assert lines[1]["principal_id"] == person.id
    assert person.email not in str(lines)
    assert "Somebody" not in str(lines)


def test_taking_a_role_away_ends_all_sessions(accounts: Accounts) -> None:
    person = accounts.person("admin")
    clients = [accounts.signed_in(person), accounts.signed_in(person)]
    assert admin_sessions.end_all(person.id) == 2
    assert [client.get("/v3/users/me").status for client in clients] == [401, 401]


@pytest.fixture
def corporate(accounts: Accounts) -> Iterator[Accounts]:
    """A second pool, attached to the first as an identity provider that says people's roles."""
    cognito, endpoint = accounts.cognito, accounts.endpoint
    own = cognito.describe_user_pool(UserPoolId=accounts.pool)["UserPool"]["Domain"]
    job = {"Name": "job", "AttributeDataType": "String", "Mutable": True}
    theirs = cognito.create_user_pool(PoolName="corporate", Schema=[job])["UserPool"]["Id"]
    back = f"https://{own}.auth.us-east-1.amazoncognito.com/oauth2/idpresponse"
    client_id = cognito.create_user_pool_client(
        UserPoolId=theirs, ClientName="portal", CallbackURLs=[back], **OPEN
    )["UserPoolClient"]["ClientId"]
    cognito.create_identity_provider(
        UserPoolId=accounts.pool,
        ProviderName="Corporate",
        ProviderType="OIDC",
        ProviderDetails={
            "client_id": client_id,
            "attributes_request_method": "GET",
            "authorize_scopes": "openid email profile",
            "oidc_issuer": f"{endpoint}/{theirs}",
            "authorize_url": f"{endpoint}/oauth2/authorize",
            "token_url": f"{endpoint}/oauth2/token",
            "attributes_url": f"{endpoint}/oauth2/userInfo",
            "jwks_uri": f"{endpoint}/{theirs}/.well-known/jwks.json",
        },
        AttributeMapping={"email": "email", "custom:role": "custom:job"},
    )
    yield Accounts(accounts.port, endpoint, theirs)
    cognito.delete_identity_provider(UserPoolId=accounts.pool, ProviderName="Corporate")


@pytest.mark.parametrize(("job", "status"), [("publisher", 201), ("clerk", 403)])
def test_an_identity_provider_of_ones_own_says_the_role(
    accounts: Accounts, corporate: Accounts, told: Callable[[], list[Any]], job: str, status: int
) -> None:
    person = corporate.person()
    corporate.cognito.admin_update_user_attributes(
        UserPoolId=corporate.pool,
        Username=person.email,
        UserAttributes=[{"Name": "custom:job", "Value": job}],
    )
    verifier = secrets.token_urlsafe(48)
    there = accounts.visit(accounts.authorize(verifier, identity_provider="Corporate"))
    asked = {name: values[0] for name, values in parse_qs(urlsplit(there).query).items()}
    back = accounts.prove(person, asked)
    # the pool's own address, which is the emulator's here
    home = accounts.visit(f"{accounts.endpoint}{urlsplit(back).path}?{urlsplit(back).query}")
    code = parse_qs(urlsplit(home).query)["code"][0]
    told()
    reply = Client(accounts.port).post(SESSIONS, {"code": code, "code_verifier": verifier, "nonce": NONCE})
    assert reply.status == status, reply.text
    assert told()[-1]["parts"][0][1:3] == ["sso", "success" if status == 201 else "disabled"]
    if status == 201:
        me = Client(accounts.port, token=reply.json()["token"]).get("/v3/users/me").json()
        assert (me["email"], me["roles"]) == (person.email, ["publisher"])
    else:
        assert "your identity provider names no role" in reply.json()["detail"]
