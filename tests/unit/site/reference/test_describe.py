"""What the server lists of a document, whatever it is."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.catalog import specification
from chalicelib.catalog.specification.operations import iterate
from chalicelib.site import html
from chalicelib.site.reference import SWITCHES, describe
from chalicelib.site.reference.fields import TOTAL
from chalicelib.site.reference.model import Entry, Reference

SPECS = Path(__file__).resolve().parents[5] / "shared" / "specs"
A = {"$ref": "#/components/schemas/A"}
DONE = {"responses": {"200": {"description": "Done"}}}


def openapi(paths: dict[str, Any], **members: Any) -> dict[str, Any]:
    return {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": paths, **members}


def entries(reference: Reference) -> list[Entry]:
    return [entry for group in reference.groups for entry in group.entries]


def one(operation: dict[str, Any], **members: Any) -> Entry:
    (entry,) = entries(describe(openapi({"/a": {"get": {**DONE, **operation}}}, **members), {}))
    return entry


class Elements(HTMLParser):
    """The elements and attributes of a text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.names: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


def rendered(reference: Reference) -> str:
    """The list as it stands on its page."""
    template = html.environment().from_string(
        '{% from "_reference.html" import operations %}{{ operations(reference) }}'
    )
    return str(template.render(reference=reference))


@pytest.mark.parametrize(
    ("security", "words"),
    [
        ([{"Key": []}], "Key"),
        ([{"Key": [], "Bearer": []}], "Bearer and Key"),
        ([{"Key": []}, {}], "Key, or none"),
        ([{}, {"Key": []}, {"Bearer": []}], "Key, or Bearer, or none"),
        ([{}], "none"),
        ([], "none"),
        (None, "Global"),
        ("nonsense", ""),
    ],
)
def test_security_is_told_in_words(security: Any, words: str) -> None:
    operation = {} if security is None else {"security": security}

    said = one(operation, security=[{"Global": []}]).security

    assert sorted(said.replace(" and ", " ").replace(", or ", " ").split()) == sorted(
        words.replace(" and ", " ").replace(", or ", " ").split()
    )
    assert said.endswith("or none") == words.endswith("or none")


def test_falsy_values_are_values() -> None:
    schema = {"type": "integer", "default": 0, "minimum": 0, "enum": [0, False, None, ""], "example": False}

    (field,) = one({"parameters": [{"name": "x", "in": "query", "schema": schema}]}).parameters

    assert field.notes == ('One of 0, false, null, ""', "At least 0", "Default 0", "Example false")


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({}, "anything"),
        (True, "anything"),
        ({"type": ["string", "null"]}, "string or null"),
        ({"type": "string", "format": "date", "nullable": True}, "string (date) or null"),
        (
            {"type": "array", "items": {"type": "array", "items": {"$ref": "#/components/schemas/A"}}},
            "array of array of A",
        ),
        ({"oneOf": [{"type": "string"}, {"$ref": "#/components/schemas/A"}]}, "string or A"),
        ({"allOf": [{"$ref": "#/components/schemas/A"}, {"type": "object"}]}, "A and object"),
        ({"const": 1}, "constant"),
        ({"enum": [1]}, "enum"),
        ({"properties": {}}, "object"),
        ({"$ref": "elsewhere.yaml#/B"}, "B"),
        (17, "anything"),
    ],
)
def test_types_are_told_in_words(schema: Any, words: str) -> None:
    components = {"components": {"schemas": {"A": {"type": "object"}}}}

    (field,) = one({"parameters": [{"name": "x", "in": "query", "schema": schema}]}, **components).parameters

    assert field.type == words


def test_parameters_of_the_path_hold_for_each_operation() -> None:
    item = {
        "parameters": [{"name": "id", "in": "path", "required": True}, {"name": "x", "in": "query"}],
        "get": {**DONE, "parameters": [{"name": "x", "in": "query", "required": True}]},
    }

    (entry,) = entries(describe(openapi({"/a/{id}": item}), {}))

    assert [(field.name, field.place, field.required) for field in entry.parameters] == [
        ("id", "path", True),
        ("x", "query", True),
    ]


