"""Specifications of real APIs, and small ones of kinds that have broken portals."""

from __future__ import annotations

from pathlib import Path

import pytest

from chalicelib.catalog.specification import Unparseable, as_json, check, describe, operations, parse

SHARED = Path(__file__).resolve().parents[4] / "shared"
AWKWARD = SHARED / "specs" / "awkward"

pytestmark = pytest.mark.skipif(not SHARED.is_dir(), reason=f"the shared specifications are not at {SHARED}")


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


REAL = [
    *sorted((SHARED / "specs").glob("*.y*ml")),
    *sorted((SHARED / "contracts").glob("*.yaml")),
]
#: problems that these do have
EXPECTED = {
    "duplicate-operation-id.yaml": [
        '/paths/~1two/get/operationId: "get" is the operationId of /paths/~1one/get already (line 5)'
    ],
    "yaml-dates-and-keys.yaml": ["/info/version: must be text, not a number (line 2)"],
}
ACCEPTED = [
    path
    for path in sorted(AWKWARD.glob("*"))
    if path.name not in ("README.md", "alias-bomb.yaml", "external-refs.yaml")
]


@pytest.mark.usefixtures("asyncapi")
@pytest.mark.parametrize("path", [*REAL, *ACCEPTED], ids=lambda path: path.name)
def test_a_published_specification_has_no_false_problem(path: Path) -> None:
    document = parse(read(path))
    assert [str(message) for message in check(document)] == EXPECTED.get(path.name, [])
    summary = describe(document)
    assert summary.title
    assert summary.version
    found = operations(document)
    assert len(found.items) >= summary.operations
    assert as_json(document)


def test_an_alias_bomb_is_refused() -> None:
    with pytest.raises(Unparseable) as refused:
        parse(read(AWKWARD / "alias-bomb.yaml"))
    assert "aliases expand" in str(refused.value)


def test_external_references_are_told_one_by_one() -> None:
    found = [str(message) for message in check(parse(read(AWKWARD / "external-refs.yaml")))]
    assert len(found) == 3
    assert all("leads out of this document and is not followed" in message for message in found)


def test_dates_and_keys_stay_what_the_source_says() -> None:
    document = parse(read(AWKWARD / "yaml-dates-and-keys.yaml"))
    assert document.version_as_written == "1.10"
    text = as_json(document)
    assert '"example":"1999-12-31"' in text
    assert '"enum":["NO","SE","DK","on"]' in text
    assert '"example":{"2024-02-29":1,"0x10":2,"~":3}' in text
    assert '"responses":{"200":' in text
