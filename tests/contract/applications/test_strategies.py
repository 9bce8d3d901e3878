"""/v2/application-auth-strategies over HTTP, reading."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.applications.records import Strategy
from chalicelib.storage import keys
from chalicelib.storage.transaction import Transaction
from tests.client import Client

PATH = "/v2/application-auth-strategies"


@pytest.fixture
def built_in(portal: Any) -> str:
    strategy_id: str = portal["default_application_auth_strategy_id"]
    return strategy_id


@pytest.fixture
def store(table: str) -> Callable[..., str]:
    """Stores a strategy, which no operation of this release can make."""

    def make(**members: Any) -> str:
        strategy_id = str(uuid.uuid4())
        settings: dict[str, Any] = {
            "name": "stored",
            "display_name": "Stored",
            "strategy_type": "key_auth",
            "configs": {"key-auth": {"key_names": ["x-key"], "ttl": {"value": 2, "unit": "weeks"}}},
            **members,
        }
        with Transaction() as tx:
            tx.insert(Strategy(pk=keys.strategy(strategy_id), id=strategy_id, **settings))
        return strategy_id

    return make


OPENID = {
    "strategy_type": "openid_connect",
    "configs": {
        "openid-connect": {
            "issuer": "https://id.example.com",
            "credential_claim": ["client_id"],
            "scopes": [],
            "auth_methods": ["bearer"],
            "leeway": 5,
        }
    },
}


def test_an_installation_begins_with_key_auth(admin: Client, built_in: str) -> None:
    found = admin.get(f"{PATH}/{built_in}")
    assert found.status == 200
    strategy = found.json()
    times = {name: strategy.pop(name) for name in ("created_at", "updated_at")}
    assert all(time.endswith("Z") for time in times.values())
    assert strategy == {
        "id": built_in,
        "name": "key-auth",
        "display_name": "Key authentication",
        "strategy_type": "key_auth",
        "configs": {"key-auth": {"key_names": ["apikey"]}},
        "active": False,
        "dcr_provider": None,
        "labels": {},
        "supports_multiple_credentials": True,
    }
    listed = admin.get(PATH, query={"filter[name]": "key-auth"}).json()
    assert listed["data"] == [{**strategy, **times}]


def test_configs_are_shown_as_they_are_stored(admin: Client, store: Callable[..., str]) -> None:
    keyed = admin.get(f"{PATH}/{store()}").json()
    assert keyed["configs"] == {"key-auth": {"key_names": ["x-key"], "ttl": {"value": 2, "unit": "weeks"}}}
    openid = admin.get(f"{PATH}/{store(**OPENID, labels={'env': 'test'})}").json()
    assert openid["configs"] == OPENID["configs"]
    assert openid["labels"] == {"env": "test"}
    assert openid["supports_multiple_credentials"] is False


def test_a_strategy_is_active_while_something_published_uses_it(
    admin: Client, portal: Any, store: Callable[..., str]
) -> None:
    strategy = store()
    path = f"/v3/apis/{admin.made('/v3/apis', {'name': 'Used'})['id']}/publications/{portal['id']}"
    assert admin.get(f"{PATH}/{strategy}").json()["active"] is False
    assert admin.put(path, {"auth_strategy_ids": [strategy]}).status == 200
    assert admin.get(f"{PATH}/{strategy}").json()["active"] is True
    listed = admin.get(PATH, query={"page[size]": 100}).json()["data"]
    assert [one["id"] for one in listed if one["active"]] == [strategy]
    assert admin.delete(path).status == 204
    assert admin.get(f"{PATH}/{strategy}").json()["active"] is False


def test_lists_filter_sort_and_count(admin: Client, store: Callable[..., str]) -> None:
    mark = uuid.uuid4().hex
    provider = str(uuid.uuid4())
    ids = {
        "b": store(name=f"{mark}-b", display_name="Zebra"),
        "A": store(name=f"{mark}-A", display_name="Bear", **OPENID),
        "c": store(name=f"{mark}-c", display_name="Ape", dcr_provider_id=provider, **OPENID),
    }

    def order(**query: Any) -> str:
        found = admin.get(PATH, query={"filter[name][contains]": mark, **query}).json()
        assert found["meta"]["page"]["total"] == 3
        return "".join(one["name"][-1] for one in found["data"])

    assert order() == "cAb"
    assert order(sort="name") == "Abc"
    assert order(sort="display_name desc") == "bAc"
    assert order(sort="strategy_type,name desc") == "bcA"
    assert order(sort="created_at,display_name desc") == "bAc"
    assert order(sort="updated_at desc,display_name") == "cAb"
    assert order(sort="dcr_provider_id,name") == "cAb"
    assert order(sort="dcr_provider_name,dcr_provider_type,name") == "Abc"

    def filtered(name: str, value: str) -> set[str]:
        found = admin.get(PATH, query={f"filter{name}": value, "page[size]": 100}).json()["data"]
        return {key for key, strategy_id in ids.items() if strategy_id in [one["id"] for one in found]}

    assert filtered("[strategy_type]", "openid_connect") == {"A", "c"}
    assert filtered("[strategy_type][neq]", "openid_connect") == {"b"}
    assert filtered("[display_name][ocontains]", "zeb,ape") == {"b", "c"}
    assert filtered("[name][oeq]", f"{mark}-A,{mark}-b") == {"A", "b"}
    assert filtered("[dcr_provider_id]", provider) == {"c"}
    assert filtered("[dcr_provider_id][oeq]", f"{uuid.uuid4()},{provider}") == {"c"}
    assert filtered("[dcr_provider_id][neq]", provider) == {"A", "b"}
    assert filtered("[dcr_provider_name]", "none has this") == set()
    assert filtered("[dcr_provider_type][neq]", "okta") == {"A", "b", "c"}

    page = admin.get(
        PATH, query={"filter[name][contains]": mark, "sort": "name", "page[size]": 2, "page[number]": 2}
    ).json()
    assert [one["id"] for one in page["data"]] == [ids["c"]]
    assert page["meta"]["page"] == {"number": 2, "size": 2, "total": 3}


def test_wrong_list_parameters_are_all_named(admin: Client) -> None:
    reply = admin.get(
        PATH,
        query={"page[size]": "x", "sort": "active", "filter[active]": "true", "filter[name][like]": "a"},
    )
    assert reply.fields() == {
        "page[size]": "is_number",
        "sort": "enum",
        "filter[active]": "unknown_property",
        "filter[name][like]": "unknown_property",
    }


def test_who_may_read(admin: Client, as_role: Callable[[str], Client], built_in: str) -> None:
    for path in (PATH, f"{PATH}/{built_in}"):
        assert Client(admin.port).get(path).status == 401
        assert as_role("viewer").get(path).status == 200


def test_what_is_not_there_is_404(admin: Client) -> None:
    assert admin.get(f"{PATH}/{uuid.uuid4()}").status == 404
    assert admin.get(f"{PATH}/key-auth").status == 404


def test_get_by_id_takes_two_trips_and_a_first_page_three(admin: Client, built_in: str, trips: Any) -> None:
    assert trips(lambda: admin.get(f"{PATH}/{built_in}")) == 2
    assert trips(lambda: admin.get(PATH)) == 3
