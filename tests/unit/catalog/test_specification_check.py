from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from chalicelib.catalog.specification import UnknownType, check, detect, parse, structure

OK = {"200": {"description": "ok"}}


def messages(document: str | dict[str, Any]) -> list[str]:
    """Messages without their lines."""
    text = document if isinstance(document, str) else json.dumps(document)
    return [f"{message.pointer or '/'}: {message.text}" for message in check(parse(text))]


def openapi(version: str = "3.0.3", **members: Any) -> dict[str, Any]:
    return {"openapi": version, "info": {"title": "A", "version": "1"}, "paths": {}, **members}


def schemas(version: str = "3.0.3", **named: Any) -> dict[str, Any]:
    return openapi(version, components={"schemas": named})


def one_of(*names: str) -> str:
    return "must be one of " + ", ".join(f'"{name}"' for name in names)


@pytest.mark.parametrize(
    ("stated", "name", "minor"),
    [
        ({"swagger": "2.0"}, "oas2", "2.0"),
        ({"swagger": 2.0}, "oas2", "2.0"),
        ({"openapi": "3.0.3"}, "oas3", "3.0"),
        ({"openapi": "3.1.1"}, "oas3", "3.1"),
        ({"openapi": "3.2.0"}, "oas3", "3.2"),
        ({"openapi": 3.1}, "oas3", "3.1"),
        ({"asyncapi": "2.6.0"}, "asyncapi", "2.6"),
        ({"asyncapi": "3.0.0"}, "asyncapi", "3.0"),
    ],
)
def test_the_type_is_told_by_what_the_document_states(stated: dict[str, Any], name: str, minor: str) -> None:
    kind = detect(stated)
    assert (kind.name, kind.minor) == (name, minor)


@pytest.mark.parametrize(
    ("stated", "said"),
    [
        ({"title": "x"}, 'no "openapi", "swagger" or "asyncapi"'),
        ({"swagger": "1.2"}, "Swagger 1.2"),
        ({"openapi": "4.0.0"}, "OpenAPI 4.0.0"),
        ({"openapi": ["3.0.0"]}, "does not state a version"),
        ({"openapi": True}, "does not state a version"),
        ({"asyncapi": "1.2.0"}, "AsyncAPI 1.2.0"),
        ({"openapi": "3" * 1000}, "OpenAPI 333"),
    ],
)
def test_an_unknown_type_is_refused_with_what_was_found(stated: dict[str, Any], said: str) -> None:
    with pytest.raises(UnknownType) as refused:
        check(parse(json.dumps(stated)))
    assert said in str(refused.value)
    assert "Supported are OpenAPI 2.0" in str(refused.value)
    assert len(str(refused.value)) < 300


SOUND_30 = """
openapi: 3.0.3
info: {title: A, version: '1', x-audience: {$ref: nowhere}}
servers: [{url: 'https://{host}/v1', variables: {host: {default: api.example.com}}}]
security: [{}, {Key: []}]
tags: [{name: a}]
paths:
  x-note: {$ref: nowhere}
  /a/{id}:
    parameters: [{$ref: '#/components/parameters/Id'}]
    get:
      operationId: getA
      responses:
        2XX: {$ref: '#/components/responses/Ok'}
        default:
          description: other
          headers: {X: {schema: {type: string}}}
          links: {next: {operationId: getA, parameters: {n: 1}}}
      callbacks:
        done: {'{$request.body#/url}': {post: {operationId: done, responses: {204: {description: x}}}}}
  /b:
    $ref: '#/paths/~1c'
  /c:
    post:
      requestBody:
        content:
          application/json:
            schema: {$ref: '#/components/schemas/All', description: siblings are ignored}
            examples: {one: {value: {$ref: nowhere}}, two: {$ref: '#/components/examples/Two'}}
      responses: {'201': {description: x}}
components:
  parameters: {Id: {name: id, in: path, required: true, content: {text/plain: {schema: {type: string}}}}}
  responses: {Ok: {description: ok}}
  examples: {Two: {externalValue: 'https://example.com/two.json'}}
  securitySchemes:
    Key: {type: apiKey, in: header, name: x}
    Bearer: {type: http, scheme: bearer, bearerFormat: JWT}
    Basic: {type: http, scheme: basic}
    OAuth: {type: oauth2, flows: {clientCredentials: {tokenUrl: /t, scopes: {}}}}
    Open: {type: openIdConnect, openIdConnectUrl: 'https://id.example.com/x'}
  schemas:
    All:
      type: object
      nullable: true
      default: null
      required: [notInProperties]
      properties:
        $ref: {type: string}
        example: {$ref: '#/components/schemas/Leaf'}
        default: {type: integer, default: 1, exclusiveMinimum: true, minimum: 0}
        properties: {properties: {enum: {type: array, items: {$ref: '#/components/schemas/All'}}}}
      additionalProperties: false
      example: {$ref: nowhere}
      discriminator: {propertyName: kind, mapping: {leaf: '#/components/schemas/Leaf', other: Leaf}}
    Leaf: {allOf: [{$ref: '#/components/schemas/All'}, {enum: [{$ref: nowhere}], pattern: '^\\p{L}+$'}]}
    Deep: {$ref: '#/paths/~1c/post/requestBody/content/application~1json/schema'}
    Through: {$ref: '#/components/schemas/Deep/properties/properties'}
    Escaped: {$ref: '#/paths/~1a~1%7Bid%7D/get/responses/default/headers/X/schema'}
"""

