"""The console's wizard: what a person has to do from an empty installation to a portal that is live, and how
long it takes from the click on "Create and continue" until another tab shows the live front page. The first
API is a specification of a megabyte: portal, pages, API, version and publication are made in that time. The
median of some portals, in Chromium.
"""

from __future__ import annotations

import json
import statistics
import time

from playwright.sync_api import Page, sync_playwright

from benchmarks import installation
from benchmarks.figures import Figure
from benchmarks.site import specification
from tests.browser.chromium import launch
from tests.browser.effort import effort, watch

ROUNDS = 5
SECONDS, CLICKS, FIELDS = 2.0, 5.0, 1.0


def measure() -> list[Figure]:
    with installation.served() as port, sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_page()
        token = json.dumps(installation.TOKEN)
        page.add_init_script(f"if (window === top) sessionStorage.setItem('portico.token', {token})")
        page.goto(f"http://localhost:{port}/console")
        file = specification().encode()
        seconds = [_portal(page, 0, file)]
        clicks, fields = effort(page)
        seconds += [_portal(page, number, file) for number in range(1, ROUNDS)]
        browser.close()
    median = statistics.median(seconds)
    note = f"{len(file):,} bytes; {ROUNDS} portals, at most {max(seconds):.2f} s"
    return [
        Figure("from the click to the live front page", median, "s", most=SECONDS, note=note),
        Figure("clicks to a live portal", clicks, "", most=CLICKS),
        Figure("fields to fill in", fields, "", most=FIELDS),
    ]


def _portal(page: Page, number: int, file: bytes) -> float:
    """Makes a public portal as a person would. Returns the seconds from the click to the page."""
    page.get_by_role("link", name="Portals", exact=True).first.click()
    new = page.get_by_role("link", name="New portal")
    new.wait_for()
    watch(page)
    new.click()
    page.get_by_text("For everyone, without accounts.").click()
    page.get_by_label("Name", exact=True).click()
    page.keyboard.type(f"Portal {number}")
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose a file").click()
    chooser.value.set_files({"name": "large.yaml", "mimeType": "application/yaml", "buffer": file})
    page.get_by_label("API name").wait_for()
    # an API's name and version are its own
    if number:
        page.get_by_label("API name").fill(f"Large {number}")
    visitor = page.context.browser.new_page()  # type: ignore[union-attr]  # a context of this browser
    create = page.get_by_role("button", name="Create and continue")
    began = time.perf_counter()
    create.click()
    page.get_by_role("heading", name="Appearance").wait_for()
    address = page.evaluate(_ADDRESS, installation.TOKEN)
    visitor.goto(f"http://{address}/")
    visitor.get_by_role("heading", level=1).wait_for()
    seconds = time.perf_counter() - began
    visitor.close()
    return seconds


_ADDRESS = """async (token) => {
  const id = location.pathname.match(/[0-9a-f-]{36}/)[0]
  const answer = await fetch(`/v3/portals/${id}`, { headers: { Authorization: `Bearer ${token}` } })
  return (await answer.json()).default_domain
}"""
