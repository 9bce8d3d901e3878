"""The order in which people are shown versions."""

from __future__ import annotations

import re
from collections.abc import Iterable

from chalicelib.catalog.records import Version

_PARTS = re.compile(r"[vV]?(\d+(?:\.\d+)*)(?:-([\w.-]+))?(?:\+.*)?", re.ASCII)


def newest_first(versions: Iterable[Version]) -> list[Version]:
    """By precedence (semver.org, any number of numeric parts; a pre-release before its release), then what is
    no version number; newest creation first among equals."""
    return sorted(versions, key=lambda version: (_rank(version.version), version.created_at), reverse=True)


def _rank(text: str) -> tuple[object, ...]:
    match = _PARTS.fullmatch(text.strip())
    if match is None:
        return (0, (), 0, ())
    numbers = tuple(int(part[:18]) for part in match[1].split("."))
    while numbers and numbers[-1] == 0:
        numbers = numbers[:-1]
    before = match[2]
    parts = tuple(
        (0, int(part[:18]), "") if part.isdigit() else (1, 0, part)
        for part in (before or "").split(".")
        if part
    )
    return (1, numbers, before is None, parts)