SOUND_31 = """
openapi: 3.1.0
info: {title: A, summary: s, version: '1', license: {name: MIT, identifier: MIT}}
webhooks:
  shipped:
    post:
      parameters: [{name: a, in: query, style: deepObject, explode: true, schema: {}, example: 1, x-a: 1}]
      requestBody:
        content:
          application/json: {schema: true, example: 1, x-a: 1}
          multipart/form-data: {schema: {}, encoding: {a: {contentType: a/b, headers: {X: {schema: {}}}}}}
components:
  pathItems:
    P: {get: {security: [], responses: {default: {description: x}}}}
    Q: {$ref: '#/components/pathItems/P', summary: beside a reference, parameters: []}
  securitySchemes:
    Mutual: {type: mutualTLS}
    Key: {type: apiKey, in: cookie, name: k, x-a: 1}
    Bearer: {type: http, scheme: bearer, bearerFormat: JWT}
    OAuth: {type: oauth2, flows: {authorizationCode: {authorizationUrl: /a, tokenUrl: /t, scopes: {}}}}
  schemas:
    Types: {type: [string, 'null'], exclusiveMinimum: 0, const: x, examples: [{$ref: nowhere}]}
    Tuple: {prefixItems: [{type: string}, false], items: false, nullable: true}
    Rest: {unevaluatedProperties: {$ref: '#/components/schemas/Types'}}
    Tree:
      $id: https://example.com/schemas/tree
      $defs: {node: {$anchor: node, $dynamicAnchor: leaf, type: object}}
      properties:
        a: {$ref: '#/$defs/node'}
        b: {$ref: '#node'}
        c: {$dynamicRef: '#leaf'}
        d: {$ref: tree}
        e: {$ref: '#/components/schemas/Types'}
    Use: {$ref: 'https://example.com/schemas/tree#/$defs/node', description: beside}
    Old: {$schema: 'http://json-schema.org/draft-07/schema#', items: [{}], $ref: '#/components/schemas/Types'}
    Dependent: {dependentSchemas: {a: {required: [b]}}, dependencies: {a: [b]}, if: true, then: {not: {}}}
"""

SOUND_20 = """
swagger: '2.0'
info: {title: A, version: '1'}
host: api.example.com
basePath: /v1
schemes: [https]
paths:
  /a/{id}:
    get:
      parameters:
        - {name: id, in: path, required: true, type: string}
        - {$ref: '#/parameters/Page'}
      responses:
        200:
          description: ok
          schema: {$ref: '#/definitions/A'}
          examples: {application/json: {$ref: nowhere}}
        404: {$ref: '#/responses/Missing'}
parameters: {Page: {name: page, in: query, type: integer, default: 1}}
responses: {Missing: {description: missing}}
definitions: {A: {type: object, x-nullable: true, default: null, properties: {a: {$ref: '#/definitions/A'}}}}
securityDefinitions: {Key: {type: apiKey, in: query, name: k}}
security: [{Key: []}]
"""


