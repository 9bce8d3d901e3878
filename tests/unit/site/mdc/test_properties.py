# ruff: noqa: E501 - a row of a table is one line
"""What holds for every text."""

from __future__ import annotations

import re

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from chalicelib.site.mdc.frontmatter import split_front_matter
from chalicelib.site.mdc.model import Context
from chalicelib.site.mdc.plaintext import to_markdown
from chalicelib.site.mdc.references import snippet_names
from tests.unit.site.mdc.support import SNIPPETS, as_parsed, as_written, faults, show

_NAMES = st.sampled_from(
    str.split(
        "page-hero page-section page-header container multi-column grid grid-item card alert badge button a image "
        "link-group page-navigation page-toc empty-state display-wrapper apis-list snippet accordion-group "
        "accordion-panel tab-group tab-panel tooltip video iframe span div no-such"
    )
)
_VALUES = st.sampled_from(
    str.split("x /a https://a.b javascript:x authenticated all hello loop 1px red h2 true")
)
_PROP_NAMES = st.sampled_from(
    str.split(
        "title to href name audience src alt color padding styles class id header appearance size image tag "
        "title-tag max-depth columns links data children"
    )
)
_PROPS = st.lists(st.tuples(_PROP_NAMES, _VALUES), max_size=3)
_LINES = st.lists(
    st.sampled_from(
        [
            "text", "**b** *i* `c`", "[a](/b)", "[a](#here)", "![a](/b)", "# H", "## H", "- a", "  - b", "1. a", "> q",
            "- [x] t", "|a|b|", "|-|-|", "---", "```", "    x", "", "", "<b>", "</b>", "<div>", "</div>", "<p>", "</p>",
            "<table>", "<tr>", "<td>", "</td>", "</tr>", "</table>", "<a href=/x>", "</a>", "<svg><g>", "</g></svg>",
            "<ul>", "<li>", "</li>", "</ul>", "<br>", "<details>", "<summary>", "<pre>", "</pre>", "<!-- c -->", "<h2 id=x>",
            "</h2>", "a <i>b</i> <b>c", "</i>", "#title", "#default", "#footer", "#nowhere", "::", ":::", "::::",
            "{{ page.t }}", "{{ nope }}", "https://a.b", "x@y.z", ":badge[a]", ":button[b]{to=/c}", ":card[d]", ":a[e]{href=/f}",
            "[g]{.h #i}", "<", "&amp;", "&lt;b&gt;", "\\", '"', "<script>", "<style>", "<select><option>", "<ruby><rt>",
        ]
    ),
    max_size=5,
).map("\n".join)  # fmt: skip


@st.composite
def _components(draw: st.DrawFn, inner: st.SearchStrategy[str]) -> str:
    colons = ":" * draw(st.integers(2, 4))
    props = draw(_PROPS)
    if draw(st.booleans()):
        head = "{" + " ".join(f'{name}="{value}"' for name, value in props) + "}" if props else ""
    else:
        head = "\n---\n" + "".join(f"{name}: {value}\n" for name, value in props) + "---"
    closing = f"\n{colons}" if draw(st.integers(0, 9)) else ""
    text = f"{colons}{draw(_NAMES)}{head}\n{draw(inner)}{closing}\n"
    indent = " " * draw(st.sampled_from([0, 0, 0, 2, 4]))
    return "".join(f"{indent}{line}\n" for line in text.split("\n"))


_PAGES = st.recursive(
    _LINES,
    lambda inner: st.lists(st.one_of(inner, _components(inner)), max_size=4).map("\n".join),
    max_leaves=12,
)


@settings(max_examples=400, deadline=None)
@given(_PAGES, st.booleans())
@example("<p>\n\n::card\n::", False)
@example("[a <b>b](/c)\n\n</b>", False)
@example("::a{href=/x}\n::a{href=/y}\n# z\n::\n::", False)
def test_a_page_is_well_formed_harmless_and_bounded(source: str, authenticated: bool) -> None:
    result = show(source, authenticated=authenticated, data={"page": {"t": "<T>"}})
    assert as_parsed(result.html) == as_written(result.html)
    assert faults(result.html) == []
    assert len(result.html) < 20_000 + 60 * len(source)
    lines = source.count("\n") + 1
    assert all(1 <= problem.line <= lines for problem in result.problems)
    ids = re.findall(r'<h[1-6][^>]* id="([^"]*)"', result.html)
    assert len(ids) == len(set(ids))


@settings(max_examples=200, deadline=None)
@given(_PAGES)
def test_a_preview_is_the_page_and_messages(source: str) -> None:
    # HTML ends an svg that was never closed where a message stands in it
    assume(source.count("<svg") <= source.count("</svg"))
    live, preview = show(source), show(source, preview=True)
    without = re.sub(r'<span class="mdc-problem".*?</span>', "", preview.html)
    empty = re.compile(r'<div class="mdc-[\w-]+__\w+"></div>')  # held a message only
    assert empty.sub("", without) == empty.sub("", live.html)
    assert as_parsed(preview.html) == as_written(preview.html)
    assert preview.problems == live.problems


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_a_page(source: str) -> None:
    result = show(source)
    assert as_parsed(result.html) == as_written(result.html)
    assert faults(result.html) == []
    to_markdown(source, Context())
    snippet_names(source)
    split_front_matter(source)


@settings(max_examples=200, deadline=None)
@given(_PAGES)
def test_the_snippets_of_a_text_are_those_that_rendering_asks_for(source: str) -> None:
    assert show(source, authenticated=True, snippet=lambda name: "").snippets_used <= snippet_names(source)


@settings(max_examples=200, deadline=None)
@given(_PAGES)
def test_any_page_has_a_markdown_form(source: str) -> None:
    assert "\x1a" not in to_markdown(source, Context(snippet=SNIPPETS.get))


@pytest.mark.parametrize(
    "source", ["\ud800", "\x00\x1a0\x1a", "\x1a0\x1a\n::card\n::", "a\u2028b", "\r\n\r", "\x0b\x0c"]
)
def test_control_characters_are_harmless(source: str) -> None:
    assert as_parsed(show(source).html) == as_written(show(source).html)