def test_operations_with_one_id_are_all_listed_under_ids_of_their_own() -> None:
    paths = {"/a b": {"get": DONE}, "/a-b": {"get": DONE}, "/a/b": {"get": DONE}}

    found = [entry.anchor for entry in entries(describe(openapi(paths), {}))]

    assert len(set(found)) == 3


def test_a_recursive_schema_is_named_and_linked() -> None:
    node = {"type": "object", "properties": {"child": {"$ref": "#/components/schemas/Node"}}}

    (schema,) = describe(openapi({}, components={"schemas": {"Node": node}}), {}).schemas

    (field,) = schema.fields
    assert (field.type, field.link) == ("Node", f"#{schema.anchor}")


def test_inline_recursion_ends() -> None:
    schemas = {
        "A": {"properties": {"b": {"properties": {"c": {"allOf": [{"$ref": "#/components/schemas/A"}]}}}}}
    }

    assert describe(openapi({}, components={"schemas": schemas}), {}).schemas


def test_a_document_that_multiplies_is_cut() -> None:
    schemas: dict[str, Any] = {"L0": {"type": "string"}}
    for level in range(1, 12):
        inner = {"allOf": [{"$ref": f"#/components/schemas/L{level - 1}"}]}
        schemas[f"L{level}"] = {"type": "object", "properties": {f"p{number}": inner for number in range(20)}}

    reference = describe(openapi({}, components={"schemas": schemas}), {})

    assert sum(len(schema.fields) for schema in reference.schemas) <= TOTAL + 100


def test_webhooks_and_deprecated_operations_are_marked() -> None:
    document = openapi({"/a": {"get": {**DONE, "deprecated": True}}}, webhooks={"made": {"post": DONE}})

    reference = describe(document, {})

    assert [group.title for group in reference.groups] == ["Operations", "Webhooks"]
    assert [entry.deprecated for entry in entries(reference)] == [True, False]
    assert [entry.path for entry in entries(describe(document, {"hide_deprecated": True}))] == ["made"]


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "[x](javascript:alert(1))",
    "![x](https://elsewhere.example/a.png)",
    "<a href='javascript:alert(1)'>x</a>",
    "</li></ul></div><iframe srcdoc='x'>",
    "{{ 7 * 7 }}{% raw %}",
    "<style>*{display:none}</style>",
    "<svg onload=alert(1)>",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_makes_no_element(text: str) -> None:
    schema = {
        "type": text,
        "format": text,
        "description": text,
        "enum": [text],
        "pattern": text,
        "title": text,
    }
    parameter = {"name": text, "in": text, "description": text, "schema": schema, "example": text}
    operation = {
        "summary": text,
        "description": text,
        "tags": [text],
        "operationId": text,
        "security": [{text: []}],
        "parameters": [parameter],
        "requestBody": {"content": {text: {"schema": {"properties": {text: schema}}, "example": text}}},
        "responses": {text: {"description": text, "headers": {text: schema}}},
    }
    document = openapi(
        {f"/{text}": {"get": operation}},
        tags=[{"name": text, "description": text}],
        servers=[{"url": text, "description": text}],
        components={
            "schemas": {text: schema},
            "securitySchemes": {text: {"type": text, "description": text}},
        },
        info={"title": text, "version": text, "description": text},
    )

    page = rendered(describe(document, {}))

    found = Elements(page)
    assert not found.names & {"script", "img", "iframe", "style", "svg", "object", "embed", "form", "input"}
    for name, value in found.attributes:
        assert not name.startswith("on")
        assert name not in ("style", "src", "srcdoc")
        assert name != "href" or value.startswith(("#", "/", "https:"))
    assert "49" not in page


