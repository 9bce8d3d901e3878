"""Warm requests of the product and of a bare Chalice application, in turns; writes both times (µs) to stderr.

The bare application has the same wire models and gives the same bodies for the same requests; it knows no
token, no table, no log line and no audit event.
"""

from benchmarks.programs import stub  # isort: skip

import contextlib
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import botocore.client

botocore.client.BaseClient._make_api_call = lambda self, operation, arguments: stub.answer(  # type: ignore[attr-defined]
    operation, arguments
)
from chalice.app import Chalice, Response  # noqa: E402

import app as portico  # noqa: E402
from benchmarks.answers import body  # noqa: E402
from chalicelib.portals.schemas import PortalOut, UpdatePortal  # noqa: E402

ROUNDS, REQUESTS = 25, 60
BODY = {"description": "Everything about payments", "labels": {"team": "payments"}, "rbac_enabled": True}
Answer = dict[str, Any]

bare = Chalice(app_name="bare")
STORED: dict[str, dict[str, Any]] = {}


def _json(text: str) -> Response:
    return Response(text, headers={"Content-Type": "application/json"})


@bare.route("/v3/portals/{portal_id}", methods=["GET"])
def get_portal(portal_id: str) -> Response:
    return _json(PortalOut(**STORED[portal_id]).model_dump_json(exclude_unset=True))


@bare.route("/v3/portals/{portal_id}", methods=["PATCH"])
def update_portal(portal_id: str) -> Response:
    request = bare.current_request
    assert request is not None
    body = UpdatePortal.model_validate_json(request.raw_body)
    changed = PortalOut(**{**STORED[portal_id], **body.model_dump(exclude_unset=True)})
    return _json(changed.model_dump_json(exclude_unset=True))


@bare.route("/v3/portals", methods=["GET"])
def list_portals() -> Response:
    data = ",".join(PortalOut(**stored).model_dump_json(exclude_unset=True) for stored in STORED.values())
    return _json('{"data":[' + data + '],"meta":{"page":{"number": 1, "size": 10, "total": 10}}}')


def _events() -> dict[str, Answer]:
    portal = stub.portal_id(1)
    found = {
        "update-portal": stub.event("PATCH", f"/v3/portals/{portal}", json.dumps(BODY)),
        "get-portal": stub.event("GET", f"/v3/portals/{portal}"),
        "list-portals": stub.event("GET", "/v3/portals"),
    }
    for name, event in found.items():  # what API Gateway would say of the bare application's routes
        one = name != "list-portals"
        event["requestContext"]["resourcePath"] = "/v3/portals/{portal_id}" if one else "/v3/portals"
        event["pathParameters"] = {"portal_id": portal} if one else None
    return found


def _microseconds(handler: Callable[[Answer, Any], Answer], event: Answer) -> float:
    began = time.process_time()
    for _ in range(REQUESTS):
        handler(event, None)
    return (time.process_time() - began) / REQUESTS * 1e6


def _same(ours: Answer, baseline: Answer) -> None:
    mine, theirs = json.loads(body(ours)), json.loads(baseline["body"])
    for one in (mine, theirs):
        one.pop("updated_at", None)  # the hour of the change
    assert mine == theirs, (mine, theirs)


def main() -> None:
    events = _events()
    listed = json.loads(body(portico.app(events["list-portals"], None)))
    STORED.update((portal["id"], portal) for portal in listed["data"])
    result: dict[str, list[list[float]]] = {}
    for name, event in events.items():
        _same(portico.app(event, None), bare(event, None))
        turns = [(_microseconds(portico.app, event), _microseconds(bare, event)) for _ in range(ROUNDS)]
        result[name] = [list(column) for column in zip(*turns, strict=True)]
    sys.stderr.write(json.dumps(result))


if __name__ == "__main__":
    # log lines and audit events are written, but nobody reads them
    with Path(os.devnull).open("w") as nowhere, contextlib.redirect_stdout(nowhere):
        main()
