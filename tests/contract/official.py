"""The official contracts, read from beside the project, and the comparison of the service with them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

CONTRACTS = Path(__file__).parents[3] / "shared" / "contracts"
#: file → prefix its paths are served under, and the kind of host
FILES = {
    "portal-management-v3": ("/v3", "admin"),
    "api-builder-v3": ("/v3", "admin"),
    "application-auth-strategies-v2": ("/v2", "admin"),
    "audit-logs-v3": ("/v3", "admin"),
    "dev-portal-v3": ("", "portal"),
}
METHODS = ("get", "put", "post", "patch", "delete")
Json = dict[str, Any]


@dataclass(frozen=True)
class Official:
    """One operation of a contract. `document` resolves its references."""

    file: str
    host: str
    id: str
    method: str
    path: str
    document: Json
    described: Json
    shared_parameters: tuple[Json, ...]

    @property
    def key(self) -> tuple[str, str, str]:
        return self.host, self.method, shape_of_path(self.path)


def shape_of_path(path: str) -> str:
    """A path without the names of its values, which routing does not know."""
    return "/".join("{}" if part.startswith("{") else part for part in path.split("/"))


@cache
def operations() -> tuple[Official, ...]:
    return tuple(_operations())


def _operations() -> Iterator[Official]:
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    for file, (prefix, host) in FILES.items():
        document = yaml.load((CONTRACTS / f"{file}.yaml").read_text(), Loader=loader)
        for path, item in document["paths"].items():
            shared = tuple(resolve(p, document) for p in item.get("parameters", []))
            for method in METHODS:
                if method in item:
                    described = item[method]
                    yield Official(
                        file,
                        host,
                        described["operationId"],
                        method.upper(),
                        prefix + path,
                        document,
                        described,
                        shared,
                    )


def resolve(value: Any, document: Json) -> Any:
    """Follow a local reference, and the one it leads to."""
    seen = 0
    while isinstance(value, dict) and "$ref" in value:
        target: Any = document
        for part in value["$ref"].removeprefix("#/").split("/"):
            target = target[part.replace("~1", "/").replace("~0", "~")]
        value = target
        seen += 1
        assert seen < 20
    return value


# A schema brought to one form, so that OpenAPI 3.0 and 3.1 and different ways of writing the same can be
# compared: unions of objects become one object (required is what all require), null is one of the types.
_LIMITS = (
    "minLength",
    "maxLength",
    "pattern",
    "minimum",
    "maximum",
    "minItems",
    "maxItems",
    "maxProperties",
    "uniqueItems",
)


def form(schema: Any, document: Json, path: tuple[str, ...] = ()) -> Json:
    """`{types, enum, format, limits…, properties, required, closed, items, values}`, as far as it says."""
    if schema is True or schema is None:
        return {"types": set()}
    reference = schema.get("$ref")
    if reference is not None:
        if reference in path:
            return {"types": set(), "recursive": True}
        path = (*path, reference)
        schema = {**resolve(schema, document), **{k: v for k, v in schema.items() if k != "$ref"}}
    found: Json = {"types": set()}
    kind = schema.get("type")
    if kind is not None:
        found["types"] = set(kind) if isinstance(kind, list) else {kind}
    if "const" in schema:
        found["enum"] = {schema["const"]}
    if "enum" in schema:
        found["enum"] = {value for value in schema["enum"] if value is not None}
        if None in schema["enum"]:
            found["types"].add("null")
    if schema.get("nullable"):
        found["types"].add("null")
    if "format" in schema:
        found["format"] = schema["format"]
    for limit in _LIMITS:
        if limit in schema:
            found[limit] = schema[limit]
    if "properties" in schema:
        found["types"] = found["types"] or {"object"}
        found["properties"] = {
            name: form(member, document, path) for name, member in schema["properties"].items()
        }
    found["required"] = set(schema.get("required", []))
    extra = schema.get("additionalProperties")
    if extra is False:
        found["closed"] = True
    elif isinstance(extra, dict) and extra:
        found["values"] = form(extra, document, path)
    if "items" in schema:
        found["items"] = form(schema["items"], document, path)
    if schema.get("readOnly"):
        found["read_only"] = True
    for part in schema.get("allOf", []):
        _also(found, form(part, document, path))
    for union in ("oneOf", "anyOf"):
        if union in schema:
            _any(found, [form(part, document, path) for part in schema[union]])
    if "enum" in found and not found["types"]:
        found["types"] = {"string"}
    return found


def _also(found: Json, other: Json) -> None:
    for name, value in other.items():
        if name == "types":
            nullable = {"null"} & found["types"]
            found["types"] = (value or found["types"]) | nullable
        elif name == "properties":
            found.setdefault("properties", {}).update(value)
        elif name == "required":
            found["required"] |= value
        else:
            found.setdefault(name, value)


def _any(found: Json, variants: list[Json]) -> None:
    variants = [variant for variant in variants if variant["types"] or len(variant) > 2]
    for variant in variants:
        found["types"] |= variant["types"]
    solid = [variant for variant in variants if variant["types"] != {"null"}]
    objects = [variant for variant in solid if "properties" in variant or "values" in variant]
    if objects:
        properties = found.setdefault("properties", {})
        for variant in objects:
            for name, member in variant.get("properties", {}).items():
                if name in properties:
                    _widen(properties[name], member)
                else:
                    properties[name] = member
            if "values" in variant:
                found.setdefault("values", variant["values"])
        found["required"] |= set.intersection(*(variant["required"] for variant in objects))
        if all(variant.get("closed") for variant in objects):
            found["closed"] = True
    others = [variant for variant in solid if variant not in objects]
    for variant in others:
        for name, value in variant.items():
            if name == "enum":
                found["enum"] = found.get("enum", set()) | value
            elif name not in ("types", "required") and len(solid) == 1:
                found.setdefault(name, value)
            elif name == "items":
                found.setdefault("items", value)
    if any("enum" not in variant for variant in others if variant["types"] & {"string"}):
        found.pop("enum", None)


def _widen(member: Json, other: Json) -> None:
    member["types"] = member["types"] | other["types"]
    if "enum" in member and "enum" in other:
        member["enum"] = member["enum"] | other["enum"]
    else:
        member.pop("enum", None)
    for limit in (*_LIMITS, "format"):
        if member.get(limit) != other.get(limit):
            member.pop(limit, None)
    if "properties" in member and "properties" in other:
        for name, value in other["properties"].items():
            if name in member["properties"]:
                _widen(member["properties"][name], value)
            else:
                member["properties"][name] = value
        member["required"] &= other["required"]


def compare(ours: Json, theirs: Json, where: str, *, request: bool) -> Iterator[str]:
    """Each difference as one line. In answers, promising more than the contract is none."""
    if ours.get("recursive") or theirs.get("recursive"):
        return
    if ours["types"] and theirs["types"] and _types(ours) != _types(theirs):
        yield f"{where}: type {_say(_types(ours))}, contract {_say(_types(theirs))}"
    for name in ("enum", "format", *_LIMITS):
        if ours.get(name) != theirs.get(name) and not (name == "uniqueItems" and not request):
            yield f"{where}: {name} {_say(ours.get(name))}, contract {_say(theirs.get(name))}"
    if request and bool(ours.get("closed")) != bool(theirs.get("closed")) and "properties" in theirs:
        yield f"{where}: additionalProperties {not ours.get('closed')}, contract {not theirs.get('closed')}"
    missing = theirs["required"] - ours["required"]
    more = ours["required"] - theirs["required"] if request else set()
    read_only = {name for name, member in theirs.get("properties", {}).items() if member.get("read_only")}
    if request:
        missing -= read_only
    if missing or more:
        yield f"{where}: required {_say(ours['required'])}, contract {_say(theirs['required'])}"
    our_members, their_members = ours.get("properties", {}), theirs.get("properties", {})
    for name in sorted(our_members.keys() | their_members.keys()):
        inner = f"{where}.{name}" if where else name
        if name not in their_members:
            if "values" not in theirs:
                yield f"{inner}: not in the contract"
        elif name not in our_members:
            if not (request and their_members[name].get("read_only") and not ours.get("closed")):
                yield f"{inner}: missing"
        elif not (request and their_members[name].get("read_only")):
            yield from compare(our_members[name], their_members[name], inner, request=request)
    for name in ("items", "values"):
        if name in ours and name in theirs:
            yield from compare(ours[name], theirs[name], f"{where}[{name}]", request=request)
        elif name in theirs and theirs[name]["types"] and name == "items":
            yield f"{where}[{name}]: missing"


def _types(found: Json) -> set[str]:
    # JSON schema's integer is a number: the contracts use both for counts
    return {"number" if kind == "integer" else kind for kind in found["types"]}


def _say(value: Any) -> str:
    return ", ".join(sorted(map(str, value))) if isinstance(value, set) else str(value)
