from __future__ import annotations

import re

import pytest

from chalicelib.catalog import slugs


@pytest.mark.parametrize(
    ("name", "version", "slug"),
    [
        ("my-test-api", "3", "my-test-api-3"),
        ("My Test API", "v3", "my-test-api-v3"),
        ("myAPI", "v1", "my-api-v1"),
        ("X", "1.4.2", "x-1"),
        ("X", "1.4", "x-1"),
        ("X", "v1.0.0-rc.1+5", "x-v1"),
        ("X", "2024-01-15", "x-2024-01-15"),
        ("X", None, "x"),
        ("X", "***", "x"),
        ("***", "2.0.0", "2"),
    ],
)
def test_an_apis_slug_is_made_of_its_name_and_major_version(
    name: str, version: str | None, slug: str
) -> None:
    assert slugs.of_api(name, version) == slug


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("HTTPServer and myKey2Go", "http-server-and-my-key2-go"),
        ("  Bob’s  --  API_v2!  ", "bobs-api-v2"),
        ("Überblick: Straßen", "uberblick-strassen"),
        ("Привет, мир", "privet-mir"),
        ("支付", "zhi-fu"),
        ("!?", ""),
        ("", ""),
    ],
)
def test_a_slug_spells_any_alphabet_in_plain_letters(text: str, slug: str) -> None:
    assert slugs.slugify(text) == slug


@pytest.mark.parametrize("letter", ["a", "ø", "支", "-", "A"])
def test_a_slug_is_short_and_of_its_form_however_long_the_name(letter: str) -> None:
    slug = slugs.of_api(letter * 255, "1" * 255)
    assert len(slug) <= slugs.MAX_LENGTH
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug)
