"""From interpreter start to the first answer of list-portals."""

from benchmarks.programs import stub  # isort: skip

import botocore.client

botocore.client.BaseClient._make_api_call = lambda self, operation, arguments: stub.answer(  # type: ignore[attr-defined]
    operation, arguments
)
import app  # noqa: E402

reply = app.app(stub.event("GET", "/v3/portals"), None)
assert reply["statusCode"] == 200, reply
