"""docs/cost.md is what its arithmetic gives."""

from __future__ import annotations

import pytest

from benchmarks import cost


def test_the_page_is_up_to_date() -> None:
    assert cost.PAGE.read_text(encoding="utf-8") == cost.page(), "call `python -m benchmarks.cost`"


def test_free_amounts_are_not_charged() -> None:
    line = cost.Line("requests", 12_000_000)
    assert line.usd == pytest.approx(12.0)
    assert line.beyond_free == pytest.approx(2.0)
    assert cost.Line("requests", 9_000_000).beyond_free == 0
