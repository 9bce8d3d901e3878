"""An installation in the emulator, in memory, that benchmarks fill and ask in their own process."""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import uuid
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from benchmarks.answers import body
from infra.local import events, stack
from infra.local.emulator_process import Emulator
from infra.local.server import Background
from infra.web_build import build

TOKEN = "ptc_the-token-of-the-benchmarks"
BATCH = 25
Item = dict[str, Any]


@contextlib.contextmanager
def emulated() -> Iterator[str]:
    """An emulator with the base stack; the environment points the product there. Gives its address."""
    with Emulator() as emulator:
        os.environ.update(stack.environment(emulator.url), POWERTOOLS_LOG_LEVEL="ERROR")
        use(os.environ["PORTICO_TABLE"])
        yield emulator.url


@contextlib.contextmanager
def served() -> Iterator[int]:
    """An empty installation behind a server of this process. Gives its port. What the product writes to
    standard output, the audit events, goes nowhere."""
    import app

    dist = build()
    nowhere = Path(os.devnull)
    with emulated(), Background(app.app, assets=dist) as server:
        os.environ["PORTICO_PORTAL_BASE_DOMAIN"] = f"localhost:{server.port}"
        make_table()
        with nowhere.open("w") as file, contextlib.redirect_stdout(file):
            yield server.port


def use(table: str) -> None:
    """Let the product work on another table."""
    from chalicelib.settings import settings

    os.environ["PORTICO_TABLE"] = table
    settings.cache_clear()


def make_table() -> str:
    """A table of its own, set up as a new installation, which the product works on from now."""
    from chalicelib.organization import service
    from chalicelib.storage.records import connection

    name = f"portico-{uuid.uuid4()}"
    client: Any = connection().client
    client.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": one, "AttributeType": "S"} for one in ("pk", "sk")],
        BillingMode="PAY_PER_REQUEST",
    )
    use(name)
    service.bootstrap(TOKEN)
    return name


def write(items: Iterable[Item]) -> None:
    """Put items into the table, as they are, many at a time."""
    from chalicelib.settings import settings
    from chalicelib.storage.records import dispatch

    left = iter(items)
    while some := list(itertools.islice(left, BATCH)):
        requests = [{"PutRequest": {"Item": item}} for item in some]
        dispatch("BatchWriteItem", {"RequestItems": {settings().table: requests}})


def get(path: str, query: dict[str, str]) -> bytes:
    """The body of a management request's answer, which must be 200."""
    import app

    headers = [("host", "localhost"), ("authorization", f"Bearer {TOKEN}")]
    event = events.proxy("GET", path, urlencode(query).encode(), headers, b"", "127.0.0.1", 80)
    with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stdout(nowhere):
        answer = app.app(event, events.Context("benchmark"))
    found = body(answer)
    if answer["statusCode"] != 200:
        raise RuntimeError(f"{path}: {answer['statusCode']} {json.loads(found)}")
    return found


@contextlib.contextmanager
def counted() -> Iterator[list[str]]:
    """Names of the calls to DynamoDB that are made meanwhile."""
    from chalicelib.storage.records import connection

    calls: list[str] = []

    def note(model: Any, **_: Any) -> None:
        calls.append(model.name)

    emitter = connection().client.meta.events
    emitter.register("before-call.dynamodb.*", note)
    try:
        yield calls
    finally:
        emitter.unregister("before-call.dynamodb.*", note)
