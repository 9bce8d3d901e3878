"""Rules of the OpenAPI and AsyncAPI standards that no JSON schema can state. Only what a standard demands
("MUST") is a problem here; questions of style are not asked."""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable, Iterator
from typing import NamedTuple

from .detect import SpecType
from .document import Json
from .lenient import items, members, text
from .operations import METHODS, http_operations, requirements
from .pointers import Place, spell, tokens
from .references import References
from .structure import Problem
from .walk import walk

_EXPRESSION = re.compile(r"\{([^{}]*)\}")
_PATH_ITEM_MAPS = ("paths", "webhooks", "pathItems")
_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "number": (int, float),
    "integer": (int,),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}


class _Located(NamedTuple):
    path: list[str | int]
    value: dict[str, Json]


def rules(value: dict[str, Json], kind: SpecType, references: References) -> Iterator[Problem]:
    """What breaks the rules of a document's standard."""
    if kind.name == "asyncapi":
        yield from _channel_parameters(value, kind, references)
        if kind.version.startswith("2"):
            operations = list(_asyncapi_2_operations(value))
            yield from _identifiers(operations)
            yield from _declared_schemes(_asyncapi_2_secured(value, operations), _components(value))
        else:
            yield from _operation_messages(value, references)
        return
    operations = list(_openapi_operations(value, kind))
    schemes = members(value.get("securityDefinitions")) if kind.name == "oas2" else _components(value)
    yield from _identifiers(operations)
    yield from _paths(value, references)
    # since 3.2 a requirement may also name a scheme by its URI
    if kind.minor != "3.2":
        yield from _declared_schemes([_Located([], value), *operations], schemes)
    yield from _tags(value)
    if kind.name == "oas3":
        yield from _server_variables(value, kind)
    if kind.minor in ("2.0", "3.0"):
        yield from _defaults(value, kind)


def _components(value: dict[str, Json]) -> dict[str, Json]:
    return members(members(value.get("components")).get("securitySchemes"))


def _openapi_operations(value: dict[str, Json], kind: SpecType) -> Iterator[_Located]:
    """Every operation, also those of callbacks and reusable path items."""
    for part in walk(value, kind):
        if part.role == "object" and _is_operation(part.place):
            yield _Located(tokens(part.place), part.value)


def _is_operation(place: Place) -> bool:
    # … paths, path, method; or … callbacks, name, expression, method
    if place is None or place[1] not in METHODS or place[0] is None or (above := place[0][0]) is None:
        return False
    return above[1] in _PATH_ITEM_MAPS or (above[0] is not None and above[0][1] == "callbacks")


def _identifiers(operations: Iterable[_Located]) -> Iterator[Problem]:
    seen: dict[str, list[str | int]] = {}
    for path, operation in operations:
        identifier = operation.get("operationId")
        if not isinstance(identifier, str):
            continue
        if identifier in seen:
            yield Problem(
                [*path, "operationId"],
                f'"{identifier[:100]}" is the operationId of {spell(seen[identifier])[:200]} already',
            )
        else:
            seen[identifier] = path


def _paths(value: dict[str, Json], references: References) -> Iterator[Problem]:
    shapes: dict[str, str] = {}
    for path, found in members(value.get("paths")).items():
        if not path.startswith("/"):
            continue
        shape = _EXPRESSION.sub("{}", path)
        if shapes.setdefault(shape, path) != path:
            yield Problem(["paths", path], f"is the same path as {shapes[shape][:200]}")
        item = members(references.follow(found))
        expressions = set(_EXPRESSION.findall(path))
        at: list[str | int] = ["paths", path]
        shared, all_shared = yield from _parameters(item, at, expressions, references)
        for below, _, operation in http_operations(item):
            there = [*at, *below]
            own, all_own = yield from _parameters(operation, there, expressions, references)
            if all_shared and all_own:
                for name in sorted(expressions - shared - own):
                    yield Problem(there, f'the path parameter "{name[:100]}" is not described')


def _parameters(
    owner: dict[str, Json], at: list[str | int], expressions: set[str], references: References
) -> Generator[Problem, None, tuple[set[str], bool]]:
    """Checks the parameters of a path item or operation; gives the names of those that stand in the path,
    and whether all parameters could be read."""
    in_path: set[str] = set()
    complete = True
    seen: set[tuple[str, str]] = set()
    for index, found in enumerate(items(owner.get("parameters"))):
        parameter = references.follow(found)
        if not isinstance(parameter, dict):
            complete = False
            continue
        name, location = text(parameter.get("name")), text(parameter.get("in"))
        here = [*at, "parameters", index]
        if (name, location) in seen:
            yield Problem(here, f'describes the {location[:20]} parameter "{name[:100]}" a second time')
        seen.add((name, location))
        if location == "path":
            in_path.add(name)
            if name not in expressions:
                yield Problem(here, f'the path has no "{{{name[:100]}}}" for this parameter')
    return in_path, complete