@pytest.mark.parametrize("text", [SOUND_20, SOUND_30, SOUND_31, SOUND_31.replace("3.1.0", "3.2.0")])
def test_a_sound_openapi_document_has_no_problem(text: str) -> None:
    assert messages(text) == []


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("./schemas/a.yaml#/A", "leads out of this document and is not followed"),
        ("https://example.com/a.json", "leads out of this document and is not followed"),
        ("file:///etc/passwd", "leads out of this document and is not followed"),
        ("//example.com/a", "leads out of this document and is not followed"),
        ("A", "leads out of this document and is not followed"),
        ("http://[bad", "leads out of this document and is not followed"),
        ("#/components/schemas/None", "leads nowhere in this document"),
        ("#/components/schemas/List/allOf/1", "leads nowhere in this document"),
        ("#/components/schemas/List/allOf/00", "leads nowhere in this document"),
        ("#anchor", "leads nowhere in this document"),
        ("#/components/schemas/Itself", "leads only to itself"),
        ("#/components/schemas/Second", "leads only to itself"),
        ("#/components/schemas/Itself/a", "leads nowhere in this document"),
    ],
)
@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
def test_a_reference_that_finds_nothing_is_told(version: str, reference: str, said: str) -> None:
    document = schemas(
        version,
        List={"allOf": [{}]},
        Itself={"$ref": reference},
        Second={"$ref": "#/components/schemas/Itself"},
    )
    assert f'/components/schemas/Itself/$ref: the reference "{reference}" {said}' in messages(document)


def test_references_are_judged_wherever_they_are_ones() -> None:
    document = openapi(
        "3.0.3",
        paths={"/a": {"get": {"parameters": [{"$ref": "#/x"}], "responses": {"200": {"$ref": "#/y"}}}}},
        components={
            "schemas": {
                "D": {"discriminator": {"propertyName": "k", "mapping": {"a": "#/z", "b": "Named"}}},
                "P": {"properties": {"example": {"properties": {"default": {"$ref": "#/v"}}}}},
            },
            "links": {"L": {"operationRef": "#/paths/~1none/get"}},
            "examples": {"E": {"$ref": "#/w"}},
        },
    )
    assert [message.split(": ")[0] for message in messages(document)] == [
        "/paths/~1a/get/parameters/0/$ref",
        "/paths/~1a/get/responses/200/$ref",
        "/components/schemas/D/discriminator/mapping/a",
        "/components/schemas/P/properties/example/properties/default/$ref",
        "/components/links/L/operationRef",
        "/components/examples/E/$ref",
    ]


