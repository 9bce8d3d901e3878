"""The official JSON schemas of OpenAPI and AsyncAPI documents, made ready for `structure`.

OpenAPI's come with openapi-spec-validator. AsyncAPI's are published as the npm package @asyncapi/specs,
which the lock file of the front end pins; the build copies them beside this module.
"""

from __future__ import annotations

import json
import re
from copy import deepcopy
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

from .detect import SpecType

ASYNCAPI_FOLDER = Path(__file__).parent / "asyncapi"

OAS31_DIALECT = "https://spec.openapis.org/oas/3.1/dialect/base"
OAS32_DIALECT = "https://spec.openapis.org/oas/3.2/dialect/2025-09-17"
JSON_SCHEMA_2020 = "https://json-schema.org/draft/2020-12/schema"
#: dialects that say the same of a schema as OpenAPI's own
KNOWN_DIALECTS = {JSON_SCHEMA_2020, JSON_SCHEMA_2020 + "#", OAS31_DIALECT, OAS32_DIALECT}

#: a repeated group that ends in a repetition can take exponential time in Python's matcher
_EXPLOSIVE = re.compile(r"[*+}]\)+[*+{]")
_SCHEMA = "#/$defs/schema"


class Official(NamedTuple):
    """A schema to check a whole document against, and the draft of JSON Schema that it is written in."""

    schema: dict[str, Any]
    draft: Literal["draft4", "draft7", "draft2020"]


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
        return Official(_ready(json.loads(path.read_text(encoding="utf-8"))), "draft7")

    from openapi_spec_validator import schemas

    match minor:
        case "2.0":
            return Official(_ready(schemas.schema_v2), "draft4")
        case "3.0":
            return Official(_ready(schemas.schema_v30), "draft4")
        case "3.1":
            document = _amended_31(_amended(_ready(schemas.schema_v31)))
            return Official(_with_dialect(document, OAS31_DIALECT if known_dialect else None), "draft2020")
        case "3.2":
            document = _amended(_ready(schemas.schema_v32))
            return Official(_with_dialect(document, OAS32_DIALECT if known_dialect else None), "draft2020")
    return None


def _ready(schema: Any) -> Any:
    """A copy without what would make checking slow or leave our hands: risky patterns, and the `$schema` of
    parts (jsonschema would go on with a validator of its own there)."""
    if isinstance(schema, list):
        return [_ready(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    ready = {}
    for key, value in schema.items():
        if (key == "$schema" or (key == "pattern" and _EXPLOSIVE.search(str(value)))) and isinstance(
            value, str
        ):
            continue
        ready[key] = _ready(value)
    return ready


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


def _with_dialect(document: dict[str, Any], dialect: str | None) -> dict[str, Any]:
    """Joins the schema of documents, which leaves Schema Objects open, with that of Schema Objects.

    The latter is a family of vocabularies that meet through dynamic references; as it is fixed here, one
    flat schema with plain references says the same and costs a fraction.
    """
    merged: dict[str, Any] = {"type": ["object", "boolean"], "properties": {}}
    shared: dict[str, Any] = {}
    if dialect is not None:
        for vocabulary in _vocabularies(dialect):
            merged["properties"].update(vocabulary.get("properties", {}))
            shared.update(vocabulary.get("$defs", {}))
    parts = {**document["$defs"], "schema": merged}
    parts |= {f"schema.{name}": part for name, part in shared.items()}
    joined: dict[str, Any] = _static({**document, "$defs": parts}, shared)
    joined.pop("$id", None)
    return joined


def _vocabularies(uri: str) -> list[dict[str, Any]]:
    """The schema under `uri` and all that it is composed of."""
    from openapi_schema_validator._specifications import REGISTRY

    schema = REGISTRY.contents(uri)
    found = [_ready(deepcopy(schema))]
    for part in schema.get("allOf", []):
        found += _vocabularies(str(_absolute(uri, part["$ref"])))
    return found


def _absolute(base: str, reference: str) -> str:
    from urllib.parse import urljoin

    return urljoin(base, reference)


def _static(schema: Any, shared: dict[str, Any]) -> Any:
    """References to the dialect and to its shared parts, made plain."""
    if isinstance(schema, list):
        return [_static(item, shared) for item in schema]
    if not isinstance(schema, dict):
        return schema
    made = {}
    for key, value in schema.items():
        # these are names of properties, too, in a schema of schemas: then their value is no text
        if not isinstance(value, str):
            made[key] = _static(value, shared)
        elif key == "$dynamicRef":
            made["$ref"] = _SCHEMA
        elif key == "$ref" and (name := value.rpartition("#/$defs/")[2]) in shared:
            made[key] = f"{_SCHEMA}.{name}"
        elif key != "$dynamicAnchor":
            made[key] = value
    return made
