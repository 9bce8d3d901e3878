"""What follows from a brand colour, and the headers of pages."""

from __future__ import annotations

import base64
import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.site import colour, policy

COLOURS = st.from_regex(r"#([a-fA-F0-9]{6}|[a-fA-F0-9]{3})", fullmatch=True)


@pytest.mark.parametrize(
    ("one", "other", "ratio"),
    [("#000", "#fff", 21.0), ("#ffffff", "#FFF", 1.0), ("#777777", "#ffffff", 4.48), ("#f00", "#0f0", 2.91)],
)
def test_contrast_is_as_wcag_has_it(one: str, other: str, ratio: float) -> None:
    assert colour.contrast(one, other) == pytest.approx(ratio, abs=0.01)
    assert colour.contrast(other, one) == colour.contrast(one, other)


@given(COLOURS)
def test_text_on_any_brand_colour_is_legible(brand: str) -> None:
    assert colour.contrast(brand, colour.ink(brand)) >= 4.3


@pytest.mark.parametrize(("brand", "ink"), [("#ffd400", "#111"), ("#1d5fd6", "#fff"), ("#fff", "#111")])
def test_ink_is_black_or_white(brand: str, ink: str) -> None:
    assert colour.ink(brand) == ink


def directives(text: str) -> dict[str, list[str]]:
    return {name: sources for name, *sources in (part.split() for part in text.split(";"))}


def test_a_page_may_load_its_own_things_only() -> None:
    found = directives(policy.content_security("", authored=False))

    assert found["default-src"] == ["'none'"]
    assert found["script-src"] == ["'self'"]
    assert found["style-src"] == ["'self'"]
    assert found["img-src"] == ["'self'", "data:"]
    assert found["base-uri"] == ["'none'"]
    assert found["frame-ancestors"] == ["'none'"]
    assert "frame-src" not in found


def test_a_page_of_an_author_may_show_what_other_hosts_have() -> None:
    found = directives(policy.content_security("", authored=True))

    assert found["img-src"] == ["'self'", "data:", "https:"]
    assert found["frame-src"] == ["https:"]
    assert found["script-src"] == ["'self'"]


def test_the_inline_stylesheet_is_allowed_by_its_hash() -> None:
    css = ":root{--brand:#1d5fd6}"
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()

    found = directives(policy.content_security(css, authored=False))

    assert found["style-src"] == ["'self'", f"'sha256-{digest}'"]


def test_additions_are_added() -> None:
    found = directives(policy.content_security("", authored=False, connect_src="https:", img_src="blob:"))

    assert found["connect-src"] == ["'self'", "https:"]
    assert found["img-src"] == ["'self'", "data:", "blob:"]


@given(st.text(), st.booleans())
def test_no_page_runs_what_is_written_into_it(css: str, authored: bool) -> None:
    text = policy.content_security(css, authored=authored)

    assert "unsafe" not in text
    assert "*" not in text
