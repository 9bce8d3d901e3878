"""The catalog: search, filters, paging, all of it in addresses, without script."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from urllib.parse import quote_plus

import pytest

from tests.client import Client
from tests.contract.site.making import SVG, Maker, done, title


@pytest.fixture
def shop(site: Maker) -> Maker:
    """A catalog of a few APIs; names end in the portal's id, since names are one installation's."""
    own = site.portal["id"]
    site.api(
        f"Orders {own}", description="Place an order", attributes={"domain": ["sales"], "style": ["REST"]}
    )
    site.api(f"Payments {own}", labels={"team": "money"}, attributes={"domain": ["sales", "finance"]})
    site.api(
        f"Parcels {own}", version="2024-10-01", attributes={"domain": ["logistics"], "style": ["events"]}
    )
    site.api(f"Secret {own}", visibility=None, attributes={"domain": ["secret"]})
    return site


def names(client: Client, path: str) -> list[str]:
    """The names of the APIs that a page of the catalog shows, without the portal's id."""
    html = client.get(path).text
    found = re.findall(r'class="api-card-title"><a href="[^"]*">(.*?)</a>', html)
    return [unescape(name).partition(" ")[0] for name in found]


def count(client: Client, path: str) -> str:
    found = re.search(r'class="catalog-count">(.*?)</p>', client.get(path).text)
    assert found
    return found[1]


def test_the_catalog_shows_what_is_published(shop: Maker) -> None:
    html = shop.visitor.get("/apis").text

    assert title(html) == "APIs | Example Portal"
    assert names(shop.visitor, "/apis") == ["Parcels", "Payments", "Orders"]
    assert "Secret" not in html
    assert "secret" not in html
    assert "Place an order" in html
    assert "2024-10-01" in html


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("orders", ["Orders"]),
        ("ORDER+place", ["Orders"]),
        ("money", ["Payments"]),
        ("finance", ["Payments"]),
        ("sales", ["Payments", "Orders"]),
        ("2024-10", ["Parcels"]),
        ("sales+events", []),
        ("secret", []),
        ("++", ["Parcels", "Payments", "Orders"]),
        ("%3Cscript%3E", []),
    ],
)
def test_words_are_looked_for_everywhere(shop: Maker, words: str, found: list[str]) -> None:
    assert names(shop.visitor, f"/apis?q={words}") == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("attribute=domain:sales", ["Payments", "Orders"]),
        ("attribute=domain:sales&attribute=domain:logistics", ["Parcels", "Payments", "Orders"]),
        ("attribute=domain:sales&attribute=style:REST", ["Orders"]),
        ("attribute=domain:finance&q=pay", ["Payments"]),
        ("attribute=domain:unknown", []),
        ("attribute=unknown:sales", []),
        ("attribute=nonsense&attribute=&page=x&page=-1&sort=no&filter[x]=y&page[number]=a", ["Parcels"]),
    ],
)
def test_attributes_narrow_the_catalog(shop: Maker, query: str, found: list[str]) -> None:
    assert names(shop.visitor, f"/apis?{query}")[: len(found) or 1] == found


def test_the_form_shows_what_was_asked_for(shop: Maker) -> None:
    html = shop.visitor.get('/apis?q=pa"y&attribute=domain:sales').text

    assert 'name="q" value="pa&#34;y"' in html
    assert re.search(r'<input type="checkbox" name="attribute" value="domain:sales" checked>', html) is None
    html = shop.visitor.get("/apis?q=pay&attribute=domain:sales").text
    assert re.search(r'<input type="checkbox" name="attribute" value="domain:sales" checked>', html)
    assert '<form class="catalog-form" data-catalog-search action="/apis" method="get">' in html


def test_each_value_tells_how_many_apis_have_it(shop: Maker) -> None:
    html = shop.visitor.get("/apis").text

    counts = re.findall(r'<span>(\w+)</span> <span class="filter-count">(\d+)</span>', html)
    assert ("sales", "2") in counts
    assert ("finance", "1") in counts
    assert re.findall(r"<legend>(.*?)</legend>", html) == ["Domain", "Style"]


