"""The order in which people are shown versions."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.catalog.records import Version
from chalicelib.catalog.versions.order import newest_first


def version(name: str, created_at: int = 0) -> Version:
    return Version(pk="API#1", sk=f"VER#{name}", id=name, version=name, created_at=created_at)


@pytest.mark.parametrize(
    "names",
    [
        ["10.0.0", "9.9.9", "9.0.0", "1.0.0"],
        # the example of semver.org
        [
            "1.0.0",
            "1.0.0-rc.1",
            "1.0.0-beta.11",
            "1.0.0-beta.2",
            "1.0.0-beta",
            "1.0.0-alpha.beta",
            "1.0.0-alpha",
        ],
        ["2.1", "2.0.1", "2"],
        ["v3", "2.9", "v1.2.3"],
        ["2024.10.01", "2024.9.30"],
        ["1.0", "latest"],
        ["1.0.0-2", "1.0.0-1²"],
    ],
)
def test_versions_come_newest_first(names: list[str]) -> None:
    shuffled = [version(name) for name in names]
    random.Random(1).shuffle(shuffled)

    assert [one.version for one in newest_first(shuffled)] == names


def test_what_is_no_number_comes_by_age() -> None:
    found = newest_first([version("old", 1), version("new", 3), version("middle", 2), version("0.1", 0)])

    assert [one.version for one in found] == ["0.1", "new", "middle", "old"]


def test_equal_versions_come_by_age() -> None:
    found = newest_first([version("1.0", 1), version("v1", 2), version("1.0.0+build", 3)])

    assert [one.version for one in found] == ["1.0.0+build", "v1", "1.0"]


@given(st.lists(st.text(max_size=40) | st.from_regex(r"v?[0-9.]+(-[\w.-]+)?", fullmatch=True), max_size=8))
def test_any_names_have_an_order(names: list[str]) -> None:
    assert sorted(one.version for one in newest_first(map(version, names))) == sorted(names)
