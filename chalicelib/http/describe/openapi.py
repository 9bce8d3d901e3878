"""The service describes itself: an OpenAPI 3.1 document made from the operation table, nothing else."""

from __future__ import annotations

from types import UnionType
from typing import Any, get_args, get_origin

from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from chalicelib.http import routing
from chalicelib.http.answers import Answer
from chalicelib.http.filters import Listing
from chalicelib.http.operation import Host, Operation, Public
from chalicelib.storage.lists import CursorPage, FlatCursorPage, Page

VERSION = "0.1.0"
REF = "#/components/schemas/{model}"
PROBLEM = "application/problem+json"
#: packages whose answers are pages for browsers, where they ask for no permission
PAGES = ("site", "console")
Json = dict[str, Any]

_REASONS = {
    200: "OK",
    201: "Created",
    202: "Accepted",
    204: "No content",
    302: "Found",
    400: "Invalid request",
    401: "No credential, or one that does not count",
    403: "The credential's role does not allow this",
    404: "Not found, or not there for this caller",
    409: "In conflict with what is stored",
    410: "It was there, and its time is over",
    413: "Too large to be carried; the text names the way that does",
    415: "The body is of a kind that is not read here",
    422: "Not possible for this kind of resource",
    429: "Too many requests",
    503: "Not now",
}


def _is_page(op: Operation) -> bool:
    return op.tag.startswith(PAGES) and isinstance(op.allow, Public)


def document(host: Host) -> Json:
    """The document of one kind of host, with every operation that answers there; pages are none."""
    operations = [op for op in routing.load_all(host) if not _is_page(op)]
    types = _Types()
    for op in operations:
        types.collect(op)
    schemas = types.schemas()
    paths: Json = {}
    for op in operations:
        paths.setdefault(op.path, {})[op.method.lower()] = _operation(op, types)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Portico management API" if host is Host.ADMIN else "Portico portal API",
            "version": VERSION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {
            "schemas": {**schemas, **_PROBLEMS},
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer"},
                "session": {"type": "apiKey", "in": "cookie", "name": "portalaccesstoken"},
            },
        },
    }


class _Types:
    """Every type that bodies and answers are of, turned into schemas together so that names are unique."""

    def __init__(self) -> None:
        self._wanted: list[Any] = []
        self._found: dict[int, Json] = {}

    def collect(self, op: Operation) -> None:
        if op.body_type is not None:
            self._wanted.append(op.body_type)
        answer = answer_type(op)
        if answer is not None:
            self._wanted.append(answer)

    def schemas(self) -> Json:
        unique = {id(wanted): wanted for wanted in self._wanted}
        inputs: list[Any] = []
        for key, wanted in unique.items():
            adapter = TypeAdapter(wanted)
            adapter.rebuild(force=False)
            inputs.append((key, "validation", adapter.core_schema))
        found, definitions = GenerateJsonSchema(by_alias=True, ref_template=REF).generate_definitions(inputs)
        self._found = {key: schema for (key, _), schema in found.items()}
        return {str(name): schema for name, schema in definitions.items()}

    def of(self, wanted: Any) -> Json:
        return self._found[id(wanted)]


def answer_type(op: Operation) -> Any:
    """The type whose JSON a success carries; None where there is no body, or not one of a model."""
    result = op.result
    if isinstance(result, UnionType):  # a model, or an Answer that carries it
        result = next(part for part in get_args(result) if part is not Answer)
    if result is None or result is type(None) or result is Answer:
        return None
    if get_origin(result) in (*_LISTS, list):
        return get_args(result)[0]
    return result


def _operation(op: Operation, types: _Types) -> Json:
    described: Json = {
        "operationId": op.id,
        "summary": op.summary,
        "tags": [op.tag],
        "security": [] if op.allow is Public.ANYONE else [{"token": []}],
        "parameters": [*_path_parameters(op), *_list_parameters(op.listing), *_query_parameters(op)],
        "responses": {},
    }
    if op.host is Host.PORTAL:
        described["security"] = [{}, {"session": []}]
    if op.body_type is not None:
        described["requestBody"] = {
            "required": not op.body_optional,
            "content": {"application/json": {"schema": types.of(op.body_type)}},
        }
    schema = _answer_schema(op, types)
    for status in (op.status, *op.also):
        success: Json = {"description": _REASONS[status]}
        if schema is not None:
            success["content"] = {op.media_type: {"schema": schema}}
        described["responses"][str(status)] = success
    for status in _refusals(op, takes_query=any(one["in"] == "query" for one in described["parameters"])):
        model = "InvalidProblem" if status == 400 else "Problem"
        described["responses"][str(status)] = {
            "description": _REASONS[status],
            "content": {PROBLEM: {"schema": {"$ref": REF.format(model=model)}}},
        }
    return described


def _refusals(op: Operation, *, takes_query: bool) -> tuple[int, ...]:
    """The statuses that its contract lists, and those that what it takes can meet with besides: 400 for query
    parameters, 413 for a body."""
    also = (400,) * takes_query + (413,) * (op.body_type is not None)
    return tuple(sorted({*op.errors, *also}))


