# ruff: noqa: E501 - a row of a table is one line
from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.site.mdc.styles import MAX_CSS, Rules, StyleSheet, css_value
from tests.unit.site.mdc.support import messages, show


@pytest.mark.parametrize(
    ("name", "value", "written"),
    [
        ("padding", "clamp(5px, 3vw, 25px) 0", "clamp(5px, 3vw, 25px) 0"),
        ("margin", "0 -4px auto", "0 -4px auto"),
        ("width", "calc(100% - 10px)", "calc(100% - 10px)"),
        ("color", "var(--kui-color-text, #fff)", "var(--kui-color-text, #fff)"),
        ("color", "RGBA(1,2,3,.5)", "rgba(1, 2, 3, .5)"),
        ("background", "linear-gradient(93deg, #1456cb -1.94%, #00e3c0 102.56%)", None),
        ("background-image", "url(https://a.b/c.png?d=1&e=2)", 'url("https://a.b/c.png?d=1&e=2")'),
        ("background", "url('/a.png') no-repeat", 'url("/a.png") no-repeat'),
        ("font-family", "'Open Sans', serif", "'Open Sans', serif"),
        ("padding", "0 !important", "0 !important"),
        ("grid-column", "1 / -1", "1 / -1"),
        ("opacity", 0.5, "0.5"),
        ("position", "sticky", "sticky"),
    ],
)
def test_values_of_the_grammar_are_written_anew(name: str, value: Any, written: str | None) -> None:
    assert css_value(name, value) == (written or value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("color", "red; background: url(//evil)"),
        ("color", "red}body{display:none"),
        ("color", "expression(alert(1))"),
        ("width", "calc(1px"),
        ("width", "1px)"),
        ("background", "url(javascript:alert(1))"),
        ("background", "url(//evil.example/x)"),
        ("background", "url(http://evil.example/x)"),
        ("background", 'url("https://a.b/x"y)'),
        ("background", "url(https://a.b/x\\29)"),
        ("color", "url(https://a.b/x)"),
        ("background", "image-set(url(https://a.b))"),
        ("color", "\\72 ed"),
        ("color", "</style><script>"),
        ("color", "@import 'x'"),
        ("color", "!important red"),
        ("font-family", '"a\\""'),
        ("color", "attr(data-x)"),
        ("color", "env(x)"),
        ("position", "fixed"),
        ("position", "FIXED"),
        ("color", ""),
        ("color", None),
        ("color", True),
        ("color", ["red"]),
        ("color", "a " * 300),
        ("width", "min(" * 20 + "1" + ")" * 20),
    ],
)
def test_everything_else_is_refused(name: str, value: Any) -> None:
    assert css_value(name, value) is None


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab1 ;:{}()\\\"'/*@<>#-.,%!url&\n", max_size=40))
def test_no_value_leaves_its_declaration(value: str) -> None:
    written = css_value("background", value)
    assert written is None or not re.search(r"[;{}<>\\@]|/\*|//(?!\w)|(?<!https:)//", written)


def css(source: str) -> str:
    found = show(source).css
    return re.sub(r"m-[0-9a-f]{10}", "X", found)


@pytest.mark.parametrize(
    ("source", "written"),
    [
        ('::container{padding="1px" color=red}\n::', ".X{padding:1px;color:red}"),
        ("::container{gap=20 opacity=1}\n::", ".X{gap:20px;opacity:1}"),
        ('::container{styles="color:red; p{margin:0} h2, .a > b{color:blue}"}\n::', ".X{color:red}.X p{margin:0}.X h2,.X .a > b{color:blue}"),
        ('::container{styles="&:hover{color:red}"}\n::', ".X:hover{color:red}"),
        (
            '::container{styles="@media (min-width: 640px){color:red; p{margin:0}}"}\n::',
            "@media (min-width:640px){.X{color:red}.X p{margin:0}}",
        ),
        ("::grid-item\n---\ngrid-column: 1 / -1\ngrid-column-breakpoints:\n  mobile: 1\n  tablet: 1 / 2\n---\n::", ".X{grid-column:1}@media (min-width:1024px){.X{grid-column:1 / 2}}"),
        (
            "::multi-column\n---\ncolumns-breakpoints:\n  desktop: 3\n  mobile: 2\n---\n::",
            ".X{display:grid;grid-template-columns:repeat(2, minmax(0, 1fr))}"
            "@media (min-width:1536px){.X{grid-template-columns:repeat(3, minmax(0, 1fr))}}",
        ),
        ('::page-section{background-image="https://a.b/c.png"}\n::', '.X{background-image:url("https://a.b/c.png")}'),
        ('::page-section{background-image="url(/c.png)"}\n::', '.X{background-image:url("/c.png")}'),
        ("::page-hero\n---\ntitle-font-size: 3px\ntitle: {color: red, tag: h2}\n---\n#title\nA\n::", ".X{font-size:3px;color:red}"),
        ('<p style="color: red">a</p>', ".X{color:red}"),
        ('[a]{style="color: red"}', ".X{color:red}"),
        ('<p style="p{color: red}">a</p>', ""),
        ('::container{styles="body{color:red"}\n::', ".X body{color:red}"),
        ("no styles", ""),
    ],
)  # fmt: skip
def test_style_props_become_a_stylesheet(source: str, written: str) -> None:
    assert css(source) == written


def test_equal_styles_share_a_class_and_no_style_attribute_is_left() -> None:
    result = show('::container{color=red}\n::\n::container{color=red}\n::\n<p style="color:red">a</p>')
    names = re.findall(r"m-[0-9a-f]{10}", result.html)
    assert len(names) == 3
    assert len(set(names)) == 1
    assert "style=" not in result.html


def test_the_class_depends_on_the_declarations_alone() -> None:
    assert show("::container{color=red}\n::").css == show("a\n\n::card{color=red}\n::").css


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ('::container{color="red;x"}\n::', "1: ::container: style not understood: color: red;x"),
        ('::container{styles="a{b{color:red}}"}\n::', "1: ::container: style not understood: b"),
        ('::container{styles="* + *{color:red}"}\n::', "1: ::container: style not understood: * + *"),
        ('::container{styles="@import x; color:red"}\n::', "1: ::container: style not understood: @import x"),
        (
            "::grid\n---\ncolumns-breakpoints:\n  phone: 1\n---\n::",
            "1: ::grid: style not understood: phone is no breakpoint",
        ),
    ],
)
def test_styles_that_are_not_understood_are_told(source: str, message: str) -> None:
    assert message in messages(source)


def test_a_sheet_has_a_limit() -> None:
    sheet = StyleSheet()
    for number in range(20_000):
        rules = Rules()
        rules.declare("width", number + 1)
        sheet.class_for(rules)
    assert MAX_CSS - 100 < len(sheet.text) <= MAX_CSS
