"""The catalog's search, filters and pages, on rows."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.site.catalog import CHOSEN, GROUPS, OPTIONS, Query, find


def row(name: str, **members: Any) -> dict[str, Any]:
    return {"id": name, "name": name, "slug": name.lower(), "version": None, **members}


ROWS = [
    row(
        "Orders", description="Place an order", labels={"team": "checkout"}, attributes={"domain": ["sales"]}
    ),
    row("Payments", version="2.1", attributes={"domain": ["sales", "money"], "style": ["REST"]}),
    row("Straße", attributes=None, labels=None, description=None),
]


def names(query: Query, **more: Any) -> list[str]:
    return [card.name for card in find(ROWS, query, "/apis", **more).cards]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("", ["Orders", "Payments", "Straße"]),
        ("order", ["Orders"]),
        ("checkout", ["Orders"]),
        ("team", ["Orders"]),
        ("style", ["Payments"]),
        ("2.1", ["Payments"]),
        ("STRASSE", ["Straße"]),
        ("sales rest", ["Payments"]),
        ("sales nothing", []),
    ],
)
def test_every_word_must_be_somewhere(words: str, found: list[str]) -> None:
    assert names(Query(words)) == found


def test_values_of_one_attribute_are_alternatives_and_attributes_conditions() -> None:
    assert names(Query(chosen={"domain": ["sales", "none"]})) == ["Orders", "Payments"]
    assert names(Query(chosen={"domain": ["sales"], "style": ["REST"]})) == ["Payments"]
    assert names(Query(chosen={"style": ["SOAP"]})) == []


def test_counts_do_not_depend_on_what_is_chosen() -> None:
    groups = find(ROWS, Query(chosen={"style": ["REST"]}), "/apis").groups

    shown = {group.title: [(one.value, one.count, one.checked) for one in group.options] for group in groups}
    assert shown == {
        "Domain": [("money", 1, False), ("sales", 2, False)],
        "Style": [("REST", 1, True)],
    }


def test_only_so_many_filters_are_offered_the_chosen_ones_among_them() -> None:
    many = [
        row(f"api {number}", attributes={"kind": [f"v{number:03}", "common"], f"key{number:02}": ["x"]})
        for number in range(50)
    ]

    found = find(many, Query(chosen={"kind": ["v049"]}), "/apis", filters=None)

    assert len(found.groups) == GROUPS
    kind = find(many, Query(chosen={"kind": ["v049"]}), "/apis", filters=["kind"]).groups[0]
    assert len(kind.options) == OPTIONS
    assert {"v049", "common"} <= {option.value for option in kind.options}


@pytest.mark.parametrize(("wanted", "page", "shown"), [(1, 1, 10), (3, 3, 5), (4, 3, 5), (10**9, 3, 5)])
def test_pages_end_with_the_last(wanted: int, page: int, shown: int) -> None:
    found = find([row(f"api {number}") for number in range(25)], Query(page=wanted), "/apis", size=10)

    assert (found.page, found.pages, len(found.cards), found.total) == (page, 3, shown, 25)


@pytest.mark.parametrize(
    ("page", "numbers"),
    [
        (1, [1, 2, 3, None, 20]),
        (4, [1, 2, 3, 4, 5, 6, None, 20]),
        (10, [1, None, 8, 9, 10, 11, 12, None, 20]),
        (20, [1, None, 18, 19, 20]),
    ],
)
def test_pages_near_and_the_ends_are_linked(page: int, numbers: list[int | None]) -> None:
    found = find([row(f"api {number}") for number in range(20)], Query(page=page), "/apis", size=1)

    assert found.numbers == numbers


def test_a_long_description_is_cut() -> None:
    (card,) = find([row("Long", description="word " * 100)], Query(), "/apis").cards

    assert len(card.description) <= 220
    assert card.description.endswith("word…")


@given(st.lists(st.tuples(st.sampled_from(["q", "page", "attribute", "other"]), st.text())))
def test_an_address_says_again_what_was_read_of_it(pairs: list[tuple[str, str]]) -> None:
    from urllib.parse import parse_qsl

    query = Query.read(pairs)

    assert Query.read(parse_qsl(query.text(query.page).removeprefix("?"))) == query
    assert len(query.words) <= 200
    assert sum(len(values) for values in query.chosen.values()) <= CHOSEN
    find(ROWS, query, "/apis")
