from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from chalicelib.catalog.specification import Empty, TooLarge, Unparseable, as_json, builder, parse


def value(text: str) -> dict[str, Any]:
    return parse(text).value


def refusal(text: str) -> Unparseable:
    with pytest.raises(Unparseable) as caught:
        parse(text)
    return caught.value


def test_json_and_yaml_of_the_same_document_give_the_same_value() -> None:
    document = {"a": [1, -2.5, True, None, "x\n\u20ac"], "b": {"c": {}, "d": []}, "e": 1e3}
    read = parse(json.dumps(document))
    assert (read.format, read.value) == ("json", document)
    read = parse(yaml.safe_dump(document, allow_unicode=True))
    assert (read.format, read.value) == ("yaml", document)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        *(("NO", "NO"), ("on", "on"), ("yes", "yes"), ("Off", "Off"), ("y", "y")),
        *(("1999-12-31", "1999-12-31"), ("2001-12-14t21:59:43.10-05:00", "2001-12-14t21:59:43.10-05:00")),
        *(("12:30:45", "12:30:45"), ("1_000", "1_000"), ("0b11", "0b11")),
        *(("true", True), ("True", True), ("FALSE", False), ("null", None), ("~", None), ("", None)),
        *(("12", 12), ("+12", 12), ("-12", -12), ("017", 17), ("0o17", 15), ("0x1F", 31)),
        *(("1.10", 1.1), ("-.5e3", -500.0), ("5.", 5.0), (".inf", ".inf"), (".NaN", ".NaN")),
        *(("'1'", "1"), ('"true"', "true"), ("!!str 1", "1"), ('!!int "1"', 1), ("! 1", "1")),
    ],
)
def test_scalars_mean_what_yaml_1_2_says(written: str, meant: object) -> None:
    found = value(f"a: {written}")["a"]
    assert (type(found), found) == (type(meant), meant)


def test_keys_are_text_as_written() -> None:
    text = "200: a\n0x10: b\n~: c\n2024-02-29: d\n1.10: e\ntrue: f\nno: g\n? \n: h\n"
    assert list(value(text)) == ["200", "0x10", "~", "2024-02-29", "1.10", "true", "no", ""]


def test_the_version_is_kept_as_written() -> None:
    assert parse("info: {version: 1.10}").version_as_written == "1.10"
    assert parse("info:\n  version: 2026-11-01").version_as_written == "2026-11-01"
    assert parse('{"info": {"version": 1.10}}').version_as_written == "1.10"
    assert parse("info: {version: {a: 1}}\nother: {version: 2}").version_as_written is None


@pytest.mark.parametrize("text", ["", " \n\t ", "\ufeff", "\ufeff\r\n"])
def test_empty_text_is_empty(text: str) -> None:
    with pytest.raises(Empty):
        parse(text)


@pytest.mark.parametrize("text", ["just words", "[1, 2]", "- a\n- b", "12", "# a remark", '"a"', "null"])
def test_what_is_no_object_is_refused(text: str) -> None:
    assert "not an object" in str(refusal(text))


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ('{"a": 1,\n "b": "x" 2}', 2, 11),
        ('{"a": 1,\n "b" 2}', 2, 6),
        ('{"a": [1, 2}', 1, 12),
        ('{"a": "x\\qy"}', 1, 9),
        ('{"a": 1} x', 1, 10),
        ("a: 1\nb: c: d\n", 2, 5),
        ("a: 1\n\tb: 2\n", 2, 1),
        ("a: [1, 2\nb: 3\n", 2, 2),
        ("a: *none\n", 1, 4),
        ("a: \x01\n", 1, 4),
        ("a: 1\nb: \ud800\n", 2, 4),
        ("a: 1\n---\nb: 2\n", 2, 1),
        ("a: 1\n? [b]\n: 2\n", 2, 3),
        ("a: 1\nb: &x [1, *x]\n", 2, 11),
    ],
)
def test_a_refusal_names_line_and_column(text: str, line: int, column: int) -> None:
    refused = refusal(text)
    assert (refused.line, refused.column) == (line, column)
    assert f"(line {line}, column {column})" in str(refused)


def test_yaml_flow_that_looks_like_json_is_yaml() -> None:
    assert parse("{a: 1, 'b': [x, y]}").format == "yaml"
    assert value("{a: 1, 'b': [x, y]}") == {"a": 1, "b": ["x", "y"]}


@pytest.mark.parametrize("tag", ["!!python/object:os.system", "!!python/none", "!Ref", "!!set", "!!omap"])
def test_foreign_tags_are_refused(tag: str) -> None:
    for text in (f"a: {tag} {{}}", f"a: {tag} x", f"a: {tag} [x]"):
        assert "tag" in str(refusal(text))


def test_a_byte_order_mark_is_no_part_of_the_document() -> None:
    assert value('\ufeff{"a": 1}') == value("\ufeffa: 1") == {"a": 1}


def test_anchors_and_merge_keys_are_honoured() -> None:
    text = (
        "x: &x {a: 1, b: 2}\ny: {<<: *x, b: 3}\nz: {c: 5, <<: [{a: 6, c: 7}, *x]}\nv: *x\n&k key: 1\nw: *k\n"
    )
    read = value(text)
    assert read["y"] == {"a": 1, "b": 3}
    assert read["z"] == {"c": 5, "a": 6, "b": 2}
    assert read["v"] == {"a": 1, "b": 2}
    assert read["w"] == "key"


def test_what_looks_like_a_merge_but_is_none_stays_a_key() -> None:
    assert value('{"<<": {"a": 1}}') == {"<<": {"a": 1}}
    assert value('"<<": {a: 1}') == {"<<": {"a": 1}}
    assert value("<<: 1") == {"<<": 1}


