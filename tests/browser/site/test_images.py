"""Pictures of the site for the documentation, taken anew in every run."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.browser.watched import Watched

PICTURES = {
    "front-page": "/",
    "catalog": "/apis",
    "api-overview": "/apis/orders",
    "reference": "/apis/orders/reference#/operations/placeOrder",
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_taken(
    visit: Callable[[str], Watched], portals: dict[str, str], images: Path, name: str
) -> None:
    watched = visit(portals["public"] + PICTURES[name])
    page = watched.page
    page.set_viewport_size({"width": 1280, "height": 800})
    picture, before = b"", None
    while picture != before:  # until nothing moves any more
        page.evaluate("new Promise((done) => setTimeout(done, 200))")
        picture, before = page.screenshot(animations="disabled", caret="hide"), picture

    images.mkdir(exist_ok=True)
    (images / f"{name}.png").write_bytes(picture)
    assert 10_000 < len(picture) < 300_000
    watched.assert_clean()
