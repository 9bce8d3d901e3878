"""/api/v3/apis and /api/v3/api-attributes over HTTP: what visitors of a portal see of APIs."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.access.principal import Developer, Viewer
from chalicelib.applications.records import Strategy
from chalicelib.applications.service import BUILT_IN_ID
from chalicelib.catalog.apis import published
from chalicelib.catalog.attributes import service as attributes
from chalicelib.errors import NotFound
from chalicelib.storage import keys
from chalicelib.storage.lists import Query
from chalicelib.storage.transaction import Transaction
from tests.client import Client

SPEC = json.dumps({"openapi": "3.0.3", "info": {"title": "Flights", "version": "1.4.2"}, "paths": {}})


@pytest.fixture
def make(admin: Client, portal: Any) -> Callable[..., Any]:
    """Makes an API and publishes it at the portal; keywords are members of the request."""

    def made(visibility: str | None = "public", strategies: list[str] | None = None, **members: Any) -> Any:
        api = admin.made("/v3/apis", {"name": f"api {uuid.uuid4()}", **members})
        if visibility is not None:
            publish(admin, api, portal, visibility, strategies)
        return api

    return made


def publish(
    admin: Client, api: Any, portal: Any, visibility: str, strategies: list[str] | None = None
) -> None:
    body = {"visibility": visibility, "auth_strategy_ids": strategies}
    reply = admin.put(f"/v3/apis/{api['id']}/publications/{portal['id']}", body)
    assert reply.status == 200, reply.text


@pytest.fixture
def guest(portal: Any, visitor: Callable[[Any], Client]) -> Client:
    return visitor(portal)


def developer(
    portal: Any, viewer_of: frozenset[str] = frozenset(), consumer_of: frozenset[str] = frozenset()
) -> Viewer:
    return Viewer(portal["id"], Developer(str(uuid.uuid4()), portal["id"], (), viewer_of, consumer_of))


def names(client: Client, **query: Any) -> list[str]:
    found = client.get("/api/v3/apis", query=query).json()
    assert found["meta"]["page"]["total"] == len(found["data"])
    return [one["name"] for one in found["data"]]


def test_a_public_api_is_shown_to_anyone(make: Callable[..., Any], guest: Client) -> None:
    api = make(
        name="Flights",
        spec_content=SPEC,
        description="Seats",
        attributes={"env": ["prod"]},
        labels={"a": "b"},
    )
    version = api["current_version_summary"]["id"]
    shown = {
        "id": api["id"],
        "created_at": api["created_at"],
        "updated_at": guest.get(f"/api/v3/apis/{api['id']}").json()["updated_at"],
        "name": "Flights",
        "version": "1.4.2",
        "description": "Seats",
        "visibility": "public",
        "slug": "flights-1",
        "auth_strategies": [],
        "specifications": [{"id": version, "type": "oas3"}],
        "current_version_summary": {"id": version, "spec": {"type": "oas3"}},
        "attributes": {"env": ["prod"]},
    }
    assert guest.get(f"/api/v3/apis/{api['id']}").json() == shown
    assert guest.get("/api/v3/apis/flights-1").json() == shown
    found = guest.get("/api/v3/apis").json()
    assert found == {"data": [shown], "meta": {"page": {"number": 1, "size": 10, "total": 1}}}


def test_what_is_private_or_not_published_is_not_there(
    admin: Client, make: Callable[..., Any], guest: Client
) -> None:
    private, unpublished = (make(visibility, spec_content=SPEC) for visibility in ("private", None))
    assert guest.get("/api/v3/apis").json()["data"] == []
    for api in (private, unpublished, {"id": str(uuid.uuid4()), "slug": "nowhere"}):
        for named in (api["id"], api["slug"]):
            for rest in ("", "/actions", "/versions", "/specifications"):
                assert guest.get(f"/api/v3/apis/{named}{rest}").status == 404, (named, rest)
    version = private["current_version_summary"]["id"]
    for rest in (f"versions/{version}", f"versions/{version}/raw", f"specifications/{version}"):
        assert guest.get(f"/api/v3/apis/{private['slug']}/{rest}").status == 404
    assert admin.get(f"/v3/apis/{private['id']}").status == 200


def test_what_is_published_elsewhere_is_not_there(
    admin: Client, make: Callable[..., Any], make_portal: Callable[..., Any], guest: Client
) -> None:
    api = make(None)
    publish(admin, api, make_portal(), "public")
    assert guest.get(f"/api/v3/apis/{api['id']}").status == 404
    assert guest.get("/api/v3/apis").json()["meta"]["page"]["total"] == 0


def test_an_unpublished_api_vanishes_at_once(
    admin: Client, make: Callable[..., Any], portal: Any, guest: Client
) -> None:
    api = make()
    assert guest.get(f"/api/v3/apis/{api['slug']}").status == 200
    assert admin.delete(f"/v3/apis/{api['id']}/publications/{portal['id']}").status == 204
    assert guest.get(f"/api/v3/apis/{api['slug']}").status == 404
    assert names(guest) == []


def test_developers_see_what_is_private_as_their_roles_say(
    admin: Client, make: Callable[..., Any], portal: Any
) -> None:
    public, private = make("public"), make("private")

    def seen(viewer: Viewer) -> set[str]:
        listed = {one.id for one in published.page(viewer, Query()).data}
        for api in (public, private):
            try:
                assert published.get(viewer, api["slug"]).id == api["id"]
                fetched = True
            except NotFound:
                fetched = False
            assert fetched == (api["id"] in listed)
        return listed

    both = {public["id"], private["id"]}
    assert seen(developer(portal)) == both
    admin.patch(f"/v3/portals/{portal['id']}", {"rbac_enabled": True})
    assert seen(developer(portal)) == {public["id"]}
    assert seen(developer(portal, viewer_of=frozenset({private["id"]}))) == both
    assert seen(developer(portal, consumer_of=frozenset({private["id"]}))) == both
    stranger = Viewer(portal["id"], Developer("x", str(uuid.uuid4()), viewer_of=frozenset({private["id"]})))
    assert seen(stranger) == {public["id"]}
    admin.patch(f"/v3/portals/{portal['id']}", {"authentication_enabled": False})
    assert seen(developer(portal, viewer_of=frozenset({private["id"]}))) == {public["id"]}


def test_actions_say_what_the_caller_may_do(make: Callable[..., Any], portal: Any, guest: Client) -> None:
    free, guarded = make(), make(strategies=[BUILT_IN_ID])
    for api in (free, guarded):
        assert guest.get(f"/api/v3/apis/{api['slug']}/actions").json() == {
            "actions": {"view": True, "register": False, "view_documentation": True}
        }
    viewer = developer(portal)
    assert published.actions(viewer, guarded["id"]).actions.register_ is True
    assert published.actions(viewer, free["id"]).actions.register_ is False


def test_register_needs_the_consumers_role_where_roles_count(
    admin: Client, make: Callable[..., Any], portal: Any
) -> None:
    api = make(strategies=[BUILT_IN_ID])
    admin.patch(f"/v3/portals/{portal['id']}", {"rbac_enabled": True})
    of = frozenset({api["id"]})
    assert published.actions(developer(portal, viewer_of=of), api["id"]).actions.register_ is False
    assert published.actions(developer(portal, consumer_of=of), api["id"]).actions.register_ is True


def test_a_strategy_is_told_as_far_as_developers_need_it(make: Callable[..., Any], guest: Client) -> None:
    strategy_ids = [str(uuid.uuid4()) for _ in range(2)]
    key_auth = {"key-auth": {"key_names": ["a", "b"], "ttl": {"value": 2, "unit": "weeks"}}}
    oidc = {"openid-connect": {"issuer": "https://login.example", "auth_methods": ["bearer"]}}
    with Transaction() as tx:
        for strategy_id, kind, configs in zip(
            strategy_ids, ("key_auth", "openid_connect"), (key_auth, oidc), strict=True
        ):
            tx.insert(
                Strategy(
                    pk=keys.strategy(strategy_id),
                    id=strategy_id,
                    name="internal",
                    display_name="Shown",
                    strategy_type=kind,
                    configs=configs,
                )
            )
    shown = [
        {
            "id": strategy_ids[0],
            "name": "Shown",
            "credential_type": "key_auth",
            "key_names": ["a", "b"],
            "ttl": {"value": 2, "unit": "weeks"},
        },
        {
            "id": strategy_ids[1],
            "name": "Shown",
            "credential_type": "self_managed_client_credentials",
            "auth_methods": ["bearer"],
        },
    ]
    for strategy_id, expected in zip(strategy_ids, shown, strict=True):
        api = make(strategies=[strategy_id])
        assert guest.get(f"/api/v3/apis/{api['id']}").json()["auth_strategies"] == [expected]
    listed = guest.get("/api/v3/apis").json()["data"]
    assert [one["auth_strategies"] for one in listed] == [[one] for one in reversed(shown)]


def test_an_id_is_looked_up_before_a_slug(make: Callable[..., Any], guest: Client) -> None:
    hidden, shown = make("private"), make()
    misleading = make(slug=shown["id"])
    assert guest.get(f"/api/v3/apis/{shown['id']}").json()["id"] == shown["id"]
    assert misleading["slug"] == shown["id"]
    named = make(slug=hidden["id"])  # nothing of this id is there for a guest, so it is a slug to them
    assert guest.get(f"/api/v3/apis/{hidden['id']}").json()["id"] == named["id"]


def test_a_slug_is_found_as_it_is_now(admin: Client, make: Callable[..., Any], guest: Client) -> None:
    api = make(slug="before")
    admin.patch(f"/v3/apis/{api['id']}", {"slug": "After-it_2"})
    assert guest.get("/api/v3/apis/before").status == 404
    assert guest.get("/api/v3/apis/After-it_2").json()["id"] == api["id"]


def test_lists_filter_sort_and_count(make: Callable[..., Any], guest: Client) -> None:
    make("private", name="hidden", version="1")
    for name, version, env in (("b", "2", "prod"), ("A", "1", "dev"), ("c", None, "prod")):
        make(name=name, version=version, description=f"about {name}", attributes={"env": [env]})
    assert names(guest) == ["c", "A", "b"]
    assert names(guest, sort="name") == ["A", "b", "c"]
    assert names(guest, sort="version desc") == ["b", "A", "c"]
    assert names(guest, **{"filter[name]": "A"}) == ["A"]
    assert names(guest, **{"filter[description][contains]": "ABOUT B"}) == ["b"]
    assert names(guest, **{"filter[version][oeq]": "1,2"}) == ["A", "b"]
    assert names(guest, **{"filter[attributes.env]": "prod", "sort": "name desc"}) == ["c", "b"]
    assert names(guest, **{"filter[name]": "hidden"}) == []
    page = guest.get("/api/v3/apis", query={"page[size]": 2, "page[number]": 2, "sort": "name"}).json()
    assert [one["name"] for one in page["data"]] == ["c"]
    assert page["meta"]["page"] == {"number": 2, "size": 2, "total": 3}
    assert guest.get("/api/v3/apis", query={"sort": "slug", "filter[labels.a]": "b"}).fields() == {
        "sort": "enum",
        "filter[labels.a]": "unknown_property",
    }


def test_a_bad_session_is_refused_where_the_contract_says_so(make: Callable[..., Any], guest: Client) -> None:
    api = make()
    cookie = {"Cookie": "portalaccesstoken=nothing"}
    for path in ("", f"/{api['id']}", f"/{api['id']}/actions", f"/{api['id']}/versions"):
        assert guest.get(f"/api/v3/apis{path}", headers=cookie).status == 401
    assert guest.get("/api/v3/api-attributes", headers=cookie).status == 200


def test_attributes_count_what_the_caller_sees(make: Callable[..., Any], portal: Any, guest: Client) -> None:
    make(attributes={"env": ["prod", "Dev"], "domain": ["booking"]})
    make(attributes={"env": ["prod"]})
    make("private", attributes={"env": ["prod", "secret"], "hidden": ["x"]})
    assert guest.get("/api/v3/api-attributes").json() == {
        "data": [
            {"key": "domain", "values": [{"value": "booking", "api_count": 1}]},
            {"key": "env", "values": [{"value": "Dev", "api_count": 1}, {"value": "prod", "api_count": 2}]},
        ],
        "meta": {"page": {"number": 1, "size": 2, "total": 2}},
    }
    found = attributes.facets(developer(portal), Query(), {})
    assert [one.key for one in found.data] == ["domain", "env", "hidden"]
    only = guest.get("/api/v3/api-attributes", query={"filter[key][contains]": "DOM"}).json()
    assert [one["key"] for one in only["data"]] == ["domain"]
    assert only["meta"]["page"]["total"] == 1


def test_selected_values_are_any_of_a_key_and_all_of_the_keys(
    make: Callable[..., Any], guest: Client
) -> None:
    make(attributes={"env": ["prod"], "domain": ["identity"]})
    make(attributes={"env": ["prod"], "domain": ["booking", "planning"]})
    make(attributes={"env": ["dev"], "domain": ["planning"]})

    def counts(**selected: str) -> dict[str, int]:
        query = {f"selected[{key}]": values for key, values in selected.items()}
        found = guest.get("/api/v3/api-attributes", query=query).json()["data"]
        return {value["value"]: value["selected_api_count"] for one in found for value in one["values"]}

    assert counts(domain="identity,booking") == {
        "prod": 2,
        "dev": 0,
        "identity": 1,
        "booking": 1,
        "planning": 1,
    }
    assert counts(domain="planning", env="dev")["planning"] == 1
    assert counts(domain="planning", env="dev")["prod"] == 0
    assert counts(env="") == {"prod": 2, "dev": 1, "identity": 1, "booking": 1, "planning": 2}
    assert counts(nothing="x")["prod"] == 0


def test_reading_takes_few_trips_however_many_apis(
    make: Callable[..., Any], guest: Client, trips: Any
) -> None:
    made = [make(spec_content=SPEC, strategies=[BUILT_IN_ID]) for _ in range(8)]
    guest.get("/api/v3/apis")
    assert trips(lambda: guest.get("/api/v3/apis")) <= 4
    assert trips(lambda: guest.get("/api/v3/apis", query={"sort": "name", "page[size]": 100})) <= 4
    assert trips(lambda: guest.get(f"/api/v3/apis/{made[0]['id']}")) <= 2
    assert trips(lambda: guest.get(f"/api/v3/apis/{made[0]['slug']}")) <= 3
    assert trips(lambda: guest.get(f"/api/v3/apis/{made[0]['id']}/actions")) <= 2
    assert trips(lambda: guest.get("/api/v3/api-attributes")) <= 3
