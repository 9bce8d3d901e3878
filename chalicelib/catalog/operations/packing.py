"""The operations of a specification as one small item: gzipped JSON that fits a record."""

from __future__ import annotations

import gzip
import json
from dataclasses import fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chalicelib.catalog.specification import Operation, Operations

#: bytes that a record has room for (DynamoDB's own limit is 400 KB)
ROOM = 350_000

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
        kept = kept._replace(items=kept.items[: len(kept.items) // 2], truncated=True)
        packed = _pack(kept, longest)
    return packed


def unpack(packed: bytes) -> Operations:
    """What `pack` was given, as far as it kept it."""
    from chalicelib.catalog.specification import Operation, Operations

    held = json.loads(gzip.decompress(packed))
    return Operations([Operation(**_frozen(one)) for one in held["items"]], held["truncated"])


def _pack(found: Operations, longest: int) -> bytes:
    held = {"items": [_members(one, longest) for one in found.items], "truncated": found.truncated}
    return gzip.compress(json.dumps(held, separators=(",", ":")).encode(), 6, mtime=0)


def _members(operation: Operation, longest: int) -> dict[str, Any]:
    members = {}
    for field in fields(operation):
        value = getattr(operation, field.name)
        if value != field.default:
            members[field.name] = value[:longest] if field.name in _CUT else value
    return members


def _frozen(members: dict[str, Any]) -> dict[str, Any]:
    for member in _TUPLES:
        if member in members:
            members[member] = tuple(tuple(one) if isinstance(one, list) else one for one in members[member])
    return members
