"""Fixtures of the site's tests."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from chalicelib.access import sessions
from chalicelib.access.principal import Developer, Principal
from chalicelib.site import assets, state
from chalicelib.storage import aws, blobs
from tests.client import Client
from tests.contract.site.making import Maker


@pytest.fixture(scope="module", autouse=True)
def front_end(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The list of the front end's files, which pages name: here nobody loads them."""
    manifest = tmp_path_factory.mktemp("front-end") / "manifest.json"
    names = ("site/main.ts", "reference/main.ts", "console/preview/frame.ts")
    entries = {
        name: {"file": name.replace("/main.ts", "-1.js"), "css": [name.replace("/main.ts", "-1.css")]}
        for name in names
    }
    manifest.write_text(json.dumps(entries))
    packaged, assets.PACKAGED = assets.PACKAGED, manifest
    yield
    assets.PACKAGED = packaged


@pytest.fixture
def site(admin: Client, make_portal: Callable[..., Any]) -> Maker:
    """A portal without authentication whose pages and APIs are public."""
    return Maker(
        admin,
        make_portal(
            display_name="Example Portal",
            authentication_enabled=False,
            default_api_visibility="public",
            default_page_visibility="public",
        ),
    )


@pytest.fixture
def guarded(admin: Client, make_portal: Callable[..., Any]) -> Maker:
    """A portal with authentication."""
    return Maker(admin, make_portal(display_name="Guarded Portal"))


@pytest.fixture
def signed_in(monkeypatch: pytest.MonkeyPatch) -> Callable[[Maker], Client]:
    """Every visitor of a portal is an approved developer from now on: no release issues sessions yet."""

    def enter(maker: Maker) -> Client:
        def authenticate(portal_id: str, cookie_header: str, *, refuse: bool) -> Principal:
            return Developer("11111111-1111-4111-8111-111111111111", maker.portal["id"])

        monkeypatch.setattr(sessions, "authenticate", authenticate)
        return maker.visitor

    return enter


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[], Any]], int]:
    """Counts the trips that one request makes in sequence: those under way together are one."""
    made: list[aws.Trips] = []

    class Noted(aws.Trips):
        def __init__(self) -> None:
            super().__init__()
            made.append(self)

    def count(send: Callable[[], Any]) -> int:
        with monkeypatch.context() as patched:
            patched.setattr(aws, "Trips", Noted)
            made.clear()
            send()
        return made[0].in_sequence

    return count


@pytest.fixture
def cold() -> Callable[[], None]:
    """Makes the process forget what it holds of sites and of blobs."""

    def forget() -> None:
        state.forget()
        with blobs._lock:
            blobs._kept.clear()
            blobs._size = 0

    return forget
