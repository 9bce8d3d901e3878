"""POST /portico/v1/preview and the frame that shows what it answers."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.client import Client

PATH = "/portico/v1/preview"
LOGO = "data:image/svg+xml;base64," + base64.b64encode(b"<svg xmlns='http://www.w3.org/2000/svg'/>").decode()


@pytest.fixture
def preview(admin: Client, portal: Any) -> Callable[..., Any]:
    """Previews a draft of the portal; keywords are members of the request."""

    def make(content: str | None = None, **members: Any) -> Any:
        reply = admin.post(PATH, {"portal_id": portal["id"], "content": content, **members})
        assert reply.status == 200, reply.text
        return reply.json()

    return make


@pytest.fixture
def add(admin: Client, portal: Any) -> Callable[..., Any]:
    """Adds a page or a snippet to the portal, published and public unless said otherwise."""

    def make(kind: str, **members: Any) -> Any:
        body = {"status": "published", "visibility": "public", **members}
        return admin.made(f"/v3/portals/{portal['id']}/{kind}", body)

    return make


def test_a_draft_is_rendered_as_the_site_renders_it(
    admin: Client, add: Callable[..., Any], preview: Callable[..., Any], portal: Any, visitor: Any
) -> None:
    text = "---\ntitle: Hello\n---\n# Hi\n\n::alert{appearance=warning}\nMind the *gap*.\n::\n"
    draft = preview(text, path="/hello", authenticated=False)
    add("pages", slug="hello", content=text)
    page = visitor(portal).get("/hello").text
    assert draft["html"].strip() in page
    assert draft["css"] in page
    assert draft["styles"]
    assert all(f'href="{style}"' in page for style in draft["styles"])
    assert f"<title>{draft['title']}</title>" in page
    assert draft["title"] == f"Hello | {portal['display_name']}"
    assert (draft["mode"], draft["custom_css"], draft["problems"]) == ("light", None, [])


def test_a_draft_is_not_stored(
    admin: Client, add: Callable[..., Any], preview: Callable[..., Any], portal: Any
) -> None:
    page = add("pages", slug="kept", content="As it was")
    before = admin.get(f"/v3/portals/{portal['id']}/pages/{page['id']}")
    preview("Changed", path="/kept", name="Other", customization={"css": "a{}"}, logo=LOGO)
    after = admin.get(f"/v3/portals/{portal['id']}/pages/{page['id']}")
    assert (after.json(), after.headers["etag"]) == (before.json(), before.headers["etag"])
    assert admin.get(f"/v3/portals/{portal['id']}/customization").json() == {}
    assert preview(path="/kept")["html"].count("As it was") == 1


def test_without_content_the_stored_page_is_shown_else_the_default_contents(
    add: Callable[..., Any], preview: Callable[..., Any]
) -> None:
    assert "Build with our APIs" in preview()["html"]
    add("pages", slug="home", content="Our own front page", status="unpublished", visibility="private")
    assert "Our own front page" in preview()["html"]
    assert "Our own front page" in preview(path="/home?page=2")["html"]


def test_a_path_with_no_page_is_404(admin: Client, portal: Any) -> None:
    reply = admin.post(PATH, {"portal_id": portal["id"], "path": "/nowhere", "content": None})
    assert reply.status == 404


def test_an_unknown_portal_is_404(admin: Client) -> None:
    body = {"portal_id": "9d1e2f34-0000-4000-8000-000000000000", "content": "x"}
    assert admin.post(PATH, body).status == 404


def test_a_portal_that_is_not_made_has_the_default_content_in_its_appearance(admin: Client) -> None:
    body = {
        "portal_id": None,
        "name": "Orbit & Co",
        "content": None,
        "logo": LOGO,
        "customization": {"theme": {"mode": "dark", "colors": {"primary": "#ff0000"}}},
    }
    draft = admin.post(PATH, body).json()
    assert draft["title"] == "Home | Orbit & Co"
    assert draft["mode"] == "dark"
    assert "--brand:#ff0000" in draft["css"]
    assert f'src="{LOGO}"' in draft["html"]
    assert "Orbit &amp; Co" in draft["html"]
    assert "Are you publishing an API?" in draft["html"]  # of a snippet
    for path, title in (("/getting-started", "Getting Started"), ("/guides", "Guides"), ("/apis", "APIs")):
        assert f'href="{path}">{title}</a>' in draft["html"]
    sub = admin.post(PATH, {"portal_id": None, "path": "/guides", "content": None}).json()
    assert 'href="/guides/document-apis"' in sub["html"]


def test_a_portal_that_is_not_made_costs_the_tokens_trip_alone(admin: Client, trips: Any) -> None:
    body = {"portal_id": None, "content": "::apis-list\n::\n\n::snippet{name=call-to-action}\n::\n"}
    assert trips(lambda: admin.post(PATH, body)) == 1


def test_a_draft_of_a_known_portal_costs_a_token_and_a_pulse(
    admin: Client, portal: Any, add: Callable[..., Any], trips: Any
) -> None:
    add("snippets", name="note", content="Noted")
    body = {"portal_id": portal["id"], "content": "::snippet{name=note}\n::\n"}
    first = trips(lambda: admin.post(PATH, body))
    assert first <= 4  # and the portal, and the snippet's text
    assert trips(lambda: admin.post(PATH, body)) == 2


def test_customization_is_merged_over_what_is_stored(
    admin: Client, portal: Any, preview: Callable[..., Any]
) -> None:
    item = {"path": "/docs", "title": "Docs", "visibility": "private", "external": False}
    stored = {
        "theme": {"mode": "dark", "colors": {"primary": "#123456"}},
        "css": "p{}",
        "menu": {"main": [item]},
    }
    admin.put(f"/v3/portals/{portal['id']}/customization", stored)
    kept = preview("x")
    assert (kept["mode"], kept["custom_css"]) == ("dark", "p{}")
    assert "--brand:#123456" in kept["css"]
    assert '<a href="/docs">Docs</a>' in kept["html"]
    changed = preview("x", customization={"theme": {"mode": "light"}, "css": None, "menu": {"main": []}})
    assert (changed["mode"], changed["custom_css"]) == ("light", None)
    assert "--brand:#123456" in changed["css"]
    assert '<a href="/docs">' not in changed["html"]


def test_the_stored_logo_is_shown_unless_the_draft_has_another_or_none(
    admin: Client, portal: Any, preview: Callable[..., Any]
) -> None:
    admin.put(f"/v3/portals/{portal['id']}/assets/logo", {"data": LOGO})
    other = LOGO.replace("data:image/svg+xml;base64,", "data:image/png;base64,")
    assert "data:image/svg" in preview("x")["html"]
    assert "data:image/png" in preview("x", logo=other)["html"]
    assert "<img" not in preview("x", logo=None)["html"]


def test_what_is_private_is_there_for_a_developer_even_where_nobody_can_sign_in(
    admin: Client, make_portal: Callable[..., Any]
) -> None:
    portal = make_portal(authentication_enabled=False, rbac_enabled=True)
    snippet = {"name": "secret", "content": "For developers", "status": "published", "visibility": "private"}
    admin.made(f"/v3/portals/{portal['id']}/snippets", snippet)
    api = admin.made("/v3/apis", {"name": "Hidden API"})
    admin.put(f"/v3/apis/{api['id']}/publications/{portal['id']}", {"visibility": "private"})
    body = {"portal_id": portal["id"], "content": "::snippet{name=secret}\n::\n\n::apis-list\n::\n"}
    seen = admin.post(PATH, body).json()
    assert "For developers" in seen["html"]
    assert "Hidden API" in seen["html"]
    public = admin.post(PATH, {**body, "authenticated": False}).json()
    assert "For developers" not in public["html"]
    assert "Hidden API" not in public["html"]
    assert public["problems"] == [
        {"line": 1, "message": 'there is no snippet "secret" that this viewer may see'}
    ]


def test_problems_say_on_which_line_they_are(preview: Callable[..., Any]) -> None:
    draft = preview(f"---\ntitle: {'x' * 513}\n---\n\nText\n\n::nothing-of-this-name\nShown\n::\n")
    assert [problem["line"] for problem in draft["problems"]] == [1, 7]
    assert "nothing-of-this-name" in draft["problems"][1]["message"]
    assert "Shown" in draft["html"]


def test_the_draft_of_a_snippet_has_its_own_data_and_stands_for_the_stored_one(
    add: Callable[..., Any], preview: Callable[..., Any]
) -> None:
    add("snippets", name="greeting", content="Old")
    text = "---\nwho: world\n---\nHello {{ snippet.who }}!\n\n::nowhere\n::\n"
    draft = preview(text, kind="snippet", path="greeting")
    assert "Hello world!" in draft["html"]
    assert [problem["line"] for problem in draft["problems"]] == [6]
    itself = preview("Again:\n\n::snippet{name=greeting}\n::\n", kind="snippet", path="greeting")
    assert "Old" not in itself["html"]
    assert itself["problems"]


def test_a_document_has_its_title_as_heading(preview: Callable[..., Any]) -> None:
    draft = preview("---\ntitle: Limits <1>\n---\nText", kind="document", path="limits")
    assert "<h1>Limits &lt;1&gt;</h1>" in draft["html"]
    own = preview("# Own\n\nText", kind="document", path="limits")
    assert own["html"].count("<h1") == 1


def test_icons_of_apis_are_shown_from_the_console_s_own_host(
    admin: Client, preview: Callable[..., Any], portal: Any
) -> None:
    api = admin.made("/v3/apis", {"name": "With an icon"})
    assert admin.put(f"/v3/apis/{api['id']}/images/icon", {"data": LOGO}).status == 201
    assert admin.put(f"/v3/apis/{api['id']}/publications/{portal['id']}", {}).status == 200
    html = preview("::apis-list\n::\n")["html"]
    (address,) = re.findall(r'src="(/_media/[\w-]+)"', html)
    assert Client(admin.port).get(address).body == base64.b64decode(LOGO.partition(",")[2])
    # a picture that keeps its address is not fetched again with every keystroke
    assert address in preview("::apis-list\n::\n more")["html"]


def test_hostile_text_gives_no_script_and_leaves_no_body(preview: Callable[..., Any]) -> None:
    text = "<script>alert(1)</script></body><body><img src=x onerror=alert(1)>\n\n[x](javascript:alert(1))"
    draft = preview(text, customization={"css": "</style><script>alert(1)</script>"})
    assert "<script" not in draft["html"]
    assert "onerror" not in draft["html"]
    assert 'href="javascript' not in draft["html"]
    assert "<body" not in draft["html"]


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("kind", "menu"),
        ("logo", "https://example.com/logo.png"),
        ("customization", {"theme": {"colors": {"primary": "red"}}}),
        ("content", "x" * 1_000_001),
        ("unknown", 1),
    ],
)
def test_a_wrong_draft_is_400(admin: Client, member: str, value: Any) -> None:
    reply = admin.post(PATH, {"portal_id": None, "content": "x", member: value})
    assert any(field.startswith(member) for field in reply.fields())


def test_whoever_may_read_may_preview(as_role: Callable[[str], Client], admin: Client) -> None:
    assert as_role("viewer").post(PATH, {"portal_id": None, "content": "x"}).status == 200
    assert Client(admin.port).post(PATH, {"portal_id": None, "content": "x"}).status == 401


def test_the_frame_has_no_origin_and_reaches_nobody(admin: Client) -> None:
    reply = Client(admin.port).get("/console/preview-frame")
    assert reply.status == 200
    policy = dict(part.split(" ", 1) for part in reply.headers["content-security-policy"].split("; "))
    assert policy["sandbox"] == "allow-scripts"
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["frame-ancestors"] == "'self'"
    assert "connect-src" not in policy
    assert 'type="module"' not in reply.text
