"""Calls that are under way together."""

from __future__ import annotations

from contextvars import ContextVar

import pytest

from chalicelib.storage import aws

_seen: ContextVar[str] = ContextVar("seen")


def call(times: int) -> int:
    current = aws.trips.get()
    assert current is not None
    for _ in range(times):
        current.calls.append("dynamodb:GetItem")
        current.in_sequence += 1
    return times * 10


@pytest.mark.parametrize("values", [[], [3], [1, 3, 2]])
def test_calls_under_way_together_count_as_the_longest_of_them(values: list[int]) -> None:
    counted = aws.Trips()
    token = aws.trips.set(counted)
    try:
        assert aws.together(call, values) == [value * 10 for value in values]
    finally:
        aws.trips.reset(token)
    assert len(counted) == sum(values)
    assert counted.in_sequence == max(values, default=0)


def test_what_one_of_them_raises_is_raised() -> None:
    def fail(value: int) -> int:
        if value == 2:
            raise LookupError(value)
        return value

    with pytest.raises(LookupError):
        aws.together(fail, [1, 2, 3])


def test_they_see_what_the_caller_sees() -> None:
    _seen.set("the caller's")
    assert aws.together(lambda _: _seen.get(), [1, 2]) == ["the caller's"] * 2
