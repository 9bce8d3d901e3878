"""Which requests make the emulator save."""

from __future__ import annotations

import pytest

from infra.local.emulator import _writes


@pytest.mark.parametrize(
    "target", ["DynamoDB_20120810.GetItem", "DynamoDB_20120810.Query", "AmazonSQS.ReceiveMessage"]
)
def test_reading_is_no_reason_to_save(target: str) -> None:
    assert not _writes({"method": "POST", "headers": [(b"x-amz-target", target.encode())]})


@pytest.mark.parametrize(
    "target", ["DynamoDB_20120810.PutItem", "AmazonSQS.DeleteMessage", "TrentService.CreateKey"]
)
def test_writing_is(target: str) -> None:
    assert _writes({"method": "POST", "headers": [(b"host", b"h"), (b"X-Amz-Target", target.encode())]})


def test_methods_that_change_nothing_do_not_save_and_others_do() -> None:
    assert not _writes({"method": "GET", "headers": []})
    assert not _writes({"method": "HEAD", "headers": []})
    assert _writes({"method": "PUT", "headers": []})
    assert _writes({"method": "POST", "headers": []})
