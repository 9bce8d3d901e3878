"""How records become items and items records: exactly as PynamoDB itself would have it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from pynamodb.exceptions import AttributeNullError
from pynamodb.models import Model

from chalicelib.access.records import AdminToken
from chalicelib.http import routing
from chalicelib.portals.records import Assets, Portal
from chalicelib.storage import table
from chalicelib.storage.records import Record


def portal() -> Portal:
    flags = (
        "authentication_enabled",
        "rbac_enabled",
        "sipr_enabled",
        "auto_approve_developers",
        "auto_approve_applications",
        "notifications_developer_pii_visibility_enabled",
    )
    return Portal(
        pk="PORTAL#1",
        id="1",
        name="Ä",
        display_name="",
        default_api_visibility="private",
        default_page_visibility="public",
        labels={"a": None, "b": "ü"},
        label="0a",
        **dict.fromkeys(flags, False),
    )


RECORDS = [
    portal(),
    Assets(pk="PORTAL#1", sk="ASSETS", logo="abc", logo_rev=3),
    AdminToken(pk="ADMTOK#1", id="1", name="n", hint="h", grants=[{"role": "admin"}], expires_at_ms=5),
]


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_an_item_is_what_pynamodb_would_write(record: Record) -> None:
    assert record.serialize() == Model.serialize(record)


@pytest.mark.parametrize("record", RECORDS, ids=lambda record: type(record).__name__)
def test_a_record_is_what_pynamodb_would_read(record: Record) -> None:
    item = record.serialize()
    theirs = type(record)()
    Model.deserialize(theirs, item)
    assert type(record).of_item(item).attribute_values == theirs.attribute_values


def test_a_stored_null_and_an_absent_attribute_read_as_their_default() -> None:
    item = {**portal().serialize(), "description": {"NULL": True}}
    del item["labels"]
    read = Portal.of_item(item)
    assert read.description is None
    assert read.labels == {}
    other = Portal.of_item(item)
    assert read.labels is not other.labels


def test_a_missing_value_is_not_written() -> None:
    record = portal()
    record.name = None
    with pytest.raises(AttributeNullError):
        record.serialize()


def test_an_item_of_another_kind_or_of_none_is_no_such_record() -> None:
    item = portal().serialize()
    assert isinstance(table.decode(Record, item), Portal)
    assert table.decode(AdminToken, item) is None
    assert table.decode(Record, {"pk": {"S": "L#x"}, "sk": {"S": "~"}}) is None
    assert table.decode(Record, {**item, "kind": {"S": "unheard-of"}}) is None


def test_only_what_passes_by_itself_is_stored_with_a_time_to_live() -> None:
    routing.load_all()
    kinds = {kind.__name__ for kind in every_kind(Record) if "expires_at" in kind.stored()[0]}
    assert kinds == {"AdminSession", "PreviewToken", "PreviewSession"}


def every_kind(kind: type[Record]) -> Iterator[type[Record]]:
    for one in kind.__subclasses__():
        yield one
        yield from every_kind(one)