def _answer_schema(op: Operation, types: _Types) -> Json | None:
    wanted = answer_type(op)
    if wanted is None:
        return {"type": "string"} if op.result is Answer and op.status == 200 else None
    schema = types.of(wanted)
    origin = get_origin(op.result)
    if origin in _LISTS:
        return {
            "type": "object",
            "properties": {"data": {"type": "array", "items": schema}, "meta": _LISTS[origin]},
            "required": ["data", "meta"],
        }
    return {"type": "array", "items": schema} if origin is list else schema


def _path_parameters(op: Operation) -> list[Json]:
    found = []
    for value in op.path_values:
        schema: Json = {"type": "string"}
        hint: Any = op.hints.get(value.parameter)
        if value.uuid:
            schema["format"] = "uuid"
        elif get_args(hint) and hint is not str:
            schema = TypeAdapter(hint).json_schema()
        found.append({"name": value.name, "in": "path", "required": True, "schema": schema})
    return found


def _query(name: str, schema: Json, **more: Any) -> Json:
    return {"name": name, "in": "query", "required": False, "schema": schema, **more}


def _list_parameters(listing: Listing | None) -> list[Json]:
    if listing is None:
        return []
    found = []
    if listing.paged:
        found.append(_query("page[size]", {"type": "integer"}, allowEmptyValue=True))
    if listing.cursor:
        found += [_query(f"page[{side}]", {"type": "string"}, allowEmptyValue=True) for side in _SIDES]
    elif listing.paged:
        found.append(_query("page[number]", {"type": "integer"}, allowEmptyValue=True))
    if listing.sort:
        choices = ", ".join(listing.sort)
        found.append(
            _query("sort", {"type": "string"}, description=f"Fields and directions. Fields: {choices}")
        )
    if not listing.filters:
        return found
    if listing.named:
        for name, kind in listing.filters.items():
            leaf = {"type": "string", **({"enum": list(kind.choices)} if kind.choices else {})}
            if kind.bare:
                found.append(_query(f"{listing.param}[{name}]", leaf))
            found += [_query(f"{listing.param}[{name}][{op}]", leaf) for op in kind.ops]
        return found
    properties = {name: kind.schema() for name, kind in listing.filters.items()}
    found.append(_query(listing.param, {"type": "object", "properties": properties}, style="deepObject"))
    return found


def _query_parameters(op: Operation) -> list[Json]:
    found = []
    for parameter in op.query_parameters:
        if parameter.flag:
            schema: Json = {"type": "string", "enum": ["true", "false"], "default": "false"}
            found.append(_query(parameter.name, schema, allowEmptyValue=True))
        elif parameter.deep:
            schema = {"type": "object", "additionalProperties": {"type": "string"}}
            found.append(_query(parameter.name, schema, style="deepObject"))
        else:
            found.append(_query(parameter.name, {"type": "string"}))
    return found


_NUMBER: Json = {"type": "number"}
_META: Json = {
    "type": "object",
    "properties": {
        "page": {
            "type": "object",
            "properties": {"number": _NUMBER, "size": _NUMBER, "total": _NUMBER},
            "required": ["number", "size", "total"],
        }
    },
    "required": ["page"],
}
_SIDES = ("after", "before")
_ADDRESS: Json = {"type": ["string", "null"], "format": "path"}
_CURSOR_META: Json = {
    "type": "object",
    "properties": {
        "first": {"type": "string", "format": "path"},
        "last": {"type": "string", "format": "path"},
        "next": _ADDRESS,
        "previous": _ADDRESS,
        "size": _NUMBER,
    },
    "required": ["next", "previous", "size"],
}
#: a list's type → its `meta`
_LISTS: dict[Any, Json] = {
    Page: _META,
    CursorPage: {"type": "object", "properties": {"page": _CURSOR_META}, "required": ["page"]},
    FlatCursorPage: _CURSOR_META,
}
_PROBLEM_MEMBERS: Json = {
    "status": {"type": "integer"},
    "title": {"type": "string"},
    "type": {"type": "string"},
    "instance": {"type": "string"},
    "detail": {"type": "string"},
}
_PROBLEMS: Json = {
    "Problem": {
        "type": "object",
        "properties": _PROBLEM_MEMBERS,
        "required": ["status", "title", "instance", "detail"],
    },
    "InvalidProblem": {
        "type": "object",
        "properties": {
            **_PROBLEM_MEMBERS,
            "invalid_parameters": {
                "type": "array",
                "minItems": 1,
                "items": {
                    "type": "object",
                    "properties": {
                        "field": {"type": "string"},
                        "reason": {"type": "string"},
                        "rule": {"type": "string"},
                        "source": {"type": "string"},
                        "minimum": {"type": "integer"},
                        "maximum": {"type": "integer"},
                        "choices": {"type": "array", "items": {}},
                        "dependents": {"type": "array", "items": {}},
                    },
                    "required": ["field", "reason"],
                },
            },
        },
        "required": ["status", "title", "instance", "detail", "invalid_parameters"],
    },
}
