"""Which hosts a reference may call."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.site.reference.servers import MOST, reachable


def openapi(*servers: Any) -> dict[str, Any]:
    return {"openapi": "3.1.0", "servers": list(servers)}


@pytest.mark.parametrize(
    ("server", "sources"),
    [
        ({"url": "https://api.example.com/v1"}, "https://api.example.com"),
        ({"url": "HTTPS://API.example.com:8443"}, "https://api.example.com:8443"),
        ({"url": "http://localhost:3000/x"}, "http://localhost:3000"),
        ({"url": "http://api.example.com"}, ""),
        ({"url": "/v1"}, ""),
        ({"url": "javascript:alert(1)"}, ""),
        ({"url": "https://*"}, ""),
        ({"url": "https://a.example;script-src *"}, ""),
        ({"url": "https://a.example 'unsafe-inline'"}, ""),
        ({"url": "https://user@a.example"}, ""),
        (
            {"url": "https://{tenant}.example.com", "variables": {"tenant": {"default": "x"}}},
            "https://*.example.com",
        ),
        ({"url": "https://{host}"}, ""),
        (
            {"url": "https://{region}.example.com", "variables": {"region": {"enum": ["eu", "us"]}}},
            "https://eu.example.com https://us.example.com",
        ),
        ({"url": 1}, ""),
        ("https://api.example.com", ""),
    ],
)
def test_a_server_is_reached_where_it_says(server: Any, sources: str) -> None:
    assert reachable(openapi(server), custom=False) == sources


def test_operations_and_token_addresses_are_reached_too() -> None:
    document = {
        **openapi({"url": "https://one.example"}),
        "paths": {
            "/a": {
                "servers": [{"url": "https://two.example"}],
                "get": {"servers": [{"url": "https://three.example"}]},
            }
        },
        "components": {
            "securitySchemes": {
                "o": {"flows": {"clientCredentials": {"tokenUrl": "https://id.example/token"}}}
            }
        },
    }

    assert reachable(document, custom=False) == (
        "https://one.example https://two.example https://three.example https://id.example"
    )


def test_swagger_names_its_host_in_parts() -> None:
    document = {"swagger": "2.0", "host": "api.example.com:8443", "schemes": ["http", "https"]}

    assert reachable(document, custom=False) == "https://api.example.com:8443"


def test_where_visitors_name_servers_any_encrypted_one_is_reached() -> None:
    document = openapi({"url": "https://one.example"}, {"url": "http://localhost:3000"})

    assert reachable(document, custom=True) == "https: http://localhost:3000"


def test_messages_are_not_tried() -> None:
    assert reachable({"asyncapi": "3.0.0", "servers": {"a": {"host": "example.com"}}}, custom=True) == ""


def test_a_header_stays_short() -> None:
    many = openapi(*({"url": f"https://{number}.example"} for number in range(1000)))
    assert len(reachable(many, custom=False).split()) == MOST

    values = {f"v{number}": {"enum": [str(value) for value in range(10)]} for number in range(20)}
    url = "https://" + ".".join(f"{{{name}}}" for name in values)
    assert len(reachable(openapi({"url": url, "variables": values}), custom=False).split()) <= MOST


@given(st.text(), st.text())
def test_no_address_breaks_out_of_the_policy(url: str, value: str) -> None:
    server = {"url": f"https://{{v}}{url}", "variables": {"v": {"enum": [value]}}}

    sources = reachable(openapi(server), custom=False)

    assert ";" not in sources
    assert "," not in sources
    assert "'" not in sources
    assert sources.isascii()
