"""Lists of 10,000 APIs, against lists of 100, in the emulator: calls to AWS, and the processor time of our
own process. A page that is filtered and sorted reads all rows, a call a megabyte: its time grows with them.
"""

from __future__ import annotations

import json
import statistics
import time
import uuid
from collections.abc import Iterator
from typing import Any

from benchmarks import installation
from benchmarks.figures import Figure, ratio

MANY, FEW = 10_000, 100
RUNS = 15
FIRST = {"page[size]": "20"}
SORTED = {"filter[name][contains]": "pay", "sort": "name desc", "page[size]": "20"}
Item = dict[str, Any]


def measure() -> list[Figure]:
    with installation.emulated():
        tables = {size: _filled(size) for size in (FEW, MANY)}
        first = {size: _measured(tables[size], FIRST, size) for size in tables}
        filtered = {size: _measured(tables[size], SORTED, size // 2) for size in tables}
    few, many = first[FEW], first[MANY]
    return [
        Figure(
            "first page: calls to AWS",
            many.calls,
            "calls",
            None,
            few.calls + 1,
            f"{few.calls} of {FEW}; totals as they should be",
        ),
        ratio("first page: processor time", many.times, few.times, "ms"),
        Figure(
            "page filtered and sorted: calls to AWS",
            filtered[MANY].calls,
            "calls",
            None,
            None,
            f"{filtered[FEW].calls} of {FEW}",
        ),
        ratio(
            "page filtered and sorted: processor time",
            filtered[MANY].times,
            filtered[FEW].times,
            "ms",
            note=f"{MANY // FEW} times the rows",
        ),
    ]


class Measured:
    """Calls of one request, and the milliseconds of several."""

    def __init__(self, calls: int, times: list[float]) -> None:
        self.calls, self.times = calls, times


def _measured(table: str, query: dict[str, str], total: int) -> Measured:
    installation.use(table)
    times, calls = [], []
    for _ in range(RUNS):
        with installation.counted() as counted:
            began = time.process_time()
            body = installation.get("/v3/apis", query)
            times.append((time.process_time() - began) * 1000)
        calls.append(len(counted))
        found = json.loads(body)["meta"]["page"]["total"]
        if found != total:
            raise RuntimeError(f"meta.page.total is {found}, not {total}")
    return Measured(int(statistics.median(calls)), times)


def _filled(size: int) -> str:
    """A table with so many APIs, of which every other has `pay` in its name: records, rows and the total."""
    from chalicelib.storage import keys

    table = installation.make_table()
    installation.write(_items(size))
    counter = {"pk": keys.rows("apis"), "sk": keys.PULSE}
    installation.write(
        [{**{k: {"S": v} for k, v in counter.items()}, "total": {"N": str(size)}, "beat": {"N": str(size)}}]
    )
    return table


def _items(size: int) -> Iterator[Item]:
    from chalicelib import clock
    from chalicelib.catalog.records import Api
    from chalicelib.storage import keys
    from chalicelib.storage.transaction import row_key

    begin = clock.now_ms() - size
    for number in range(size):
        api_id = str(uuid.uuid4())
        api = Api(
            pk=keys.api(api_id),
            id=api_id,
            name=f"{'payments' if number % 2 else 'orders'} {number}",
            version="1.0.0",
            slug=f"api-{number}",
            description="What the service does, for whom, and where to ask. " * 3,
            labels={"team": f"team-{number % 20}"},
            created_at=begin + number,
        )
        yield {**api.serialize(), "rev": {"N": "1"}}
        ((name, row),) = api.rows().items()
        key = row_key(name, api.created_at, api.id)
        yield {"pk": {"S": key.pk}, "sk": {"S": key.sk}, "id": {"S": api.id}, "f": {"S": json.dumps(row)}}