def test_a_value_of_any_form_filters(site: Maker) -> None:
    site.api(f"Odd {site.portal['id']}", attributes={"a-b": ['x:y & "z" +1%']})
    found = re.search(r'name="attribute" value="([^"]*)"', site.visitor.get("/apis").text)
    assert found

    assert names(site.visitor, f"/apis?attribute={quote_plus(unescape(found[1]))}") == ["Odd"]


def test_many_apis_come_a_page_at_a_time(site: Maker) -> None:
    for number in range(14):
        site.api(f"A{number:02} {site.portal['id']}", attributes={"kind": ["a"]})

    first = site.visitor.get("/apis?attribute=kind:a").text
    assert count(site.visitor, "/apis?attribute=kind:a") == "14 APIs"
    following = re.search(r'<a href="([^"]*)" rel="next">', first)
    assert following
    assert unescape(following[1]) == "/apis?attribute=kind%3Aa&page=2"
    assert names(site.visitor, unescape(following[1])) == ["A01", "A00"]
    assert names(site.visitor, "/apis?page=99") == ["A01", "A00"]


def test_an_empty_catalog_says_why(site: Maker) -> None:
    assert "No APIs here yet" in site.visitor.get("/apis").text
    html = site.visitor.get("/apis?q=anything").text
    assert "No API matches" in html
    assert 'href="/apis">Show all APIs</a>' in html


def test_cards_show_icons(site: Maker) -> None:
    api = site.api(f"Pictured {site.portal['id']}")
    done(site.admin.put(f"/v3/apis/{api['id']}/images/icon", {"data": SVG}))

    found = re.search(r'<img class="api-icon" src="(/_media/[\w-]+)"', site.visitor.get("/apis").text)

    assert found
    assert site.visitor.get(found[1]).headers["content-type"] == "image/svg+xml"


def test_a_page_at_apis_takes_the_catalogs_place(shop: Maker) -> None:
    page = shop.page("apis", "# Our APIs\n\n::apis-list\n---\npage-size: 2\n---\n::")

    html = shop.visitor.get("/apis").text
    assert "Our APIs" in html
    assert names(shop.visitor, "/apis") == ["Parcels", "Payments"]
    assert names(shop.visitor, "/apis?page=2") == ["Orders"]

    done(shop.admin.patch(f"{shop.path}/pages/{page['id']}", {"status": "unpublished"}))
    assert names(shop.visitor, "/apis") == ["Parcels", "Payments", "Orders"]


@pytest.mark.parametrize(
    ("props", "there", "not_there"),
    [
        ("enable-search: false", ["catalog-filters"], ['type="search"']),
        ("show-filter: false", ['type="search"'], ["catalog-filters"]),
        ("enable-search: false\nshow-filter: false", ["catalog-results"], ["<form"]),
        ("attributes: [style]", ["<legend>Style"], ["<legend>Domain"]),
        ("page-size: 1", ['rel="next"'], []),
        ("page-size: 1\npagination: false", ["3 APIs"], ['rel="next"']),
        ("page-size: no", ["3 APIs"], ['rel="next"']),
        ("cta-text: Look inside", ["Look inside"], []),
        ("card-attribute-keys: [style]", ["REST</li>"], ["finance</li>"]),
    ],
)
def test_a_list_of_apis_is_as_its_page_wants_it(
    shop: Maker, props: str, there: list[str], not_there: list[str]
) -> None:
    shop.page("listed", f"::apis-list\n---\n{props}\n---\n::")

    html = shop.visitor.get("/listed").text

    assert [text for text in there if text not in html] == []
    assert [text for text in not_there if text in html] == []


def test_private_apis_are_listed_for_developers(guarded: Maker, signed_in: Callable[[Maker], Client]) -> None:
    guarded.api(f"Veiled {guarded.portal['id']}", visibility="private", attributes={"domain": ["veiled"]})
    assert "veiled" not in guarded.visitor.get("/apis").text.casefold()

    assert names(signed_in(guarded), "/apis") == ["Veiled"]


def test_the_catalog_as_markdown_links_every_api(shop: Maker) -> None:
    text = shop.visitor.get("/apis.md").text

    assert text.startswith("# APIs\n")
    assert re.search(r"- \[Orders [\w-]+\]\(/apis/orders-[\w-]+\): Place an order", text)
