"""What a version is made of: a specification, read and checked once, and the record that keeps it."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any

from chalicelib.catalog.operations import packing
from chalicelib.catalog.records import Operations, Version
from chalicelib.errors import Invalid, TooLarge
from chalicelib.storage import blobs, keys

if TYPE_CHECKING:
    from chalicelib.catalog.specification import Document, Message, Summary

#: bytes of JSON that carry a specification of 8 MiB, which JSON may write twice as long
BODY_LIMIT = 18 * 1024 * 1024
#: what a specification must not exceed once it is gzipped: an answer can carry no more
MAX_GZIPPED = 4 * 1024 * 1024
#: an API's `version` has no more room, and must be able to name each of its versions
MAX_NAME = 255

#: how many specifications a process remembers the problems of
CHECKED = 8
_checked: OrderedDict[bytes, list[Message]] = OrderedDict()

_TOO_LARGE = (
    "A specification has at most 8 MiB (8,388,608 bytes of UTF-8) and gzips to at most 4 MiB. A request "
    "carries about 4.5 MB: send more gzipped (Content-Encoding: gzip), or put it at a presigned address "
    "first (POST /portico/v1/uploads) and name that in X-Portico-Upload."
)

#: characters and entries that a record keeps of a summary
_TITLE, _DESCRIPTION, _TEXT, _SERVERS, _TAGS = 300, 5_000, 300, 10, 50


@dataclass(frozen=True, eq=False)
class Content:
    """A specification that can be stored. `stated`: its `info.version` as written, or nothing. `json`: the
    same as a JSON object, None where the text is JSON itself. `operations`: packed for their record."""

    text: str
    type: str
    format: str
    stated: str
    messages: tuple[str, ...]
    summary: dict[str, Any]
    json: str | None
    operations: bytes

    def put(self, version: Version) -> None:
        """Let a version's record hold this. The bodies are stored the first time: up to three trips."""
        for attribute, value in self._stored.items():
            setattr(version, attribute, value)

    @cached_property
    def _stored(self) -> dict[str, Any]:
        return {
            "spec": blobs.put(self.text),
            "spec_json": blobs.put(self.json) if self.json is not None else None,
            "messages": blobs.put(json.dumps(self.messages)) if self.messages else None,
            "type": self.type,
            "format": self.format,
            "summary": self.summary,
        }


def make(api_id: str, version_id: str, called: str, found: Content | None) -> Version:
    """A new version's record."""
    version = Version(
        pk=keys.api(api_id), sk=f"VER#{version_id}", id=version_id, api_id=api_id, version=called
    )
    if found is not None:
        found.put(version)
    return version


def operations_of(version: Version, found: Content) -> Operations:
    """The record of the operations of a version that holds this."""
    return Operations(pk=version.pk, sk=f"OPS#{version.id}", packed=found.operations)


def read(text: str, field: str) -> Content:
    """Read and check a specification. `field`: what the request calls it.

    Raises Invalid where it is empty, cannot be parsed or is of no known type, TooLarge beyond what can be
    stored. What is merely wrong in it becomes its messages.
    """
    from chalicelib.catalog import specification

    document = _parse(text, field)
    summary = specification.describe(document)
    messages = tuple(str(message) for message in _problems(text, document))
    return Content(
        text=text,
        type=summary.type,
        format=document.format,
        stated=summary.version,
        messages=messages,
        summary={**_cut(summary), "problems": len(messages)},
        json=None if document.format == "json" else specification.as_json(document),
        operations=packing.pack(specification.operations(document)),
    )


def once(text: str | None, field: str) -> Callable[[], Content | None]:
    """Reads a specification where there is one, when it is asked to, and not again."""
    return cache(lambda: read(text, field) if text is not None else None)


def check(text: str, field: str) -> list[str]:
    """What is wrong with a specification, without anything that only storing it needs. Raises as `read`."""
    return [str(message) for message in _problems(text, _parse(text, field))]


def describe(text: str, field: str) -> tuple[Summary, list[Message]]:
    """What a specification says of itself and what is wrong with it. Raises as `read`."""
    from chalicelib.catalog import specification

    document = _parse(text, field)
    return specification.describe(document), _problems(text, document)


def _problems(text: str, document: Document) -> list[Message]:
    """What is wrong with a specification. Who is told of it stores the same text next, as a rule, and
    checking is what takes longest: a process keeps what it found last."""
    from chalicelib.catalog import specification

    name = hashlib.sha256(text.encode(errors="surrogatepass")).digest()
    found = _checked.get(name)
    if found is None:
        found = _checked[name] = specification.check(document)
        while len(_checked) > CHECKED:
            _checked.popitem(last=False)
    return found


def _parse(text: str, field: str) -> Document:
    from chalicelib.catalog import specification

    try:
        document = specification.parse(text)
        specification.detect(document.value)
    except specification.Empty as error:
        raise Invalid.field(field, "must have at least 1 character", "min_length", minimum=1) from error
    except specification.TooLarge as error:
        raise TooLarge(_TOO_LARGE) from error
    except specification.SpecificationError as error:
        raise Invalid.field(field, str(error), "invalid") from error
    # only what is larger than the bound itself can be larger when packed
    if len(text) * 4 > MAX_GZIPPED:
        raw = text.encode()
        if len(raw) > MAX_GZIPPED and len(gzip.compress(raw, 5)) > MAX_GZIPPED:
            raise TooLarge(_TOO_LARGE)
    return document


def name(given: str | None, content: Content | None) -> str:
    """What a version is called: as the request says, else as the specification does. Raises Invalid."""
    called = given or (content.stated if content is not None else "")
    if not called.strip():
        reason = "must be given where the specification does not state it (info.version)"
        raise Invalid.field("version", reason, "missing_reference")
    if len(called) > MAX_NAME:
        raise Invalid.field(
            "version", f"must have at most {MAX_NAME} characters", "max_length", maximum=MAX_NAME
        )
    return called


def mismatch(summary: dict[str, Any] | None, called: str) -> str | None:
    """The message that a specification states another version than the one it is kept as."""
    stated = (summary or {}).get("version")
    if not stated or stated == called:
        return None
    return f"/info/version: is {_short(stated)!r}, while this version is called {_short(called)!r}"


def _short(text: str) -> str:
    return text if len(text) <= 100 else text[:99] + "…"


def _cut(summary: Summary) -> dict[str, Any]:
    kept = asdict(summary)
    kept["title"] = summary.title[:_TITLE]
    kept["description"] = summary.description[:_DESCRIPTION]
    kept["servers"] = [
        {"url": server.url[:_TEXT], "description": server.description[:_TEXT]}
        for server in summary.servers[:_SERVERS]
    ]
    kept["tags"] = [
        {"name": tag.name[:_TEXT], "description": tag.description[:_TEXT]} for tag in summary.tags[:_TAGS]
    ]
    return kept
