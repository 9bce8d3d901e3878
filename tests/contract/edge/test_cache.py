"""CloudFront plays with the deployed policies: nobody gets what is another's, and what changed is gone."""

from __future__ import annotations

import json
import re
import uuid
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from chalicelib.access import sessions
from chalicelib.http import dispatch, routing
from chalicelib.http.operation import Host
from chalicelib.http.request import Request
from chalicelib.site import policy
from infra import edge as files
from tests.client import Client
from tests.contract.edge.cache import SECRET, Edge, Viewer, _event
from tests.contract.edge.conftest import Front
from tests.contract.site.making import SPEC, SVG, Maker, done

MARKDOWN = {"Accept": "text/markdown"}


def open_portal() -> dict[str, Any]:
    return {"name": f"portal {uuid.uuid4()}", "authentication_enabled": False}


@pytest.fixture
def public(behind: Viewer) -> Maker:
    """A portal that everyone may see."""
    return Maker(behind, behind.made("/v3/portals", open_portal()))


@pytest.fixture
def private(behind: Viewer, developers: None) -> Maker:
    """A portal whose pages and APIs are its developers' alone."""
    made = Maker(behind, behind.made("/v3/portals", {"name": f"portal {uuid.uuid4()}"}))
    made.page("secret", "Secret of the developers", visibility="private")
    made.api(
        f"Secret {made.portal['id']}", SPEC, visibility="private", slug=f"secret-{made.portal['id'][:8]}"
    )
    return made


def secrets_of(maker: Maker) -> list[str]:
    api = f"/apis/secret-{maker.portal['id'][:8]}"
    return ["/secret", "/secret.md", api, f"{api}/reference", f"{api}/reference/1.0.0/download"]


def visitor(maker: Maker, **cookies: str) -> Viewer:
    found = maker.visitor
    assert isinstance(found, Viewer)
    return found.with_cookies(**cookies)


# what is everyone's


def test_anonymous_visitors_share_a_page(public: Maker, edge: Edge) -> None:
    public.page("guide", "# Guide")
    first = visitor(public).get("/guide")
    edge.origin.clear()

    second = visitor(public, theme="dark").get("/guide")

    assert (second.status, second.body) == (200, first.body)
    assert edge.origin == []


def test_a_page_is_fetched_anew_when_its_time_is_over(public: Maker, edge: Edge) -> None:
    visitor(public).get("/missing")
    assert visitor(public).hit("/missing")
    edge.now += 11
    assert not visitor(public).hit("/missing")


def test_the_same_path_at_two_portals_is_two_pages(public: Maker, behind: Viewer) -> None:
    other = Maker(behind, behind.made("/v3/portals", open_portal()))
    for maker in (public, other):
        maker.page("/", f"Home of {maker.portal['id']}")
    for maker in (public, other, public, other):
        assert f"Home of {maker.portal['id']}" in visitor(maker).get("/").text


def test_what_the_site_does_not_read_of_a_query_splits_nothing(public: Maker, edge: Edge) -> None:
    public.api(attributes={"kind": ["a"]})
    visitor(public).get("/apis?q=x&page=1")
    edge.origin.clear()
    for query in ("page=1&q=x", "q=x&utm_source=mail&page=1", "q=before&q=x&page=1"):
        assert visitor(public).hit(f"/apis?{query}"), query
    for query in ("q=y&page=1", "q=x&page=2", "q=x&page=1&attribute=kind:a"):
        assert not visitor(public).hit(f"/apis?{query}"), query


def test_one_address_a_page(public: Maker) -> None:
    reply = visitor(public).get("//evil.example//guide?q=x&z=1")
    assert (reply.status, reply.headers["location"]) == (301, "/evil.example/guide?q=x")
    assert visitor(public).get("//\\evil.example/").headers["location"] == "/%5Cevil.example"


def test_pages_carry_their_own_policy_and_answers_one_of_the_edge(public: Maker) -> None:
    page = visitor(public).get("/missing").headers
    assert "script-src 'self'" in page["content-security-policy"]
    assert page["strict-transport-security"].startswith("max-age=31536000")
    answer = visitor(public).get("/api/v3/portal").headers
    assert answer["content-security-policy"].startswith("default-src 'none'")
    assert answer["x-content-type-options"] == "nosniff"


# what is not


