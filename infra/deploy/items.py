"""Items of the table as lines of text: DynamoDB's JSON, in which bytes are base64."""

from __future__ import annotations

import base64
import json
from typing import Any

Item = dict[str, Any]


def dumps(item: Item) -> str:
    """An item as a line, without its end."""
    return json.dumps(item, separators=(",", ":"), default=lambda raw: base64.b64encode(raw).decode())


def loads(line: str | bytes) -> Item:
    """The item of a line."""
    found: Item = json.loads(line, object_hook=_bytes)
    return found


def _bytes(found: Item) -> Item:
    """`{"B": "base64"}` is a value of bytes; an attribute that is called B has a value of its own inside."""
    if len(found) == 1 and isinstance(found.get("B"), str):
        return {"B": base64.b64decode(found["B"])}
    if len(found) == 1 and isinstance(found.get("BS"), list):
        return {"BS": [base64.b64decode(one) for one in found["BS"]]}
    return found
