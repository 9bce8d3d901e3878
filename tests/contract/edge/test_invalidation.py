"""Changed pages leave CloudFront: what is told at a change, what the worker makes of it, and CloudFront's
part, which the emulator plays."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.stub import ANY, Stubber

from chalicelib import clock
from chalicelib.domains.edge_aws import tenant_name
from chalicelib.edge import changes, refresh
from chalicelib.edge.cloudfront import REGION
from chalicelib.jobs import worker
from chalicelib.portals.records import Portal
from chalicelib.settings import settings
from chalicelib.storage import aws as product
from chalicelib.storage import keys
from chalicelib.storage import table as stored
from chalicelib.storage.transaction import Transaction
from tests.client import Client
from tests.contract.edge.conftest import Front
from tests.contract.site.making import Maker, done

Trips = Callable[[Callable[[], Any]], int]


@pytest.fixture
def site(admin: Client, make_portal: Callable[..., Any]) -> Maker:
    """A portal that is made before CloudFront is there: it tells nothing of itself."""
    return Maker(admin, make_portal(authentication_enabled=False))


def test_without_cloudfront_nothing_is_told(site: Maker, trips: Trips) -> None:
    assert not settings().distribution
    page = site.page("guide")
    assert trips(lambda: site.admin.patch(f"{site.path}/pages/{page['id']}", {"title": "New"})) <= 4


def test_a_change_costs_one_trip_more_and_waits_for_others(
    site: Maker, trips: Trips, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    page = site.page("guide")
    change = {"description": "New"}
    before = trips(lambda: done(site.admin.patch(f"{site.path}/pages/{page['id']}", change)))
    front: Front = request.getfixturevalue("front")

    change = {"description": "Newer"}
    assert trips(lambda: done(site.admin.patch(f"{site.path}/pages/{page['id']}", change))) == before + 1
    assert front.waits == [changes.WAIT_SECONDS]


def test_a_read_tells_nothing(site: Maker, front: Front) -> None:
    site.visitor.get("/")
    site.admin.get(site.path)
    assert front.waits == []


def test_what_hides_something_is_seen_to_at_once_and_once_more(site: Maker, front: Front) -> None:
    page, api = site.page("guide"), site.api()
    document = site.document(api, "# Text")
    publication = f"/v3/apis/{api['id']}/publications/{site.portal['id']}"
    hiding: list[Callable[[], Any]] = [
        lambda: site.admin.patch(f"{site.path}/pages/{page['id']}", {"visibility": "private"}),
        lambda: site.admin.patch(f"{site.path}/pages/{page['id']}", {"status": "unpublished"}),
        lambda: site.admin.delete(f"{site.path}/pages/{page['id']}"),
        lambda: site.admin.patch(
            f"/v3/apis/{api['id']}/documents/{document['id']}", {"status": "unpublished"}
        ),
        lambda: site.admin.put(publication, {"visibility": "private", "auth_strategy_ids": None}),
        lambda: site.admin.delete(publication),
        lambda: site.admin.patch(site.path, {"sipr_enabled": True}),
        lambda: site.admin.delete(f"/v3/apis/{api['id']}"),
        lambda: site.admin.delete(f"{site.path}?force=true"),
    ]
    for hide in hiding:
        front.waits.clear()
        done(hide())
        assert front.waits[:2] == [0, changes.WAIT_SECONDS], hide


def test_the_worker_takes_a_portals_pages_out(site: Maker, front: Front) -> None:
    site.page("guide")
    front.work()
    assert front.gone() == [[f"#p-{site.portal['id']}"]]


def test_many_changes_are_one_invalidation(site: Maker, front: Front) -> None:
    pages = [site.page(f"page-{number}") for number in range(5)]
    clock.travel((changes.WAIT_SECONDS + 1) * 1000)
    front.work()
    assert len(front.gone()) == 1

    done(site.admin.patch(f"{site.path}/pages/{pages[0]['id']}", {"title": "Changed since"}))
    clock.travel((changes.WAIT_SECONDS + 3) * 1000)
    front.work()
    assert len(front.gone()) == 2


def test_what_was_hidden_goes_a_second_time_after_pages_under_way(site: Maker, front: Front) -> None:
    page = site.page("guide")
    front.told()
    done(site.admin.patch(f"{site.path}/pages/{page['id']}", {"visibility": "private"}))
    front.work()
    assert len(front.gone()) == 2


def test_an_apis_change_reaches_every_portal_that_has_it(
    site: Maker, make_portal: Callable[..., Any], front: Front
) -> None:
    other = Maker(site.admin, make_portal())
    make_portal()
    api = site.api()
    other.publish(api)
    front.told()

    done(site.admin.patch(f"/v3/apis/{api['id']}", {"description": "New"}))
    front.work()

    (tags,) = front.gone()
    assert set(tags) == {f"#p-{maker.portal['id']}" for maker in (site, other)}


def test_a_large_api_leaves_the_portals_that_had_it(
    site: Maker, front: Front, run_jobs: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    from chalicelib.jobs import cascade

    monkeypatch.setattr(cascade, "AT_ONCE", 1)  # what is larger than this is cleared away by the worker
    api = site.api()
    front.told()
    done(site.admin.delete(f"/v3/apis/{api['id']}"))
    front.work()
    assert [f"#api-{api['id']}"] in front.gone(), "its own pages go at once"

    run_jobs()
    front.work()
    assert [f"#p-{site.portal['id']}"] in front.gone()


def test_a_custom_domain_is_a_tenant_of_its_own(site: Maker, front: Front) -> None:
    portal = stored.get(Portal, keys.Key(keys.portal(site.portal["id"])))
    assert portal is not None
    domain = {"id": str(uuid.uuid4()), "hostname": f"{uuid.uuid4().hex}.example.com", "enabled": True}
    tenant = front.tenant(tenant_name(str(domain["id"])), str(domain["hostname"]))
    portal.domain = {**domain, "serving": True}
    with Transaction() as tx:
        tx.update(portal)
    front.work()

    (one,) = front.cloudfront.list_invalidations_for_distribution_tenant(Id=tenant)["InvalidationList"][
        "Items"
    ]
    found = front.cloudfront.get_invalidation_for_distribution_tenant(
        DistributionTenantId=tenant, Id=one["Id"]
    )
    tags = [f"#p-{site.portal['id']}"]
    assert found["Invalidation"]["InvalidationBatch"]["Paths"]["Items"] == tags
    assert front.gone() == [tags]


def test_a_domain_that_is_not_set_up_yet_holds_up_nothing(site: Maker, front: Front) -> None:
    portal = stored.get(Portal, keys.Key(keys.portal(site.portal["id"])))
    assert portal is not None
    portal.domain = {"id": str(uuid.uuid4()), "hostname": "a.example.com", "enabled": True, "serving": False}
    with Transaction() as tx:
        tx.update(portal)
    front.work()
    assert front.gone() == [[f"#p-{site.portal['id']}"]]


def test_a_new_portal_has_no_pages_to_take_out(make_portal: Callable[..., Any], front: Front) -> None:
    make_portal()
    assert front.waits == []


# CloudFront's refusals, call by call


BATCH = {"Paths": {"Quantity": 1, "Items": [ANY]}, "CallerReference": ANY}


@pytest.fixture
def calls(front: Front) -> Iterator[Stubber]:
    """CloudFront's answers, one after another; requests are held against its service model."""
    with Stubber(product.client("cloudfront", REGION)) as stubber:
        yield stubber


