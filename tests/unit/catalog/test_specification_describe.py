from __future__ import annotations

import json
from typing import Any

import pytest

from chalicelib.catalog.specification import Server, Tag, collapse, describe, operations, parse

OPENAPI = """
openapi: 3.1.0
info: {title: Orders, description: All of them, version: 1.10}
servers: [{url: 'https://api.example.com', description: live}, {url: /sandbox}]
security: [{Key: []}]
tags: [{name: orders, description: What was bought}]
paths:
  /orders:
    get: {operationId: list, summary: List, description: Lists, tags: [orders, old], deprecated: true}
    post: {security: [{Key: [], Token: [write]}, {}]}
  /orders/{id}/:
    $ref: '#/components/pathItems/Order'
  x-note: {get: {}}
webhooks:
  shipped: {post: {summary: Sent, security: []}}
components:
  schemas: {A: {}, B: {}}
  pathItems: {Order: {delete: {operationId: cancel}}}
"""


def test_a_summary_says_what_the_document_says() -> None:
    summary = describe(parse(OPENAPI))
    assert (summary.type, summary.spec_version, summary.title) == ("oas3", "3.1.0", "Orders")
    assert (summary.description, summary.version) == ("All of them", "1.10")
    assert (summary.operations, summary.webhooks, summary.channels, summary.schemas) == (3, 1, 0, 2)
    assert summary.servers == (Server("https://api.example.com", "live"), Server("/sandbox", ""))
    assert summary.tags == (Tag("orders", "What was bought"), Tag("old", ""))


def test_operations_are_listed_in_the_order_of_the_document() -> None:
    found = operations(parse(OPENAPI))
    assert [(item.kind, item.method, item.path, item.collapsed) for item in found.items] == [
        ("path", "GET", "/orders", "/orders"),
        ("path", "POST", "/orders", "/orders"),
        ("path", "DELETE", "/orders/{id}/", "/orders/*"),
        ("webhook", "POST", "shipped", "shipped"),
    ]
    assert not found.truncated
    listing = found.items[0]
    assert (listing.operation_id, listing.summary, listing.description) == ("list", "List", "Lists")
    assert listing.tags == ("orders", "old")
    assert [item.deprecated for item in found.items] == [True, False, False, False]


def test_security_is_inherited_replaced_or_optional() -> None:
    found = operations(parse(OPENAPI)).items
    assert found[0].security == (("Key",),)
    assert found[1].security == (("Key", "Token"), ())
    assert found[3].security == ()


def test_operations_of_openapi_3_2_have_any_method() -> None:
    document = {
        "openapi": "3.2.0",
        "paths": {"/a": {"query": {}, "additionalOperations": {"COPY": {"operationId": "copy"}}}},
    }
    found = operations(parse(json.dumps(document))).items
    assert [(item.method, item.operation_id) for item in found] == [("QUERY", ""), ("COPY", "copy")]


@pytest.mark.parametrize(
    ("path", "collapsed"),
    [
        ("/users/{id}", "/users/*"),
        ("/users/{id}/", "/users/*"),
        ("/{a}-{b}.json", "/*-*.json"),
        ("/", "/"),
        ("//", "/"),
        ("/{unclosed", "/{unclosed"),
        ("/" + "{" * 100_000, "/" + "{" * 100_000),
    ],
)
def test_paths_collapse_at_their_parameters(path: str, collapsed: str) -> None:
    assert collapse(path) == collapsed


def test_operations_beyond_the_limit_are_cut_and_counted() -> None:
    document = parse(
        json.dumps({"openapi": "3.0.0", "paths": {f"/{index}": {"get": {}} for index in range(1001)}})
    )
    found = operations(document)
    assert (len(found.items), found.truncated) == (1000, True)
    assert describe(document).operations == 1001
    assert not operations(document, limit=1001).truncated


def test_a_swagger_2_document_names_its_servers() -> None:
    document = {"swagger": "2.0", "info": {"title": "A", "version": "7"}, "host": "api.example.com"}
    assert describe(
        parse(json.dumps(document | {"basePath": "/v1", "schemes": ["https", "http"]}))
    ).servers == (
        Server("https://api.example.com/v1", ""),
        Server("http://api.example.com/v1", ""),
    )
    assert describe(parse(json.dumps(document))).servers == (Server("//api.example.com", ""),)


