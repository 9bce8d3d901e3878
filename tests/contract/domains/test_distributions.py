"""Portals of an installation without a domain: each has a CloudFront distribution of its own."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib import clock
from chalicelib.domains import distributions, distributions_aws
from chalicelib.jobs import worker
from chalicelib.settings import settings
from chalicelib.storage import aws as product
from chalicelib.storage import lists
from tests.client import Client
from tests.conftest import make_table
from tests.contract.domains.test_cloudfront import CONFIG, killed_at

Rows = list[dict[str, Any]]


@pytest.fixture
def model(table: str, aws: Callable[[str], Any]) -> Iterator[str]:
    """The id of the installation's own distribution; there is no domain for portals, and no portal yet."""
    config = {name: value for name, value in CONFIG.items() if name != "ConnectionMode"}
    made = aws("cloudfront").create_distribution(
        DistributionConfig={
            **config,
            "CallerReference": str(uuid.uuid4()),
            "Comment": "everything",
            "Aliases": {"Quantity": 1, "Items": ["*.example.com"]},
        }
    )
    base = os.environ["PORTICO_PORTAL_BASE_DOMAIN"]
    os.environ["PORTICO_DISTRIBUTION"] = made["Distribution"]["Id"]
    del os.environ["PORTICO_PORTAL_BASE_DOMAIN"]
    make_table(aws("dynamodb"))
    yield made["Distribution"]["Id"]
    del os.environ["PORTICO_DISTRIBUTION"]
    os.environ["PORTICO_PORTAL_BASE_DOMAIN"] = base
    settings.cache_clear()
    clock.travel(0)


def rows() -> Rows:
    return lists.read("distributions")


def work() -> None:
    """Everything that is due, and a while later again."""
    for _ in range(4):
        for row in lists.read("jobs"):
            worker.run(row["id"])
        clock.travel(clock._offset_ms + 60_000)


def create(admin: Client) -> Any:
    return admin.made("/v3/portals", {"name": f"portal-{uuid.uuid4()}"})


def ours(aws: Callable[[str], Any]) -> dict[str, Any]:
    """The distributions that were made for portals, by the product's id."""
    found = aws("cloudfront").list_distributions()["DistributionList"].get("Items", [])
    ids = {row["id"] for row in rows()}
    return {own: one for one in found for own in ids if one["Comment"] == distributions_aws._comment(own)}


def test_a_portal_gets_the_host_of_the_spare_distribution(
    model: str, admin: Client, aws: Callable[[str], Any]
) -> None:
    sent = {"name": "first"}
    reply = admin.post("/v3/portals", sent)
    assert (reply.status, reply.headers["retry-after"]) == (503, "120")
    assert "about five minutes" in reply.json()["detail"]

    distributions.keep_spare()
    distributions.keep_spare()
    assert len(rows()) == 1
    assert admin.post("/v3/portals", sent).status == 503  # it is being made
    work()
    made = admin.made("/v3/portals", sent)
    (spare,) = ours(aws).values()
    assert made["default_domain"] == made["canonical_domain"] == spare["DomainName"]
    assert spare["Aliases"]["Quantity"] == 0
    assert [one["DomainName"] for one in spare["Origins"]["Items"]] == ["api.example.com"]
    assert admin.at(made["default_domain"]).get("/api/v3/portal").json()["portal_id"] == made["id"]

    assert admin.post("/v3/portals", {"name": "second"}).status == 503
    work()  # the next one
    second = create(admin)
    assert second["default_domain"] != made["default_domain"]
    assert [one["default_domain"] for one in admin.get("/v3/portals").json()["data"]] == [
        second["default_domain"],
        made["default_domain"],
    ]

    assert admin.delete(f"/v3/portals/{made['id']}").status == 204
    work()
    assert made["default_domain"] not in [one["DomainName"] for one in ours(aws).values()]
    left = [row["portal_id"] for row in rows()]
    assert sorted(left, key=str) == sorted([second["id"], None], key=str)


def test_a_change_of_the_installations_own_reaches_all(
    model: str, admin: Client, aws: Callable[[str], Any]
) -> None:
    distributions.keep_spare()
    work()
    cloudfront = aws("cloudfront")
    answer = cloudfront.get_distribution_config(Id=model)
    changed = {**answer["DistributionConfig"], "HttpVersion": "http2and3"}
    cloudfront.update_distribution(Id=model, IfMatch=answer["ETag"], DistributionConfig=changed)
    work()
    (spare,) = ours(aws).values()
    assert (spare["HttpVersion"], spare["Aliases"]["Quantity"]) == ("http2and3", 0)
    etag = cloudfront.get_distribution(Id=spare["Id"])["ETag"]
    work()  # and nothing is written where nothing changed
    assert cloudfront.get_distribution(Id=spare["Id"])["ETag"] == etag


def test_a_worker_that_ends_anywhere_makes_none_twice(
    model: str, admin: Client, aws: Callable[[str], Any]
) -> None:
    for nth in range(1, 20):
        distributions.keep_spare()
        killed = killed_at(nth, work)
        work()
        made = create(admin)
        work()
        found = ours(aws)
        assert len(found) == len(rows()) == 2
        assert admin.delete(f"/v3/portals/{made['id']}").status == 204
        killed |= killed_at(nth, work)
        work()
        clock.travel(0)
        assert len(ours(aws)) == len(rows()) == 1
        if not killed:
            break
    assert nth > 4


def test_one_that_is_gone_by_hand_is_made_again(model: str, aws: Callable[[str], Any]) -> None:
    distributions.keep_spare()
    work()
    (spare,) = ours(aws).values()
    while not distributions_aws.remove(rows()[0]["id"], spare["Id"]):
        pass
    with pytest.raises(ClientError):
        product.client("cloudfront", "us-east-1").get_distribution(Id=spare["Id"])
    work()
    assert len(ours(aws)) == 1


def test_the_last_one_is_refused_with_what_to_do(
    model: str, admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(distributions, "MOST", 1)
    distributions.keep_spare()
    work()
    create(admin)
    work()
    reply = admin.post("/v3/portals", {"name": "too many"})
    assert (reply.status, "DOMAIN" in reply.json()["detail"]) == (403, True)
    assert len(rows()) == 1


def test_two_at_once_do_not_get_the_same(model: str, admin: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    distributions.keep_spare()
    work()
    taken = distributions.spare()
    create(admin)
    monkeypatch.setattr(distributions, "spare", lambda: taken)
    reply = admin.post("/v3/portals", {"name": "late"})
    assert (reply.status, reply.headers["retry-after"]) == (503, "120")


def test_nothing_is_made_where_there_is_a_domain(table: str, aws: Callable[[str], Any]) -> None:
    make_table(aws("dynamodb"))
    distributions.keep_spare()
    assert rows() == []
