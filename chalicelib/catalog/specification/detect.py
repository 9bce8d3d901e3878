"""Tells which kind of specification an object is."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from .document import Json
from .errors import UnknownType

SpecName: TypeAlias = Literal["oas2", "oas3", "asyncapi"]
SUPPORTED = "OpenAPI 2.0 (Swagger), 3.0, 3.1 and 3.2, and AsyncAPI 2 and 3"

_KINDS: tuple[tuple[str, SpecName, re.Pattern[str], str], ...] = (
    ("openapi", "oas3", re.compile(r"3(\.[0-9]{1,4}.*)?", re.DOTALL), "OpenAPI"),
    ("swagger", "oas2", re.compile(r"2(\.0)?"), "Swagger"),
    ("asyncapi", "asyncapi", re.compile(r"[23](\.[0-9]{1,4}.*)?", re.DOTALL), "AsyncAPI"),
)
_MINOR = re.compile(r"[0-9]+\.[0-9]{1,4}")


@dataclass(frozen=True)
class SpecType:
    """The type as the contracts name it, and the version as the document states it, under which member."""

    name: SpecName
    version: str
    key: str

    @property
    def minor(self) -> str:
        """The version up to its second number: `3.1` of `3.1.0`."""
        found = _MINOR.match(self.version)
        return found[0] if found else self.version + ".0"


def detect(value: Mapping[str, Json]) -> SpecType:
    """The type of a parsed document. Raises `UnknownType`, which says what was found.

    A version that stands as a number (`swagger: 2.0` in YAML) is accepted here; `check` says that it should
    be text.
    """
    for key, name, pattern, title in _KINDS:
        if key not in value:
            continue
        stated = value[key]
        if isinstance(stated, bool) or not isinstance(stated, str | int | float):
            raise UnknownType(f'"{key}" does not state a version. Supported are {SUPPORTED}.')
        version = str(stated)[:100]
        if pattern.fullmatch(version):
            return SpecType(name, version, key)
        raise UnknownType(f"{title} {version[:30]} is not supported. Supported are {SUPPORTED}.")
    raise UnknownType(
        f'Not a known kind of specification: there is no "openapi", "swagger" or "asyncapi" at its top. '
        f"Supported are {SUPPORTED}."
    )
