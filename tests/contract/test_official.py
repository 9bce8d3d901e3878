"""/openapi.json against the official contracts, operation by operation."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from chalicelib.http.describe import openapi
from chalicelib.http.operation import Host
from tests.contract import official, table
from tests.contract.official import Json, Official

DIFFERENCES = Path(__file__).with_name("differences.toml")
pytestmark = pytest.mark.skipif(
    not official.CONTRACTS.exists(), reason=f"the official contracts are not at {official.CONTRACTS}"
)
#: what every operation of a service behind a gateway may answer, contract or not
ALWAYS = {"500"}


def ours() -> dict[tuple[str, str, str], tuple[Json, Json]]:
    """(host, method, shape of path) → (operation, its document)."""
    found = {}
    for host in Host:
        document = openapi.document(host)
        for path, item in document["paths"].items():
            for method, described in item.items():
                found[host.value, method.upper(), official.shape_of_path(path)] = (described, document)
    return found


def _parameters(described: Json, document: Json, shared: tuple[Json, ...] = ()) -> dict[str, Json]:
    found = {}
    for parameter in (*shared, *(official.resolve(p, document) for p in described.get("parameters", []))):
        name = parameter["name"] if parameter["in"] == "query" else f"({parameter['in']})"
        if parameter["in"] == "header":
            continue  # Accept is read by http/, not declared
        if parameter["in"] == "path":
            name = f"path:{parameter['name']}"
        found[name] = official.form(parameter.get("schema"), document)
    return found


def _differences(them: Official, us: Json, document: Json) -> Iterator[str]:
    if us["operationId"] != them.id:
        yield f"operationId {us['operationId']}"
    our_parameters = _parameters(us, document)
    their_parameters = _parameters(them.described, them.document, them.shared_parameters)
    for name in sorted(our_parameters.keys() | their_parameters.keys()):
        if name not in their_parameters:
            yield f"parameter {name}: not in the contract"
        elif name not in our_parameters:
            yield f"parameter {name}: missing"
        else:
            yield from official.compare(
                our_parameters[name], their_parameters[name], f"parameter {name}", request=False
            )
    yield from _bodies(them, us, document)
    our_statuses = set(us["responses"]) - ALWAYS
    their_statuses = set(them.described["responses"]) - ALWAYS
    for status in sorted(our_statuses - their_statuses):
        yield f"status {status}: not in the contract"
    for status in sorted(their_statuses - our_statuses):
        yield f"status {status}: missing"
    for status in sorted(our_statuses & their_statuses):
        if status.startswith("2"):
            yield from _answers(status, them, us, document)


def _schema(content: Any) -> Any:
    return next((one.get("schema") for name, one in (content or {}).items() if "json" in name), None)


def _bodies(them: Official, us: Json, document: Json) -> Iterator[str]:
    theirs = official.resolve(them.described.get("requestBody"), them.document)
    our_body = us.get("requestBody")
    if (theirs is None) != (our_body is None):
        yield f"body: {'not in the contract' if theirs is None else 'missing'}"
    elif theirs is not None and our_body is not None:
        yield from official.compare(
            official.form(_schema(our_body["content"]), document),
            official.form(_schema(theirs["content"]), them.document),
            "body",
            request=True,
        )


def _answers(status: str, them: Official, us: Json, document: Json) -> Iterator[str]:
    theirs = official.resolve(them.described["responses"][status], them.document)
    their_schema = _schema(theirs.get("content"))
    our_schema = _schema(us["responses"][status].get("content"))
    if (their_schema is None) != (our_schema is None):
        yield f"answer {status}: {'not in the contract' if their_schema is None else 'missing'}"
    elif their_schema is not None:
        yield from official.compare(
            official.form(our_schema, document),
            official.form(their_schema, them.document),
            f"answer {status}",
            request=False,
        )


def found_differences() -> list[tuple[str, str]]:
    """(operation, difference) for every operation that the service has."""
    declared = ours()
    found = []
    for them in official.operations():
        if them.key in declared:
            us, document = declared[them.key]
            found += [(them.id, line) for line in _differences(them, us, document)]
    return found


def listed() -> list[Json]:
    entries: list[Json] = tomllib.loads(DIFFERENCES.read_text()).get("difference", [])
    return entries


def _covers(entry: Json, operation: str, line: str) -> bool:
    pattern = entry["what"].replace("[", "[[]")
    return entry["operation"] in ("*", operation) and fnmatchcase(line, pattern)


def test_every_difference_from_the_contracts_is_listed_with_its_reason() -> None:
    entries = listed()
    unlisted = [
        f"{operation}: {line}"
        for operation, line in found_differences()
        if not any(_covers(entry, operation, line) for entry in entries)
    ]
    assert not unlisted, f"{len(unlisted)} differences are not listed:\n" + "\n".join(unlisted)


def test_no_listed_difference_is_out_of_date() -> None:
    found = found_differences()
    gone = [
        f"{entry['operation']}: {entry['what']}"
        for entry in listed()
        if not any(_covers(entry, operation, line) for operation, line in found)
    ]
    assert not gone, "\n".join(gone)


@pytest.mark.parametrize("entry", listed(), ids=lambda entry: f"{entry['operation']}: {entry['what']}"[:60])
def test_every_listed_difference_has_a_reason(entry: Json) -> None:
    assert len(entry["reason"]) > 10


def test_operations_outside_the_contracts_live_below_our_own_paths() -> None:
    theirs = {them.key for them in official.operations()}
    older = ("/v2/audit-log-destinations", "/v2/audit-log-webhook", "/v2/audit-log-replay-job")
    allowed = ("/portico/v1/", "/openapi.json", "/_media/", *older)
    clients_call = {"/v3/users/me", "/v3/organizations/me", "/v3/available-regions"}
    strangers = [
        f"{method} {path}"
        for host, method, path in ours()
        if (host, method, path) not in theirs and not path.startswith(allowed) and path not in clients_call
    ]
    assert not strangers, strangers


def test_the_table_of_operations_in_the_docs_is_current() -> None:
    assert table.PAGE.read_text() == table.text(), "run `make operations`"


@pytest.mark.parametrize("host", Host)
def test_the_service_describes_itself_in_valid_openapi(host: Host) -> None:
    from openapi_spec_validator import OpenAPIV31SpecValidator

    document = json.loads(json.dumps(openapi.document(host)))
    assert [str(error) for error in OpenAPIV31SpecValidator(document).iter_errors()] == []
