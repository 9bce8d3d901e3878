"""Secrets through the emulator's KMS."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from chalicelib.settings import settings
from chalicelib.storage import secrets


@pytest.fixture
def key(table: str, aws: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch) -> Any:
    made = aws("kms").create_key()["KeyMetadata"]["KeyId"]
    monkeypatch.setenv("PORTICO_KMS_KEY", made)
    settings.cache_clear()
    yield made
    monkeypatch.undo()
    settings.cache_clear()


@pytest.mark.usefixtures("key")
def test_a_secret_comes_back_for_its_own_purpose_alone() -> None:
    stored = secrets.encrypt("Bearer abc", "destination:1")
    assert "abc" not in stored
    assert secrets.decrypt(stored, "destination:1") == "Bearer abc"
    with pytest.raises(ClientError):
        secrets.decrypt(stored, "destination:2")


@pytest.mark.usefixtures("key")
def test_a_secret_beyond_what_kms_takes_is_refused() -> None:
    with pytest.raises(ValueError, match="4,096"):
        secrets.encrypt("x" * 5000, "destination:1")
