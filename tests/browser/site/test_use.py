"""What visitors do: search, filter, choose versions, move by keyboard and on a phone."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import BrowserContext, expect

from tests.browser.site.conftest import PHONE
from tests.browser.watched import Watched

Visit = Callable[[str], Watched]


def test_typing_finds_apis(visit: Visit, portals: dict[str, str]) -> None:
    watched = visit(f"{portals['public']}/apis")
    page = watched.page

    page.get_by_role("searchbox").press_sequentially("parcel")

    expect(page.get_by_text("1 API", exact=True)).to_be_visible()
    expect(page.locator(".api-card")).to_have_count(1)
    expect(page).to_have_url(f"{portals['public']}/apis?q=parcel")
    watched.assert_clean()


def test_every_page_leads_to_an_api_by_its_name(visit: Visit, portals: dict[str, str]) -> None:
    watched = visit(portals["public"] + "/getting-started")
    page = watched.page
    page.get_by_role("searchbox", name="Search APIs").fill("parcel ev")
    page.keyboard.press("Enter")
    expect(page.locator(".api-card")).to_have_count(1)
    expect(page.get_by_role("link", name="Parcel events")).to_be_visible()
    # the catalog's own is the only one there
    expect(page.get_by_role("searchbox", name="Search APIs")).to_have_value("parcel ev")
    watched.assert_clean()


def test_a_filter_acts_at_once_and_joins_the_words(visit: Visit, portals: dict[str, str]) -> None:
    watched = visit(f"{portals['public']}/apis?q=o")
    page = watched.page
    expect(page.get_by_role("button", name="Apply filters")).to_be_hidden()

    page.get_by_role("checkbox", name="commerce").check()

    expect(page.get_by_text("2 APIs", exact=True)).to_be_visible()
    expect(page).to_have_url(f"{portals['public']}/apis?q=o&attribute=domain%3Acommerce")
    page.reload()
    expect(page.get_by_role("checkbox", name="commerce")).to_be_checked()
    watched.assert_clean()


def test_the_catalog_works_without_script(scriptless: BrowserContext, portals: dict[str, str]) -> None:
    page = scriptless.new_page()
    page.goto(f"{portals['public']}/apis")

    page.get_by_role("searchbox").fill("a")
    page.get_by_role("checkbox", name="commerce").check()
    page.get_by_role("button", name="Apply filters").click()

    expect(page.locator(".api-card-title")).to_have_text(["Payments", "Orders"])
    page.get_by_role("link", name="Orders").click()
    expect(page.get_by_role("heading", name="Orders", level=1)).to_be_visible()
    page.close()


def test_a_card_is_a_link_as_a_whole(visit: Visit, portals: dict[str, str]) -> None:
    page = visit(f"{portals['public']}/apis").page

    page.locator(".api-card", has_text="Checks an address").click(position={"x": 150, "y": 90})

    expect(page).to_have_url(f"{portals['public']}/apis/addresses")


def test_choosing_a_version_shows_its_reference(visit: Visit, portals: dict[str, str]) -> None:
    watched = visit(f"{portals['public']}/apis/orders/reference")
    page = watched.page
    expect(page.get_by_role("button", name="Show", exact=True)).to_be_hidden()

    page.get_by_label("Version").select_option(label="1.9.0")

    expect(page).to_have_url(f"{portals['public']}/apis/orders/reference/1.9.0")
    expect(page.get_by_text("It takes no webhooks and no returns")).to_be_visible()
    watched.assert_clean()


def test_a_version_is_chosen_without_script(scriptless: BrowserContext, portals: dict[str, str]) -> None:
    page = scriptless.new_page()
    page.goto(f"{portals['public']}/apis/orders/reference")

    page.get_by_label("Version").select_option(label="1.9.0")
    page.get_by_role("button", name="Show", exact=True).click()

    expect(page).to_have_url(f"{portals['public']}/apis/orders/reference/1.9.0")
    page.close()


def test_details_of_an_operation_open_without_script(
    scriptless: BrowserContext, portals: dict[str, str]
) -> None:
    page = scriptless.new_page()
    page.goto(f"{portals['public']}/apis/orders/reference/2.1.0")
    operation = page.locator("#post-orders")
    expect(operation.get_by_text("Authentication: apiKey, or oauth")).to_be_visible()
    expect(operation.get_by_text("TEA-200")).to_be_hidden()

    operation.get_by_text("Details").click()

    expect(operation.get_by_text("TEA-200")).to_be_visible()
    operation.get_by_role("link", name="NewOrder").click()
    expect(page.locator("#schema-NewOrder:target")).to_be_visible()
    expect(page.locator("#get-orders-orderId-events")).to_contain_text("Authentication: none")
    page.close()


def test_the_interactive_reference_takes_the_lists_place(visit: Visit, portals: dict[str, str]) -> None:
    page = visit(f"{portals['public']}/apis/orders/reference/2.1.0#post-orders").page

    expect(page.locator(".ref-operation")).to_have_count(0)
    expect(page.get_by_role("heading", name="Place an order")).to_be_in_viewport()


def test_the_keyboard_reaches_everything(visit: Visit, portals: dict[str, str]) -> None:
    page = visit(f"{portals['public']}/").page

    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    expect(page.get_by_role("link", name="Skip to content")).to_be_visible()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")

    expect(page.get_by_role("link", name="Find an API")).to_be_focused()


def test_the_menu_of_a_phone_leads_on(visit: Visit, portals: dict[str, str]) -> None:
    watched = visit(f"{portals['public']}/")
    watched.page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    link = watched.page.get_by_role("banner").get_by_role("link", name="Changelog")
    expect(link).to_be_hidden()

    watched.page.get_by_role("button", name="Menu").click()
    link.click()

    expect(watched.page.get_by_role("heading", name="Changelog", level=1)).to_be_visible()
    watched.assert_clean()


def test_icons_and_logo_are_drawn(visit: Visit, portals: dict[str, str]) -> None:
    page = visit(f"{portals['public']}/apis").page
    pictures = page.locator("img")
    expect(pictures).to_have_count(6)

    for picture in pictures.all():
        assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0


def test_the_download_is_what_was_sent(visit: Visit, portals: dict[str, str]) -> None:
    from infra.demo.fill import FILES

    page = visit(f"{portals['public']}/apis/orders/reference").page

    with page.expect_download() as started:
        page.get_by_role("link", name="Download").click()

    download = started.value
    assert download.suggested_filename == "orders-2.1.0.yaml"
    assert download.path().read_bytes() == (FILES / "specs" / "orders-2.yaml").read_bytes()
