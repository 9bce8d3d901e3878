"""Pictures for the documentation, taken by the tests that show what is in them."""

from __future__ import annotations

import base64
from typing import Any

from playwright.sync_api import Page

from tests.conftest import ROOT

FOLDER = ROOT / "docs" / "images"
#: pixels that may differ before a picture is another one: those of a letter that is drawn a bit differently
CHANGED = 100

#: what was said in passing is gone, and addresses of this run are no address of anybody's
_SETTLE = """() => {
  document.querySelectorAll('.toast button').forEach((button) => button.click())
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
  while (texts.nextNode()) {
    const text = texts.currentNode
    const shown = text.data
      .replace(/[0-9a-f]{12}(?=\\.localhost)/, '1f0e4c2a9b7d')
      .replace(/localhost:\\d+/, 'localhost:8000')
    if (shown !== text.data) text.data = shown
  }
}"""
_DIFFERENCE = """async (pictures) => {
  const [one, other] = await Promise.all(pictures.map(async (text) => {
    const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
    const bitmap = await createImageBitmap(new Blob([bytes]))
    const drawing = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d')
    drawing.drawImage(bitmap, 0, 0)
    return drawing.getImageData(0, 0, bitmap.width, bitmap.height)
  }))
  if (one.width !== other.width || one.height !== other.height) return Infinity
  let changed = 0
  for (let place = 0; place < one.data.length; place += 4) {
    const far = [0, 1, 2].some((part) => Math.abs(one.data[place + part] - other.data[place + part]) > 24)
    if (far) changed += 1
  }
  return changed
}"""


def take(page: Page, name: str, *, width: int = 1280, height: int = 800) -> None:
    """Writes docs/images/NAME.png, unless the one that is there shows the same."""
    before = page.viewport_size
    page.set_viewport_size({"width": width, "height": height})
    picture, last = b"", None
    while picture != last:  # until nothing moves any more
        page.evaluate("new Promise((done) => setTimeout(done, 200))")
        page.evaluate(_SETTLE)
        picture, last = page.screenshot(animations="disabled", caret="hide"), picture
    assert 10_000 < len(picture) < 300_000
    file = FOLDER / f"{name}.png"
    if not file.exists() or _difference(page, picture, file.read_bytes()) > CHANGED:
        FOLDER.mkdir(exist_ok=True)
        file.write_bytes(picture)
    if before:
        page.set_viewport_size(before)


def _difference(page: Page, one: bytes, other: bytes) -> float:
    """How many pixels differ."""
    found: Any = page.evaluate(_DIFFERENCE, [base64.b64encode(each).decode() for each in (one, other)])
    return float(found)
