# ruff: noqa: E501 - a row of a table is one line
from __future__ import annotations

import pytest

from chalicelib.site.mdc.model import Context
from chalicelib.site.mdc.plaintext import to_markdown
from chalicelib.site.mdc.references import snippet_names
from tests.unit.site.mdc.support import SNIPPETS
from tests.unit.site.mdc.test_components import HIDDEN


def plain(source: str, *, authenticated: bool = False) -> str:
    context = Context(snippet=SNIPPETS.get, authenticated=authenticated, data={"portal": {"name": "P"}})
    return to_markdown(source, context)


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("---\ntitle: T\n---\n\n# A\n\nb *c*\n", "# A\n\nb *c*\n"),
        ("a {{ portal.name }} {{ other }}", "a P {{ other }}\n"),
        ("```\n{{ portal.name }}\n::card\n```", "```\n{{ portal.name }}\n::card\n```\n"),
        ("a <!-- note\nto self --> b", "a  b\n"),
        ("::card\n---\ntitle: T\npadding: 1px\n---\nb\n\n#footer\nc\n::", "T\n\nb\n\nc\n"),
        ("::page-hero\n#description\nb\n\n#title\na\n::", "a\n\nb\n"),
        ("::alert{title=T message=M}\nx\n::", "T\n\nM\n\nx\n"),
        ("::button{to=/x}\nGo\nthere\n::", "[Go there](/x)\n"),
        ("- a\n\n  ::card\n  b\n\n  - c\n  ::\n", "- a\n\n  b\n\n  - c\n"),
        ("x\n\n::snippet{name=hello}\n::\n\ny", "x\n\nHello *there*\n\ny\n"),
        ("::snippet\n---\nname: outer\ninheritData: true\ndata: {word: w}\n---\n::", "[w]\n"),
        ("::snippet{name=missing}\n::", "\n"),
        ("::no-such\na\n::", "a\n"),
        ("::container\n::container\n```\na\n```\n::\n::", "```\na\n```\n"),
        ("", "\n"),
    ],
)
def test_a_page_as_markdown(source: str, text: str) -> None:
    assert plain(source) == text


@pytest.mark.parametrize("source", HIDDEN)
def test_hidden_content_is_not_in_the_markdown(source: str) -> None:
    assert "secret" not in plain(source)


def test_the_markdown_is_that_of_the_viewer() -> None:
    source = "::display-wrapper{audience=authenticated}\nin\n::\n\n::display-wrapper{audience=unauthenticated}\nout\n::"
    assert plain(source, authenticated=True) == "in\n"
    assert plain(source) == "out\n"


def test_snippets_within_themselves_end() -> None:
    assert plain("::snippet{name=loop}\n::") == "a ::\n"


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("no snippets here", set()),
        ("::snippet{name=a}\n::\n\n::snippet\n---\nname: b c\n---\n::", {"a", "b c"}),
        ("::snippet{a}\n::", {"a"}),
        (":::card\n::snippet{name=a}\n::\n:::", {"a"}),
        ("x :snippet{name=a} y", {"a"}),
        ("::display-wrapper{audience=none}\n::snippet{name=a}\n::\n::", {"a"}),
        (
            "::apis-list{card-snippet-name=a}\n::\n::apis-list\n---\ncardSnippetName: b\n---\n::\nsnippet",
            {"a", "b"},
        ),
        (
            "---\npage-layout:\n  sidebar-left: a\n  sidebar-right: b\nlayout-options:\n  header: c\n---\n",
            {"a", "b", "c"},
        ),
        ("---\npage-layout: wide\n---\n", set()),
        ("```\n::snippet{name=a}\n::\n```\n<!--\n::snippet{name=b}\n::\n-->", set()),
        ("::snippet{:name=page.x}\n::\n::snippet{name='{{ page.x }}'}\n::\n::snippet\n::", set()),
        ("::snippet{name=a", set()),
    ],
)
def test_the_snippets_a_text_refers_to(source: str, names: set[str]) -> None:
    assert snippet_names(source) == names
