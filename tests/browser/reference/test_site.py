"""The site's islands and colours in Chromium, under the policy that the site sends."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.reference.host import Host
from tests.browser.watched import Watched

_HEADER = """
<header class="site-header"><div class="site-header-inner"><a class="site-logo" href="/">Example</a>
<button class="nav-toggle" type="button" aria-expanded="false" aria-controls="site-nav">Menu</button>
<nav class="site-nav" id="site-nav"><ul><li><a href="/apis">APIs</a></li></ul></nav></div></header>"""
_TABS = """
<div class="mdc-tab-group mdc-tab-group--horizontal">
<details class="mdc-tab-panel" name="tabs" open><summary>Shell</summary>
<div class="mdc-tab-panel__content"><p>curl</p></div></details>
<details class="mdc-tab-panel" name="tabs"><summary>Python</summary>
<div class="mdc-tab-panel__content"><p id="deep">httpx</p></div></details>
</div>"""
_SEARCH = """
<form data-catalog-search action="/apis"><input type="search" name="q" aria-label="Search APIs"></form>
<div data-catalog-results>%s</div>"""

#: contrast (WCAG 2) of each tone on its ground, both as they are painted, with a brand colour
_CONTRASTS = """
([brand, tones]) => {
  document.documentElement.style.setProperty('--brand', brand)
  const canvas = document.createElement('canvas').getContext('2d', { willReadFrequently: true })
  const probe = document.body.appendChild(document.createElement('i'))
  const luminance = (property) => {
    probe.style.color = `var(${property})`
    canvas.fillStyle = getComputedStyle(probe).color
    canvas.fillRect(0, 0, 1, 1)
    const [r, g, b] = [...canvas.getImageData(0, 0, 1, 1).data].map((byte) => byte / 255)
      .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  return tones.map((pair) => {
    const [light, dark] = pair.map(luminance).sort((a, b) => b - a)
    return (light + 0.05) / (dark + 0.05)
  })
}
"""
_TONES = [
    ("--text", "--page"),
    ("--text-muted", "--surface-sunken"),
    ("--info", "--info-soft"),
    ("--good", "--good-soft"),
    ("--warn", "--warn-soft"),
    ("--bad", "--bad-soft"),
    ("--violet", "--violet-soft"),
    ("--accent", "--page"),
    ("--accent", "--accent-soft"),
]
_BRANDS = ["#1d5fd6", "#ffd400", "#00e5c3", "#ff0050", "#7a00ff", "#000000", "#ffffff", "#2d4a22"]


def open_page(watched: Watched, host: Host, body: str, fragment: str = "", theme: str = "light") -> Page:
    watched.page.goto(host.put_page("/page", body, theme=theme) + fragment)
    return watched.page


def test_the_menu_of_a_phone_opens_and_closes(watched: Watched, host: Host) -> None:
    watched.page.set_viewport_size({"width": 390, "height": 800})
    page = open_page(watched, host, _HEADER)
    link = page.get_by_role("link", name="APIs")
    expect(link).to_be_hidden()

    page.get_by_role("button", name="Menu").click()
    expect(link).to_be_visible()
    page.keyboard.press("Escape")

    expect(link).to_be_hidden()
    expect(page.get_by_role("button", name="Menu")).to_be_focused()
    watched.assert_clean()


def test_the_menu_of_a_phone_needs_no_script(host: Host, browser: Browser) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 800})
    page = context.new_page()

    page.goto(host.put_page("/page", _HEADER))

    expect(page.get_by_role("link", name="APIs")).to_be_visible()
    expect(page.get_by_role("button", name="Menu")).to_be_hidden()
    context.close()


def test_tabs_are_chosen_with_mouse_and_keys(watched: Watched, host: Host) -> None:
    page = open_page(watched, host, _TABS)
    expect(page.get_by_role("tabpanel")).to_have_text("curl")

    page.get_by_role("tab", name="Python").click()
    expect(page.get_by_role("tabpanel")).to_have_text("httpx")
    page.keyboard.press("ArrowRight")

    expect(page.get_by_role("tabpanel")).to_have_text("curl")
    expect(page.get_by_role("tab", name="Shell")).to_be_focused()
    watched.assert_clean()


def test_an_address_inside_a_tab_opens_it(watched: Watched, host: Host) -> None:
    page = open_page(watched, host, _TABS, "#deep")

    expect(page.get_by_text("httpx")).to_be_visible()


def test_code_is_copied(watched: Watched, host: Host) -> None:
    page = open_page(watched, host, '<div class="prose"><pre><code>make run</code></pre></div>')

    page.get_by_role("button", name="Copy").click()

    expect(page.get_by_role("button", name="Copied")).to_be_attached()
    assert page.evaluate("navigator.clipboard.readText()") == "make run"


def test_typing_refreshes_the_catalog(watched: Watched, host: Host) -> None:
    host.put_page("/apis", _SEARCH % "<p>1 API: Payments</p>")
    page = open_page(watched, host, _SEARCH % "<p>2 APIs</p>")

    page.get_by_role("searchbox").fill("pay")

    expect(page.get_by_text("1 API: Payments")).to_be_visible()
    expect(page).to_have_url(host.address + "/apis?q=pay")
    expect(page.get_by_role("searchbox")).to_have_value("pay")
    watched.assert_clean()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("brand", _BRANDS)
def test_text_is_legible_with_any_brand_colour(watched: Watched, host: Host, theme: str, brand: str) -> None:
    page = open_page(watched, host, "", theme=theme)

    contrasts = page.evaluate(_CONTRASTS, [brand, _TONES])

    assert {pair: f"{ratio:.2f}" for pair, ratio in zip(_TONES, contrasts, strict=True) if ratio < 4.5} == {}


def test_a_page_without_the_reference_is_light(watched: Watched, host: Host) -> None:
    open_page(watched, host, _HEADER)

    loaded = [host.dist / url.rpartition("/")[2] for url in watched.requests if "/_assets/" in url]

    assert len(loaded) == 2
    assert sum(file.stat().st_size for file in loaded) < 60_000
