"""The preview beside an editor: from a keystroke to the frame that is about to paint the page, in Chromium.

The page is the front page of the default content. Each key is pressed once the one before has been shown.
Told beside it is what of that the request takes, asked by the same browser.
"""

from __future__ import annotations

import json
import statistics
from typing import Any

from playwright.sync_api import Page, sync_playwright

from benchmarks import installation
from benchmarks.figures import Figure
from tests.browser.chromium import launch
from tests.client import Client

KEYS = 40
WARM_UP = 5
GOAL = 100.0

_WATCH = """
window.times = []
let pressed = 0
document.addEventListener('keydown', () => (pressed = performance.now()), true)
addEventListener('message', (event) => {
  if (event.data.kind !== 'shown' || !pressed) return
  times.push(performance.now() - pressed)
  pressed = 0
})
"""
_ASK = """async ({ portal, text, token, times }) => {
  const found = []
  for (let number = 0; number < times; number += 1) {
    const began = performance.now()
    const body = JSON.stringify({ portal_id: portal, path: '/', content: text + number })
    const headers = { Authorization: token }
    await (await fetch('/portico/v1/preview', { method: 'POST', headers, body })).json()
    found.push(performance.now() - began)
  }
  return found
}"""


def measure() -> list[Figure]:
    with installation.served() as port:
        shown, asked = _in_browser(port)
    high, request = statistics.quantiles(shown, n=10)[-1], statistics.median(asked)
    note = f"90th percentile {high:.0f} ms; the request alone {request:.0f} ms"
    return [Figure("keystroke to preview, median", statistics.median(shown), "ms", most=GOAL, note=note)]


def _in_browser(port: int) -> tuple[list[float], list[float]]:
    admin = Client(port, token=installation.TOKEN)
    portal = admin.made("/v3/portals", {"name": "Measured"})["id"]
    admin.made(f"/v3/portals/{portal}/default-content", None)
    pages = admin.get(f"/v3/portals/{portal}/pages").json()["data"]
    home: Any = next(page for page in pages if page["slug"] == "home")
    text = admin.get(f"/v3/portals/{portal}/pages/{home['id']}").json()["content"]
    with sync_playwright() as playwright:
        browser = launch(playwright)
        page = browser.new_page()
        token = json.dumps(installation.TOKEN)
        page.add_init_script(f"if (window === top) sessionStorage.setItem('portico.token', {token})")
        page.goto(f"http://localhost:{port}/console/portals/{portal}/content/pages/{home['id']}")
        page.frame_locator(".preview-frame").get_by_role("heading", level=1).wait_for()
        shown = _type(page)
        asked = page.evaluate(
            _ASK, {"portal": portal, "text": text, "token": f"Bearer {installation.TOKEN}", "times": KEYS}
        )
        browser.close()
    return shown, asked


def _type(page: Page) -> list[float]:
    page.get_by_role("textbox", name="Text of Home").click()
    page.keyboard.press("Control+End")
    page.evaluate(_WATCH)
    for count in range(1, KEYS + WARM_UP + 1):
        page.keyboard.press("x")
        page.wait_for_function("count => times.length >= count", arg=count)
    times: list[float] = page.evaluate("times")
    return times[WARM_UP:]