def test_while_cloudfront_is_busy_the_message_waits_longer_each_time(
    site: Maker, front: Front, calls: Stubber
) -> None:
    site.page("guide")
    front.waits.clear()
    for _ in range(3):
        calls.add_client_error("create_invalidation", "TooManyInvalidationsInProgress", http_status_code=400)
        front.work()
    calls.add_response(
        "create_invalidation",
        {},
        {"DistributionId": front.main, "InvalidationBatch": BATCH},
    )
    front.work()

    calls.assert_no_pending_responses()
    assert front.waits == [5, 10, 20]
    assert front.told() == []


def test_what_never_works_becomes_a_failure_that_is_noticed(
    site: Maker, front: Front, calls: Stubber
) -> None:
    body = changes.message([keys.portal(site.portal["id"])], clock.now_ms(), refresh.TRIES)
    calls.add_client_error("create_invalidation", "AccessDenied", http_status_code=403)
    failed = worker.handle({"Records": [{"messageId": "m", "body": body}]})
    assert failed == {"batchItemFailures": [{"itemIdentifier": "m"}]}


def test_a_tenants_invalidation_names_it_by_its_id(site: Maker, front: Front, calls: Stubber) -> None:
    portal = stored.get(Portal, keys.Key(keys.portal(site.portal["id"])))
    assert portal is not None
    portal.domain = {"id": "d", "hostname": "a.example.com", "enabled": True, "serving": True}
    with Transaction() as tx:
        tx.update(portal)
    calls.add_response("create_invalidation", {}, {"DistributionId": front.main, "InvalidationBatch": BATCH})
    calls.add_response(
        "get_distribution_tenant",
        {"DistributionTenant": {"Id": "dt_1"}, "ETag": "e"},
        {"Identifier": tenant_name("d")},
    )
    calls.add_response(
        "create_invalidation_for_distribution_tenant", {}, {"Id": "dt_1", "InvalidationBatch": BATCH}
    )
    front.work()
    calls.assert_no_pending_responses()


def test_a_queue_that_is_down_fails_no_request(
    site: Maker, front: Front, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTICO_QUEUE_URL", f"{front.queue}-gone")
    settings.cache_clear()
    site.page("guide")
