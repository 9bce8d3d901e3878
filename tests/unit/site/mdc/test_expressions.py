# ruff: noqa: E501 - a row of a table is one line
from __future__ import annotations

from typing import Any

import pytest

from chalicelib.site.mdc.expressions import UnboundError, as_text, evaluate
from tests.unit.site.mdc.support import body, show

SCOPE = {
    "page": {"title": "T", "tags": ["a", {"b": "c"}], "n": 0, "off": False, "empty": ""},
    "$doc": {"x": 1},
}


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("page.title", "T"),
        (" page.title ", "T"),
        ("page?.title", "T"),
        ("page.tags[0]", "a"),
        ("page.tags.1.b", "c"),
        ("page.tags[9]", None),
        ("page.missing", None),
        ("page.missing.deeper", None),
        ("page.title.length", None),
        ("$doc.x", 1),
        ("page.missing || 'd'", "d"),
        ('page.missing || "d|d"', "d|d"),
        ("page.empty || page.off || page.n", 0),
        ("page.n || 5", 0),
        ("page.title || 'd'", "T"),
        ("page.missing || page.gone", None),
        ("3", 3),
        ("-1.5", -1.5),
        ("true", True),
        ("null", None),
        ("'it'", "it"),
        ('"it"', "it"),
        ('["a", {"b": 1}]', ["a", {"b": 1}]),
        ('{"a": [1]}', {"a": [1]}),
        ("page.__class__", None),
    ],
)
def test_an_expression_is_a_literal_or_a_path_into_the_data(expression: str, value: Any) -> None:
    assert evaluate(expression, SCOPE) == value


@pytest.mark.parametrize(
    "expression",
    [
        "", "||", "page.missing ||", "unknown", "unknown.x", "page.title + 1", "page.title()", "page['title']",
        "__import__('os')", "{a: 1}", "[1", "'a", "a b", "page.", ".page", "[" * 5_000, "(lambda: 1)()", "`x`",
    ],
)  # fmt: skip
def test_what_is_no_expression_is_refused(expression: str) -> None:
    with pytest.raises(UnboundError):
        evaluate(expression, SCOPE)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "true"),
        (False, "false"),
        (1, "1"),
        (1.0, "1"),
        (1.5, "1.5"),
        ("a", "a"),
        ([1], ""),
        ({}, ""),
    ],
)
def test_values_become_text(value: Any, text: str) -> None:
    assert as_text(value) == text


DATA = {"page": {"title": "<b>T</b> *x*", "href": "/to"}, "portal": {"name": "Portal"}}


@pytest.mark.parametrize(
    ("source", "html"),
    [
        ("{{ portal.name }}!", "<p>Portal!</p>"),
        ("{{ page.title }}", "<p>&lt;b&gt;T&lt;/b&gt; *x*</p>"),
        ("{{ page.missing }}|{{ page.missing || 'none' }}", "<p>|none</p>"),
        ("{{ user.name }} {{ 1 + 1 }} {{", "<p>{{ user.name }} {{ 1 + 1 }} {{</p>"),
        ("`{{ portal.name }}`", "<p><code>{{ portal.name }}</code></p>"),
        (
            "    {{ portal.name }}",
            '<pre class="mdc-code" tabindex="0"><code>{{ portal.name }}\n</code></pre>',
        ),
        ("[a]({{ page.href }})", '<p><a href="/to">a</a></p>'),
        ("[a]({{page.href}} 't')", '<p><a href="/to" title="t">a</a></p>'),
        ("[{{ portal.name }}](/x)", '<p><a href="/x">Portal</a></p>'),
        ("**{{ portal.name }}**", "<p><strong>Portal</strong></p>"),
        ("<p>{{ page.title }}</p>", "<p>&lt;b&gt;T&lt;/b&gt; *x*</p>"),
        ('<a href="{{ page.href }}">x</a>', '<p><a href="/to">x</a></p>'),
        (':badge{text="{{ portal.name }}"}', '<p><span class="mdc-badge mdc-badge--info">Portal</span></p>'),
        (':badge{:text="portal.name"}', '<p><span class="mdc-badge mdc-badge--info">Portal</span></p>'),
        ("| a |\n|---|\n| {{ portal.name }} |", None),
    ],
)
def test_bindings_are_filled_in_where_text_is_and_not_in_code(source: str, html: str | None) -> None:
    found = body(source, data=DATA)
    if html is None:
        assert "<td>Portal</td>" in found
    else:
        assert found == html


def test_front_matter_is_read_as_the_page_and_as_doc_but_the_sites_data_wins() -> None:
    source = "---\ntitle: Front\ntagline: Tag\nsnippet:\n  a: own\n---\n{{ page.title }} {{ page.tagline }} {{ $doc.title }} {{ snippet.a }}"
    assert body(source, data={"page": {"title": "Site"}}) == "<p>Site Tag Front own</p>"


def test_bound_props_keep_their_type_also_deep_inside() -> None:
    source = (
        "---\nlinks:\n  - text: A\n    href: /a\nurl: /b.png\n---\n"
        "::link-group{:links=\"page.links\"}\n::\n\n::page-hero\n---\nimage:\n  :src: $doc.url\n  alt: '{{ page.url }}'\n---\n::"
    )
    html = body(source)
    assert '<a href="/a">A</a>' in html
    assert '<img src="/b.png" alt="/b.png" loading="lazy">' in html


def test_what_bindings_bring_in_is_limited() -> None:
    result = show("{{ page.big }} " * 2_000, data={"page": {"big": "x" * 10_000}})
    assert len(result.html) < 600_000
