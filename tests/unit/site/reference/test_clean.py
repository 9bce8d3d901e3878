"""The document that the interactive renderer gets."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.site.reference.clean import clean, markdown


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("<script>alert(1)</script>", "&lt;script>alert(1)&lt;/script>"),
        ("a < b <= c", "a < b <= c"),
        ("<!-- x -->", "&lt;!-- x -->"),
        ("<https://example.com>", "<https://example.com>"),
        ("<mailto:a@example.com>", "<mailto:a@example.com>"),
        ("<javascript:alert(1)>", "&lt;javascript:alert(1)>"),
        ("![x](https://example.com/a.png)", "[x](https://example.com/a.png)"),
        ("!![x](https://example.com/a.png)", "[x](https://example.com/a.png)"),
        ("[x](javascript:alert(1))", "[x](#))"),
        ("[x](<javascript:alert(1)>)", "[x](#)>)"),
        ("[x]( javascript&#58;alert(1))", "[x]( #))"),
        ("[x](java&Tab;script:alert(1))", "[x](#))"),
        ('[x](vbscript:y "title")', '[x](# "title")'),
        ("[x](data:text/html;base64,AA==)", "[x](#)"),
        ("[x]: javascript:alert(1)", "[x]: #)"),
        ("[x](https://example.com/?a=b)", "[x](https://example.com/?a=b)"),
        ("[x](/path#part)", "[x](/path#part)"),
        ("`<b>` is bold", "`<b>` is bold"),
        ("``<b> ` <i>`` <u>", "``<b> ` <i>`` &lt;u>"),
        ("` <b>", "` &lt;b>"),
        ("\\`<b>`", "\\`&lt;b>`"),
        ("`a\n\n<b>`", "`a\n\n&lt;b>`"),
        ("```\n<b>\n```\n<i>", "```\n<b>\n```\n&lt;i>"),
        ("~~~xml\n<b>\n```\n<c>\n~~~\n<i>", "~~~xml\n<b>\n```\n<c>\n~~~\n&lt;i>"),
        ("```\n<b>", "```\n<b>"),
        ("```not a fence``` <b>", "```not a fence``` &lt;b>"),
    ],
)
def test_markdown_can_do_nothing_and_code_stays_as_it_is(text: str, cleaned: str) -> None:
    assert markdown(text) == cleaned


def described(value: Any) -> dict[str, Any]:
    return {
        "openapi": "3.0.0",
        "info": {"title": "<T>", "summary": "<S>", "version": "<1>", "description": value},
        "paths": {"/a": {"get": {"summary": "a < b", "responses": {"default": {"description": value}}}}},
        "components": {
            "responses": {"example": {"description": value}, "default": {"description": value}},
            "schemas": {
                "description": {
                    "type": "object",
                    "properties": {
                        "description": {"type": "string", "description": value},
                        "default": {"type": "string", "description": value},
                        "example": {"type": "string", "description": value},
                        "properties": {"properties": {"enum": {"description": value}}},
                    },
                }
            },
            "examples": {"one": {"description": value, "value": {"description": "<b>data</b>"}}},
        },
        "externalDocs": {"description": "plain <text>", "url": "javascript:alert(1)"},
    }


def test_descriptions_are_cleaned_wherever_they_stand_and_nothing_else() -> None:
    cleaned = clean(described("<b>"))

    assert cleaned["info"]["title"] == "<T>"
    assert cleaned["info"]["summary"] == "<S>"
    assert cleaned["externalDocs"] == {"description": "plain <text>", "url": ""}
    assert json.dumps(cleaned).count('"description": "&lt;b>"') == 9
    assert '"description": "<b>"' not in json.dumps(cleaned)
    assert cleaned["components"]["examples"]["one"]["value"] == {"description": "<b>data</b>"}


@pytest.mark.parametrize("member", ["default", "example", "const"])
def test_data_stays_as_it_is(member: str) -> None:
    data = {"description": "<b>", "url": "javascript:x", "$ref": "#/a", "list": [0, False, None, ""]}
    document = {"components": {"schemas": {"A": {member: data, "enum": [data], "examples": [data]}}}}

    assert clean(document) == document


@pytest.mark.parametrize(
    "member", ["termsOfService", "openIdConnectUrl", "authorizationUrl", "tokenUrl", "externalValue", "url"]
)
def test_addresses_that_could_act_are_taken_out(member: str) -> None:
    for address in ("javascript:alert(1)", " javascript:x", "data:text/html,x", "java\tscript:x"):
        assert clean({"info": {member: address}}) == {"info": {member: ""}}
    for address in ("https://example.com/a", "/relative", "mailto:a@example.com"):
        assert clean({"info": {member: address}}) == {"info": {member: address}}


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://{tenant}.example.com/{base}", True),
        ("{scheme}://{host}", True),
        ("mqtt://broker.example.com:{port}", True),
        ("wss://example.com", True),
        ("/v1", True),
        ("javascript:alert(1)//", False),
        (" JavaScript:alert(1)", False),
        ("javascript&#58;alert(1)", False),
        ("data:text/html,x", False),
        ("file:///etc/passwd", False),
    ],
)
def test_servers_may_be_of_any_protocol_that_does_nothing(url: str, kept: bool) -> None:
    assert clean({"servers": [{"url": url}]}) == {"servers": [{"url": url if kept else ""}]}
    assert clean({"servers": {"url": {"url": url}}}) == {"servers": {"url": {"url": url if kept else ""}}}


def test_a_messages_headers_are_a_schema() -> None:
    headers = {"type": "object", "properties": {"example": {"description": "<b>"}}}

    cleaned = clean({"components": {"messages": {"M": {"headers": headers}}}})

    assert "&lt;b>" in json.dumps(cleaned)


def test_internal_operations_are_left_out_where_they_are_hidden() -> None:
    document: dict[str, Any] = {
        "paths": {
            "/a": {"get": {"x-internal": True}, "post": {"x-internal": False}},
            "/b": {"x-internal": True, "get": {"example": {"get": {"x-internal": True}}}},
        },
        "operations": {"send": {"x-internal": True}, "receive": {}},
        "components": {"schemas": {"A": {"x-internal": True}}},
    }

    assert clean(document) == document
    assert clean(document, hide_internal=True) == {
        **document,
        "paths": {"/a": {"post": {"x-internal": False}}, "/b": document["paths"]["/b"]},
        "operations": {"receive": {}},
    }


def test_members_that_scripts_trip_over_are_left_out() -> None:
    found = clean({"__proto__": {"x": 1}, "a": {"constructor": 1, "example": {"prototype": 2, "b": 3}}})

    assert found == {"a": {"example": {"b": 3}}}


def test_a_number_that_json_does_not_know_becomes_text() -> None:
    assert clean({"example": [float("inf"), 1.5, 10**30], "x": float("nan")}) == {
        "example": ["inf", 1.5, 10**30],
        "x": "nan",
    }


def test_what_is_too_deep_is_cut() -> None:
    deep: Any = "x"
    for _ in range(5_000):
        deep = {"a": [deep]}
    for member in ("a", "example"):
        assert len(json.dumps(clean({member: deep}))) < 5_000


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text(max_size=5)
            | st.sampled_from(
                [
                    "description",
                    "url",
                    "properties",
                    "examples",
                    "servers",
                    "paths",
                    "get",
                    "default",
                    "$ref",
                    "headers",
                ]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=30,
)


@given(JSON, st.booleans())
def test_any_document_can_be_cleaned_and_written(value: Any, hide_internal: bool) -> None:
    json.dumps(clean(value, hide_internal=hide_internal), allow_nan=False)


@given(st.text(alphabet="`<b>![](): \n\\~javascript/h1&#;", max_size=60))
def test_cleaning_takes_nothing_but_adds(text: str) -> None:
    # what a browser could take for the start of an element is gone, but for code
    cleaned = markdown(text)
    assert markdown(cleaned) == cleaned
    if "`" not in text and "~" not in text:
        assert "<b" not in cleaned
        assert "![" not in cleaned


@pytest.mark.parametrize("sign", ["`", "``` ", "<", "![", "](", "[a]: ", "~~~\n", "\\`", "](<", "[" * 50])
def test_long_texts_take_no_longer_than_they_must(sign: str) -> None:
    # would take minutes if it were quadratic
    markdown(sign * 100_000)