def test_nothing_is_ever_fetched() -> None:
    asked: list[str] = []

    class Recorder(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_error(404)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Recorder) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}"
        everywhere = {
            "$id": f"{url}/id",
            "$schema": f"{url}/schema",
            "$ref": f"{url}/ref#/a",
            "$dynamicRef": f"{url}/dynamic#a",
            "properties": {"a": {"$ref": f"{url}/property"}, "b": {"$ref": "file:///etc/passwd"}},
            "default": {"$ref": f"{url}/default"},
            "externalDocs": {"url": f"{url}/docs"},
        }
        for version in ("3.0.3", "3.1.0", "3.2.0"):
            document = schemas(version, A=everywhere) | {
                "$self": f"{url}/self",
                "jsonSchemaDialect": f"{url}/dialect",
                "servers": [{"url": url}],
            }
            document["paths"] = {
                "/a": {"$ref": f"{url}/path"},
                "/b": {"get": {"responses": {"200": everywhere}}},
            }
            assert messages(document)
        asynchronous = {
            "asyncapi": "3.0.0",
            "info": {"title": "A", "version": "1"},
            "channels": {"c": {"$ref": f"{url}/channel"}, "d": {"messages": {"m": {"payload": everywhere}}}},
        }
        assert messages(asynchronous)
        server.shutdown()
    assert asked == []


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (
            openapi(info={"title": 5}),
            ['/info: "version" is missing', "/info/title: must be text, not a number"],
        ),
        (openapi(foo=1), ["/foo: is not allowed here"]),
        (openapi("3.1.0", foo=1), ["/foo: is not allowed here"]),
        (
            openapi(paths={"/a": {"get": {}}}),
            ['/paths/~1a/get: "responses" is missing'],
        ),
        (
            schemas(A={"properties": {"b": {"type": "strng"}}}),
            [
                "/components/schemas/A/properties/b/type: "
                + one_of("array", "boolean", "integer", "number", "object", "string")
                + ', not "strng"'
            ],
        ),
        (
            schemas("3.1.0", A={"items": {"type": "strng"}}),
            [
                "/components/schemas/A/items/type: "
                + one_of("array", "boolean", "integer", "null", "number", "object", "string")
                + ', not "strng"'
            ],
        ),
        (
            schemas("3.1.0", A={"items": [{}], "required": ["a", "a"], "minLength": -1}),
            [
                "/components/schemas/A/items: must be an object or true or false, not a list",
                "/components/schemas/A/minLength: must be at least 0",
                "/components/schemas/A/required/1: stands in this list a second time",
            ],
        ),
        (
            openapi(components={"securitySchemes": {"a": {"type": "foo"}, "b": {"type": "http"}}}),
            [
                "/components/securitySchemes/a/type: "
                + one_of("apiKey", "http", "oauth2", "openIdConnect")
                + ', not "foo"',
                '/components/securitySchemes/b: "scheme" is missing',
            ],
        ),
        (
            openapi(paths={"/a": {"get": {"parameters": [{"name": "q", "in": "query"}], "responses": OK}}}),
            ['/paths/~1a/get/parameters/0: "content" is missing, or "schema" is missing'],
        ),
        (
            {"swagger": 2.0, "info": {"title": "A", "version": "1"}, "paths": {}},
            ["/swagger: must be text, not a number"],
        ),
        (
            {
                "swagger": "2.0",
                "info": {"title": "A", "version": "1"},
                "paths": {},
                "definitions": {"A": {"type": ["string", "nul"]}},
            },
            [
                "/definitions/A/type/1: "
                + one_of("array", "boolean", "integer", "null", "number", "object", "string")
                + ', not "nul"'
            ],
        ),
        (
            "openapi: 3.0.3\ninfo: {title: A, version: 1.10}\npaths: {}",
            ["/info/version: must be text, not a number"],
        ),
    ],
)
def test_what_breaks_the_official_schema_is_told(document: str | dict[str, Any], expected: list[str]) -> None:
    assert messages(document) == expected


def operation(**members: Any) -> dict[str, Any]:
    return {"responses": OK, **members}


ID = {"name": "id", "in": "path", "required": True, "schema": {}}


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        (
            {
                "paths": {
                    "/a": {"get": operation(operationId="x")},
                    "/b": {
                        "get": operation(
                            callbacks={"c": {"{$url}": {"post": operation(operationId="x")}}}, operationId="y"
                        )
                    },
                }
            },
            [
                '/paths/~1b/get/callbacks/c/{$url}/post/operationId: "x" is the operationId of '
                "/paths/~1a/get already"
            ],
        ),
        (
            {"paths": {"/{a}/{id}": {"parameters": [ID], "get": operation()}}},
            ['/paths/~1{a}~1{id}/get: the path parameter "a" is not described'],
        ),
        (
            {"paths": {"/a": {"parameters": [ID], "get": operation(parameters=[ID])}}},
            [
                '/paths/~1a/parameters/0: the path has no "{id}" for this parameter',
                '/paths/~1a/get/parameters/0: the path has no "{id}" for this parameter',
            ],
        ),
        (
            {"paths": {"/{id}": {"get": operation(parameters=[ID, ID | {"schema": {"type": "string"}}])}}},
            ['/paths/~1{id}/get/parameters/1: describes the path parameter "id" a second time'],
        ),
        (
            {"paths": {"/a/{id}": {}, "/a/{name}": {}}},
            ["/paths/~1a~1{name}: is the same path as /a/{id}"],
        ),
        (
            {"security": [{"None": []}], "paths": {"/a": {"get": operation(security=[{}, {"Other": []}])}}},
            [
                '/security/0: the security scheme "None" is not declared',
                '/paths/~1a/get/security/1: the security scheme "Other" is not declared',
            ],
        ),
        (
            {"tags": [{"name": "a"}, {"name": "a", "description": "b"}]},
            ['/tags/1: the tag "a" is declared a second time'],
        ),
        (
            {"servers": [{"url": "https://{a}.example.com"}]},
            ['/servers/0: the variable "a" of the URL is not described'],
        ),
        (
            {
                "components": {
                    "schemas": {
                        "A": {"type": "integer", "default": "1"},
                        "B": {"type": "number", "default": 1},
                    }
                }
            },
            ["/components/schemas/A/default: is not of the type integer"],
        ),
    ],
)
def test_what_breaks_the_rules_of_openapi_is_told(members: dict[str, Any], expected: list[str]) -> None:
    assert messages(openapi(**members)) == expected


