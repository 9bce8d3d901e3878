from __future__ import annotations

import pytest

from chalicelib.http.request import Request

JSON, MARKDOWN = "application/json", "text/markdown"


@pytest.mark.parametrize(
    ("accept", "preferred"),
    [
        (None, JSON),
        ("", JSON),
        ("*/*", JSON),
        ("text/markdown", MARKDOWN),
        ("Text/Markdown; charset=utf-8", MARKDOWN),
        ("text/*", MARKDOWN),
        ("text/markdown;q=0.5, application/json", JSON),
        ("application/json;q=0.5, text/markdown", MARKDOWN),
        ("text/markdown, application/json", MARKDOWN),
        ("text/html, text/*;q=0.8, */*;q=0.7", MARKDOWN),
        ("*/*, text/markdown;q=0", JSON),
        ("*/*;q=0.1, application/json;q=0", MARKDOWN),
        ("application/json;q=1, application/problem+json;q=0", JSON),
        ("image/png", JSON),
        ("text/markdown;q=much", JSON),
        (",;q=,/", JSON),
    ],
)
def test_what_a_client_prefers(accept: str | None, preferred: str) -> None:
    request = Request("GET", "/", {} if accept is None else {"accept": accept}, [], "", "")
    assert request.prefers(JSON, MARKDOWN) == preferred
