"""The document as the interactive renderer gets it: addresses that could act are taken out, raw HTML and
pictures in descriptions become text. The download stays as it was sent."""

from __future__ import annotations

import re
from typing import Any

from chalicelib.site.mdc.links import safe_url

#: members that hold Markdown
_PROSE = frozenset({"description", "summary", "title", "x-description"})
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
    {"properties", "patternProperties", "definitions", "schemas", "paths", "variables", "mapping"}
)
_PICTURE = re.compile(r"!(?=\[)")
_LINK = re.compile(r"(\]\(\s*<?|^\s{0,3}\[[^\]\n]{1,200}\]:\s*<?)([^\s)>]+)", re.MULTILINE)
_AUTOLINK = re.compile(r"<([a-zA-Z][\w+.-]{1,31}):")
DEPTH = 200


def clean(value: Any) -> Any:
    """A copy of a document's values, safe to be shown by script."""
    return _walk(value, "", names=False, data=False, depth=0)


def _walk(value: Any, member: str, *, names: bool, data: bool, depth: int) -> Any:
    if depth > DEPTH:
        return None
    if isinstance(value, dict):
        return {
            key: _walk(
                inner,
                "" if names else key,
                names=not names and key in _NAMES,
                # what an example holds is shown as data, never followed or rendered
                data=data or (not names and key in ("example", "examples", "default", "enum", "const")),
                depth=depth + 1,
            )
            for key, inner in value.items()
            if key not in ("__proto__", "constructor", "prototype")
        }
    if isinstance(value, list):
        return [_walk(one, member, names=False, data=data, depth=depth + 1) for one in value]
    if not isinstance(value, str):
        return value
    if member in _ADDRESSES:
        return address(value)
    if member in _PROSE and not data:
        return markdown(value)
    return value


def address(url: str) -> str:
    """An address as it is, or nothing where its scheme could act. Variables (`{host}`) stay."""
    return url if safe_url(url.replace("{", "").replace("}", "")) is not None else ""


def markdown(text: str) -> str:
    """Markdown in which raw HTML is text, pictures are links, and links that could act lead nowhere."""
    text = _AUTOLINK.sub(
        lambda match: match[0] if match[1].lower() in ("http", "https", "mailto") else "&lt;" + match[0][1:],
        text,
    )
    text = re.sub(r"<(?!https?:|mailto:)(?=[a-zA-Z/!?])", "&lt;", text)
    text = _PICTURE.sub("", text)
    return _LINK.sub(
        lambda match: match[1] + (match[2] if safe_url(_decoded(match[2])) is not None else "#"), text
    )


def _decoded(url: str) -> str:
    import html

    return html.unescape(url)
