"""A portal's own domain in the console: set up, followed until it answers, switched off, removed."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from chalicelib.domains import edge_local
from tests.browser.console.conftest import Console
from tests.client import Client
from tests.contract.domains.making import issue

PHONE = {"width": 390, "height": 800}
DESKTOP = {"width": 1280, "height": 900}


def test_a_domain_is_set_up_followed_and_removed(
    console: Console,
    portal: Any,
    admin: Client,
    run_jobs: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(edge_local, "leads_here", lambda host: False)
    host = f"docs-{uuid.uuid4().hex[:6]}.example.com"
    files = {"certificate": tmp_path / "chain.pem", "key": tmp_path / "key.pem"}
    issued = issue("*.example.com")
    files["certificate"].write_text(issued.certificate)
    files["key"].write_text("not a key")

    page = console.sign_in(f"/console/portals/{portal['id']}")
    page.get_by_role("link", name="Domain", exact=True).click()
    page.get_by_label("Host name").fill(f"https://{host}")
    page.get_by_text("Your own", exact=True).click()
    console.check_accessible()
    page.get_by_role("button", name="Add domain").click()
    expect(page.get_by_text("Must be a host name alone")).to_be_visible()
    page.get_by_label("Host name").fill(host)
    page.locator("input[type=file]").nth(0).set_input_files(files["certificate"])
    page.locator("input[type=file]").nth(1).set_input_files(files["key"])
    page.get_by_label("Do not ask whether browsers trust it").check()
    page.get_by_role("button", name="Add domain").click()
    expect(page.get_by_text("Must be a private key in PEM")).to_be_visible()
    files["key"].write_text(issued.key)
    page.locator("input[type=file]").nth(1).set_input_files(files["key"])
    page.get_by_role("button", name="Add domain").click()

    state = page.locator(".domain-state")
    expect(state).to_contain_text("Waiting for DNS")
    expect(page.get_by_role("heading", name=host)).to_be_visible()
    page.locator(".copy-field").nth(1).get_by_role("button", name="Copy").click()
    default = portal["default_domain"].partition(":")[0]
    assert page.evaluate("navigator.clipboard.readText()") == default
    console.check_accessible()
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]

    monkeypatch.setattr(edge_local, "leads_here", lambda host: True)
    page.get_by_role("button", name="Check now").click()
    run_jobs()
    expect(state).to_contain_text("Active")  # it notices by itself
    expect(page.get_by_role("link", name=f"http://{host}")).to_be_visible()
    expect(page.get_by_role("heading", name="The DNS record")).to_be_hidden()
    expect(page.get_by_role("listitem").filter(has_text="Your certificate is in place")).to_contain_text(
        "Done"
    )
    page.get_by_role("link", name="Overview").click()
    page.get_by_role("link", name=host, exact=True).click()

    # its job wrote to it since it was shown: that is told, and no hindrance
    page.get_by_role("button", name="Switch off").click()
    expect(state).to_contain_text("Switched off")
    assert admin.get(f"/v3/portals/{portal['id']}/custom-domain").json()["enabled"] is False
    page.get_by_role("button", name="Remove domain").click()
    page.get_by_role("dialog").get_by_role("textbox").fill(host)
    page.get_by_role("dialog").get_by_role("button", name="Remove domain").click()
    expect(page.get_by_label("Host name")).to_be_visible()
    assert admin.get(f"/v3/portals/{portal['id']}/custom-domain").status == 404
    console.check()