def test_a_parameter_that_cannot_be_read_leaves_the_path_unjudged() -> None:
    document = openapi(paths={"/{a}": {"get": operation(parameters=[{"$ref": "https://example.com/p"}])}})
    assert [message for message in messages(document) if "not described" in message] == []


def test_a_server_default_outside_its_choices_is_a_problem_since_3_1() -> None:
    servers = [{"url": "/{a}", "variables": {"a": {"default": "x", "enum": ["y"]}}}]
    assert messages(openapi("3.0.3", servers=servers)) == []
    assert messages(openapi("3.1.0", servers=servers)) == [
        "/servers/0/variables/a/default: is none of the values in enum"
    ]


def test_a_key_that_stands_twice_is_told_with_its_lines() -> None:
    text = "openapi: 3.0.3\ninfo:\n  title: A\n  version: '1'\n  title: B\npaths: {}\n"
    assert [str(message) for message in check(parse(text))] == [
        "/info/title: stands here again on line 5; the last one counts (line 3)"
    ]


def test_messages_name_the_line() -> None:
    text = "openapi: 3.0.3\ninfo: {title: A, version: '1'}\npaths:\n  /a:\n    get:\n      responses: []\n"
    assert [str(message) for message in check(parse(text))] == [
        "/paths/~1a/get/responses: must be an object, not a list (line 6)"
    ]


def test_schemas_in_a_dialect_of_their_own_are_not_judged() -> None:
    document = schemas("3.1.0", A={"type": "strng"}) | {"jsonSchemaDialect": "https://example.com/dialect"}
    assert messages(document) == []


def test_a_version_without_official_schema_says_so() -> None:
    assert messages(openapi("3.9.0")) == [
        "/openapi: 3.9.0 is not checked: its official schema is not at hand here"
    ]


SOUND_ASYNCAPI_3 = """
asyncapi: 3.0.0
info: {title: A, version: '1', tags: [{name: a}]}
servers:
  main: {host: broker.example.com, protocol: kafka, security: [{$ref: '#/components/securitySchemes/S'}]}
channels:
  light:
    address: light.{id}.on
    parameters: {id: {description: which}}
    messages: {on: {$ref: '#/components/messages/On'}}
  answers: {address: null, messages: {done: {payload: {}}}}
operations:
  turn:
    action: send
    channel: {$ref: '#/channels/light'}
    messages: [{$ref: '#/channels/light/messages/on'}]
    reply: {channel: {$ref: '#/channels/answers'}}
components:
  securitySchemes: {S: {type: scramSha256}}
  messages:
    On:
      headers: {type: object, properties: {headers: {$ref: '#/components/schemas/Node'}}}
      payload: {$ref: '#/components/schemas/Node'}
      examples: [{payload: {$ref: nowhere}}]
    Avro:
      payload:
        schemaFormat: application/vnd.apache.avro;version=1.9.0
        schema: {type: record, name: R, namespace: a.b, fields: [{name: f, type: ['null', string]}]}
  schemas: {Node: {type: object, properties: {next: {$ref: '#/components/schemas/Node'}}, default: {$ref: x}}}
"""

