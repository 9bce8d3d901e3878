"""Lists what an API offers: the operations of paths and webhooks, or the channels of an AsyncAPI document."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Literal, NamedTuple

from .detect import SpecType, detect
from .document import Document, Json
from .lenient import items, members, text
from .references import References

MAX_OPERATIONS = 1_000
MAX_NAMES = 100
METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")

_PARAMETER = re.compile(r"\{[^{}]*\}")


@dataclass(frozen=True)
class Operation:
    """One operation, in the words of its document: no text here is safe to show as it is."""

    kind: Literal["path", "webhook", "channel"]
    #: an HTTP method in capitals; SEND, RECEIVE, PUBLISH or SUBSCRIBE of a channel, or nothing
    method: str
    #: the path, the webhook's name, or the channel's address
    path: str
    #: the path with `*` for each parameter and without a slash at its end
    collapsed: str
    operation_id: str = ""
    summary: str = ""
    description: str = ""
    tags: tuple[str, ...] = ()
    deprecated: bool = False
    #: alternatives, each the names of schemes that are needed together; `()` among them means "or none"
    security: tuple[tuple[str, ...], ...] = ()
    #: names of the messages of a channel
    messages: tuple[str, ...] = ()
    #: the address on which an AsyncAPI operation is answered
    reply: str = ""


class Operations(NamedTuple):
    """The first operations of a document, in its order, and whether there are more."""

    items: list[Operation]
    truncated: bool


def operations(document: Document, limit: int = MAX_OPERATIONS) -> Operations:
    """The operations of a document. Raises `UnknownType`."""
    found = list(islice(iterate(document.value, detect(document.value)), limit + 1))
    return Operations(found[:limit], len(found) > limit)


def collapse(path: str) -> str:
    """`/users/{id}/` becomes `/users/*`."""
    return _PARAMETER.sub("*", path).rstrip("/") or "/"


def iterate(value: dict[str, Json], kind: SpecType) -> Iterator[Operation]:
    """All operations, one by one."""
    references = References(value, kind)
    if kind.name != "asyncapi":
        yield from _http(value, references)
    elif kind.version.startswith("2"):
        yield from _channels_2(value, references)
    else:
        yield from _channels_3(value, references)


def http_operations(path_item: dict[str, Json]) -> Iterator[tuple[list[str], str, dict[str, Json]]]:
    """The operations of a path item: the path to each, its method, itself."""
    for member, operation in path_item.items():
        if member in METHODS and isinstance(operation, dict):
            yield [member], member.upper(), operation
        elif member == "additionalOperations":
            for method, other in members(operation).items():
                if isinstance(other, dict):
                    yield [member, method], method, other


def _http(value: dict[str, Json], references: References) -> Iterator[Operation]:
    kinds: tuple[tuple[Literal["path", "webhook"], str], ...] = (("path", "paths"), ("webhook", "webhooks"))
    for kind, member in kinds:
        for path, item in members(value.get(member)).items():
            if path.startswith("x-"):
                continue
            for _, method, operation in http_operations(members(references.follow(item))):
                yield Operation(
                    kind=kind,
                    method=method,
                    path=path,
                    collapsed=collapse(path),
                    operation_id=text(operation.get("operationId")),
                    summary=text(operation.get("summary")),
                    description=text(operation.get("description")),
                    tags=_texts(operation.get("tags")),
                    deprecated=operation.get("deprecated") is True,
                    security=requirements(operation.get("security", value.get("security"))),
                )


def requirements(security: Json) -> tuple[tuple[str, ...], ...]:
    """The alternatives of a list of security requirements."""
    return tuple(
        tuple(list(requirement)[:MAX_NAMES])
        for requirement in items(security)[:MAX_NAMES]
        if isinstance(requirement, dict)
    )


def _channels_2(value: dict[str, Json], references: References) -> Iterator[Operation]:
    for address, channel in members(value.get("channels")).items():
        item = members(references.follow(channel))
        found = [method for method in ("publish", "subscribe") if isinstance(item.get(method), dict)]
        for method in found:
            operation = members(item[method])
            message = members(operation.get("message"))
            yield _channel(
                method.upper(),
                address,
                operation,
                messages=_names(items(message.get("oneOf")) or [message]),
                security=requirements(operation.get("security")),
            )
        if not found:
            yield _channel("", address, item)


def _channels_3(value: dict[str, Json], references: References) -> Iterator[Operation]:
    used: set[int] = set()
    for name, found in members(value.get("operations")).items():
        operation = members(references.follow(found))
        channel = members(references.follow(operation.get("channel")))
        if channel:
            used.add(id(channel))
        reply = members(references.follow(operation.get("reply")))
        yield _channel(
            text(operation.get("action")).upper()[:20],
            _address(operation.get("channel"), channel),
            operation,
            name=name,
            messages=_names(items(operation.get("messages")))
            or _texts(list(members(channel.get("messages")))),
            security=tuple(
                (scheme,) for scheme in _names(items(operation.get("security"))[:MAX_NAMES], "type")
            ),
            reply=_address(reply.get("channel"), members(references.follow(reply.get("channel")))),
        )
    for name, found in members(value.get("channels")).items():
        channel = members(references.follow(found))
        if id(channel) not in used:
            yield _channel(
                "",
                text(channel.get("address")) or name,
                channel,
                messages=_texts(list(members(channel.get("messages")))),
            )


def _channel(
    method: str,
    address: str,
    described: dict[str, Json],
    name: str = "",
    messages: tuple[str, ...] = (),
    security: tuple[tuple[str, ...], ...] = (),
    reply: str = "",
) -> Operation:
    return Operation(
        kind="channel",
        method=method,
        path=address,
        collapsed=collapse(address),
        operation_id=text(described.get("operationId")) or name,
        summary=text(described.get("summary")) or text(described.get("title")),
        description=text(described.get("description")),
        tags=tuple(text(members(tag).get("name")) for tag in items(described.get("tags"))[:MAX_NAMES]),
        deprecated=described.get("deprecated") is True,
        security=security,
        messages=messages,
        reply=reply,
    )


def _address(reference: Json, channel: dict[str, Json]) -> str:
    """A channel's address; its name where it has none, as a channel that is created at run time."""
    return text(channel.get("address")) or _last_token(reference)


def _names(described: list[Json], member: str = "name") -> tuple[str, ...]:
    """What messages or security schemes are called: by their reference, else by themselves."""
    names = (_last_token(item) or text(members(item).get(member)) for item in described[:MAX_NAMES])
    return tuple(name for name in names if name)


def _last_token(reference: Json) -> str:
    target = text(members(reference).get("$ref"))
    return target.rpartition("/")[2].replace("~1", "/").replace("~0", "~")


def _texts(value: Json) -> tuple[str, ...]:
    return tuple(item for item in items(value)[:MAX_NAMES] if isinstance(item, str))
