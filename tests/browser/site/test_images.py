"""Pictures of the site for the documentation, taken anew in every run."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser import pictures
from tests.browser.watched import Watched

PICTURES = {
    "front-page": "/",
    "catalog": "/apis",
    "reference": "/apis/orders/reference#/operations/placeOrder",
}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_taken(visit: Callable[[str], Watched], portals: dict[str, str], name: str) -> None:
    watched = visit(portals["public"] + PICTURES[name])
    pictures.take(watched.page, name)
    watched.assert_clean()
