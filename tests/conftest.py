"""What tests stand on: the AWS emulator in a process of its own, and the product over real HTTP.

Each test module has a table of its own, so that totals are its own.
"""

from __future__ import annotations

import itertools
import os
import socket
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.client import Client

ROOT = Path(__file__).parent.parent
SHARED = ROOT.parent / "shared"
TOKEN = "ptc_the-first-token-of-the-tests"
_EMULATOR = """
import asyncio, os, sys
from hypercorn.asyncio import serve
from hypercorn.config import Config
from ministack.app import app
config = Config()
config.bind = ["127.0.0.1:" + sys.argv[1]]
config.loglevel = "ERROR"
asyncio.run(serve(app, config))
"""


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def emulator() -> Iterator[str]:
    """The address of an AWS emulator that keeps its state in memory."""
    port = free_port()
    environment = {
        **os.environ,
        "BIND_HOST": "127.0.0.1",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "MINISTACK_HOST": "localhost",
    }
    python = ROOT / ".venv-emulator" / "bin" / "python"
    process = subprocess.Popen(
        [python, "-c", _EMULATOR, str(port)], env=environment, stdout=subprocess.DEVNULL
    )
    try:
        deadline = time.monotonic() + 20
        while True:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            assert process.poll() is None, "the emulator did not start"
            assert time.monotonic() < deadline, "the emulator did not answer"
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


@pytest.fixture(scope="session")
def aws(emulator: str) -> Callable[[str], Any]:
    """Makes botocore clients of the emulator; the environment points the product there too."""
    os.environ.update(
        AWS_ENDPOINT_URL=emulator,
        AWS_ACCESS_KEY_ID="test",
        AWS_SECRET_ACCESS_KEY="test",
        AWS_DEFAULT_REGION="us-east-1",
        POWERTOOLS_LOG_LEVEL=os.environ.get("POWERTOOLS_LOG_LEVEL", "ERROR"),
    )
    import botocore.session

    session = botocore.session.get_session()
    return lambda service: session.create_client(service, region_name="us-east-1", endpoint_url=emulator)


@pytest.fixture(scope="session")
def server(aws: Callable[[str], Any]) -> Iterator[int]:
    """The port of the product's local server, in this process: bucket and queue are made, no table yet."""
    import app
    from tests.stand_in import Server

    aws("s3").create_bucket(Bucket="portico-test")
    queue = aws("sqs").create_queue(QueueName="portico-test")["QueueUrl"]
    port = free_port()
    os.environ.update(
        PORTICO_BUCKET="portico-test",
        PORTICO_QUEUE_URL=queue,
        PORTICO_PORTAL_BASE_DOMAIN=f"localhost:{port}",
    )
    with Server(app.app, port):
        yield port


_tables = itertools.count(1)


@pytest.fixture(scope="module")
def table(server: int, aws: Callable[[str], Any]) -> str:
    """An empty table, set up as a new installation."""
    from chalicelib.http import hosts
    from chalicelib.organization import service
    from chalicelib.settings import settings

    name = f"portico-{os.getpid()}-{next(_tables)}"
    key = [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}]
    aws("dynamodb").create_table(
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
