"""Whatever text comes in, nothing but the declared errors comes out."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chalicelib.catalog.specification import (
    SpecificationError,
    UnknownType,
    as_json,
    check,
    describe,
    operations,
    parse,
)

pytestmark = pytest.mark.usefixtures("asyncapi")

# reproducible, and quick enough to run each time
BOUNDED = settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
WORDS = [
    *(
        "openapi",
        "3.0.3",
        "3.1.0",
        "swagger",
        "2.0",
        "asyncapi",
        "2.6.0",
        "3.0.0",
        "info",
        "title",
        "version",
    ),
    *(
        "paths",
        "/a",
        "/a/{b}",
        "get",
        "parameters",
        "name",
        "in",
        "path",
        "schema",
        "$ref",
        "#/components",
        "#",
    ),
    *("components", "schemas", "type", "object", "properties", "items", "allOf", "oneOf", "responses", "200"),
    *("default", "security", "securitySchemes", "channels", "operations", "messages", "payload", "servers"),
    *("variables", "url", "$id", "$anchor", "$schema", "$dynamicRef", "discriminator", "mapping", "examples"),
    *("callbacks", "x-a", "content", "headers", "webhooks", "publish", "message", "address", "reply", "\0"),
]
HEADS = [
    *({"openapi": "3.0.3"}, {"openapi": "3.1.0"}, {"openapi": "3.2.0"}, {"swagger": "2.0"}),
    *({"asyncapi": "2.6.0"}, {"asyncapi": "3.0.0"}),
]
scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.sampled_from(WORDS)
    | st.text()
)
values = st.recursive(
    scalars,
    lambda below: st.lists(below, max_size=4) | st.dictionaries(st.sampled_from(WORDS), below, max_size=6),
    max_leaves=40,
)
YAML_PIECES = [
    *(
        "&a ",
        "*a",
        "<<: *a",
        "!!str ",
        "!x ",
        "- ",
        "? ",
        ": ",
        "\n",
        "{",
        "}",
        "[",
        "]",
        '"',
        "'",
        "|",
        ">",
        "%",
    ),
    *(
        "\t",
        "\r",
        "\x85",
        "\ufeff",
        "---\n",
        "...\n",
        "#",
        "@",
        "`",
        "~",
        "a: 1\n",
        "\ud800",
        "openapi: 3.0.0\n",
    ),
]


def everything(text: str) -> None:
    try:
        document = parse(text)
    except SpecificationError:
        return
    assert json.loads(as_json(document)) == document.value
    try:
        messages = check(document)
        describe(document)
        operations(document)
    except UnknownType:
        return
    for message in messages:
        assert str(message).startswith("/")
        assert str(message).encode("utf-8")
        assert "could not be checked" not in message.text


@BOUNDED
@given(st.sampled_from(HEADS), st.dictionaries(st.sampled_from(WORDS), values, max_size=6))
def test_any_object_of_a_known_type(head: dict[str, Any], members: dict[str, Any]) -> None:
    everything(json.dumps(members | head))


@BOUNDED
@given(st.lists(st.sampled_from(YAML_PIECES) | st.text(max_size=4), max_size=30).map("".join))
def test_any_text(text: str) -> None:
    everything(text)
