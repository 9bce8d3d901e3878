"""Answers of the product as API Gateway takes them."""

from __future__ import annotations

import base64
from typing import Any


def body(answer: dict[str, Any]) -> bytes:
    """The body: text as it is, or bytes in base64."""
    found: str = answer["body"]
    return base64.b64decode(found) if answer["isBase64Encoded"] else found.encode()