SOUND_ASYNCAPI_2 = """
asyncapi: 2.6.0
info: {title: A, version: '1'}
servers: {main: {url: 'broker.example.com', protocol: mqtt, security: [{S: []}]}}
channels:
  light/{id}:
    parameters: {id: {schema: {type: string}}}
    publish: {operationId: a, message: {$ref: '#/components/messages/M'}}
    subscribe: {operationId: b, message: {oneOf: [{payload: {type: string}}]}}
components:
  securitySchemes: {S: {type: userPassword}}
  messages: {M: {payload: {type: object, properties: {a: {type: integer}}}}}
"""


@pytest.mark.usefixtures("asyncapi")
@pytest.mark.parametrize(
    "text", [SOUND_ASYNCAPI_2, SOUND_ASYNCAPI_3, SOUND_ASYNCAPI_3.replace("3.0.0", "3.1.0")]
)
def test_a_sound_asyncapi_document_has_no_problem(text: str) -> None:
    assert messages(text) == []


@pytest.mark.usefixtures("asyncapi")
@pytest.mark.parametrize("minor", ["2.0", "2.1", "2.2", "2.3", "2.4", "2.5", "2.6", "3.0", "3.1"])
def test_every_supported_asyncapi_version_is_checked(minor: str) -> None:
    document = {"asyncapi": f"{minor}.0", "info": {"title": "A"}, "channels": {}}
    assert messages(document) == ['/info: "version" is missing']


@pytest.mark.usefixtures("asyncapi")
def test_what_breaks_asyncapi_3_is_told() -> None:
    document = {
        "asyncapi": "3.0.0",
        "info": {"title": "A", "version": "1"},
        "channels": {
            "a": {"address": "a/{b}", "messages": {"m": {"payload": {"type": "strng"}}}},
            "c": {"messages": {"n": {"$ref": "#/components/messages/None"}}},
        },
        "operations": {
            "o": {
                "action": "sed",
                "channel": {"$ref": "#/channels/c"},
                "messages": [{"$ref": "#/channels/a/messages/m"}],
            },
            "p": {"action": "send"},
        },
        "components": {"securitySchemes": {"s": {"type": "secret"}}},
    }
    found = messages(document)
    for expected in (
        '/channels/c/messages/n/$ref: the reference "#/components/messages/None" leads nowhere in this '
        "document",
        '/operations/o/action: must be one of "send", "receive", not "sed"',
        '/operations/p: "channel" is missing',
        '/channels/a: the parameter "b" is not described',
        "/operations/o/messages/0: must refer to a message of the operation's channel",
    ):
        assert expected in found
    pointers = [message.split(": ")[0] for message in found]
    assert "/channels/a/messages/m/payload/type" in pointers
    assert "/components/securitySchemes/s/type" in pointers


@pytest.mark.usefixtures("asyncapi")
def test_what_breaks_asyncapi_2_is_told() -> None:
    document = {
        "asyncapi": "2.6.0",
        "info": {"title": "A", "version": "1"},
        "servers": {"s": {"url": "x", "protocol": "mqtt", "security": [{"None": []}]}},
        "channels": {
            "a/{b}": {
                "publish": {"operationId": "x", "message": {"foo": 1}},
                "subscribe": {"operationId": "x", "message": {"name": "m"}},
            }
        },
    }
    assert messages(document) == [
        "/channels/a~1{b}/publish/message/foo: is not allowed here",
        '/channels/a~1{b}: the parameter "b" is not described',
        '/channels/a~1{b}/subscribe/operationId: "x" is the operationId of /channels/a~1{b}/publish already',
        '/servers/s/security/0: the security scheme "None" is not declared',
    ]


def test_many_problems_are_cut_and_counted() -> None:
    found = check(parse(json.dumps(openapi(tags=[{"x": 1}] * 400))))
    assert len(found) == 201
    assert str(found[-1]).startswith("/: ")
    assert "further problems are not listed" in found[-1].text


