"""A specification that has been read: its value, and where in the text each part of it stands."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, NamedTuple, TypeAlias

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


class Position(NamedTuple):
    """A place in a text; both count from 1, columns in characters."""

    line: int
    column: int


class Duplicate(NamedTuple):
    """A key that stands a second time in one object: its path, and its offset in characters."""

    path: tuple[str | int, ...]
    offset: int


@dataclass(frozen=True, eq=False)
class Document:
    """What `parse` gives. `value` is made of JSON values alone; YAML aliases make parts of it shared, so
    treat it as read-only. `version_as_written` is the source text of `info.version` where that is a scalar
    (`1.10`, which as a number would be 1.1)."""

    value: dict[str, Json]
    format: Literal["json", "yaml"]
    version_as_written: str | None
    duplicates: tuple[Duplicate, ...]
    text: str = field(repr=False)
    #: id of an object or array in `value` -> the offset of each of its entries, in their order
    offsets: dict[int, array[int]] = field(repr=False)

    def position(self, path: Iterable[str | int]) -> Position:
        """Where the part at `path` begins (its key, in an object); of its nearest ancestor where there is
        no such part."""
        here: Json = self.value
        offset = 0
        for token in path:
            if isinstance(here, dict):
                index = self._index(here).get(str(token), -1)
                child = here.get(str(token))
            elif isinstance(here, list) and str(token).isdecimal() and int(token) < len(here):
                index = int(token)
                child = here[index]
            else:
                break
            if index < 0:
                break
            offset = self.offsets[id(here)][index]
            here = child
        return self.at(offset)

    def at(self, offset: int) -> Position:
        """The position of an offset in characters."""
        line = bisect_right(self._line_starts, offset)
        return Position(line, offset - self._line_starts[line - 1] + 1)

    def _index(self, entries: dict[str, Json]) -> dict[str, int]:
        known = self._indexes.get(id(entries))
        if known is None:
            known = self._indexes[id(entries)] = {key: index for index, key in enumerate(entries)}
        return known

    @cached_property
    def _indexes(self) -> dict[int, dict[str, int]]:
        return {}

    @cached_property
    def _line_starts(self) -> array[int]:
        return line_starts(self.text)


def line_starts(text: str) -> array[int]:
    """The offset of the first character of each line."""
    return array("I", [0, *(found.end() for found in re.finditer(r"\r\n|\r|\n", text))])


def position_of(text: str, offset: int) -> Position:
    """The position of one offset in a text."""
    starts = line_starts(text[:offset])
    return Position(len(starts), offset - starts[-1] + 1)
