"""The API reference: what the server lists without JavaScript, and the document the renderer gets."""

from __future__ import annotations

import json
from typing import Any

from chalicelib.catalog.records import Version
from chalicelib.site.reference.clean import clean
from chalicelib.site.reference.model import Reference
from chalicelib.site.reference.servers import reachable
from chalicelib.storage import blobs

#: the contract's `spec_renderer` switches with their defaults
SWITCHES = {
    "try_it_ui": True,
    "try_it_insomnia": True,
    "infinite_scroll": True,
    "show_schemas": True,
    "hide_internal": False,
    "hide_deprecated": False,
    "allow_custom_server_urls": True,
}


__all__ = ["SWITCHES", "Reference", "cleaned", "describe", "document", "reachable"]


def document(version: Version) -> dict[str, Any]:
    """The specification as JSON values. One trip where the process does not hold it."""
    digest = version.spec_json or version.spec
    assert digest is not None
    found: dict[str, Any] = json.loads(blobs.get(digest).removeprefix(b"\xef\xbb\xbf"))
    return found


def describe(value: dict[str, Any], switches: dict[str, bool]) -> Reference:
    """What the server lists of a document."""
    from chalicelib.catalog.specification import detect
    from chalicelib.site.reference.asyncapi import AsyncApi
    from chalicelib.site.reference.openapi import OpenApi

    kind = detect(value)
    reader = AsyncApi if kind.name == "asyncapi" else OpenApi
    return reader(value, kind, {**SWITCHES, **switches}).reference()


def cleaned(version: Version, *, hide_internal: bool) -> bytes:
    """The document for the interactive renderer, with nothing in it that could act."""
    value = clean(document(version), hide_internal=hide_internal)
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
