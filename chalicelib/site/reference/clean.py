"""The document as the interactive renderer gets it: addresses that could act are taken out, raw HTML and
pictures in descriptions become text. The download stays as it was sent.

The renderer shows `description` as Markdown with some HTML, everything else as text, and makes links of a few
members. Examples and defaults are data: they are shown as they are.
"""

from __future__ import annotations

import html
import math
import re
from collections import deque
from collections.abc import Iterator
from typing import Any

from chalicelib.site.mdc.links import safe_url

#: members that hold one address
_ADDRESSES = frozenset(
    {
        "url",
        "href",
        "termsOfService",
        "openIdConnectUrl",
        "authorizationUrl",
        "tokenUrl",
        "refreshUrl",
        "deviceAuthorizationUrl",
        "externalValue",
        "x-logo",
    }
)
#: where members are names that the author chose, not words of the format
_NAMES = frozenset(
    {"properties", "patternProperties", "definitions", "$defs", "dependentSchemas", "schemas", "paths"}
    | {"webhooks", "responses", "parameters", "examples", "requestBodies", "headers", "securitySchemes"}
    | {"securityDefinitions", "links", "callbacks", "pathItems", "content", "encoding", "variables"}
    | {"serverVariables", "mapping", "scopes", "channels", "operations", "messages", "servers", "replies"}
    | {"replyAddresses", "correlationIds", "operationTraits", "messageTraits", "tags"}
)
#: members that hold data, not a part of the document
_DATA = frozenset({"example", "default", "enum", "const", "value"})
_OPERATIONS = frozenset(
    {"get", "put", "post", "delete", "options", "head", "patch", "trace", "query", "publish", "subscribe"}
)
#: never shown, and dangerous to scripts that copy objects
_POISON = frozenset({"__proto__", "constructor", "prototype"})
#: schemes by which a browser would do more than go somewhere
_ACTING = re.compile(r"\s*(javascript|data|vbscript|blob|file|about|filesystem):", re.IGNORECASE)
DEPTH = 200

_TAG = re.compile(r"<(?!https?:|mailto:)(?=[a-zA-Z/!?])")
_PICTURE = re.compile(r"!+(?=\[)")
_LINK = re.compile(r"(\]\(\s*<?|^\s{0,3}\[[^\]\n]{1,200}\]:\s*<?)([^\s)>]+)", re.MULTILINE)
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})[^\n]*$", re.MULTILINE)
_TICKS = re.compile(r"\\.|`+", re.DOTALL)


def clean(value: Any, *, hide_internal: bool = False) -> Any:
    """A copy of a document's values, safe to be shown by script. `hide_internal`: without the operations that
    are marked `x-internal`."""
    return _Cleaner(hide_internal).walk(value, "", "", 0)


class _Cleaner:
    def __init__(self, hide_internal: bool) -> None:
        self.hide_internal = hide_internal

    def walk(self, value: Any, key: str, kind: str, depth: int) -> Any:
        """The value of a member `key` of an object of this kind."""
        if depth > DEPTH:
            return None
        if isinstance(value, dict):
            return self._object(value, key, depth, names=_is_names(key, value))
        if isinstance(value, list):
            return [
                self._object(one, key, depth + 1)
                if isinstance(one, dict)
                else self.walk(one, key, kind, depth + 1)
                for one in value
            ]
        if isinstance(value, str):
            return self._text(value, key, kind)
        return _number(value)

    def _object(self, value: dict[str, Any], kind: str, depth: int, *, names: bool = False) -> dict[str, Any]:
        """An object. `names`: its members are things of this kind by their names; else it is such a thing."""
        found = {}
        for key, inner in value.items():
            if key in _POISON or (self.hide_internal and _is_internal(key, inner, kind)):
                continue
            if names:
                inside = isinstance(inner, dict)
                found[key] = (
                    self._object(inner, kind, depth + 1) if inside else self.walk(inner, "", kind, depth + 1)
                )
            elif key in _DATA or (key == "examples" and isinstance(inner, list)):
                found[key] = _data(inner, depth + 1)
            else:
                found[key] = self.walk(inner, key, kind, depth + 1)
        return found if depth <= DEPTH else {}

    def _text(self, value: str, key: str, kind: str) -> str:
        if key == "description" and kind != "externalDocs":
            return markdown(value)
        if key in _ADDRESSES:
            return server(value) if key == "url" and kind == "servers" else address(value)
        return value


def _is_names(key: str, value: dict[str, Any]) -> bool:
    # a message's headers are one schema
    return key in _NAMES and not (key == "headers" and isinstance(value.get("type"), str | list))


def _is_internal(key: str, value: Any, kind: str) -> bool:
    named = key in _OPERATIONS or kind == "operations"
    return named and isinstance(value, dict) and value.get("x-internal") is True


def _data(value: Any, depth: int) -> Any:
    if depth > DEPTH:
        return None
    if isinstance(value, dict):
        return {key: _data(inner, depth + 1) for key, inner in value.items() if key not in _POISON}
    if isinstance(value, list):
        return [_data(one, depth + 1) for one in value]
    return _number(value)


def _number(value: Any) -> Any:
    # JSON has no infinite numbers; a number that is too large for a float becomes one
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def address(url: str) -> str:
    """An address as it is, or nothing where its scheme could act. Variables (`{host}`) stay."""
    return url if safe_url(url.replace("{", "").replace("}", "")) is not None else ""


def server(url: str) -> str:
    """A server's address, which may be of any protocol: it is shown as text, and called where it is HTTP."""
    return "" if _ACTING.match(html.unescape(url)) else url


def markdown(text: str) -> str:
    """Markdown in which raw HTML is text, pictures are links, and links that could act lead nowhere."""
    if not any(sign in text for sign in ("<", "![", "](", "]:")):
        return text
    pieces, position = [], 0
    for start, end in _code(text):
        pieces += [_prose(text[position:start]), text[start:end]]
        position = end
    return "".join([*pieces, _prose(text[position:])])


def _prose(text: str) -> str:
    text = _PICTURE.sub("", _TAG.sub("&lt;", text))
    return _LINK.sub(
        lambda match: match[1] + (match[2] if safe_url(html.unescape(match[2])) is not None else "#"), text
    )


def _code(text: str) -> Iterator[tuple[int, int]]:
    """Where code stands, in which nothing has a meaning: fenced blocks, and spans between backticks."""
    position = 0
    for fence in _fences(text):
        yield from _spans(text, position, fence[0])
        yield fence
        position = fence[1]
    yield from _spans(text, position, len(text))


def _fences(text: str) -> Iterator[tuple[int, int]]:
    start, mark = -1, ""
    for match in _FENCE.finditer(text):
        if start < 0:
            if "`" in match[0].partition(match[1])[2] and match[1][0] == "`":
                continue  # a span of code on a line of its own
            start, mark = match.start(), match[1]
        elif match[1].startswith(mark) and match[0].strip() == match[1]:
            yield start, match.end()
            start = -1
    if start >= 0:
        yield start, len(text)


def _spans(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    runs = [match for match in _TICKS.finditer(text, start, end) if match[0][0] == "`"]
    following: dict[int, deque[int]] = {}
    for index, run in enumerate(runs):
        following.setdefault(len(run[0]), deque()).append(index)
    after = 0
    for index, run in enumerate(runs):
        same = following[len(run[0])]
        while same and same[0] <= index:
            same.popleft()
        if index < after or not same:
            continue
        closing = runs[same[0]]
        if "\n\n" not in text[run.end() : closing.start()]:
            after = same[0] + 1
            yield run.start(), closing.end()
