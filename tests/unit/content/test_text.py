"""What is read out of a text when it is stored."""

from __future__ import annotations

import pytest

from chalicelib.content import text
from chalicelib.errors import Invalid


@pytest.mark.parametrize(
    ("slug", "title"),
    [
        ("/getting-started", "Getting started"),
        ("guides/publish_apis/", "Publish apis"),
        ("/", "Home"),
        ("", "Home"),
        ("---", "Home"),
        ("APIs", "APIs"),
        ("über-uns", "Über uns"),
    ],
)
def test_a_title_is_made_of_a_slug(slug: str, title: str) -> None:
    assert text.humanised(slug) == title


def test_front_matter_states_title_and_description() -> None:
    assert text.stated("---\ntitle: ' A '\ndescription: 3\n---\n") == text.Stated("A", "3")
    assert text.stated("---\ntitle: [a]\ndescription:\n---\n") == text.Stated()
    assert text.stated("title: none") == text.Stated()
    with pytest.raises(Invalid):
        text.stated(f"---\ntitle: {'x' * 513}\n---\n")


def test_references_to_snippets_are_found_and_bounded() -> None:
    found = text.snippets(
        '---\npage-layout: {sidebar-left: nav}\n---\n:snippet{name="a"}\n\n::snippet{b}\n::\n'
    )
    assert found == ["a", "b", "nav"]
    many = "\n\n".join(f"::snippet{{name=s{number}}}\n::" for number in range(500))
    assert len(text.snippets(many)) == text.MOST_SNIPPETS
    assert text.snippets("a snippet") == []
