from __future__ import annotations

import random

import pytest

from chalicelib.catalog import specification
from chalicelib.catalog.operations import packing
from chalicelib.catalog.specification import Operation, Operations

OPENAPI = """
openapi: 3.1.0
info: {title: a, version: '1'}
security: [{key: []}]
paths:
  /a/{id}:
    get: {operationId: getA, summary: A, description: long, tags: [x, y], deprecated: true}
    post: {security: [{}, {key: [], other: []}]}
webhooks:
  done: {post: {summary: Done}}
"""
ASYNCAPI = """
asyncapi: 2.6.0
info: {title: a, version: '1'}
channels:
  lights/{id}:
    publish: {operationId: turn, message: {oneOf: [{name: On}, {name: Off}]}}
"""


def noise(length: int) -> str:
    return random.Random(length).randbytes(length // 2).hex()


@pytest.mark.parametrize("text", [OPENAPI, ASYNCAPI])
def test_operations_come_back_as_they_were(text: str) -> None:
    found = specification.operations(specification.parse(text))
    assert found.items
    assert packing.unpack(packing.pack(found)) == found


def test_long_texts_are_cut_before_an_operation_is_left_out() -> None:
    found = Operations(
        [Operation("path", "GET", f"/{n}", f"/{n}", description=noise(5_000 + n)) for n in range(200)], False
    )
    packed = packing.pack(found)
    kept = packing.unpack(packed)
    assert len(packed) <= packing.ROOM
    assert [one.path for one in kept.items] == [one.path for one in found.items]
    assert not kept.truncated
    assert 0 < len(kept.items[0].description) < 5_000


def test_what_fits_in_no_way_is_left_out_and_said_so() -> None:
    found = Operations(
        [Operation("path", "GET", path, path) for path in (noise(20_000 + n) for n in range(100))], False
    )
    packed = packing.pack(found)
    kept = packing.unpack(packed)
    assert len(packed) <= packing.ROOM
    assert kept.truncated
    assert kept.items == found.items[: len(kept.items)]
