"""Walks a specification and tells what each part of it is: an object of the standard (or a schema), a map
from names to such objects, or a value that merely illustrates. `$ref` has its meaning in the first alone: in
a map it is a name, in an example it is an example."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple, TypeAlias

from .detect import SpecType
from .document import Json
from .pointers import Place

Role: TypeAlias = Literal["object", "map", "names"]


class Part(NamedTuple):
    """An object in a document. `base` is the URI that `$id`s above it (not its own) give its references."""

    value: dict[str, Json]
    place: Place
    role: Role
    base: str


#: members whose value is any value at all
_LITERALS = frozenset({"example", "default", "enum", "const", "value", "dataValue"})
#: members that map names, which documents choose freely, to objects
_SCHEMA_MAPS = {"properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "dependencies"}
_OPENAPI_MAPS = {
    *("paths", "webhooks", "pathItems", "responses", "parameters", "requestBodies", "headers", "links"),
    *("securitySchemes", "securityDefinitions", "callbacks", "content", "encoding", "variables", "schemas"),
    *("examples", "mediaTypes", "additionalOperations"),
}
_ASYNCAPI_MAPS = {
    *("channels", "servers", "operations", "messages", "messageTraits", "operationTraits", "correlationIds"),
    *("replies", "replyAddresses", "serverVariables", "serverBindings", "channelBindings", "tags"),
    *("operationBindings", "messageBindings"),
}
_MAPS = frozenset(_SCHEMA_MAPS | _OPENAPI_MAPS | _ASYNCAPI_MAPS)
#: maps whose members may well be called `$ref`
_NAMES = frozenset({"properties", "patternProperties"})
#: maps that can have extensions (`x-…`) beside their names
_EXTENSIBLE = frozenset({"paths", "responses", "callbacks"})


def walk(value: dict[str, Json], kind: SpecType, base: str = "") -> Iterator[Part]:
    """Every object with a role, parents first, in the order of the document."""
    has_bases = kind.name == "asyncapi" or kind.minor in ("3.1", "3.2")
    # in AsyncAPI a message's headers are a schema; in OpenAPI 2.0 examples are bare values
    maps = _MAPS - {"headers"} if kind.name == "asyncapi" else _MAPS
    literals = _LITERALS | {"examples"} if kind.name == "oas2" else _LITERALS
    stack: list[tuple[Json, Place, Role, bool, str]] = [(value, None, "object", False, base)]
    while stack:
        here, place, role, extensible, base = stack.pop()
        if isinstance(here, list):
            stack.extend(
                (item, (place, index), "object", False, base)
                for index, item in reversed(list(enumerate(here)))
                if isinstance(item, dict | list)
            )
            continue
        assert isinstance(here, dict)
        yield Part(here, place, role, base)
        if has_bases and role == "object":
            base = rebased(base, here.get("$id"))
        below: list[tuple[Json, Place, Role, bool, str]] = []
        for key, item in here.items():
            if not isinstance(item, dict | list):
                continue
            if role != "object":
                if not (extensible and key.startswith("x-")):
                    below.append((item, (place, key), "object", False, base))
            elif key in literals or key.startswith("x-") or (key == "examples" and isinstance(item, list)):
                continue
            elif key in maps and isinstance(item, dict):
                below.append(
                    (item, (place, key), "names" if key in _NAMES else "map", key in _EXTENSIBLE, base)
                )
            else:
                below.append((item, (place, key), "object", False, base))
        below.reverse()
        stack += below


def rebased(base: str, identifier: Json) -> str:
    """The base below an object with this `$id`."""
    if not isinstance(identifier, str) or identifier.startswith("#"):
        return base
    return resolved(base, identifier).partition("#")[0]


def resolved(base: str, reference: str) -> str:
    """A reference made absolute; the reference itself where that makes no sense."""
    from urllib.parse import urljoin

    if reference.startswith("#"):
        return base + reference
    try:
        return urljoin(base, reference)
    except ValueError:
        return reference