WORDS = [
    *(
        "info",
        "paths",
        "/a",
        "get",
        "parameters",
        "schema",
        "type",
        "items",
        "properties",
        "allOf",
    ),
    *(
        "responses",
        "200",
        "content",
        "application/json",
        "example",
        "$ref",
        "components",
        "schemas",
        "servers",
    ),
    *("security", "tags", "name", "in", "description", "enum", "required", "headers", "webhooks", "channels"),
    *("operations", "messages", "payload", "securitySchemes", "requestBody", "url", "variables", "oneOf"),
]
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=10)
    | st.sampled_from(["#/components/schemas/A", "#", "#/", "object", "array", "string", "send", "receive"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(WORDS), inner, max_size=4),
    max_leaves=40,
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(["openapi 3.0.3", "openapi 3.1.0", "swagger 2.0", "asyncapi 2.6.0", "asyncapi 3.0.0"]),
    st.dictionaries(st.sampled_from(WORDS), VALUES, max_size=6),
)
def test_any_document_is_listed(kind: str, members: dict[str, Any]) -> None:
    rendered(describe({**members, **dict([kind.split()])}, {}))


@pytest.mark.skipif(not SPECS.is_dir(), reason="the published specifications (../shared/specs) are not here")
@pytest.mark.parametrize("name", sorted(path.name for path in SPECS.glob("*.y*ml")))
def test_published_documents_are_listed_whole(name: str) -> None:
    document = specification.parse((SPECS / name).read_text(encoding="utf-8"))

    reference = describe(document.value, SWITCHES)

    listed = iterate(document.value, specification.detect(document.value))
    described = {(operation.method, operation.path) for operation in listed}
    assert {(entry.method, entry.path) for entry in entries(reference)} == described
    ids = [value for name, value in Elements(rendered(reference)).attributes if name == "id"]
    assert len(ids) == len(set(ids))


def explosive(kind: str) -> dict[str, Any]:
    """A small document that is enormous where everything in it is followed."""
    long = "x" * 200_000
    schemas: dict[str, Any] = {"L0": {"type": "string", "description": long}}
    for level in range(1, 30):
        below = [{"$ref": f"#/components/schemas/L{level - 1}"}] * 10
        schemas[f"L{level}"] = {kind: below}
    for number in range(3_000):
        schemas[f"C{number}"] = {"allOf": [{"$ref": f"#/components/schemas/C{number + 1}"}]}
    parameter = {"name": long, "in": long, "description": long, "example": long, "schema": {"default": long}}
    body = {
        "content": {long: {"schema": {"allOf": [{"$ref": "#/components/schemas/L29"}]}, "example": [long]}}
    }
    operation = {
        "summary": long,
        "description": long,
        "parameters": [{"$ref": "#/components/parameters/P"}] * 10,
        "requestBody": body,
        "responses": {str(status): {**body, "description": long} for status in range(200, 230)},
        "security": [{f"{long}{number}": [] for number in range(3)}] * 100,
    }
    return openapi(
        {f"/{number}": {"get": operation} for number in range(200)},
        components={
            "schemas": schemas,
            "parameters": {"P": parameter},
            "securitySchemes": {long: {"description": long}},
        },
    )


@pytest.mark.parametrize("kind", ["allOf", "oneOf", "properties"])
def test_a_document_that_explodes_makes_a_page_of_bounded_length(kind: str) -> None:
    document = explosive("allOf" if kind == "properties" else kind)
    if kind == "properties":
        for level in range(1, 30):
            below = {"$ref": f"#/components/schemas/L{level - 1}"}
            document["components"]["schemas"][f"L{level}"] = {
                "properties": {f"p{number}": {"items": {"allOf": [below]}} for number in range(10)}
            }

    reference = describe(document, {})

    assert reference.truncated
    assert len(rendered(reference)) < 8_000_000
