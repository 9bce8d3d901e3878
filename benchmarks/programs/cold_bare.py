"""From interpreter start to the first answer of the bare application (bare_app.py, as app.py)."""

from __future__ import annotations

import os

from benchmarks.programs import stub  # isort: skip

os.environ["PORTICO_TABLE"] = "t"

import botocore.client

botocore.client.BaseClient._make_api_call = lambda self, operation, arguments: stub.answer(  # type: ignore[attr-defined]
    operation, arguments
)
import app  # noqa: E402

made = stub.event("GET", "/portals")
made["requestContext"]["resourcePath"] = "/portals"
reply = app.app(made, None)
assert reply["statusCode"] == 200, reply