def test_messages_are_of_bounded_length() -> None:
    long = "x" * 1_000_000
    document = openapi(
        components={"schemas": {long: {"type": long, "$ref": 5}, "B": {"$ref": f"#/{long}"}}},
        security=[{long: []}],
        paths={f"/{long}": {"get": {"operationId": long}, "put": {"operationId": long}}},
    )
    document[long] = 1
    found = check(parse(json.dumps(document)))
    assert len(found) >= 5
    assert all(len(str(message)) < 1_100 for message in found)


def nested(levels: int, leaf: Any, member: str) -> Any:
    for _ in range(levels):
        leaf = {member: [leaf] if member.endswith("Of") else leaf}
    return leaf


@pytest.mark.usefixtures("asyncapi")
@pytest.mark.parametrize(
    "document",
    [
        schemas("3.0.3", A=nested(60, {"type": 5}, "oneOf")),
        schemas("3.0.3", A=nested(90, {"type": 5}, "items")),
        schemas("3.1.0", A=nested(60, {"type": 5}, "anyOf")),
        schemas("3.1.0", A=nested(90, {"type": 5}, "not")),
        {
            "asyncapi": "3.0.0",
            "info": {"title": "A", "version": "1"},
            "components": {"schemas": {"A": nested(60, {"type": 5}, "items")}},
        },
        {
            "asyncapi": "2.6.0",
            "info": {"title": "A", "version": "1"},
            "channels": {},
            "components": {"schemas": {"A": nested(60, {"type": 5}, "items")}},
        },
    ],
)
def test_a_problem_far_down_takes_few_steps_to_find(
    document: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(structure, "MAX_STEPS", 200_000)
    assert [message.split("/")[1] for message in messages(document)] == ["components"]


@pytest.mark.usefixtures("asyncapi")
@pytest.mark.parametrize("member", ["items", "allOf", "not"])
def test_asyncapi_schemas_take_steps_in_proportion_to_their_depth(
    member: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(structure, "MAX_STEPS", 2_000)
    deep = nested(80, {"type": "string"}, member)
    document = {
        "asyncapi": "3.0.0",
        "info": {"title": "A", "version": "1"},
        "components": {"schemas": {"A": deep}},
    }
    assert messages(document) == []


def test_a_document_that_takes_too_many_steps_says_so_and_keeps_the_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(structure, "MAX_STEPS", 1_000)
    document = openapi(components={"schemas": {f"A{index}": {"type": "string"} for index in range(1_000)}})
    document["tags"] = [{"name": "a"}, {"name": "a", "description": "x"}]
    assert messages(document) == [
        "/: takes too long to check; there may be more problems than are listed",
        '/tags/1: the tag "a" is declared a second time',
    ]


@pytest.mark.usefixtures("asyncapi")
def test_patterns_never_backtrack_without_end() -> None:
    endless = "a" * 200 + "!"
    document = {
        "asyncapi": "3.0.0",
        "info": {"title": "A", "version": "1"},
        "components": {
            "schemas": {
                "P": {"type": "string", "pattern": "^(a+)+$", "default": endless, "examples": [endless]}
            },
            "messages": {
                "m": {
                    "payload": {
                        "schemaFormat": "application/vnd.apache.avro;version=1.9.0",
                        "schema": {"type": "record", "name": "R", "namespace": endless, "fields": []},
                    }
                }
            },
        },
    }
    assert messages(document) == []
    assert messages(schemas(P={"type": "string", "pattern": "^(a+)+$", "default": endless})) == []


def test_a_checker_that_fails_becomes_a_message(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any) -> Any:
        raise TypeError

    monkeypatch.setattr(structure, "problems", fail)
    assert messages(openapi()) == [
        "/: could not be checked to its end; there may be more problems than are listed"
    ]


def test_a_long_chain_of_references_is_followed_once() -> None:
    named = {f"A{index}": {"$ref": f"#/components/schemas/A{index + 1}"} for index in range(5_000)}
    assert messages(openapi(components={"schemas": named})) == [
        '/components/schemas/A4999/$ref: the reference "#/components/schemas/A5000" leads nowhere in this '
        "document"
    ]