def test_asyncapi_3_operations_name_channel_messages_and_reply() -> None:
    text = """
asyncapi: 3.0.0
info: {title: Lights, version: '1', tags: [{name: lights}]}
servers: {main: {host: broker.example.com, protocol: mqtt, pathname: /x, description: live}}
channels:
  light: {address: 'lights/{id}', messages: {on: {}, off: {$ref: '#/components/messages/Off'}}}
  answers: {address: answers, messages: {}}
  later: {address: null}
  idle: {title: Idle}
operations:
  turn:
    action: send
    title: Turn
    channel: {$ref: '#/channels/light'}
    messages: [{$ref: '#/channels/light/messages/on'}]
    reply: {channel: {$ref: '#/channels/answers'}}
    security: [{$ref: '#/components/securitySchemes/Key'}, {type: plain}]
  hear: {action: receive, channel: {$ref: '#/channels/light'}}
  wait: {action: receive, channel: {$ref: '#/channels/later'}}
components: {messages: {Off: {}}, securitySchemes: {Key: {type: apiKey}}, schemas: {A: {}}}
"""
    document = parse(text)
    turn, hear, wait, answers, idle = operations(document).items
    assert (turn.kind, turn.method, turn.path, turn.collapsed) == (
        "channel",
        "SEND",
        "lights/{id}",
        "lights/*",
    )
    assert (turn.operation_id, turn.summary, turn.reply) == ("turn", "Turn", "answers")
    assert (turn.messages, turn.security) == (("on",), (("Key",), ("plain",)))
    assert (hear.method, hear.messages) == ("RECEIVE", ("on", "off"))
    assert wait.path == "later"
    assert [(item.method, item.path) for item in (answers, idle)] == [("", "answers"), ("", "idle")]
    summary = describe(document)
    assert (summary.operations, summary.channels, summary.schemas) == (3, 4, 1)
    assert summary.servers == (Server("mqtt://broker.example.com/x", "live"),)
    assert summary.tags == (Tag("lights", ""),)


def test_asyncapi_2_channels_give_their_operations() -> None:
    text = """
asyncapi: 2.6.0
info: {title: Lights, version: '1'}
servers: {main: {url: 'mqtt://broker.example.com'}}
channels:
  lights/{id}:
    publish:
      {operationId: turn, summary: Turn, tags: [{name: x}], message: {$ref: '#/components/messages/On'}}
    subscribe: {security: [{Key: []}], message: {oneOf: [{name: a}, {$ref: '#/components/messages/On'}]}}
  idle: {}
components: {messages: {On: {}}}
"""
    document = parse(text)
    turn, hear, idle = operations(document).items
    assert (turn.method, turn.path, turn.operation_id, turn.tags) == (
        "PUBLISH",
        "lights/{id}",
        "turn",
        ("x",),
    )
    assert (turn.messages, hear.messages) == (("On",), ("a", "On"))
    assert (hear.method, hear.security) == ("SUBSCRIBE", (("Key",),))
    assert (idle.method, idle.path) == ("", "idle")
    assert describe(document).servers == (Server("mqtt://broker.example.com", ""),)


WRONG: list[Any] = [None, True, 5, 1.5, "text", [], [[], None, "x"], {}, {"a": {"$ref": "#/paths"}}]
HEADS: list[dict[str, Any]] = [
    {"swagger": "2.0"},
    {"openapi": "3.1.0"},
    {"asyncapi": "2.6.0"},
    {"asyncapi": "3.0.0"},
]
MEMBERS = [
    *(
        "info",
        "paths",
        "webhooks",
        "servers",
        "tags",
        "security",
        "components",
        "definitions",
        "schemes",
        "host",
    ),
    *("channels", "operations", "securityDefinitions"),
]


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("wrong", WRONG)
def test_values_of_the_wrong_kind_are_as_good_as_missing(head: dict[str, Any], wrong: Any) -> None:
    for member in MEMBERS:
        for value in (
            wrong,
            [wrong],
            {"a": wrong},
            {"/a": {"get": wrong}},
            {"title": wrong, "version": wrong},
        ):
            document = parse(json.dumps(head | {member: value}))
            summary = describe(document)
            assert isinstance(summary.title, str)
            assert isinstance(summary.version, str)
            for operation in operations(document).items:
                assert isinstance(operation.path, str)


def test_numbers_stand_in_for_text_and_long_text_is_cut() -> None:
    info = {"title": 5, "version": 2, "description": "x" * 200_000}
    summary = describe(parse(json.dumps({"openapi": "3.0.0", "info": info})))
    assert (summary.title, summary.version, len(summary.description)) == ("5", "2", 100_000)


@pytest.mark.parametrize("target", ["#/paths/~1a", "#/paths/~1b", "https://example.com/a", "#/none"])
def test_references_that_lead_nowhere_give_no_operations(target: str) -> None:
    document = {"openapi": "3.0.0", "paths": {"/a": {"$ref": "#/paths/~1b"}, "/b": {"$ref": target}}}
    assert operations(parse(json.dumps(document))).items == []
