"""What the check finds and mends, against the emulator's DynamoDB."""

from __future__ import annotations

import sys
import threading
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib.catalog.apis import service as apis
from chalicelib.catalog.apis.schemas import CreateApi
from chalicelib.catalog.records import Api
from chalicelib.portals import service as portals
from chalicelib.portals.records import Portal
from chalicelib.portals.schemas import CreatePortal
from chalicelib.settings import settings
from chalicelib.storage import check, keys, lists, table
from chalicelib.storage.keys import Key
from chalicelib.storage.records import Pulse, Reservation, dispatch
from chalicelib.storage.transaction import row_key

pytestmark = pytest.mark.usefixtures("table")


def name() -> str:
    return f"thing-{uuid.uuid4()}"


def delete(key: Key) -> None:
    dispatch("DeleteItem", {"TableName": settings().table, "Key": {"pk": {"S": key.pk}, "sk": {"S": key.sk}}})


def put(item: dict[str, Any]) -> None:
    dispatch("PutItem", {"TableName": settings().table, "Item": item})


def change(key: Key, **attributes: Any) -> None:
    item = table.get_item(key)
    assert item is not None
    put({**item, **attributes})


@pytest.fixture
def portal() -> Portal:
    return portals.load(portals.create(CreatePortal.model_validate({"name": name()})).id)


@pytest.fixture
def api() -> Api:
    return apis.load(apis.create(CreateApi.model_validate({"name": name()})).id)


@pytest.fixture(autouse=True)
def agreeing() -> Iterator[None]:
    """Each test begins with a table that agrees, and leaves one."""
    assert check.findings() == []
    yield
    assert check.findings() == []


def row_of(portal: Portal) -> Key:
    return row_key("portals", portal.created_at, portal.id)


def found() -> list[str]:
    return [finding.what for finding in check.findings()]


def mended() -> list[str]:
    """What is left after one mending and a second look, as the command does it."""
    check.mend(check.findings())
    check.mend(check.findings())
    return found()


def test_a_missing_row_is_written_again(portal: Portal) -> None:
    row = table.get_item(row_of(portal))
    delete(row_of(portal))
    assert sorted(found()) == ["a row that is missing", "a total that is wrong"]
    assert mended() == []
    assert table.get_item(row_of(portal)) == row


def test_a_row_that_says_otherwise_is_set_right(portal: Portal) -> None:
    row = table.get_item(row_of(portal))
    change(row_of(portal), f={"S": '{"name":"another"}'})
    assert found() == ["a row that says otherwise than its record"]
    assert mended() == []
    assert lists.decode(table.get_item(row_of(portal)) or {}) == lists.decode(row or {})


def test_a_row_of_no_record_is_removed_and_the_total_with_it(portal: Portal) -> None:
    total = lists.page("portals", lists.Query(size=1)).total
    stray = row_key("portals", 1_700_000_000_000, str(uuid.uuid4()))
    change(row_of(portal), sk={"S": stray.sk}, id={"S": stray.sk[16:]})
    assert sorted(found()) == ["a row of no record", "a total that is wrong"]
    assert mended() == []
    assert table.get_item(stray) is None
    assert lists.page("portals", lists.Query(size=1)).total == total


@pytest.mark.parametrize("wrong", [{"total": {"N": "77"}}, {"total": {"N": "77"}, "beat": {"NULL": True}}])
def test_a_wrong_total_is_counted_again(portal: Portal, wrong: dict[str, Any]) -> None:
    counter = Key(keys.rows("portals"), keys.PULSE)
    total = lists.page("portals", lists.Query(size=1)).total
    if wrong.pop("beat", None):
        delete(counter)
        put({"pk": {"S": counter.pk}, "sk": {"S": counter.sk}, **wrong})
    else:
        change(counter, **wrong)
    assert found() == ["a total that is wrong"]
    assert mended() == []
    assert lists.page("portals", lists.Query(size=1)).total == total


def test_a_list_without_its_counter_gets_one(portal: Portal) -> None:
    total = lists.page("portals", lists.Query(size=1)).total
    delete(Key(keys.rows("portals"), keys.PULSE))
    assert found() == ["a total that is wrong"]
    assert mended() == []
    assert lists.page("portals", lists.Query(size=1)).total == total


