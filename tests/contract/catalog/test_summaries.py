"""What a specification says of itself, told before anything is stored."""

from __future__ import annotations

from collections.abc import Callable

from tests.client import Client, Reply

PATH = "/portico/v1/specifications/describe"
SPEC = """openapi: 3.1.0
info:
  title: Orders
  version: 1.10
paths:
  /orders:
    get: {responses: {"200": {description: Orders}}}
    post: {responses: {"201": {description: Made}}}
"""


def describe(admin: Client, text: str) -> Reply:
    return admin.post(PATH, {"content": text})


def test_title_version_as_written_and_operations_are_told(admin: Client) -> None:
    reply = describe(admin, SPEC)
    assert reply.status == 200
    told = reply.json()
    assert (told["type"], told["spec_version"]) == ("oas3", "3.1.0")
    assert (told["title"], told["version"], told["operations"]) == ("Orders", "1.10", 2)


def test_problems_stand_with_pointer_and_line(admin: Client) -> None:
    text = SPEC.replace("description: Orders", "description: 3")
    problems = {one["pointer"]: one["line"] for one in describe(admin, text).json()["problems"]}
    assert problems == {"/info/version": 4, "/paths/~1orders/get/responses/200/description": 7}


def test_what_cannot_be_parsed_is_refused_with_line_and_column(admin: Client) -> None:
    reply = describe(admin, '{"openapi": "3.1.0",\n  "info": [}')
    assert reply.fields() == {"content": "invalid"}
    assert "(line 2, column 12)" in reply.json()["invalid_parameters"][0]["reason"]


def test_what_is_no_specification_is_refused(admin: Client) -> None:
    assert describe(admin, "a: b").fields() == {"content": "invalid"}
    assert describe(admin, " ").fields() == {"content": "min_length"}


def test_asyncapi_is_told_by_its_channels(admin: Client) -> None:
    text = (
        "asyncapi: 3.0.0\ninfo: {title: Events, version: '2'}\nchannels: {a: {address: a}, b: {address: b}}\n"
    )
    told = describe(admin, text).json()
    assert (told["type"], told["channels"], told["operations"]) == ("asyncapi", 2, 0)


def test_whoever_may_look_may_ask_and_nothing_is_stored(
    admin: Client, as_role: Callable[[str], Client]
) -> None:
    assert as_role("viewer").post(PATH, {"content": SPEC}).status == 200
    assert admin.get("/v3/apis").json()["data"] == []