def test_a_developers_pages_are_nobody_elses(private: Maker, edge: Edge) -> None:
    developer = visitor(private, portalaccesstoken="one")
    edge.kept.clear()
    for path in secrets_of(private):
        assert developer.get(path).status == 200, path
    assert edge.kept == {}

    for path in secrets_of(private):
        reply = visitor(private).get(path)
        assert reply.status == 404, path
        assert "Secret" not in reply.text
    # and what an anonymous visitor got is not the developer's
    for path in secrets_of(private):
        assert visitor(private).hit(path), path
        assert developer.get(path).status == 200, path


def test_even_a_forgotten_no_store_gives_a_developers_page_to_nobody(
    private: Maker, edge: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(policy, "PRIVATE", policy.PUBLIC_CACHE)
    for path in secrets_of(private):
        assert visitor(private, portalaccesstoken="one").get(path).status == 200
    assert edge.kept, "they are kept now"

    for path in secrets_of(private):
        assert visitor(private).get(path).status == 404, path
        assert not visitor(private, portalaccesstoken="two").hit(path), path


def test_a_preview_is_its_admins_alone(private: Maker, behind: Viewer, edge: Edge) -> None:
    path = f"/portico/v1/portals/{private.portal['id']}/preview-sessions"
    link = urlsplit(behind.made(path, None)["url"]).path
    begun = visitor(private).get(link)
    assert begun.status == 302
    (cookie,) = begun.cookies
    value = re.match(r"portico_preview=([^;]+)", cookie)
    assert value

    again = visitor(private).get(link)
    assert (again.status, again.cookies) == (404, [])
    assert "Secret of the developers" in visitor(private, portico_preview=value[1]).get("/secret").text
    assert visitor(private).get("/secret").status == 404
    assert not any(one.startswith("/_preview-mode") for one in edge.paths())


def test_nothing_of_a_portal_with_an_address_list_is_kept(public: Maker, edge: Edge) -> None:
    public.page("guide")
    api = public.api(spec=SPEC)
    done(public.admin.put(f"/v3/apis/{api['id']}/images/icon", {"data": SVG}))
    done(public.admin.patch(public.path, {"sipr_enabled": True}))
    edge.kept.clear()
    home = visitor(public).get("/apis").text
    icon = re.search(r'src="(/_media/[^"]+)"', home)
    assert icon

    for path in ("/guide", "/missing", "/apis", "/sitemap.xml", "/robots.txt", "/_site/logo", icon[1]):
        visitor(public).get(path)
    assert edge.kept == {}


def test_nothing_of_the_api_and_the_console_is_kept(public: Maker, behind: Viewer, edge: Edge) -> None:
    api = public.api()
    edge.kept.clear()
    for _ in range(2):
        for path in ("/v3/portals", public.path, "/v3/portals/none", "/console", "/openapi.json"):
            assert not behind.hit(path), path
        for path in ("/api/v3/portal", f"/api/v3/apis/{api['id']}", "/api/v3/apis/none", "/openapi.json"):
            assert not visitor(public).hit(path), path
    assert edge.kept == {}


def test_even_a_forgotten_no_store_gives_an_answer_of_the_api_to_nobody(
    public: Maker, behind: Viewer, edge: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    pack = dispatch._pack

    def forgetful(call: Any, response: Any) -> Any:
        response.headers["Cache-Control"] = policy.PUBLIC_CACHE
        return pack(call, response)

    monkeypatch.setattr(dispatch, "_pack", forgetful)
    assert behind.get(public.path).status == 200
    assert Viewer(edge, "localhost").get(public.path).status == 401
    other = Maker(behind, behind.made("/v3/portals", open_portal()))
    answers = {maker: visitor(maker).get("/api/v3/portal").body for maker in (public, other)}
    assert answers[public] != answers[other]
    assert {maker: visitor(maker).get("/api/v3/portal").body for maker in (public, other)} == answers


# what viewers send to be somebody else


FORGED = {"x-portico-viewer": "anon", "x-portico-origin": SECRET}


def test_a_forged_host_leads_nowhere_else(public: Maker, private: Maker, behind: Viewer) -> None:
    for path in ("/", "/api/v3/portal", "/openapi.json"):
        mine = visitor(public).get(path)
        for host in (private.portal["default_domain"], "localhost", ""):
            reply = visitor(public).get(path, headers={**FORGED, "X-Portico-Host": host})
            assert (reply.status, reply.body) == (mine.status, mine.body), (path, host)
    reply = visitor(public).get("/v3/portals", headers={"X-Portico-Host": "localhost"})
    assert reply.status == 404, "the management API is on the admin host only"


def test_a_forged_viewer_puts_nothing_into_others_pages(
    private: Maker, edge: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(policy, "PRIVATE", policy.PUBLIC_CACHE)  # then only the key stands between them
    developer = visitor(private, portalaccesstoken="one")
    for path in secrets_of(private):
        assert developer.get(path, headers=FORGED).status == 200
        assert visitor(private).get(path).status == 404, path
        for viewer in ("request-0", "request-1", "anon"):
            reply = visitor(private).get(path, headers={"x-portico-viewer": viewer})
            assert reply.status == 404, (path, viewer)


def test_nobody_gets_around_cloudfront(public: Maker, edge: Edge) -> None:
    host = public.portal["default_domain"]
    for headers in ({}, {"x-portico-origin": "guessed"}, {"x-portico-host": host}):
        assert Client(edge.port, host).get("/", headers=headers).status == 403


#: headers that change an answer here or elsewhere
TEMPTING = {
    "accept": "text/markdown",
    "accept-language": "de",
    "authorization": "Bearer x",
    "forwarded": "host=evil.example",
    "if-modified-since": "Wed, 01 Jan 2020 00:00:00 GMT",
    "if-none-match": "*",
    "origin": "https://evil.example",
    "range": "bytes=0-1",
    "x-forwarded-for": "203.0.113.9",
    "x-forwarded-host": "evil.example",
    "x-forwarded-proto": "http",
    "x-http-method-override": "DELETE",
    "x-original-url": "/other",
    "x-portico-answer": "presigned",
    "x-portico-upload": "00000000-0000-4000-8000-000000000000",
}


def test_no_header_of_one_visitor_reaches_the_page_of_the_next(
    public: Maker, edge: Edge, monkeypatch: pytest.MonkeyPatch
) -> None:
    public.page("guide", "# Guide\n\n" + "Text of the guide. " * 200)
    api = public.api(spec=SPEC)
    paths = ["/guide", "/apis", f"/apis/{api['slug']}/reference/1.0.0/download", "/missing"]
    clean = {path: visitor(public).get(path) for path in paths}
    monkeypatch.setattr(dispatch, "ANSWER_LIMIT", 300)  # then large answers may take another way
    for name, value in TEMPTING.items():
        for encoding in ("gzip", "identity"):
            edge.kept.clear()
            for path in paths:
                visitor(public).get(path, headers={name: value, "Accept-Encoding": encoding})
            with monkeypatch.context() as usual:
                usual.setattr(dispatch, "ANSWER_LIMIT", 4_400_000)
                for path in paths:
                    reply = visitor(public).get(path, headers={"Accept-Encoding": encoding})
                    assert (reply.status, reply.body) == (clean[path].status, clean[path].body), (name, path)


# what changed


def test_what_was_taken_back_is_gone_from_the_edge(public: Maker, edge: Edge, front: Front) -> None:
    other = Maker(public.admin, public.admin.made("/v3/portals", open_portal()))
    for maker in (public, other):
        maker.page("guide", "Before")
        maker.api(spec=SPEC, slug=f"seen-{maker.portal['id'][:8]}")
    page = public.page("taken", "Too much was said here")
    front.told()
    seen = [
        "/guide",
        "/taken",
        "/taken.md",
        "/apis",
        "/sitemap.xml",
        "/robots.txt",
        "/missing",
        "/_site/logo",
    ]
    seen.append(f"/apis/seen-{public.portal['id'][:8]}/reference")
    for maker in (public, other):
        for path in seen:
            visitor(maker).get(path)
            assert visitor(maker).hit(path), path

    done(public.admin.patch(f"{public.path}/pages/{page['id']}", {"visibility": "private"}))
    assert visitor(public).get("/taken").status == 200, "still kept"
    front.work()
    for items in front.gone():
        edge.invalidate(items)

    assert [visitor(public).get(path).status for path in ("/taken", "/taken.md")] == [404, 404]
    for path in seen[:1] + seen[3:]:
        assert not visitor(public).hit(path), path
        assert visitor(other).hit(path), path


# Markdown, and what the function has to know of the product


def test_whoever_wants_markdown_gets_it_from_the_cache_too(public: Maker, edge: Edge) -> None:
    public.page("/", "# Home")
    public.page("guide", "# Guide")
    api = public.api(spec=SPEC)
    public.document(api, "# Start", slug="start")
    for path in (
        "/",
        "/guide",
        "/guide/",
        "/apis",
        f"/apis/{api['slug']}",
        f"/apis/{api['slug']}/docs/start",
    ):
        reply = visitor(public).get(path, headers=MARKDOWN)
        assert (reply.status, reply.headers["content-type"]) == (200, "text/markdown; charset=utf-8"), path
        assert visitor(public).hit(path, headers=MARKDOWN)
        assert visitor(public).get(path).headers["content-type"] == "text/html; charset=utf-8", path


def test_what_is_no_page_stays_what_it_is(public: Maker, edge: Edge) -> None:
    api = public.api(spec=SPEC)
    there = f"/apis/{api['slug']}"
    for path in (
        "/robots.txt",
        "/sitemap.xml",
        "/sitemap-apis.xml",
        "/_site/logo",
        f"{there}/sitemap.xml",
        f"{there}/reference/1.0.0/download",
        f"{there}/reference/1.0.0/document.json",
        f"{there}.md",
    ):
        plain = visitor(public).get(path)
        assert plain.status == 200, path
        wanted = visitor(public).get(path, headers=MARKDOWN)
        assert (wanted.status, wanted.body) == (200, plain.body), path


RANGES = st.sampled_from(
    ["text/html", "text/markdown", "text/*", "*/*", "TEXT/Markdown", "application/json", "image/webp", ""]
)
QUALITIES = st.sampled_from(
    ["", ";q=1", ";q=0.9", ";q=0.5", "; q=0.5", ";q=0", ";q=x", ";charset=utf-8;q=0.7"]
)


@examples(max_examples=300)
@given(st.lists(st.tuples(RANGES, QUALITIES), max_size=5))
def test_the_edge_chooses_the_form_as_the_product_does(edges: Edge, ranges: list[tuple[str, str]]) -> None:
    accept = ", ".join(name + quality for name, quality in ranges)
    request = Request("GET", "/guide", {"accept": accept}, [], "", "")
    event = _event("GET", "a.example", "/guide", "", {"accept": accept}, "r")
    markdown = request.prefers("text/html", "text/markdown") == "text/markdown"
    assert edges.function(event)["uri"] == ("/guide.md" if markdown else "/guide")


def test_the_function_and_the_behaviours_agree_on_what_the_api_is(edges: Edge) -> None:
    patterns = [
        one["PathPattern"] for one in edges.config["CacheBehaviors"] if one["TargetOriginId"] == "api"
    ]
    tried = [pattern.replace("*", end) for pattern in patterns for end in ("", "x", "x/y", "s")]
    tried += ["/", "/apis", "/v3", "/v33/x", "/api", "/portico", "/my/console", "/openapi.json5", "/x/v3/y"]
    for path in tried:
        event = _event("GET", "a.example", path, "", {}, "unique")
        found = edges.function(event)["headers"]["x-portico-viewer"]["value"]
        api = edges.behaviour(path)["TargetOriginId"] == "api"
        assert (found == "unique") == api, path


def test_the_function_keeps_every_name_that_the_site_reads(edges: Edge) -> None:
    declared = {"q", "page", "attribute", "version"}  # read from the whole query (site.catalog, site.routes)
    for operation in routing.load_all(Host.PORTAL):
        if edges.behaviour(operation.path)["TargetOriginId"] == "site":
            declared |= {parameter.name for parameter in operation.query_parameters}
    (names,) = re.findall(r"const NAMES = (\[.*\]);", files.VIEWER_REQUEST.read_text())
    assert json.loads(names.replace("'", '"')) == sorted(declared)


def test_the_function_knows_every_cookie_that_makes_a_visitor_somebody(edges: Edge) -> None:
    for name in (sessions.COOKIE, sessions.PREVIEW_COOKIE):
        event = _event("GET", "a.example", "/guide", "", {"cookie": f"theme=dark; {name}=x"}, "unique")
        assert edges.function(event)["headers"]["x-portico-viewer"]["value"] == "unique"