def test_a_name_that_is_not_reserved_is_reserved_again(portal: Portal) -> None:
    key = Key(keys.unique("portal", portal.name))
    delete(key)
    assert found() == ["a name that is not reserved"]
    assert mended() == []
    held = table.get(Reservation, key)
    assert held is not None
    assert held.holder == portal.id


def test_a_reserved_name_of_no_record_is_freed() -> None:
    key = Key(keys.unique("portal", name()))
    put({**Reservation(pk=key.pk, holder="nobody").serialize(), "rev": {"N": "1"}})
    assert found() == ["a reserved name of no record"]
    assert mended() == []
    assert table.get_item(key) is None


def test_a_name_reserved_for_another_goes_to_its_record(portal: Portal) -> None:
    key = Key(keys.unique("portal", portal.name))
    change(key, holder={"S": "somebody"})
    assert found() == ["a name reserved for another than its record"]
    assert mended() == []


def test_a_name_that_two_records_have_is_told_and_left(portal: Portal) -> None:
    twin = Portal.from_raw_data(portal.serialize())
    twin.id = str(uuid.uuid4())
    twin.pk = keys.portal(twin.id)
    put({**twin.serialize(), "rev": {"N": "1"}})
    # its name and its host; the row and the pulse that the twin has not are made
    assert mended() == ["a name that several records have"] * 2
    for key in (twin.key, Key(twin.pk, keys.PULSE), row_of(twin)):
        delete(key)
    assert mended() == []


def test_a_wrong_count_is_set_right(portal: Portal) -> None:
    key = Key(keys.strategy(portal.default_application_auth_strategy_id))
    change(key, uses={"N": "5"})
    assert found() == ["a count that is wrong"]
    assert mended() == []
    assert (table.get_item(key) or {})["uses"] == {"N": "0"}


def test_a_parent_without_its_pulse_gets_one(api: Api) -> None:
    delete(Key(api.pk, keys.PULSE))
    assert found() == ["a parent without its pulse"]
    assert mended() == []


def test_a_pulse_of_no_parent_is_removed() -> None:
    put({**Pulse(pk="API#gone", sk=keys.PULSE).serialize(), "rev": {"N": "1"}})
    assert found() == ["a pulse of no parent"]
    assert mended() == []


def test_what_a_parent_left_behind_is_told_and_left() -> None:
    key = Key("PORTAL#gone", keys.ASSETS)
    put({"pk": {"S": key.pk}, "sk": {"S": key.sk}, "kind": {"S": "assets"}, "rev": {"N": "1"}})
    assert mended() == ["left behind by a parent that is gone"]
    delete(key)


def test_an_unknown_item_is_told_and_left() -> None:
    put({"pk": {"S": "X"}, "sk": {"S": "-"}})
    assert mended() == ["an item that is no record of ours"]
    delete(Key("X"))


def test_nothing_is_found_while_others_write() -> None:
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            made = apis.create(CreateApi.model_validate({"name": name()}))
            apis.delete(made.id)
            apis.create(CreateApi.model_validate({"name": name()}))

    writers = [threading.Thread(target=write) for _ in range(3)]
    for writer in writers:
        writer.start()
    try:
        for _ in range(3):
            assert check.findings() == []
    finally:
        stop.set()
        for writer in writers:
            writer.join()


def test_a_mending_is_refused_where_its_record_changed_meanwhile(portal: Portal) -> None:
    delete(row_of(portal))
    late = [finding for finding in check.findings() if finding.what == "a row that is missing"]
    change(Key(portal.pk), rev={"N": "99"})
    assert check.mend(late) == late
    assert table.get_item(row_of(portal)) is None
    assert mended() == []


def test_the_command_tells_mends_and_ends_with_what_is_left(
    portal: Portal, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def run(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["check", *arguments])
        code = check.main()
        return code, capsys.readouterr().out

    assert run() == (0, "Everything agrees.\n")
    delete(row_of(portal))
    code, told = run()
    assert code == 1
    assert f"a row that is missing (L#portals / {row_of(portal).sk}): {portal.id}" in told
    code, told = run("--repair")
    assert code == 0
    assert told.endswith("Everything agrees now.\n")
    put({"pk": {"S": "X"}, "sk": {"S": "-"}})
    code, told = run("--repair")
    assert code == 1
    assert told.endswith("1 disagreements are left.\nan item that is no record of ours (X / -)\n")
    delete(Key("X"))
