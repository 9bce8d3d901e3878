"""Sums a specification up: what lists, pages and search say of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import islice
from typing import NamedTuple

from .detect import SpecName, SpecType, detect
from .document import Document, Json
from .lenient import items, members, text
from .operations import Operation, iterate
from .references import References

MAX_TITLE = 1_000
MAX_DESCRIPTION = 100_000
MAX_ENTRIES = 1_000


class Server(NamedTuple):
    """Where an API can be reached."""

    url: str
    description: str


class Tag(NamedTuple):
    """A group of operations."""

    name: str
    description: str


@dataclass(frozen=True)
class Summary:
    """What a specification says of itself, cut to bounds: no text here is safe to show as it is."""

    type: SpecName
    spec_version: str
    title: str
    description: str
    #: `info.version` as the source writes it
    version: str
    operations: int
    webhooks: int
    channels: int
    schemas: int
    servers: tuple[Server, ...]
    #: those declared, then those that operations only use
    tags: tuple[Tag, ...]


def describe(document: Document) -> Summary:
    """Sums a document up, whatever its parts hold. Raises `UnknownType`."""
    value = document.value
    kind = detect(value)
    info = members(value.get("info"))
    found = list(iterate(value, kind))
    version = text(info.get("version")) and (document.version_as_written or text(info.get("version")))
    return Summary(
        type=kind.name,
        spec_version=kind.version,
        title=text(info.get("title"))[:MAX_TITLE],
        description=text(info.get("description"))[:MAX_DESCRIPTION],
        version=version[:MAX_TITLE],
        operations=sum(operation.kind != "webhook" and bool(operation.method) for operation in found),
        webhooks=len(members(value.get("webhooks"))),
        channels=len(members(value.get("channels"))),
        schemas=len(_schemas(value, kind)),
        servers=tuple(islice(_servers(value, kind), MAX_ENTRIES)),
        tags=_tags(value, kind, found),
    )


def as_json(document: Document) -> str:
    """The document as JSON text."""
    return json.dumps(document.value, ensure_ascii=False, separators=(",", ":"))


def _schemas(value: dict[str, Json], kind: SpecType) -> dict[str, Json]:
    if kind.name == "oas2":
        return members(value.get("definitions"))
    return members(members(value.get("components")).get("schemas"))


def _servers(value: dict[str, Json], kind: SpecType) -> list[Server]:
    if kind.name == "oas2":
        host = text(value.get("host"))
        base = text(value.get("basePath"))
        schemes = [text(scheme) for scheme in items(value.get("schemes"))] or [""]
        urls = (f"{scheme}://{host}{base}" if scheme else f"//{host}{base}" for scheme in schemes)
        return [Server(url, "") for url in urls] if host else [Server(base, "")] if base else []
    if kind.name == "oas3":
        return [
            Server(text(server.get("url")), text(server.get("description")))
            for server in map(members, items(value.get("servers")))
        ]
    references = References(value, kind)
    found = []
    for entry in members(value.get("servers")).values():
        server = members(references.follow(entry))
        url = text(server.get("url")) or (
            f"{text(server.get('protocol'))}://{text(server.get('host'))}{text(server.get('pathname'))}"
        )
        found.append(Server(url, text(server.get("description"))))
    return found


def _tags(value: dict[str, Json], kind: SpecType, found: list[Operation]) -> tuple[Tag, ...]:
    owner = members(value.get("info")) if kind.minor.startswith("3") and kind.name == "asyncapi" else value
    tags: dict[str, Tag] = {}
    for entry in map(members, items(owner.get("tags"))):
        if name := text(entry.get("name")):
            tags.setdefault(name, Tag(name, text(entry.get("description"))))
    for operation in found:
        for name in operation.tags:
            if name:
                tags.setdefault(name, Tag(name, ""))
    return tuple(islice(tags.values(), MAX_ENTRIES))
