"""DynamoDB without a DynamoDB: botocore's call is answered from a table of answers. For programs only."""

from __future__ import annotations

import hashlib
import json
import os
from typing import Any

TOKEN = "ptc_benchmark"

os.environ.update(
    AWS_ACCESS_KEY_ID="x",
    AWS_SECRET_ACCESS_KEY="y",
    AWS_DEFAULT_REGION="us-east-1",
    AWS_ENDPOINT_URL="http://127.0.0.1:9",
    POWERTOOLS_LOG_LEVEL="INFO",
)


def _text(value: str) -> dict[str, str]:
    return {"S": value}


def token_item() -> dict[str, Any]:
    """The admin token of the benchmarks, as it is stored."""
    return {
        "pk": _text("ADMTOK#" + hashlib.sha256(TOKEN.encode()).hexdigest()),
        "sk": _text("-"),
        "kind": _text("admin_token"),
        "rev": {"N": "1"},
        "sv": {"N": "1"},
        "created_at": {"N": "1700000000000"},
        "updated_at": {"N": "1700000000000"},
        "id": _text("11111111-1111-4111-8111-111111111111"),
        "name": _text("benchmark"),
        "hint": _text("mark"),
        "grants": _text(json.dumps([{"role": "admin", "portal_id": "*"}])),
    }


def portal_id(number: int) -> str:
    return f"22222222-2222-4222-8222-{number:012d}"


def portal_item(number: int) -> dict[str, Any]:
    flags = {
        name: {"BOOL": False}
        for name in (
            "rbac_enabled",
            "sipr_enabled",
            "auto_approve_developers",
            "auto_approve_applications",
            "notifications_developer_pii_visibility_enabled",
        )
    }
    return {
        "pk": _text(f"PORTAL#{portal_id(number)}"),
        "sk": _text("-"),
        "kind": _text("portal"),
        "rev": {"N": "3"},
        "sv": {"N": "1"},
        "created_at": {"N": "1700000000000"},
        "updated_at": {"N": "1700000000000"},
        "id": _text(portal_id(number)),
        "name": _text(f"Portal {number}"),
        "display_name": _text(f"Portal {number}"),
        "authentication_enabled": {"BOOL": True},
        "default_api_visibility": _text("private"),
        "default_page_visibility": _text("private"),
        "labels": _text("{}"),
        "label": _text(f"{number:012x}"),
        **flags,
    }


def row_item(number: int) -> dict[str, Any]:
    return {
        "pk": _text("L#portals"),
        "sk": _text(f"R#{1_700_000_000_000 + number:013d}#{portal_id(number)}"),
        "id": _text(portal_id(number)),
        "f": _text(json.dumps({"name": f"Portal {number}", "label": f"{number:012x}"})),
    }


TOKEN_ITEM = token_item()
PORTAL_ITEMS = [portal_item(number) for number in range(1, 11)]
COUNTER = {"pk": _text("L#portals"), "sk": _text("~"), "total": {"N": "10"}, "beat": {"N": "10"}}
LIST_ITEMS = [COUNTER, *(row_item(number) for number in range(10, 0, -1))]


def answer(operation: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """What the table would answer: ten portals and one token. Costs next to nothing."""
    if operation == "GetItem":
        key = arguments["Key"]["pk"]["S"]
        return {"Item": TOKEN_ITEM if key.startswith("ADMTOK#") else PORTAL_ITEMS[0]}
    if operation == "Query":
        return {"Items": LIST_ITEMS}
    if operation == "BatchGetItem":
        (table,) = arguments["RequestItems"]
        return {"Responses": {table: PORTAL_ITEMS}, "UnprocessedKeys": {}}
    return {}


def event(method: str, path: str, body: str | None = None) -> dict[str, Any]:
    """An API Gateway proxy event."""
    return {
        "resource": "/{path+}",
        "httpMethod": method,
        "path": path,
        "headers": {},
        "multiValueHeaders": {
            "Host": ["localhost"],
            "Authorization": [f"Bearer {TOKEN}"],
            "Content-Type": ["application/json"],
        },
        "multiValueQueryStringParameters": None,
        "queryStringParameters": None,
        "pathParameters": {"path": path.strip("/")},
        "stageVariables": None,
        "body": body,
        "isBase64Encoded": False,
        "requestContext": {
            "httpMethod": method,
            "resourcePath": "/{path+}",
            "path": path,
            "requestId": "33333333-3333-4333-8333-333333333333",
            "identity": {"sourceIp": "127.0.0.1"},
        },
    }
