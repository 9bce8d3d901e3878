"""Numbers that JSON and every language that reads it can carry."""

from __future__ import annotations

import math

#: beyond about 308 digits no double has the value
MAX_DIGITS = 300


def number(text: str) -> int | float | str:
    """The value of a decimal number; the text itself where no double comes near (`1e999`)."""
    if text.lstrip("+-").isdecimal():
        return int(text) if len(text) <= MAX_DIGITS else text
    value = float(text)
    return value if math.isfinite(value) else text
