"""The official JSON schemas of OpenAPI and AsyncAPI documents, made ready for `structure`.

OpenAPI's come with openapi-spec-validator. AsyncAPI's are published as the npm package @asyncapi/specs,
which the lock file of the front end pins; the build copies them beside this module.

Made ready means: every reference is replaced by the very schema that it leads to, so that checking a document
looks nothing up; and the family of vocabularies that OpenAPI 3.1 describes Schema Objects with, which meet
through dynamic references, is one flat schema, as here it is always the same family.
"""

from __future__ import annotations

import json
import re
from copy import deepcopy
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeAlias

from .detect import SpecType

ASYNCAPI_FOLDER = Path(__file__).parent / "asyncapi"

OAS31_DIALECT = "https://spec.openapis.org/oas/3.1/dialect/base"
OAS32_DIALECT = "https://spec.openapis.org/oas/3.2/dialect/2025-09-17"
JSON_SCHEMA_2020 = "https://json-schema.org/draft/2020-12/schema"
#: dialects that say the same of a schema as OpenAPI's own
KNOWN_DIALECTS = {JSON_SCHEMA_2020, JSON_SCHEMA_2020 + "#", OAS31_DIALECT, OAS32_DIALECT}

Draft: TypeAlias = Literal["draft4", "draft7", "draft2020"]

#: a repeated group that ends in a repetition can take exponential time in Python's matcher
_EXPLOSIVE = re.compile(r"[*+}]\)+[*+{]")

_MAPS_OF_SCHEMAS = {"properties", "patternProperties", "dependentSchemas", "dependencies"}
_SCHEMAS = {
    *("additionalProperties", "items", "allOf", "anyOf", "oneOf", "not", "if", "then", "else", "contains"),
    *("propertyNames", "unevaluatedProperties", "prefixItems"),
}


class Official(NamedTuple):
    """A schema to check a whole document against, and the draft of JSON Schema that it is written in."""

    schema: dict[str, Any]
    draft: Draft


def official(kind: SpecType, dialect: str | None = None) -> Official | None:
    """The official schema for a type and minor version, None where none is at hand. `dialect` is what an
    OpenAPI 3.1 document says its schemas are written in; those of a foreign one are not looked into."""
    return _official(kind.name, kind.minor, dialect is None or dialect in KNOWN_DIALECTS)


@lru_cache(maxsize=8)
def _official(name: str, minor: str, known_dialect: bool) -> Official | None:
    if name == "asyncapi":
        path = ASYNCAPI_FOLDER / f"{minor}.0.json"
        if not path.is_file():
            return None
        return Official(_linked(json.loads(path.read_text(encoding="utf-8")), "draft7"), "draft7")

    from openapi_spec_validator import schemas

    match minor:
        case "2.0":
            return Official(_linked(dict(schemas.schema_v2), "draft4"), "draft4")
        case "3.0":
            return Official(_linked(dict(schemas.schema_v30), "draft4"), "draft4")
        case "3.1":
            document = _amended_31(_amended(deepcopy(dict(schemas.schema_v31))))
            return Official(
                _linked(document, "draft2020", OAS31_DIALECT if known_dialect else None), "draft2020"
            )
        case "3.2":
            document = _amended(deepcopy(dict(schemas.schema_v32)))
            return Official(
                _linked(document, "draft2020", OAS32_DIALECT if known_dialect else None), "draft2020"
            )
    return None


def _amended(schema: dict[str, Any]) -> dict[str, Any]:
    """Brings a published schema to the text of its standard: a link's parameters are any values."""
    schema["$defs"]["link"]["properties"]["parameters"] = {"type": "object"}
    return schema


def _amended_31(schema: dict[str, Any]) -> dict[str, Any]:
    """Of 3.1 alone: members beside a `$ref` are to be ignored, and a link has a `server`, no `body`."""
    parts = schema["$defs"]
    parts["reference"].pop("unevaluatedProperties")
    parts["link"]["properties"]["server"] = parts["link"]["properties"].pop("body")
    return schema


def _linked(document: dict[str, Any], draft: Draft, dialect: str | None = None) -> dict[str, Any]:
    """A schema whose references are replaced by what they lead to. `dialect` is the URI of the schema of
    Schema Objects, where `document` leaves those open; None leaves them so."""
    from openapi_schema_validator._specifications import REGISTRY
    from referencing.jsonschema import DRAFT4, DRAFT7, DRAFT202012

    specification = {"draft4": DRAFT4, "draft7": DRAFT7, "draft2020": DRAFT202012}[draft]
    resource = specification.create_resource(document)
    uri = resource.id() or ""
    registry: Any = REGISTRY.with_resource(uri, resource).crawl()
    linker = _Linker(specification, ignores_siblings=draft != "draft2020")
    if dialect is not None:
        for vocabulary in _vocabularies(registry, dialect):
            linked = linker.link(registry.contents(vocabulary), registry.resolver(vocabulary))
            linker.schema_object["properties"].update(linked.get("properties", {}))
    linked_document: dict[str, Any] = linker.link(document, registry.resolver(uri))
    return linked_document


def _vocabularies(registry: Any, uri: str) -> list[str]:
    """The URIs of a schema and of all that it is composed of."""
    from urllib.parse import urljoin

    found = [uri]
    for part in registry.contents(uri).get("allOf", []):
        found += _vocabularies(registry, urljoin(uri, part["$ref"]))
    return found


class _Linker:
    def __init__(self, specification: Any, ignores_siblings: bool) -> None:
        #: where every dynamic reference leads
        self.schema_object: dict[str, Any] = {"type": ["object", "boolean"], "properties": {}}
        self._specification = specification
        self._ignores_siblings = ignores_siblings
        self._made: dict[int, dict[str, Any]] = {}

    def link(self, schema: Any, resolver: Any) -> Any:
        """A schema, or a list of schemas; what is neither stays what it is."""
        if isinstance(schema, list):
            return [self.link(item, resolver) for item in schema]
        if not isinstance(schema, dict):
            return schema
        if id(schema) in self._made:
            return self._made[id(schema)]
        made = self._made[id(schema)] = {}
        resolver = resolver.in_subresource(self._specification.create_resource(schema))
        for keyword, value in schema.items():
            if keyword == "$ref":
                found = resolver.lookup(value)
                made[keyword] = self.link(found.contents, found.resolver)
            elif keyword == "$dynamicRef":
                made["$ref"] = self.schema_object
            elif "$ref" in schema and self._ignores_siblings:
                continue
            elif keyword in _MAPS_OF_SCHEMAS:
                made[keyword] = {name: self.link(item, resolver) for name, item in value.items()}
            elif keyword in _SCHEMAS:
                made[keyword] = self.link(value, resolver)
            elif keyword != "pattern" or not _EXPLOSIVE.search(value):
                made[keyword] = value
        return made
