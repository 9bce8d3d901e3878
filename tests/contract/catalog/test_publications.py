"""/v3/apis/{apiId}/publications and the lists of publications over HTTP."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from chalicelib.applications.records import Strategy
from chalicelib.applications.service import BUILT_IN_ID
from chalicelib.catalog.records import Publication
from chalicelib.jobs import cascade
from chalicelib.storage import keys, lists, table
from chalicelib.storage.lists import Query
from chalicelib.storage.transaction import Transaction
from tests.client import Client
from tests.contract.catalog.making import load_api, make_api


@pytest.fixture
def api(admin: Client) -> str:
    return make_api(admin)


@pytest.fixture
def strategy(table: str) -> str:
    """The id of a strategy of its own."""
    strategy_id = str(uuid.uuid4())
    with Transaction() as tx:
        tx.insert(
            Strategy(
                pk=keys.strategy(strategy_id),
                id=strategy_id,
                name="s",
                display_name="S",
                strategy_type="key_auth",
                configs={"key-auth": {"key_names": ["apikey"]}},
            )
        )
    return strategy_id


def uses(strategy_id: str) -> int:
    found = table.get(Strategy, keys.Key(keys.strategy(strategy_id)))
    assert found is not None
    return found.uses


def path(api_id: str, portal: Any) -> str:
    return f"/v3/apis/{api_id}/publications/{portal['id']}"


def test_what_is_left_out_follows_the_portals_defaults(
    admin: Client, api: str, make_portal: Callable[..., Any]
) -> None:
    portal = make_portal(default_api_visibility="public")
    reply = admin.put(path(api, portal), {})
    assert reply.status == 200
    made = reply.json()
    assert made["visibility"] == "public"
    assert made["auth_strategy_ids"] == [portal["default_application_auth_strategy_id"]]
    assert made["auto_approve_registrations"] is False
    assert made["warnings"] == []
    assert admin.get(path(api, portal)).json() == made


def test_null_means_no_strategy_and_one_may_be_named(
    admin: Client, api: str, portal: Any, strategy: str
) -> None:
    assert admin.put(path(api, portal), {"auth_strategy_ids": None}).json()["auth_strategy_ids"] is None
    named = admin.put(path(api, portal), {"auth_strategy_ids": [strategy]})
    assert (named.status, named.json()["auth_strategy_ids"]) == (200, [strategy])
    assert uses(strategy) == 1


def test_a_second_put_replaces_and_takes_the_defaults_of_that_moment(
    admin: Client, api: str, portal: Any, strategy: str
) -> None:
    first = admin.put(
        path(api, portal),
        {"visibility": "public", "auto_approve_registrations": True, "auth_strategy_ids": None},
    ).json()
    assert (first["visibility"], first["auto_approve_registrations"]) == ("public", True)
    admin.patch(f"/v3/portals/{portal['id']}", {"default_application_auth_strategy_id": strategy})
    second = admin.put(path(api, portal), {}).json()
    assert second["visibility"] == "private"
    assert second["auto_approve_registrations"] is False
    assert second["auth_strategy_ids"] == [strategy]
    assert second["created_at"] == first["created_at"]


def test_auto_approval_is_shown_as_stored_not_as_it_works(
    admin: Client, api: str, make_portal: Callable[..., Any]
) -> None:
    portal = make_portal(auto_approve_applications=True)
    made = admin.put(path(api, portal), {"auto_approve_registrations": False}).json()
    assert made["auto_approve_registrations"] is False


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"auth_strategy_ids": [str(uuid.uuid4())]}, {"auth_strategy_ids": "missing_reference"}),
        ({"auth_strategy_ids": []}, {"auth_strategy_ids": "min_items"}),
        ({"auth_strategy_ids": [BUILT_IN_ID, BUILT_IN_ID]}, {"auth_strategy_ids": "max_items"}),
        ({"auth_strategy_ids": ["x"]}, {"auth_strategy_ids[0]": "is_uuid"}),
        ({"visibility": None}, {"visibility": "enum"}),
        (
            {"visibility": "all", "auto_approve_registrations": "yes", "surprise": 1},
            {
                "visibility": "enum",
                "auto_approve_registrations": "is_boolean",
                "surprise": "unknown_property",
            },
        ),
    ],
)
def test_a_wrong_body_is_refused_and_publishes_nothing(
    admin: Client, api: str, portal: Any, body: Any, fields: Any
) -> None:
    assert admin.put(path(api, portal), body).fields() == fields
    assert admin.get(path(api, portal)).status == 404


def test_a_portals_default_strategy_that_is_gone_is_not_published_with(
    admin: Client, api: str, make_portal: Callable[..., Any], strategy: str
) -> None:
    portal = make_portal(default_application_auth_strategy_id=strategy)
    with Transaction() as tx:
        found = table.get(Strategy, keys.Key(keys.strategy(strategy)))
        assert found is not None
        tx.delete(found)
    assert admin.put(path(api, portal), {}).fields() == {"auth_strategy_ids": "missing_reference"}
    assert admin.put(path(api, portal), {"auth_strategy_ids": None}).status == 200


def test_unknown_apis_and_portals_are_404(admin: Client, api: str, portal: Any) -> None:
    assert admin.put(path(str(uuid.uuid4()), portal), {"visibility": 3}).status == 404
    nowhere = {"id": str(uuid.uuid4())}
    for url in (path(api, nowhere), path(str(uuid.uuid4()), portal), path(api, {"id": "x"})):
        for method in ("GET", "PUT", "DELETE"):
            assert admin.request(method, url, {} if method == "PUT" else None).status == 404
    assert admin.get(path(api, portal)).status == 404
    assert admin.delete(path(api, portal)).status == 404


def test_read_only_members_are_passed_over(admin: Client, api: str, portal: Any) -> None:
    made = admin.put(path(api, portal), {"warnings": ["x"], "created_at": 1, "updated_at": None})
    assert made.status == 200


def test_publishing_asks_for_its_permission(as_role: Callable[[str], Client], api: str, portal: Any) -> None:
    url = path(api, portal)
    for role in ("viewer", "content_editor"):
        assert as_role(role).put(url, {}).status == 403
        assert as_role(role).delete(url).status == 403
    assert as_role("publisher").put(url, {}).status == 200
    assert as_role("viewer").get(url).status == 200
    assert as_role("publisher").delete(url).status == 204


def test_a_stale_writer_gets_409_and_changes_nothing(admin: Client, api: str, portal: Any) -> None:
    url = path(api, portal)
    assert admin.put(url, {}, headers={"If-Match": '"1-x"'}).status == 409
    admin.put(url, {})
    tag = admin.get(url).headers["etag"]
    assert admin.put(url, {"visibility": "public"}, headers={"If-Match": tag}).status == 200
    assert admin.put(url, {}, headers={"If-Match": tag}).status == 409
    assert admin.delete(url, headers={"If-Match": tag}).status == 409
    assert admin.get(url).json()["visibility"] == "public"


def test_the_api_knows_where_it_is_published(
    admin: Client, api: str, make_portal: Callable[..., Any]
) -> None:
    first, second = make_portal(), make_portal()
    for portal in (first, second, first):
        admin.put(path(api, portal), {})
    assert load_api(api).portal_ids == [first["id"], second["id"]]
    admin.delete(path(api, first))
    assert load_api(api).portal_ids == [second["id"]]
    assert admin.get(path(api, first)).status == 404


def test_a_strategys_uses_follow_its_publications(
    admin: Client, api: str, make_portal: Callable[..., Any], strategy: str
) -> None:
    portals = [make_portal(default_application_auth_strategy_id=strategy) for _ in range(2)]
    for portal in portals:
        admin.put(path(api, portal), {})
    admin.put(path(api, portals[0]), {})
    assert uses(strategy) == 2
    admin.put(path(api, portals[0]), {"auth_strategy_ids": [BUILT_IN_ID]})
    assert uses(strategy) == 1
    admin.delete(path(api, portals[1]))
    assert uses(strategy) == 0


def publish_many(admin: Client, portal: Any, strategy: str, count: int) -> list[str]:
    apis = [make_api(admin) for _ in range(count)]
    for one in apis:
        assert admin.put(path(one, portal), {"auth_strategy_ids": [strategy]}).status == 200
    return apis


@pytest.mark.parametrize("count", [2, 30], ids=["at once", "by the worker"])
def test_a_deleted_portal_takes_its_publications_and_their_counts_along(
    admin: Client, portal: Any, strategy: str, count: int, run_jobs: Callable[[], None]
) -> None:
    before = lists.page("pubs", Query()).total
    apis = publish_many(admin, portal, strategy, count)
    assert uses(strategy) == count
    refused = admin.delete(f"/v3/portals/{portal['id']}")
    assert refused.status == 409
    assert "published" in refused.json()["detail"]
    assert admin.delete(f"/v3/portals/{portal['id']}", query={"force": "true"}).status == 204
    assert admin.get(path(apis[0], portal)).status == 404
    found = admin.get("/v3/api-publications", query={"page[size]": 1000}).json()
    assert not [one for one in found["data"] if one["portal_id"] == portal["id"]]
    run_jobs()
    assert uses(strategy) == 0
    assert lists.page("pubs", Query()).total == before
    assert lists.read(keys.publications_of(portal["id"])) == []
    # the API may still name the portal, and can be published as ever
    assert admin.put(path(apis[0], {"id": portal["id"]}), {}).status == 404
    assert load_api(apis[0]).id == apis[0]


def test_a_deleted_api_takes_its_publications_and_their_counts_along(
    admin: Client, api: str, make_portal: Callable[..., Any], strategy: str
) -> None:
    portals = [make_portal() for _ in range(3)]
    for portal in portals:
        admin.put(path(api, portal), {"auth_strategy_ids": [strategy]})
    cascade.cut(load_api(api))
    assert uses(strategy) == 0
    for portal in portals:
        assert admin.get(f"/v3/portals/{portal['id']}/api-publications").json()["meta"]["page"]["total"] == 0
        assert admin.delete(f"/v3/portals/{portal['id']}").status == 204


def at_once(*work: Callable[[], Any]) -> list[Any]:
    """Run all of these at the same time; what each returned."""
    results: list[Any] = [None] * len(work)
    start = threading.Barrier(len(work))

    def run(index: int) -> None:
        start.wait()
        results[index] = work[index]()

    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(work))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_publishing_and_unpublishing_at_once_keeps_all_counts_exact(
    admin: Client, api: str, make_portal: Callable[..., Any], strategy: str
) -> None:
    portals = [make_portal() for _ in range(4)]
    body = {"auth_strategy_ids": [strategy]}

    def there_and_back(portal: Any) -> list[int]:
        url = path(api, portal)
        return [reply.status for _ in range(3) for reply in (admin.put(url, body), admin.delete(url))] + [
            admin.put(url, body).status
        ]

    for statuses in at_once(*(lambda portal=portal: there_and_back(portal) for portal in portals)):
        assert statuses == [200, 204] * 3 + [200]
    assert uses(strategy) == 4
    assert sorted(load_api(api).portal_ids) == sorted(portal["id"] for portal in portals)
    for portal in portals:
        assert lists.page(keys.publications_of(portal["id"]), Query()).total == 1


def test_many_who_publish_the_same_make_one_publication(
    admin: Client, api: str, portal: Any, strategy: str
) -> None:
    replies = at_once(*[lambda: admin.put(path(api, portal), {"auth_strategy_ids": [strategy]}).status] * 6)
    assert set(replies) == {200}
    assert uses(strategy) == 1
    assert load_api(api).portal_ids == [portal["id"]]
    assert lists.page(keys.publications_of(portal["id"]), Query()).total == 1


def listed(client: Client, url: str, **query: Any) -> list[str]:
    reply = client.get(url, query={"page[size]": 1000, **query})
    assert reply.status == 200, reply.text
    found = reply.json()
    assert found["meta"]["page"]["total"] == len(found["data"])
    return [one["api_id"] for one in found["data"]]


@pytest.fixture
def shelf(admin: Client, make_portal: Callable[..., Any], strategy: str) -> Any:
    """Two APIs at one portal, one of them at another too."""
    mark = uuid.uuid4().hex
    first, second = make_api(admin, f"{mark} beta"), make_api(admin, f"{mark} Alpha")
    here, there = make_portal(name=f"{mark} here"), make_portal(name=f"{mark} there")
    admin.put(path(first, here), {"auth_strategy_ids": [strategy]})
    admin.put(path(second, here), {"auth_strategy_ids": None, "visibility": "public"})
    admin.put(path(first, there), {"auth_strategy_ids": None})
    return {"mark": mark, "first": first, "second": second, "here": here, "there": there}


def test_the_list_of_all_has_one_entry_a_publication(admin: Client, shelf: Any, strategy: str) -> None:
    reply = admin.get("/v3/api-publications", query={"filter[portal_id][eq]": shelf["here"]["id"]})
    newest, oldest = reply.json()["data"]
    assert newest["api_id"] == shelf["second"]
    assert oldest == {
        **admin.get(path(shelf["first"], shelf["here"])).json(),
        "api_id": shelf["first"],
        "portal_id": shelf["here"]["id"],
        "entity_type": "api",
    }
    assert oldest["auth_strategy_ids"] == [strategy]


def test_a_portals_list_names_the_portal_in_an_array(admin: Client, shelf: Any) -> None:
    url = f"/v3/portals/{shelf['there']['id']}/api-publications"
    (entry,) = admin.get(url).json()["data"]
    assert entry == {
        **admin.get(path(shelf["first"], shelf["there"])).json(),
        "api_id": shelf["first"],
        "portal_ids": [shelf["there"]["id"]],
        "entity_type": "api",
    }


def test_the_list_of_all_filters_and_sorts(admin: Client, shelf: Any, strategy: str) -> None:
    url, first, second = "/v3/api-publications", shelf["first"], shelf["second"]
    mark = {"filter[api_name][contains]": shelf["mark"].upper()}
    assert listed(admin, url, **mark) == [first, second, first]
    assert listed(admin, url, **mark, sort="created_at") == [first, second, first]
    assert listed(admin, url, **mark, sort="api_name,portal_name desc") == [second, first, first]
    assert listed(admin, url, **{"filter[api_name]": f"{shelf['mark']} Alpha"}) == [second]
    assert listed(admin, url, **{"filter[portal_name][oeq]": f"{shelf['mark']} there,x"}) == [first]
    assert listed(admin, url, **{"filter[auth_strategy_id]": strategy}) == [first]
    assert listed(admin, url, **mark, **{"filter[auth_strategy_id][neq]": strategy}) == [first, second]
    assert listed(admin, url, **{"filter[api_id][oeq]": f"{second},x"}) == [second]
    assert listed(admin, url, **mark, **{"filter[entity_type]": "api_package"}) == []
    wrong = admin.get(url, query={"filter[name]": "x", "sort": "visibility"})
    assert wrong.fields() == {"filter[name]": "unknown_property", "sort": "enum"}


def test_a_portals_list_filters_and_sorts(admin: Client, shelf: Any, strategy: str) -> None:
    url, first, second = (
        f"/v3/portals/{shelf['here']['id']}/api-publications",
        shelf["first"],
        shelf["second"],
    )
    assert listed(admin, url) == [second, first]
    assert listed(admin, url, sort="api_name desc") == [first, second]
    assert listed(admin, url, **{"filter[api_name][contains]": "alpha"}) == [second]
    assert listed(admin, url, **{"filter[auth_strategy_id][eq]": strategy}) == [first]
    wrong = admin.get(url, query={"filter[portal_id]": "x", "sort": "portal_name"})
    assert wrong.fields() == {"filter[portal_id]": "unknown_property", "sort": "enum"}
    assert admin.get(f"/v3/portals/{uuid.uuid4()}/api-publications").status == 404
    assert admin.get(f"/v3/portals/{uuid.uuid4()}/api-publications", query={"sort": "api_name"}).status == 404


def test_a_renamed_api_is_found_by_its_new_name(admin: Client, shelf: Any) -> None:
    api = load_api(shelf["second"])
    api.name = f"{shelf['mark']} gamma"
    with Transaction() as tx:
        tx.update(api)
    assert listed(admin, "/v3/api-publications", **{"filter[api_name]": api.name}) == [api.id]


def test_publications_of_an_api_that_is_being_deleted_are_not_listed(admin: Client, shelf: Any) -> None:
    # the API is gone, the worker has not come to its publications yet
    api = load_api(shelf["first"])
    with Transaction() as tx:
        tx.end(api.pk)
        tx.delete(api)
    for url in ("/v3/api-publications", f"/v3/portals/{shelf['here']['id']}/api-publications"):
        assert shelf["first"] not in listed(admin, url)
        assert shelf["second"] in listed(admin, url)
    assert admin.get(path(api.id, shelf["here"])).status == 404
    cascade.drain([api.pk], [])
    assert listed(admin, f"/v3/portals/{shelf['here']['id']}/api-publications") == [shelf["second"]]


def test_trips(admin: Client, shelf: Any, trips: Any) -> None:
    here = shelf["here"]["id"]
    assert trips(lambda: admin.get(path(shelf["first"], shelf["here"]))) <= 2
    assert trips(lambda: admin.get("/v3/api-publications")) <= 3
    assert trips(lambda: admin.get(f"/v3/portals/{here}/api-publications")) <= 3
    assert trips(lambda: admin.get("/v3/api-publications", query={"sort": "api_name"})) <= 4
    assert trips(lambda: admin.put(path(shelf["first"], shelf["here"]), {})) <= 4
    assert trips(lambda: admin.delete(path(shelf["first"], shelf["here"]))) <= 3


def test_publications_are_read_back_as_records(admin: Client, api: str, portal: Any) -> None:
    admin.put(path(api, portal), {"visibility": "public"})
    found = table.get(Publication, keys.Key(keys.api(api), f"PUB#{portal['id']}"))
    assert found is not None
    assert found.access.visibility == "public"
