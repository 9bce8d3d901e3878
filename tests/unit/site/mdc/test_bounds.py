# ruff: noqa: E501 - a row of a table is one line
"""Long and pathological pages: the work stays in proportion, and there is an end to it."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

import pytest

from chalicelib.site.mdc.model import Context
from chalicelib.site.mdc.plaintext import to_markdown
from chalicelib.site.mdc.renderer import MAX_SOURCE, render
from tests.unit.site.mdc.support import as_parsed, as_written, show

PATTERNS: dict[str, Callable[[int], str]] = {
    "prose": lambda n: "the quick *brown* fox [jumps](/over) the `lazy` dog. " * (n // 50),
    "one paragraph": lambda n: "word " * (n // 5),
    "lines": lambda n: "word word\n" * (n // 10),
    "table": lambda n: "|a|b|\n|-|-|\n" + "| one | **two** |\n" * (n // 18),
    "lists": lambda n: "".join("  " * (i % 6) + "- item\n" for i in range(n // 12)),
    "quotes": lambda n: "> > > a\n" * (n // 8),
    "nested quotes": lambda n: ">" * n,
    "nested lists": lambda n: "- " * n,
    "colons": lambda n: ":" * n,
    "opening brackets": lambda n: "[" * n,
    "brackets": lambda n: "[" * (n // 2) + "]" * (n // 2),
    "image openings": lambda n: "![" * (n // 2),
    "nested images": lambda n: "![" * (n // 6) + "](b)" * (n // 6),
    "unclosed links": lambda n: "[a](" * (n // 4),
    "backticks": lambda n: "`" * n,
    "runs of backticks": lambda n: "".join("`" * (i % 40 + 1) + "a" for i in range(n // 20)),
    "braces": lambda n: "{" * n,
    "bindings": lambda n: "{{ page.title }}" * (n // 16),
    "spans": lambda n: "[a]{.b}" * (n // 7),
    "emphasis": lambda n: "*a **a" * (n // 6),
    "intraword emphasis": lambda n: "a**b" + "c* " * (n // 3),
    "underscores": lambda n: "a_" * (n // 2),
    "strikethrough": lambda n: "~~a " * (n // 4),
    "comments": lambda n: "<!-- " * (n // 5),
    "comment lines": lambda n: "<!--\n" * (n // 5),
    "declarations": lambda n: "<!A" * (n // 3),
    "unclosed tags": lambda n: "<a " * (n // 3),
    "raw bold": lambda n: "<b>" * (n // 3),
    "raw bold with attributes": lambda n: "".join(f"<b title={i}>\n\nx\n\n" for i in range(n // 20)),
    "raw divs": lambda n: "<div>\n\na\n\n" * (n // 10),
    "raw table text": lambda n: "<table>\n" + "a<i></i>" * (n // 8),
    "attributes": lambda n: "<a " + "b=c " * (n // 4) + ">x</a>",
    "entities": lambda n: "&amp;" * (n // 5),
    "link definitions": lambda n: "".join(f"[r{i}]: /u\n" for i in range(n // 11)),
    "open definitions": lambda n: "[a]: \n" * (n // 6),
    "headings": lambda n: "# a\n\n" * (n // 5),
    "setext": lambda n: "a\n=\n" * (n // 4),
    "fences": lambda n: "```\n" * (n // 4),
    "addresses": lambda n: "https://a.b/c " * (n // 14),
    "at signs": lambda n: "a@" * (n // 2),
    "unclosed components": lambda n: "::alert\ntext\n" * (n // 13),
    "components": lambda n: "::badge\na\n::\n" * (n // 13),
    "closing lines": lambda n: "::container\n" + ":::\n" * (n // 4),
    "slots": lambda n: "::card\n" + "#a\n" * (n // 3),
    "open braces": lambda n: "::a{\n" * (n // 5),
    "open props": lambda n: "::a\n---\n" * (n // 8),
    "inline components": lambda n: ":badge[a] " * (n // 10),
    "blank lines": lambda n: "\n" * n,
    "spaces": lambda n: " " * n,
    "tabs": lambda n: "\t\n" * (n // 2),
    "nulls": lambda n: "\0" * n,
    "styles": lambda n: "::container{styles='" + "p{color:red}" * (n // 12) + "'}\n::",
    "tables of contents": lambda n: "## a\n" * (n // 10) + "::page-toc\n::\n" * (n // 28),
}


def steps(source: str) -> int:
    """How many calls of Python and C functions rendering makes."""
    count = 0

    def tick(frame: FrameType, event: str, argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    context = Context(data={"page": {"title": "T"}})
    render("", context)
    sys.setprofile(tick)
    try:
        render(source, context)
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("pattern", PATTERNS)
def test_twice_the_text_is_twice_the_work(pattern: str) -> None:
    make = PATTERNS[pattern]
    short, long = steps(make(4_000)), steps(make(8_000))
    assert long < 2.3 * short + 2_000


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_pathological_page_is_a_page(pattern: str) -> None:
    source = PATTERNS[pattern](12_000)
    result = show(source, preview=True, data={"page": {"title": "T"}})
    assert as_parsed(result.html) == as_written(result.html)
    assert len(result.html) < 20_000 + 60 * len(source)


def test_what_is_too_complex_stands_as_text_and_is_told() -> None:
    result = render("- a\n" * 200_000, Context())
    assert result.html.startswith("<ul>\n<li>a</li>")
    assert '<pre class="mdc-unparsed">a\n- a\n' in result.html
    assert "- a</pre>" in result.html
    assert any("too complex" in problem.message for problem in result.problems)
    assert len(result.html) < 2 * MAX_SOURCE


def test_formatting_ends_where_a_page_is_too_complex_but_its_text_does_not() -> None:
    source = "*a* " * 100_000
    result = render(source, Context())
    assert result.html.startswith("<p><em>a</em>")
    assert result.html.endswith("*a*</p>\n")
    assert any("too complex" in problem.message for problem in result.problems)


def test_an_ordinary_long_page_is_rendered_whole() -> None:
    prose = "Some *text* with a [link](/a), `code` and **more** of the words that a guide has. " * 4
    section = f"## Heading\n\n{prose}\n\n- one thing\n- another\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n"
    result = render(section * (MAX_SOURCE // len(section)), Context())
    assert result.problems == ()
    assert len(result.headings) == MAX_SOURCE // len(section)


def test_a_source_has_a_limit() -> None:
    result = render("a" * (MAX_SOURCE + 10), Context())
    assert len(result.html) < MAX_SOURCE + 100
    assert "only the first" in result.problems[0].message


@pytest.mark.parametrize(
    "source",
    [
        "[a]: /" + "x" * 100_000 + "\n\n" + "[a] " * 1_000,
        "|" + "a|" * 200 + "\n|" + "-|" * 200 + "\n" + "|a\n" * 20_000,
        "# " + "a" * 200_000 + "\n\n" + "::page-toc\n::\n" * 100,
        "::card{:title=\"'" + "a" * 7_000 + "'\"}\n::\n" * 100,
        "- " + " " * 10_000 + "::snippet{name=lines}\n::\n",
    ],
)
def test_a_short_text_makes_no_long_page(source: str) -> None:
    lines = {"lines": "a\n" * 10_000}
    result = show(source, snippet=lines.get)
    assert len(result.html) < 4_000_000
    assert len(to_markdown(source, Context(snippet=lines.get))) < 4_000_000


def test_deep_nesting_of_everything_ends() -> None:
    deep = "".join("  " * i + "- > " for i in range(200)) + "a"
    components = "".join(f"{':' * (60 - i)}container\n- x\n\n  " for i in range(55))
    for source in (deep, components, "<div>" * 500 + "\n\na", "::container\n" * 30 + deep):
        result = show(source)
        assert as_parsed(result.html) == as_written(result.html)


def test_pages_render_at_the_same_time() -> None:
    sources = [
        f"# Page {i}\n\n::card{{title=T{i} color=red}}\n*{i}* <b>x</b> [r]\n::\n\n[r]: /r{i}\n\n::page-toc\n::"
        for i in range(8)
    ]
    expected = [render(source, Context()) for source in sources]
    failures: list[int] = []

    def work(index: int) -> None:
        for _ in range(30):
            if render(sources[index], Context()) != expected[index]:
                failures.append(index)

    threads = [threading.Thread(target=work, args=(index,)) for index in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