@pytest.mark.parametrize("text", ['{"a": {"b": 1,\n"b": 2}}', "a:\n  {b: 1, b: 2}", "a:\n  b: 1\n  b: 2"])
def test_of_a_key_that_stands_twice_the_last_counts_and_is_told(text: str) -> None:
    read = parse(text)
    assert read.value == {"a": {"b": 2}}
    assert [found.path for found in read.duplicates] == [("a", "b")]


def test_a_key_beside_the_one_it_was_merged_over_is_no_duplicate() -> None:
    assert parse("x: &x {a: 1}\ny: {a: 2, <<: *x, b: 3}").duplicates == ()


def test_half_characters_become_replacements_and_nul_stays() -> None:
    assert value('{"a\\ud800": "\\udc00x", "b": "\\u0000", "c": "\\ud83d\\ude00"}') == {
        "a\ufffd": "\ufffdx",
        "b": "\0",
        "c": "\U0001f600",
    }


def test_numbers_that_no_double_has_stay_text() -> None:
    assert value('{"a": 1e999, "b": -1e999}') == {"a": "1e999", "b": "-1e999"}
    assert value(f"a: {'9' * 5000}") == {"a": "9" * 5000}
    assert value("a: 123456789012345678901234567890") == {"a": 123456789012345678901234567890}


def test_positions_are_those_of_keys_and_items() -> None:
    document = parse("a: \U0001f600\r\nb:\r\n  - 1\r\n  - {c: 2}\r\n")
    assert document.position([]) == (1, 1)
    assert document.position(["b"]) == (2, 1)
    assert document.position(["b", 1]) == (4, 5)
    assert document.position(["b", 1, "c"]) == (4, 6)
    assert document.position(["b", "1", "c"]) == (4, 6)
    assert document.position(["b", 1, "none", "x"]) == (4, 5)
    assert parse('{"a": 1,\n  "b": [0, 5]}').position(["b", 1]) == (2, 12)


def test_a_document_becomes_json_text() -> None:
    text = as_json(parse("a: [1, ~, 'ü']\n200: x"))
    assert text == '{"a":[1,null,"ü"],"200":"x"}'


ALIAS_BOMB = "".join(
    f"{name}: &{name} [{', '.join([below] * 10)}]\n"
    for name, below in zip("abcdefgh", ["x", *(f"*{name}" for name in "abcdefg")], strict=True)
)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (ALIAS_BOMB, "aliases expand"),
        (f"a: &a '{'x' * 1_000_000}'\nb: [{', '.join(['*a'] * 20)}]", "aliases expand"),
        (
            f"m: &m {{{', '.join(f'k{i}: 1' for i in range(2000))}}}\n"
            + "".join(f"n{i}: {{<<: *m}}\n" for i in range(1000)),
            "aliases expand",
        ),
        ("a: " + "[" * 100_000, "nest"),
        ("[" * 1_000_000, "nest"),
        ('{"a":' * 100_000, "nested more than 200"),
        ("{a: " * 100_000, "nest"),
        ("- " * 100_000, "nested more than 200"),
        ("".join(f"{' ' * i}a:\n" for i in range(300)), "nested more than 200"),
        (
            "a0: &a0 [1]\n" + "".join(f"a{i + 1}: &a{i + 1} [*a{i}]\n" for i in range(300)),
            "nest more than 200",
        ),
        ("%TAG !a! b\n" * 100_000, "directives"),
    ],
    ids=lambda parameter: parameter[:12] if isinstance(parameter, str) else None,
)
def test_what_would_exhaust_time_or_memory_is_refused(text: str, reason: str) -> None:
    assert reason in str(refusal(text))


@pytest.mark.parametrize("text", ['{"a": [' + "1," * 1000 + "1]}", "a:\n" + "- 1\n" * 1001])
def test_more_values_than_the_bound_are_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert parse(text)
    monkeypatch.setattr(builder, "MAX_VALUES", 1000)
    assert "more than 1,000 values" in str(refusal(text))


def test_nesting_up_to_the_bound_is_read() -> None:
    text = '{"a":' + "[" * 199 + "]" * 199 + "}"
    assert as_json(parse(text)) == text
    assert as_json(parse(" " + text.replace('"', "'"))) == text
    refusal('{"a":' + "[" * 200 + "]" * 200 + "}")


def test_text_beyond_8_mib_is_too_large() -> None:
    assert parse("# " + "x" * (8 * 1024 * 1024 - 8) + "\na: 1")
    for text in ("# " + "x" * (8 * 1024 * 1024) + "\na: 1", "# " + "\u20ac" * (3 * 1024 * 1024) + "\na: 1"):
        with pytest.raises(TooLarge):
            parse(text)


def test_yaml_is_read_alike_without_libyaml(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "a: &a [1, NO, 2024-02-29]\nb: {<<: {c: *a}, ? d : 'x'}\ne: |\n  text\n  more\n200: >-\n  x\n  y\n"
    read = parse(text)
    monkeypatch.delattr(yaml, "CSafeLoader")
    again = parse(text)
    assert again.value == read.value
    assert again.position(["b", "c"]) == read.position(["b", "c"])
    assert "nested more than 200" in str(refusal("a: " + "[" * 300))


@pytest.mark.parametrize("text", ["a: 1\x00", "a: \x7f", "a: \ufeff", "\ufffe: 1", "a: \x1b[0m"])
def test_characters_that_yaml_forbids_are_refused(text: str) -> None:
    assert "not allowed in YAML" in str(refusal(text))


def test_characters_that_break_lines_elsewhere_are_text() -> None:
    assert value('{"a": "x\u2028\x85y"}') == {"a": "x\u2028\x85y"}
