"""Lists paged by cursors: pages join on to each other whatever happens in between."""

from __future__ import annotations

import pytest

from chalicelib import clock
from chalicelib.http import filters
from chalicelib.http.filters import TEXT_EQ_CONTAINS, Listing
from chalicelib.storage import lists
from chalicelib.storage.lists import Query
from chalicelib.storage.records import Row

LISTING = Listing(filters={"name": TEXT_EQ_CONTAINS}, cursor=True)


def rows(*numbers: int) -> list[Row]:
    """Rows newest first; the last two of each three share a moment."""
    return [
        {"id": f"{number:03d}", "name": f"n{number}", "created_at": clock.rfc3339(1000 * (number // 3))}
        for number in sorted(numbers, reverse=True)
    ]


def walk(found: list[Row], size: int) -> list[list[str]]:
    pages, query = [], Query(size=size)
    while True:
        page, _, following = lists.cut(found, query)
        pages.append([row["id"] for row in page])
        if following is None:
            return pages
        query = Query(size=size, after=following)


@pytest.mark.parametrize("size", [1, 2, 3, 10])
def test_forwards_every_row_comes_once_in_order(size: int) -> None:
    found = rows(*range(10))
    assert [one for page in walk(found, size) for one in page] == [row["id"] for row in found]


def test_backwards_comes_the_page_before() -> None:
    found = rows(*range(10))
    first, _, following = lists.cut(found, Query(size=4))
    second, previous, _ = lists.cut(found, Query(size=4, after=following))
    assert previous is not None
    back, before, after = lists.cut(found, Query(size=4, before=previous))
    assert (back, before) == (first, None)
    assert after == following
    assert second != first


def test_a_cursor_stays_good_when_its_row_is_gone_and_others_came() -> None:
    _, _, following = lists.cut(rows(*range(10)), Query(size=4))
    page, _, _ = lists.cut(rows(0, 1, 2, 3, 4, 5, 7, 8, 9, 20), Query(size=3, after=following))
    assert [row["id"] for row in page] == ["005", "004", "003"]


def test_an_empty_list_has_no_pages_beside_it() -> None:
    assert lists.cut([], Query()) == ([], None, None)


def test_a_cursor_reads_back_and_the_address_keeps_filters() -> None:
    text = filters.cursor((1_700_000_000_000, "an-id"))
    pairs = [("filter[name][eq]", "a b"), ("page[size]", "7"), ("page[after]", text)]
    query, wrong, _ = filters.read(LISTING, pairs, "/v3/things")
    assert not wrong
    assert query.after == (1_700_000_000_000, "an-id")
    assert query.size == 7
    assert query.address == "/v3/things?filter%5Bname%5D%5Beq%5D=a+b&"


@pytest.mark.parametrize("text", ["x", "!", "W10", "WzEsMV0", "bnVsbA", "ä", "=" * 9])
def test_what_is_no_cursor_is_refused_by_name(text: str) -> None:
    _, wrong, _ = filters.read(LISTING, [("page[before]", text)])
    assert [(one.field, one.source) for one in wrong] == [("page[before]", "query")]


def test_both_directions_at_once_are_refused_and_empty_ones_passed_over() -> None:
    text = filters.cursor((1, "a"))
    assert filters.read(LISTING, [("page[after]", text), ("page[before]", text)])[1]
    query, wrong, _ = filters.read(LISTING, [("page[after]", ""), ("page[before]", "")])
    assert (query.after, query.before, wrong) == (None, None, [])


def test_a_list_paged_by_cursors_has_no_page_numbers() -> None:
    _, _, other = filters.read(LISTING, [("page[number]", "2")])
    assert other == [("page[number]", "2")]
