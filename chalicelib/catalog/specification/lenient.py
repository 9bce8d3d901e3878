"""Reads members of values that may be anything: what is not of the kind asked for is empty."""

from __future__ import annotations

from .document import Json


def members(value: object) -> dict[str, Json]:
    """An object's members."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[Json]:
    """A list's items."""
    return value if isinstance(value, list) else []


def text(value: object) -> str:
    """A text, or a number as JSON writes it."""
    if isinstance(value, str):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return ""
