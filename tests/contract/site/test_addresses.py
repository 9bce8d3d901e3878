"""Addresses of every form: what machines ask for by name, and what nobody should."""

from __future__ import annotations

import re
from collections.abc import Callable
from xml.etree import ElementTree

import pytest

from tests.client import Client
from tests.contract.site.making import SPEC, Maker

_SPACE = "{http://www.sitemaps.org/schemas/sitemap/0.9}"


def locations(client: Client, path: str) -> list[str]:
    """The paths that a sitemap lists."""
    reply = client.get(path)
    assert reply.status == 200
    assert reply.headers["content-type"] == "application/xml"
    found = ElementTree.fromstring(reply.body).iter(f"{_SPACE}loc")
    return [re.sub(r"^http://[^/]+", "", str(one.text)) for one in found]


def test_sitemaps_list_what_everyone_sees(guarded: Maker, signed_in: Callable[[Maker], Client]) -> None:
    guarded.page("/")
    above = guarded.page("guides & more")
    guarded.page("first", parent_page_id=above["id"])
    guarded.page("private", visibility="private")
    guarded.page("draft", status="unpublished")
    own = guarded.portal["id"]
    public = guarded.api(f"Public {own}", SPEC)
    guarded.document(public, "# Start", slug="start")
    guarded.document(public, "# Draft", slug="draft", status="unpublished")
    private = guarded.api(f"Private {own}", SPEC, visibility="private")
    slug = public["slug"]

    for client in (guarded.visitor, signed_in(guarded)):
        assert locations(client, "/sitemap.xml") == [
            "/",
            "/guides%20%26%20more",
            "/guides%20%26%20more/first",
            "/apis",
            f"/apis/{slug}",
        ]
        assert locations(client, "/sitemap-apis.xml") == [f"/apis/{slug}/sitemap.xml"]
        assert locations(client, f"/apis/{slug}/sitemap.xml") == [
            f"/apis/{slug}",
            f"/apis/{slug}/docs/start",
            f"/apis/{slug}/reference/1.0.0",
        ]
    assert private["slug"] not in guarded.visitor.get("/sitemap.xml").text


def test_a_private_apis_sitemap_is_missing(guarded: Maker) -> None:
    api = guarded.api(f"Private {guarded.portal['id']}", SPEC, visibility="private")

    assert guarded.visitor.get(f"/apis/{api['slug']}/sitemap.xml").status == 404


def test_every_address_of_a_sitemap_answers(site: Maker) -> None:
    site.admin.made(f"{site.path}/default-content", None)
    api = site.api(f"Listed {site.portal['id']}", SPEC)
    for path in (*locations(site.visitor, "/sitemap.xml"), *locations(site.visitor, "/sitemap-apis.xml")):
        assert site.visitor.get(path).status == 200, path
    for path in locations(site.visitor, f"/apis/{api['slug']}/sitemap.xml"):
        assert site.visitor.get(path).status == 200, path


def test_robots_are_told_what_the_admin_wrote(site: Maker) -> None:
    text = site.visitor.get("/robots.txt").text
    base = f"http://{site.portal['default_domain']}"
    assert text.startswith("User-agent: *\n")
    assert f"Sitemap: {base}/sitemap.xml\n" in text
    assert f"Sitemap: {base}/sitemap-apis.xml\n" in text

    for written in ("User-agent: *\r\nDisallow: /\n# ä", ""):
        site.customize(robots=written)
        reply = site.visitor.get("/robots.txt")
        assert reply.body == written.encode()
        if written:
            assert reply.headers["content-type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_pages_are_only_read(site: Maker, method: str) -> None:
    for path in ("/", "/guides", "/apis/x", "/robots.txt", "/_site/logo"):
        reply = site.visitor.request(method, path)
        assert reply.status == 405, path
        assert reply.headers["allow"] == "GET, HEAD, OPTIONS"


def test_head_has_the_headers_of_get(site: Maker) -> None:
    site.page("guide", "# Guide\n" + "text " * 500)

    got, head = site.visitor.get("/guide"), site.visitor.request("HEAD", "/guide")

    assert (head.status, head.body) == (200, b"")
    for name in ("content-type", "etag", "cache-control", "content-security-policy", "vary"):
        assert head.headers[name] == got.headers[name]


@pytest.mark.parametrize(
    ("path", "leads_to"),
    [
        ("//", "/"),
        ("//example.com", "/example.com"),
        ("//example.com/%2e%2e", "/example.com/%2e%2e"),
        ("//%5Cexample.com", "/%5Cexample.com"),
        ("//\\example.com", "/%5Cexample.com"),
        ("/guides//first", "/guides/first"),
        ("/guides//", "/guides"),
        ("/a%2520b//c", "/a%2520b/c"),
        ("/apis//x?y=//z", "/apis/x"),
    ],
)
def test_empty_parts_lead_to_the_one_address(site: Maker, path: str, leads_to: str) -> None:
    reply = site.visitor.get(path)

    assert (reply.status, reply.headers["location"]) == (301, leads_to)


@pytest.mark.parametrize(
    "path",
    [
        "/guide",
        "/guide/",
        "/guide?",
        "/guide?utm_source=x&q=%F0%9F%98%80&page=2&q=%ff",
        "/guide?filter[a][b]=c&sort=x&page[size]=0&page[number]=-1&attribute[]=x&&&=",
        "/guide?" + "&".join(f"attribute=k:{number}" for number in range(300)),
        "/%67uide",
    ],
)
def test_a_page_answers_whatever_is_added(site: Maker, path: str) -> None:
    site.page("guide", "# Guide")

    assert site.visitor.get(path).status == 200


@pytest.mark.parametrize(
    "path",
    [
        "/" + "a" * 5000,
        "/apis/" + "a" * 3000,
        "/apis/x/reference/" + "1" * 3000,
        "/" + "/".join("a" * 500),
        "/apis/" + "/".join("a" * 500),
        "/%00",
        "/%ff%fe",
        "/..%2f..%2fetc%2fpasswd",
        "/apis/..%2f..",
        "/apis/%2F",
        "/%3Cscript%3Ealert(1)%3C/script%3E",
        "/apis/.md",
        "/apis/x/docs/.md",
        "/index.php",
        "/.env",
        "/robots.txt/x",
        "/favicon.ico",
        "/Guide",
    ],
)
def test_strange_addresses_are_missing_pages(site: Maker, path: str) -> None:
    site.page("guide")

    reply = site.visitor.get(path)

    assert reply.status == 404, reply.text[:300]
    assert "This page does not exist" in reply.text
    assert "<script>alert" not in reply.text


@pytest.mark.parametrize(
    "path", ["/api/v3/missing", "/v3/portals", "/v2/x", "/portico/v1/tokens", "/_assets/x"]
)
def test_machines_get_problems_below_their_paths(site: Maker, path: str) -> None:
    reply = site.visitor.get(path)

    assert reply.status == 404
    assert reply.headers["content-type"] == "application/problem+json"


def test_an_unknown_host_has_no_site(site: Maker) -> None:
    for host in ("unknown.localhost", "0123456789ab.localhost", "example.com"):
        assert site.admin.at(host).get("/").status == 404


def test_the_admin_host_has_no_site(site: Maker) -> None:
    site.page("guide", "# Guide")

    assert site.admin.get("/guide").status == 404
