"""Builds the value of a document from what a reader meets in its text, within bounds.

The bounds hold for the value as one would write it out, with every alias replaced by what it stands for:
a few lines of YAML can stand for more values than any memory holds.
"""

from __future__ import annotations

import re
from array import array
from dataclasses import dataclass, field

from .document import Duplicate, Json, position_of
from .errors import Unparseable

MAX_DEPTH = 200
MAX_VALUES = 1_000_000
MAX_CHARACTERS = 16 * 1024 * 1024
MAX_DUPLICATES = 1_000
MERGE = "<<"

_SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(slots=True)
class _Open:
    """An object or array that has not been closed yet."""

    entries: dict[str, Json] | list[Json]
    anchor: str | None
    values_before: int
    characters_before: int
    offsets: array[int] = field(default_factory=lambda: array("I"))
    key: str | None = None
    key_offset: int = 0
    #: the key was written plainly, so that `<<` asks for a merge
    key_is_plain: bool = False
    merges: list[tuple[dict[str, Json], int]] = field(default_factory=list)
    #: how many levels there are below
    height: int = 0


@dataclass(slots=True)
class _Anchored:
    value: Json
    #: the source text of a value that is no object or array
    written: str | None
    values: int
    characters: int
    height: int


class Builder:
    """Takes a document piece by piece, in the order of its text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._open: list[_Open] = []
        self._anchors: dict[str, _Anchored | None] = {}
        self._values = 0
        self._characters = 0
        self.root: Json = None
        self.offsets: dict[int, array[int]] = {}
        self.duplicates: list[Duplicate] = []
        self.version_as_written: str | None = None

    def open(self, entries: dict[str, Json] | list[Json], offset: int, anchor: str | None = None) -> None:
        """An object or array begins."""
        if self.wants_key:
            raise self.refusal("a key must be a single value, not an object or a list", offset)
        if len(self._open) >= MAX_DEPTH:
            raise self.refusal(f"nested more than {MAX_DEPTH} levels deep", offset)
        if anchor is not None:
            self._anchors[anchor] = None
        if self._open and isinstance(self._open[-1].entries, list):
            self._open[-1].key_offset = offset
        self._open.append(_Open(entries, anchor, self._values, self._characters))
        self._count(1, 0, offset)

    def close(self) -> None:
        """The object or array that was opened last ends."""
        ended = self._open.pop()
        for source, offset in ended.merges:
            self._merge(ended, source, offset)
        self.offsets[id(ended.entries)] = ended.offsets
        height = ended.height + 1
        if ended.anchor is not None:
            self._anchors[ended.anchor] = _Anchored(
                ended.entries,
                None,
                self._values - ended.values_before,
                self._characters - ended.characters_before,
                height,
            )
        self._put(ended.entries, height)

    def scalar(
        self, value: Json, written: str, offset: int, *, plain: bool = False, anchor: str | None = None
    ) -> None:
        """A value that is no object or array, or a key of an object; `written` is its source text."""
        if _SURROGATE.search(written):
            # half of a character: no UTF-8 has it
            written = _SURROGATE.sub("\ufffd", written)
            value = written
        self._count(1, len(written), offset)
        if anchor is not None:
            self._anchors[anchor] = _Anchored(value, written, 1, len(written), 0)
        if self.wants_key:
            self._key(written, offset, plain)
            return
        if len(self._open) == 2 and self._open[0].key == "info" and self._open[1].key == "version":
            self.version_as_written = written
        if self._open and isinstance(self._open[-1].entries, list):
            self._open[-1].key_offset = offset
        self._put(value, 0)

    def alias(self, anchor: str, offset: int) -> None:
        """What an anchor marks stands here once more."""
        anchored = self._anchors.get(anchor)
        if anchored is None:
            reason = "contains itself" if anchor in self._anchors else "is not defined before it is used"
            raise self.refusal(f"the anchor &{anchor[:50]} {reason}", offset)
        if len(self._open) + anchored.height > MAX_DEPTH:
            raise self.refusal(f"aliases nest more than {MAX_DEPTH} levels deep", offset)
        self._count(anchored.values, anchored.characters, offset, "aliases expand to")
        if self.wants_key:
            if anchored.written is None:
                raise self.refusal("a key must be a single value, not an object or a list", offset)
            self._key(anchored.written, offset, False)
            return
        if self._open and isinstance(self._open[-1].entries, list):
            self._open[-1].key_offset = offset
        self._put(anchored.value, anchored.height)

    @property
    def wants_key(self) -> bool:
        return bool(self._open) and self._open[-1].key is None and isinstance(self._open[-1].entries, dict)

    def refusal(self, reason: str, offset: int) -> Unparseable:
        return Unparseable(reason, *position_of(self._text, offset))

    def _key(self, key: str, offset: int, plain: bool) -> None:
        parent = self._open[-1]
        parent.key, parent.key_offset, parent.key_is_plain = key, offset, plain

    def _put(self, value: Json, height: int) -> None:
        if not self._open:
            self.root = value
            return
        parent = self._open[-1]
        parent.height = max(parent.height, height)
        if isinstance(parent.entries, list):
            parent.entries.append(value)
            parent.offsets.append(parent.key_offset)
            return
        key = parent.key
        assert key is not None
        if key == MERGE and parent.key_is_plain and (sources := _mergeable(value)):
            parent.merges.extend((source, parent.key_offset) for source in sources)
        else:
            if key not in parent.entries:
                parent.offsets.append(parent.key_offset)
            elif len(self.duplicates) < MAX_DUPLICATES:
                self.duplicates.append(Duplicate(self._path(), parent.key_offset))
            parent.entries[key] = value
        parent.key = None

    def _merge(self, into: _Open, source: dict[str, Json], offset: int) -> None:
        """Keys of the object itself win over merged ones, earlier merged ones over later."""
        assert isinstance(into.entries, dict)
        for key, value in source.items():
            if key not in into.entries:
                into.entries[key] = value
                into.offsets.append(offset)

    def _path(self) -> tuple[str | int, ...]:
        return tuple(
            len(level.entries) if isinstance(level.entries, list) else level.key or "" for level in self._open
        )

    def _count(self, values: int, characters: int, offset: int, what: str = "holds") -> None:
        self._values += values
        self._characters += characters
        if self._values > MAX_VALUES:
            raise self.refusal(f"{what} more than {MAX_VALUES:,} values", offset)
        if self._characters > MAX_CHARACTERS:
            raise self.refusal(f"{what} more than {MAX_CHARACTERS:,} characters", offset)


def _mergeable(value: Json) -> list[dict[str, Json]]:
    """The objects that a `<<` names, none where it is a key like any other."""
    if isinstance(value, dict):
        return [value]
    if isinstance(value, list):
        sources = [source for source in value if isinstance(source, dict)]
        return sources if len(sources) == len(value) else []
    return []
