"""What tests of CloudFront's part stand on: its invalidations in the emulator, and a cache of our own in
front of the product."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chalicelib import clock
from chalicelib.access import sessions
from chalicelib.access.principal import Anonymous, Developer, Principal
from chalicelib.jobs import worker
from chalicelib.settings import settings
from chalicelib.storage import aws as product
from tests.conftest import TOKEN
from tests.contract.domains.test_cloudfront import CONFIG
from tests.contract.edge.cache import SECRET, Edge, Viewer
from tests.contract.site.conftest import front_end

__all__ = ["front_end"]


class Front:
    """CloudFront in front of the product: a distribution, one for tenants, and the worker's queue."""

    def __init__(self, aws: Callable[[str], Any]) -> None:
        self.cloudfront, self.sqs = aws("cloudfront"), aws("sqs")
        self.main, self.tenants = self._made("direct"), self._made("tenant-only")
        self.queue: str = self.sqs.create_queue(QueueName=f"changes-{uuid.uuid4()}")["QueueUrl"]
        #: waits of the messages that were sent
        self.waits: list[int] = []

    def _made(self, mode: str) -> str:
        config = {
            **CONFIG,
            "CallerReference": str(uuid.uuid4()),
            "ConnectionMode": mode,
            "CacheTagConfig": {"HeaderName": "Cache-Tag"},
        }
        made: str = self.cloudfront.create_distribution(DistributionConfig=config)["Distribution"]["Id"]
        return made

    def tenant(self, name: str, host: str) -> str:
        made: str = self.cloudfront.create_distribution_tenant(
            DistributionId=self.tenants, Name=name, Domains=[{"Domain": host}], Enabled=True
        )["DistributionTenant"]["Id"]
        return made

    def told(self) -> list[dict[str, Any]]:
        """The messages that wait, as a batch of the worker's event."""
        found: list[dict[str, Any]] = []
        while got := self.sqs.receive_message(QueueUrl=self.queue, MaxNumberOfMessages=10).get("Messages"):
            found += [{"messageId": one["MessageId"], "body": one["Body"]} for one in got]
            for one in got:
                self.sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=one["ReceiptHandle"])
        return found

    def work(self) -> None:
        """Let the worker do what was told."""
        assert worker.handle({"Records": self.told()}) == {"batchItemFailures": []}

    def gone(self) -> list[list[str]]:
        """What was invalidated at the main distribution, one entry an invalidation, oldest first."""
        found = self.cloudfront.list_invalidations(DistributionId=self.main)["InvalidationList"].get(
            "Items", []
        )
        batches = [
            self.cloudfront.get_invalidation(DistributionId=self.main, Id=one["Id"])["Invalidation"]
            for one in found
        ]
        batches.sort(key=lambda one: one["CreateTime"])
        return [one["InvalidationBatch"]["Paths"]["Items"] for one in batches]


@pytest.fixture
def front(table: str, aws: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch) -> Iterator[Front]:
    made = Front(aws)
    monkeypatch.setenv("PORTICO_DISTRIBUTION", made.main)
    monkeypatch.setenv("PORTICO_TENANT_DISTRIBUTION", made.tenants)
    monkeypatch.setenv("PORTICO_QUEUE_URL", made.queue)
    settings.cache_clear()

    def sent(params: dict[str, Any], **_: Any) -> None:
        for entry in params.get("Entries", [params]):
            made.waits.append(entry["DelaySeconds"])
            entry["DelaySeconds"] = 0  # nobody has to wait here

    events = product.client("sqs").meta.events
    for operation in ("SendMessage", "SendMessageBatch"):
        events.register(f"provide-client-params.sqs.{operation}", sent)
    yield made
    for operation in ("SendMessage", "SendMessageBatch"):
        events.unregister(f"provide-client-params.sqs.{operation}", sent)
    monkeypatch.undo()
    settings.cache_clear()
    clock.travel(0)


@pytest.fixture(scope="module")
def edges(server: int) -> Iterator[Edge]:
    with Edge(server) as made:
        yield made


@pytest.fixture
def edge(edges: Edge, table: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Edge]:
    """CloudFront in front of the product, with nothing in it yet; nobody else gets in."""
    edges.kept.clear()
    edges.origin.clear()
    edges.now = 0
    monkeypatch.setenv("PORTICO_ORIGIN_SECRETS", SECRET)
    settings.cache_clear()
    yield edges
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
def behind(edge: Edge) -> Viewer:
    """The management API, as an admin has it through CloudFront."""
    return Viewer(edge, "localhost", TOKEN)


@pytest.fixture
def developers(edge: Edge, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has a session's cookie is an approved developer, by the cookie's value: no release issues
    sessions yet."""
    issued = sessions.authenticate

    def authenticate(portal_id: str, cookie_header: str, *, refuse: bool) -> Principal:
        found = issued(portal_id, cookie_header, refuse=False)
        name = sessions.cookie(cookie_header, sessions.COOKIE)
        if isinstance(found, Anonymous) and name:
            return Developer(str(uuid.uuid5(uuid.NAMESPACE_DNS, name)), portal_id)
        return found

    monkeypatch.setattr(sessions, "authenticate", authenticate)
