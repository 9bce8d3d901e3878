"""How much a person has to do in a tab: presses of the mouse, and fields that are typed into."""

from __future__ import annotations

from typing import NamedTuple

from playwright.sync_api import Page

_NOTE = """
window.presses = 0
window.typed = new Set()
addEventListener('pointerdown', () => (window.presses += 1), true)
const fields = 'input:not([type=radio], [type=checkbox], [type=file]), textarea'
addEventListener('input', ({ target }) => target.matches(fields) && window.typed.add(target), true)
"""


class Effort(NamedTuple):
    clicks: int
    fields: int


def watch(page: Page) -> None:
    """Begins to count, from where the tab is; as long as no other document is loaded into it."""
    page.evaluate(f"() => {{ {_NOTE} }}")


def effort(page: Page) -> Effort:
    """What was done in the tab since `watch`."""
    clicks, fields = page.evaluate("[window.presses, window.typed.size]")
    return Effort(clicks, fields)
