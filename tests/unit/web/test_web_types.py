"""The console's types follow the operation table."""

from __future__ import annotations

from infra import web_types


def test_the_types_of_the_console_are_those_of_the_service() -> None:
    assert web_types.FILE.read_text() == web_types.generate(), "run `make types`"
