"""What tests stand on: the AWS emulator in a process of its own, and the product over real HTTP.

Each test module has a table of its own, so that totals are its own.
"""

from __future__ import annotations

import itertools
import os
import socket
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from infra.local import stack
from infra.local.emulator_process import Emulator
from infra.local.server import Background
from tests import permissions
from tests.client import Client

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"
TOKEN = "ptc_the-first-token-of-the-tests"

# the same examples in every run, however slow the machine is at that moment: a test that fails only now and
# then tells of something else
hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None)
hypothesis.settings.load_profile("repeatable")


def free_port() -> int:
    """A port of 127.0.0.1 that nothing listens on now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@pytest.fixture(scope="session", autouse=True)
def watched_permissions() -> Iterator[None]:
    """Every call the product's functions make to AWS is one that they may make."""
    yield from permissions.watch()


@pytest.fixture(scope="session")
def emulator() -> Iterator[str]:
    """The address of an AWS emulator that keeps its state in memory; the environment points there."""
    with Emulator() as running:
        os.environ.update(stack.environment(running.url))
        os.environ.setdefault("POWERTOOLS_LOG_LEVEL", "ERROR")
        yield running.url


@pytest.fixture(scope="session")
def aws(emulator: str) -> Callable[[str], Any]:
    """Makes botocore clients of the emulator."""
    return lambda service: stack.client(service, emulator)


@pytest.fixture(scope="session")
def server(emulator: str) -> Iterator[int]:
    """The port of the product's local server, in this process."""
    import app

    running = Background(app.app, assets=ROOT / "web" / "dist")
    os.environ["PORTICO_PORTAL_BASE_DOMAIN"] = f"localhost:{running.port}"
    with running:
        yield running.port


_tables = itertools.count(1)


def make_table(dynamodb: Any) -> str:
    """An empty table, set up as a new installation; the product works on it from now on."""
    from chalicelib.http import hosts
    from chalicelib.organization import service
    from chalicelib.settings import settings

    name = f"portico-{os.getpid()}-{next(_tables)}"
    key = [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}]
    dynamodb.create_table(
        TableName=name,
        KeySchema=key,
        AttributeDefinitions=[{"AttributeName": one["AttributeName"], "AttributeType": "S"} for one in key],
        BillingMode="PAY_PER_REQUEST",
    )
    os.environ["PORTICO_TABLE"] = name
    settings.cache_clear()
    hosts.forget()
    service.bootstrap(TOKEN)
    return name


@pytest.fixture(scope="module")
def table(server: int, aws: Callable[[str], Any]) -> str:
    """An empty table, set up as a new installation."""
    return make_table(aws("dynamodb"))


@pytest.fixture
def admin(table: str, server: int) -> Client:
    """The management API, with the role admin."""
    return Client(server, token=TOKEN)


@pytest.fixture
def as_role(admin: Client) -> Callable[[str], Client]:
    """The management API with another role."""

    def make(role: str) -> Client:
        token = admin.made("/portico/v1/tokens", {"name": role, "role": role})["token"]
        return Client(admin.port, token=token)

    return make


@pytest.fixture
def make_portal(admin: Client) -> Callable[..., Any]:
    """Makes a portal of a name of its own; keywords are members of the request."""
    return lambda **members: admin.made("/v3/portals", {"name": f"portal-{uuid.uuid4()}", **members})


@pytest.fixture
def portal(make_portal: Callable[..., Any]) -> Any:
    """A private portal."""
    return make_portal()


@pytest.fixture
def visitor(server: int) -> Callable[[Any], Client]:
    """The portal API as an anonymous visitor of a portal has it."""
    return lambda portal: Client(server, portal["default_domain"])


@pytest.fixture
def run_jobs(table: str) -> Callable[[], None]:
    """Does all work that requests left behind, as the worker would."""
    from chalicelib.jobs import worker
    from chalicelib.storage import lists

    def run() -> None:
        for row in lists.read("jobs"):
            worker.run(row["id"])

    return run


@pytest.fixture
def trips() -> Callable[[Callable[[], Any]], int]:
    """Counts the calls to AWS that one request makes, as the request's own log line has them."""
    from chalicelib.http import dispatch

    def count(send: Callable[[], Any]) -> int:
        counted: list[int] = []
        recorded = dispatch._record

        def record(call: dispatch.Call, status: int, trips: int) -> None:
            counted.append(trips)
            recorded(call, status, trips)

        dispatch._record = record
        try:
            send()
        finally:
            dispatch._record = recorded
        assert counted, "no request came"
        return counted[-1]

    return count
