"""The operations of a specification as one small item: gzipped JSON that fits a record."""

from __future__ import annotations

import gzip
import json
from dataclasses import fields
from typing import Any

from chalicelib.catalog.specification import Operation, Operations

#: bytes that a record has room for (DynamoDB's own limit is 400 KB)
ROOM = 350_000

_DEFAULTS = {field.name: field.default for field in fields(Operation)}
_TUPLES = ("tags", "security", "messages")
#: texts that may be cut; a path that is cut would be another path
_CUT = ("operation_id", "summary", "description")


def pack(found: Operations) -> bytes:
    """As much of the operations as fits: first long texts are cut, then operations left out."""
    kept = found
    for longest in (20_000, 2_000, 300, 100):
        packed = _pack(kept, longest)
        if len(packed) <= ROOM:
            return packed
    while len(packed) > ROOM:
        kept = Operations(kept.items[: len(kept.items) // 2], truncated=True)
        packed = _pack(kept, longest)
    return packed


def unpack(packed: bytes) -> Operations:
    """What `pack` was given, as far as it kept it."""
    held = json.loads(gzip.decompress(packed))
    return Operations([Operation(**_frozen(one)) for one in held["items"]], held["truncated"])


def _pack(found: Operations, longest: int) -> bytes:
    held = {"items": [_members(one, longest) for one in found.items], "truncated": found.truncated}
    return gzip.compress(json.dumps(held, separators=(",", ":")).encode(), 6, mtime=0)


def _members(operation: Operation, longest: int) -> dict[str, Any]:
    members = {}
    for member, default in _DEFAULTS.items():
        value = getattr(operation, member)
        if value != default:
            members[member] = value[:longest] if member in _CUT else value
    return members


def _frozen(members: dict[str, Any]) -> dict[str, Any]:
    for member in _TUPLES:
        if member in members:
            members[member] = tuple(tuple(one) if isinstance(one, list) else one for one in members[member])
    return members
