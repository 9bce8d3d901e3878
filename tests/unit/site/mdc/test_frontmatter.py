from __future__ import annotations

from typing import Any

import pytest

from chalicelib.site.mdc.data import MAX_YAML, YamlError, load_mapping
from chalicelib.site.mdc.frontmatter import split_front_matter


@pytest.mark.parametrize(
    ("text", "values", "rest"),
    [
        ("---\ntitle: Hi\n---\n# A\n", {"title": "Hi"}, "# A\n"),
        ("---\r\ntitle: Hi\r\n---\r\nA", {"title": "Hi"}, "A"),
        ("\ufeff---\ntitle: Hi\n---\nA", {"title": "Hi"}, "A"),
        ("\n\n---\ntitle: Hi\n---\nA", {"title": "Hi"}, "A"),
        ("---\n---\nA", {}, "A"),
        ("---\ntitle: Hi\n---", {"title": "Hi"}, ""),
        ("# A\n---\nb: c\n---\n", {}, "# A\n---\nb: c\n---\n"),
        ("---\njust a paragraph\n---\nA", {}, "---\njust a paragraph\n---\nA"),
        ("no front matter", {}, "no front matter"),
        ("", {}, ""),
        ("---", {}, "---"),
        ("---\nimage:\n  url: /a.png\n  width: 3\n---\n", {"image": {"url": "/a.png", "width": 3}}, ""),
    ],
)
def test_front_matter_is_split_from_the_body(text: str, values: dict[str, Any], rest: str) -> None:
    assert split_front_matter(text) == (values, rest, [])


def test_front_matter_that_is_not_yaml_leaves_its_plain_lines_and_says_where_it_is_wrong() -> None:
    values, rest, problems = split_front_matter("---\ntitle: Hi\nbad: [1\nlayout: wide\n---\nA")
    assert values == {"title": "Hi", "layout": "wide"}
    assert rest == "A"
    assert [problem.line for problem in problems] == [4]


def test_front_matter_without_an_end_is_body() -> None:
    text = "---\ntitle: Hi\n\n# A"
    values, rest, problems = split_front_matter(text)
    assert (values, rest) == ({}, text)
    assert "not closed" in problems[0].message


def test_front_matter_has_a_limit() -> None:
    text = "---\n" + "a: b\n" * MAX_YAML + "---\nA"
    values, rest, problems = split_front_matter(text)
    assert (values, rest, len(problems)) == ({}, text, 1)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: yes", "yes"),
        ("a: on", "on"),
        ("a: 2024-01-02", "2024-01-02"),
        ("a: true", True),
        ("a: ~", None),
        ("a:", None),
        ("a: '1'", "1"),
        ("a: 007", 7),
        ("a: 1.5", 1.5),
        ("a: 1e3", 1000.0),
        ("a: .5", 0.5),
        ("a: 1.2.3", "1.2.3"),
        ("a: -3", -3),
        ("a: '{{ b }}'", "{{ b }}"),
        ("a: {{ b.c }}", "{{ b.c }}"),
        ("a: {{ b || 'c' }}", "{{ b || 'c' }}"),
        ("a: |\n  x\n  y\n", "x\ny\n"),
        ("a: [1, {b: c}]", [1, {"b": "c"}]),
        (":a: $doc.x", "$doc.x"),
    ],
)
def test_yaml_scalars_are_those_of_yaml_1_2(text: str, value: Any) -> None:
    assert list(load_mapping(text).values()) == [value]


@pytest.mark.parametrize(
    "text",
    [
        "a: &x [1]\nb: *x",
        "- a\n- b",
        "text",
        "? [a]\n: b",
        "a: [",
        "a: b: c",
        "\ta: b",
        "a: " + "[" * 30 + "]" * 30,
        "[" * 5_000,
        "- " * 5_000,
        "a: " + "x" * MAX_YAML,
        "a: 'x",
        "%YAML 9.9\n---\na: b",
    ],
)
def test_yaml_that_is_out_of_bounds_is_refused(text: str) -> None:
    with pytest.raises(YamlError):
        load_mapping(text)


def test_an_unknown_yaml_tag_makes_nothing() -> None:
    assert load_mapping("a: !!python/object/apply:os.system [ls]") == {"a": ["ls"]}