def _declared_schemes(secured: Iterable[_Located], schemes: dict[str, Json]) -> Iterator[Problem]:
    for path, owner in secured:
        for index, alternative in enumerate(requirements(owner.get("security"))):
            for name in alternative:
                if name not in schemes:
                    yield Problem(
                        [*path, "security", index], f'the security scheme "{name[:100]}" is not declared'
                    )


def _tags(value: dict[str, Json]) -> Iterator[Problem]:
    seen: set[str] = set()
    for index, tag in enumerate(items(value.get("tags"))):
        name = members(tag).get("name")
        if isinstance(name, str):
            if name in seen:
                yield Problem(["tags", index], f'the tag "{name[:100]}" is declared a second time')
            seen.add(name)


def _server_variables(value: dict[str, Json], kind: SpecType) -> Iterator[Problem]:
    for index, server in enumerate(map(members, items(value.get("servers")))):
        variables = members(server.get("variables"))
        for name in sorted(set(_EXPRESSION.findall(text(server.get("url")))) - set(variables)):
            yield Problem(["servers", index], f'the variable "{name[:100]}" of the URL is not described')
        for name, variable in variables.items():
            choices = members(variable).get("enum")
            default = members(variable).get("default")
            if kind.minor != "3.0" and isinstance(choices, list) and choices and default not in choices:
                yield Problem(
                    ["servers", index, "variables", name, "default"], "is none of the values in enum"
                )


def _defaults(value: dict[str, Json], kind: SpecType) -> Iterator[Problem]:
    """Until 3.0 a default must be of its schema's type. (Whether it also keeps all other rules of the schema
    is not asked: that would run patterns of the document.)"""
    for part in walk(value, kind):
        schema = part.value
        if part.role != "object" or "default" not in schema:
            continue
        default, wanted = schema["default"], schema.get("type")
        if not isinstance(wanted, str) or wanted not in _TYPES:
            continue
        if default is None and (schema.get("nullable") is True or schema.get("x-nullable") is True):
            continue
        if wanted != "boolean" and isinstance(default, bool):
            fits = False
        else:
            fits = isinstance(default, _TYPES[wanted]) or (
                wanted == "integer" and isinstance(default, float) and default.is_integer()
            )
        if not fits:
            yield Problem([*tokens(part.place), "default"], f"is not of the type {wanted}")


def _asyncapi_2_operations(value: dict[str, Json]) -> Iterator[_Located]:
    owners: list[_Located] = []
    for member in ("channels", "components"):
        channels = members(value.get(member))
        path: list[str | int] = [member]
        if member == "components":
            channels, path = members(channels.get("channels")), [member, "channels"]
        owners += [_Located([*path, name], members(channel)) for name, channel in channels.items()]
    for path, channel in owners:
        for method in ("publish", "subscribe"):
            if isinstance(operation := channel.get(method), dict):
                yield _Located([*path, method], operation)


def _asyncapi_2_secured(value: dict[str, Json], operations: list[_Located]) -> list[_Located]:
    servers = members(value.get("servers")).items()
    return [*(_Located(["servers", name], members(server)) for name, server in servers), *operations]


def _channel_parameters(value: dict[str, Json], kind: SpecType, references: References) -> Iterator[Problem]:
    for name, found in members(value.get("channels")).items():
        channel = members(references.follow(found))
        address = name if kind.version.startswith("2") else text(channel.get("address"))
        for parameter in sorted(set(_EXPRESSION.findall(address)) - set(members(channel.get("parameters")))):
            yield Problem(["channels", name], f'the parameter "{parameter[:100]}" is not described')


def _operation_messages(value: dict[str, Json], references: References) -> Iterator[Problem]:
    """An operation's messages must be named through its channel."""
    for name, found in members(value.get("operations")).items():
        operation = members(found)
        channel = references.follow(operation.get("channel"))
        if not isinstance(channel, dict) or "messages" not in operation:
            continue
        offered = {id(message) for message in members(channel.get("messages")).values()}
        for index, message in enumerate(items(operation["messages"])):
            target = members(message).get("$ref")
            if not isinstance(target, str):
                continue
            if isinstance(meant := references.find(target), dict) and id(meant) not in offered:
                yield Problem(
                    ["operations", name, "messages", index],
                    "must refer to a message of the operation's channel",
                )
