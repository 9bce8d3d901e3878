"""The AWS clients this process holds: each made once, at first use, and every call counted.

boto3 is not imported: its clients are botocore's, and botocore is there through PynamoDB already.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextvars import ContextVar, copy_context
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar

from chalicelib.settings import settings

T = TypeVar("T")
R = TypeVar("R")


@dataclass(eq=False)
class Trips:
    """What one request asked of AWS: the calls in order, as `service:Operation`. `in_sequence`: how many of
    them had to wait for one before; calls that are under way together count as one."""

    calls: list[str] = field(default_factory=list)
    in_sequence: int = 0

    def __len__(self) -> int:
        return len(self.calls)


trips: ContextVar[Trips | None] = ContextVar("trips", default=None)
_lock = threading.Lock()


def count_calls(client: Any) -> None:
    """Make a botocore client record each call in the `trips` of the current request."""
    client.meta.events.register("before-call.*.*", _record)


def _record(model: Any, **_: Any) -> None:
    current = trips.get()
    if current is not None:
        current.calls.append(f"{model.service_model.service_name}:{model.name}")
        current.in_sequence += 1


def together(work: Callable[[T], R], values: Sequence[T]) -> list[R]:
    """`work` of each value, all under way together; results in the order of the values."""
    if len(values) < 2:
        return [work(value) for value in values]
    from concurrent.futures import ThreadPoolExecutor

    counts = [Trips() for _ in values]

    def counted(value: T, count: Trips) -> R:
        trips.set(count)  # in a copy of the context, which is this call's own
        return work(value)

    with ThreadPoolExecutor(min(8, len(values))) as pool:
        futures = [
            pool.submit(copy_context().run, counted, value, count)
            for value, count in zip(values, counts, strict=True)
        ]
        results = [future.result() for future in futures]
    current = trips.get()
    if current is not None:
        current.calls += [call for count in counts for call in count.calls]
        current.in_sequence += max(count.in_sequence for count in counts)
    return results


@cache
def _session() -> Any:
    import botocore.session

    return botocore.session.get_session()


@cache
def _made(service: str, region: str) -> Any:
    from botocore.config import Config

    config = Config(
        connect_timeout=3,
        read_timeout=20,
        retries={"total_max_attempts": 4, "mode": "standard"},
        max_pool_connections=20,
        s3={"addressing_style": "path"} if settings().endpoint else None,
        signature_version="s3v4" if service == "s3" else None,
    )
    made = _session().create_client(
        service, region_name=region, endpoint_url=settings().endpoint, config=config
    )
    count_calls(made)
    return made


def client(service: str, region: str | None = None) -> Any:
    """The process's botocore client of this service, in the installation's region unless another is named.
    Making one is not thread-safe, using it is."""
    with _lock:
        return _made(service, region or settings().region)
