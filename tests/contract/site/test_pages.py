"""Authored pages, the front page and what is not there."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.client import Client
from tests.contract.site.making import SVG, Maker, done, meta, title


def test_a_page_has_title_and_description_of_its_front_matter(site: Maker) -> None:
    site.page("guides", "---\ntitle: All guides\ndescription: What to read first.\n---\n# Guides")

    reply = site.visitor.get("/guides")

    assert reply.status == 200
    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    assert title(reply.text) == "All guides | Example Portal"
    assert meta(reply.text, "description") == ["What to read first."]
    assert meta(reply.text, "og:title") == ["All guides"]
    assert meta(reply.text, "og:description") == ["What to read first."]
    assert meta(reply.text, "og:site_name") == ["Example Portal"]
    base = f"http://{site.portal['default_domain']}"
    assert meta(reply.text, "og:url") == [f"{base}/guides"]
    assert f'<link rel="canonical" href="{base}/guides">' in reply.text


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ("https://pictures.example/a.png", {"og:image": ["https://pictures.example/a.png"]}),
        ("/_site/logo", {"og:image": ["{base}/_site/logo"]}),
        (
            "{url: /a.png, alt: A picture, width: 1200, height: 630}",
            {
                "og:image": ["{base}/a.png"],
                "og:image:alt": ["A picture"],
                "og:image:width": ["1200"],
                "og:image:height": ["630"],
            },
        ),
        ("{url: /a.png, width: wide, height: -1}", {"og:image": ["{base}/a.png"], "og:image:width": []}),
        ("javascript:alert(1)", {"og:image": []}),
        ("[1, 2]", {"og:image": []}),
    ],
)
def test_a_picture_for_social_networks_is_named_in_two_ways(
    site: Maker, image: str, expected: dict[str, list[str]]
) -> None:
    site.page("pictured", f"---\nimage: {image}\n---\nText")

    html = site.visitor.get("/pictured").text

    base = f"http://{site.portal['default_domain']}"
    for name, values in expected.items():
        assert meta(html, name) == [value.format(base=base) for value in values]


def test_pages_stand_at_their_paths(site: Maker) -> None:
    above = site.page("/guides", "# Guides")
    site.page("first steps/ä", "# Ä", parent_page_id=above["id"])

    assert "<h1" in site.visitor.get("/guides/").text
    reply = site.visitor.get("/guides/first%20steps/%C3%A4")
    assert reply.status == 200
    assert f'href="http://{site.portal["default_domain"]}/guides/first%20steps/%C3%A4"' in reply.text


@pytest.mark.parametrize("slug", ["/", "home"])
def test_the_front_page_has_one_address(site: Maker, slug: str) -> None:
    site.page(slug, "# Welcome")

    for path in ("/", "/home"):
        reply = site.visitor.get(path)
        assert "Welcome" in reply.text
        assert f'<link rel="canonical" href="http://{site.portal["default_domain"]}/">' in reply.text


def test_a_portal_with_nothing_public_says_so_under_its_own_name(guarded: Maker) -> None:
    guarded.page("/", "# Secret", visibility="private")

    reply = guarded.visitor.get("/")

    assert reply.status == 200
    assert title(reply.text) == "Guarded Portal"
    assert "nothing public here" in reply.text
    assert "Secret" not in reply.text
    assert meta(reply.text, "robots") == ["noindex"]


def test_a_developer_sees_private_pages_that_no_cache_keeps(
    guarded: Maker, signed_in: Callable[[Maker], Client]
) -> None:
    guarded.page("private", "# For developers", visibility="private")
    guarded.page("public", "# For all")
    assert guarded.visitor.get("/private").status == 404

    developer = signed_in(guarded)

    for path in ("/private", "/public", "/", "/missing", "/private.md", "/apis"):
        assert developer.get(path).headers["cache-control"] == "private, no-store", path
    assert "For developers" in developer.get("/private").text


def test_what_is_not_there_is_a_page_of_the_portal(site: Maker) -> None:
    reply = site.visitor.get("/missing")

    assert reply.status == 404
    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    assert title(reply.text) == "Not found | Example Portal"
    assert 'href="/"' in reply.text
    assert "etag" not in reply.headers


def test_hidden_pages_answer_as_missing_ones(guarded: Maker) -> None:
    above = guarded.page("draft", "# Draft", status="unpublished")
    guarded.page("below", "# Below", parent_page_id=above["id"])
    guarded.page("private", "# Private", visibility="private")
    missing = guarded.visitor.get("/missing")

    for path in ("/draft", "/draft/below", "/private", "/private.md"):
        reply = guarded.visitor.get(path)
        assert reply.status == 404
        if not path.endswith(".md"):
            assert (reply.body, _lasting(reply)) == (missing.body, _lasting(missing))


def _lasting(reply: Any) -> dict[str, str]:
    return {name: value for name, value in reply.headers.items() if name not in ("x-trace-id", "date")}


def test_a_snippet_that_is_private_or_missing_leaves_nothing(guarded: Maker) -> None:
    guarded.snippet("known", "Known text")
    guarded.snippet("secret", "Secret text", visibility="private")
    guarded.snippet("draft", "Draft text", status="unpublished")
    text = "".join(f'\n::snippet{{name="{name}"}}\n::\n' for name in ("known", "secret", "draft", "absent"))
    guarded.page("with-snippets", text)

    html = guarded.visitor.get("/with-snippets").text

    assert "Known text" in html
    assert not [word for word in ("Secret", "Draft", "secret", "absent") if word in html]


def test_snippets_stand_beside_a_page(site: Maker) -> None:
    site.snippet("aside", '::page-toc{title="Here"}\n::')
    site.page("long", "---\npage-layout: {sidebar-right: aside}\n---\n# Long\n\n## One\n\n## Two")

    html = site.visitor.get("/long").text

    assert re.search(r'class="sidebar-right[^>]*>.*href="#one".*href="#two"', html, re.DOTALL)


def test_pages_below_a_page_are_listed_for_whoever_sees_them(guarded: Maker) -> None:
    above = guarded.page("guides", "::page-navigation{children}\n::")
    for name, more in (
        ("open", {}),
        ("closed", {"visibility": "private"}),
        ("draft", {"status": "unpublished"}),
    ):
        guarded.page(name, parent_page_id=above["id"], title=f"The {name} one", **more)

    html = guarded.visitor.get("/guides").text

    assert '<a href="/guides/open">The open one</a>' in html
    assert "The closed one" not in html
    assert "The draft one" not in html


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/guide.md", {}),
        ("/guide", {"Accept": "text/markdown"}),
        ("/guide", {"Accept": "text/markdown, */*"}),
    ],
)
def test_a_page_is_given_as_markdown(site: Maker, path: str, headers: dict[str, str]) -> None:
    site.snippet("inner", "From the snippet")
    site.page("guide", '---\ntitle: Guide\n---\n# Guide\n\n::snippet{name="inner"}\n::\n')

    reply = site.visitor.get(path, headers=headers)

    assert reply.status == 200
    assert reply.headers["content-type"] == "text/markdown; charset=utf-8"
    assert "Accept" in reply.headers["vary"]
    assert reply.text == "# Guide\n\nFrom the snippet\n"
    # a cache that goes by addresses alone must not give it to a browser
    assert reply.headers["cache-control"].startswith(
        "public" if path.endswith(".md") else "private, no-store"
    )


@pytest.mark.parametrize("accept", ["*/*", "text/html", "text/html, text/markdown;q=0.5", "application/json"])
def test_whoever_does_not_ask_for_markdown_gets_html(site: Maker, accept: str) -> None:
    site.page("guide", "# Guide")

    assert site.visitor.get("/guide", headers={"Accept": accept}).text.startswith("<!doctype html>")


def test_markdown_of_what_is_not_there_is_404(guarded: Maker) -> None:
    guarded.page("private", visibility="private")

    replies = [guarded.visitor.get(path) for path in ("/missing.md", "/private.md", "/apis/missing.md")]

    assert [reply.status for reply in replies] == [404] * 3
    assert replies[0].body == replies[1].body
    assert replies[0].headers["content-type"].startswith("text/markdown")


def test_default_content_makes_a_whole_site(site: Maker) -> None:
    made = site.admin.made(f"{site.path}/default-content", None)

    for path in made["pages"]:
        reply = site.visitor.get(path)
        assert reply.status == 200, path
        assert "mdc-problem" not in reply.text, path
        assert site.visitor.get(f"{path}.md").status == 200, path


def test_theme_and_style_are_the_portals(site: Maker) -> None:
    site.customize(theme={"mode": "dark", "colors": {"primary": "#ffd400"}}, css="body { color: red }")
    done(site.admin.put(f"{site.path}/assets/logo", {"data": SVG}))

    html = site.visitor.get("/").text

    assert '<html lang="en" data-theme="dark">' in html
    assert ":root{--brand:#ffd400;--brand-ink:#111}" in html
    css = re.search(r'<link rel="stylesheet" href="(/_site/custom\.css\?v=\w+)">', html)
    logo = re.search(r'<img src="(/_site/logo\?v=\w+)" alt="">', html)
    icon = re.search(r'<link rel="icon" href="(/_site/favicon\?v=[\w-]+)">', html)
    assert css
    assert logo
    assert icon
    reply = site.visitor.get(css[1])
    assert reply.text == "body { color: red }"
    assert reply.headers["content-type"] == "text/css; charset=utf-8"
    for found in (css, logo, icon):
        reply = site.visitor.get(found[1])
        assert reply.status == 200
        assert reply.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert "sandbox" in reply.headers["content-security-policy"]


def test_a_file_under_another_address_than_its_own_is_not_kept_for_ever(site: Maker) -> None:
    site.customize(css="a {}")

    for path in ("/_site/custom.css", "/_site/custom.css?v=0123456789abcdef", "/_site/logo?v=older"):
        assert site.visitor.get(path).headers["cache-control"].startswith("public, max-age=0,")


def test_a_file_that_there_is_not_is_a_problem(site: Maker) -> None:
    for path in ("/_site/custom.css", "/_site/other", "/_site/logo/x", "/_assets/missing.js", "/_media/x"):
        reply = site.visitor.get(path)
        assert reply.status == 404, path
        assert reply.headers["content-type"] == "application/problem+json", path


def test_menus_are_the_viewers(guarded: Maker, signed_in: Callable[[Maker], Client]) -> None:
    def item(title: str, visibility: str, **more: Any) -> dict[str, Any]:
        return {"title": title, "path": "/x", "visibility": visibility, "external": False, **more}

    guarded.customize(
        menu={
            "main": [item("Open door", "public"), item("Back door", "private")],
            "footer_sections": [
                {"title": "Mixed", "items": [item("Open window", "public"), item("Shut window", "private")]},
                {"title": "Inner", "items": [item("Shut gate", "private")]},
            ],
            "footer_bottom": [item("Open end", "public", external=True), item("Shut end", "private")],
        }
    )
    shut = ("Back door", "Shut window", "Inner", "Shut gate", "Shut end")

    html = guarded.visitor.get("/").text
    assert all(text in html for text in ("Open door", "Mixed", "Open window", "Open end"))
    assert not [text for text in shut if text in html]
    assert '<a href="/x" target="_blank" rel="noopener noreferrer">Open end</a>' in html

    html = signed_in(guarded).get("/").text
    assert all(text in html for text in shut)


@pytest.mark.parametrize(
    ("path", "href"),
    [
        ("apis", "/apis"),
        ("/guides/a b", "/guides/a%20b"),
        ("https://example.com/x", "https://example.com/x"),
        ("mailto:help@example.com", "mailto:help@example.com"),
        ("#part", "#part"),
        ("javascript:alert(1)", "#"),
        (" javascript:alert(1)", "#"),
        ("JaVaScRiPt:alert(1)", "#"),
        ("data:text/html,x", "#"),
        ("", "/"),
    ],
)
def test_a_menu_leads_nowhere_dangerous(site: Maker, path: str, href: str) -> None:
    item = {"title": "Follow me", "path": path, "visibility": "public", "external": False}
    site.customize(menu={"main": [item]})

    assert f'<a href="{href}">Follow me</a>' in site.visitor.get("/missing").text


def test_the_menu_marks_where_one_is(site: Maker) -> None:
    paths = ("/apis", "/guides", "/")
    site.customize(
        menu={
            "main": [
                {"title": path, "path": path, "visibility": "public", "external": False} for path in paths
            ]
        }
    )
    api = site.api(spec="openapi: 3.0.0\ninfo: {title: T, version: '1'}\npaths: {}\n")

    def marked(path: str) -> list[str]:
        return re.findall(r'<a href="([^"]*)" aria-current="page">', site.visitor.get(path).text)

    assert marked("/") == ["/"]
    assert marked("/apis") == ["/apis"]
    assert "/apis" in marked(f"/apis/{api['slug']}")
    assert marked("/guidesx") == []


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "</title><b>"]
)
def test_what_an_admin_types_is_text(site: Maker, text: str) -> None:
    done(site.admin.patch(site.path, {"display_name": text}))
    site.customize(
        menu={
            "main": [{"title": text, "path": "/", "visibility": "public", "external": False}],
            "footer_sections": [
                {
                    "title": text,
                    "items": [{"title": text, "path": text, "visibility": "public", "external": False}],
                }
            ],
        }
    )
    site.page("typed", "Text", title=text, description=text)
    site.api(text, attributes={"domain": ["a & b"]}, description=text)

    for path in ("/typed", "/apis", "/missing", f"/apis?q={text}".replace("#", "%23").replace(" ", "+")):
        assert text not in site.visitor.get(path).text, path
