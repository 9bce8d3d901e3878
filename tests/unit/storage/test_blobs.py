"""Blobs in the emulator's S3."""

from __future__ import annotations

import hashlib

import pytest

from chalicelib.storage import aws, blobs

pytestmark = pytest.mark.usefixtures("table")


@pytest.fixture(autouse=True)
def _nothing_kept() -> None:
    blobs._kept.clear()


@pytest.mark.parametrize("body", [b"", b"\x00\xff", b"text " * 10_000, "한국어".encode()])
def test_a_blob_comes_back_byte_for_byte_under_its_hash(body: bytes) -> None:
    digest = blobs.put(body)
    assert digest == hashlib.sha256(body).hexdigest()
    blobs._kept.clear()
    assert blobs.get(digest) == body


def test_a_blob_that_the_process_holds_costs_no_trip() -> None:
    digest = blobs.put("held")
    counted = aws.Trips()
    token = aws.trips.set(counted)
    try:
        assert blobs.text(digest) == "held"
        blobs._kept.clear()
        assert blobs.text(digest) == "held"
    finally:
        aws.trips.reset(token)
    assert counted.calls == ["s3:GetObject"]


def test_several_blobs_come_together() -> None:
    digests = [blobs.put(f"one of several {number}") for number in range(5)]
    blobs._kept.clear()
    found = blobs.get_all([*digests, digests[0]])
    assert [found[digest] for digest in digests] == [
        f"one of several {number}".encode() for number in range(5)
    ]


@pytest.mark.parametrize("count", [0, 1, 20])
def test_several_blobs_are_stored_together(count: int) -> None:
    bodies = [f"stored together {number}" for number in range(count)]
    digests = blobs.put_all(bodies)
    blobs._kept.clear()
    assert [blobs.text(digest) for digest in digests] == bodies


def test_the_memory_for_blobs_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blobs, "KEPT_BYTES", 1000)
    monkeypatch.setattr(blobs, "_size", 0)
    for number in range(20):
        blobs.put(bytes([number]) * 300)
    assert sum(map(len, blobs._kept.values())) <= 1000
