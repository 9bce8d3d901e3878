"""/v3/portals/{portalId}/customization and /api/v3/customization over HTTP."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from chalicelib.access.principal import Anonymous, Developer, Viewer
from chalicelib.access.visibility import PortalAccess
from chalicelib.portals.customization.service import visible_menu
from tests.client import Client

FULL: dict[str, Any] = {
    "theme": {"name": "mine", "mode": "system", "colors": {"primary": "#0aF"}},
    "layout": "topnav",
    "css": "a{color:red}\n/* ü \U0001f600 */",
    "menu": {
        "main": [
            {"path": "/b", "title": "B", "visibility": "public", "external": False},
            {"path": "https://example.com", "title": "A", "visibility": "private", "external": True},
        ],
        "footer_sections": [
            {
                "title": "Inside",
                "items": [{"path": "/in", "title": "In", "visibility": "private", "external": False}],
            },
            {
                "title": "Mixed",
                "items": [
                    {"path": "/x", "title": "X", "visibility": "private", "external": False},
                    {"path": "/y", "title": "Y", "visibility": "public", "external": False},
                ],
            },
            {"title": "Empty", "items": []},
        ],
        "footer_bottom": [{"path": "/z", "title": "Z", "visibility": "private", "external": False}],
    },
    "spec_renderer": {
        "try_it_ui": False,
        "try_it_insomnia": True,
        "infinite_scroll": False,
        "show_schemas": True,
        "hide_internal": True,
        "hide_deprecated": False,
        "allow_custom_server_urls": False,
    },
    "robots": "User-agent: *\nDisallow: /in\n",
}


@pytest.fixture
def path(portal: Any) -> str:
    return f"/v3/portals/{portal['id']}/customization"


def test_a_portal_begins_with_nothing_set(
    admin: Client, portal: Any, path: str, visitor: Callable[[Any], Client]
) -> None:
    reply = admin.get(path)
    assert (reply.status, reply.json()) == (200, {})
    assert visitor(portal).get("/api/v3/customization").json() == {}


def test_what_is_set_comes_back_as_it_was_sent(admin: Client, path: str) -> None:
    reply = admin.put(path, FULL)
    assert (reply.status, reply.json()) == (200, FULL)
    assert admin.get(path).json() == FULL


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"theme": {}},
        {"theme": {"colors": {}}},
        {"menu": {"main": []}},
        {"menu": {"footer_sections": [], "footer_bottom": []}},
        {"spec_renderer": {"hide_internal": True}},
        {"css": ""},
        {"robots": ""},
        {"layout": ""},
    ],
)
def test_what_was_not_set_stays_absent(admin: Client, path: str, sent: Any) -> None:
    assert admin.put(path, sent).json() == sent
    assert admin.get(path).json() == sent


def test_put_replaces_everything(admin: Client, path: str) -> None:
    admin.put(path, FULL)
    assert admin.put(path, {"layout": "sidebar"}).json() == {"layout": "sidebar"}
    assert admin.get(path).json() == {"layout": "sidebar"}


def test_patch_merges_objects_and_replaces_lists(admin: Client, path: str) -> None:
    admin.put(path, FULL)
    changed = admin.patch(
        path,
        {
            "theme": {"mode": "dark"},
            "menu": {"main": [], "footer_bottom": [FULL["menu"]["main"][0]]},
            "spec_renderer": {"try_it_ui": True},
        },
    )
    assert changed.status == 200
    assert changed.json() == {
        **FULL,
        "theme": {**FULL["theme"], "mode": "dark"},
        "menu": {**FULL["menu"], "main": [], "footer_bottom": [FULL["menu"]["main"][0]]},
        "spec_renderer": {**FULL["spec_renderer"], "try_it_ui": True},
    }
    assert admin.get(path).json() == changed.json()
    assert admin.patch(path, {}).json() == changed.json()


def test_null_clears_css_and_robots(admin: Client, path: str) -> None:
    admin.put(path, FULL)
    kept = {name: value for name, value in FULL.items() if name not in ("css", "robots")}
    assert admin.patch(path, {"css": None}).json() == {**kept, "robots": FULL["robots"]}
    assert admin.patch(path, {"robots": None}).json() == kept
    assert admin.put(path, {"css": None, "robots": None}).json() == {}


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_nulls_for_menu_lists_count_as_absent(admin: Client, path: str, method: str) -> None:
    menu = {"main": FULL["menu"]["main"]}
    admin.put(path, {"menu": menu})
    sent = {"menu": {**menu, "footer_sections": None, "footer_bottom": None}}
    assert admin.request(method, path, sent).json() == {"menu": menu}
    reply = admin.request(method, path, {"menu": {"main": None, "footer_bottom": []}})
    assert reply.json()["menu"].get("main") == (None if method == "PUT" else menu["main"])


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_every_violation_is_named(admin: Client, path: str, method: str) -> None:
    wrong = {
        "surprise": 1,
        "js": "alert(1)",
        "theme": {"name": None, "mode": "sepia", "colors": {"primary": "red", "secondary": "#fff"}},
        "layout": None,
        "css": 3,
        "menu": {
            "main": [{"path": "/" + "a" * 512, "title": "t", "visibility": "all", "external": "no"}, {}],
            "footer_sections": [{"items": None}],
            "top": [],
        },
        "spec_renderer": {"try_it_ui": "yes", "more": True},
        "robots": [],
    }
    assert admin.request(method, path, wrong).fields() == {
        "surprise": "unknown_property",
        "js": "unknown_property",
        "theme.name": "is_string",
        "theme.mode": "enum",
        "theme.colors.primary": "matches_regex",
        "theme.colors.secondary": "unknown_property",
        "layout": "is_string",
        "css": "is_string",
        "menu.main[0].path": "max_length",
        "menu.main[0].visibility": "enum",
        "menu.main[0].external": "is_boolean",
        "menu.main[1].path": "required",
        "menu.main[1].title": "required",
        "menu.main[1].visibility": "required",
        "menu.main[1].external": "required",
        "menu.footer_sections[0].title": "required",
        "menu.footer_sections[0].items": "is_array",
        "menu.top": "unknown_property",
        "spec_renderer.try_it_ui": "is_boolean",
        "spec_renderer.more": "unknown_property",
        "robots": "is_string",
    }
    assert admin.get(path).json() == {}


@pytest.mark.parametrize(
    ("color", "good"),
    [("#abc", True), ("#ABCDEF", True), ("#abcd", False), ("abc", False), ("#ggg", False), ("#abc\n", False)],
)
def test_a_colour_has_three_or_six_hex_digits(admin: Client, path: str, color: str, good: bool) -> None:
    reply = admin.put(path, {"theme": {"colors": {"primary": color}}})
    assert reply.status == (200 if good else 400)
    if not good:
        assert "^#" in reply.json()["invalid_parameters"][0]["reason"]


def test_a_null_object_or_no_body_is_refused(admin: Client, path: str) -> None:
    admin.put(path, FULL)
    assert admin.put(path, {"menu": None, "theme": None}).fields() == {
        "menu": "is_object",
        "theme": "is_object",
    }
    for body in (b"", b"  ", b"null"):
        assert admin.put(path, body).fields() == {"": "required"}
    assert admin.get(path).json() == FULL


def test_css_may_be_large_and_the_rest_says_where_it_ends(admin: Client, path: str) -> None:
    css = "/* ü */" * 80_000
    assert admin.put(path, {"css": css}).json()["css"] == css
    reply = admin.patch(path, {"robots": "ü" * 60_000})
    assert reply.status == 413
    assert "besides its CSS" in reply.json()["detail"]
    assert admin.get(path).json() == {"css": css}


def test_anonymous_visitors_get_no_private_menu_items(
    admin: Client, portal: Any, path: str, visitor: Callable[[Any], Client]
) -> None:
    admin.put(path, FULL)
    reply = visitor(portal).get("/api/v3/customization", headers={"Cookie": "portalaccesstoken=nobody"})
    assert reply.status == 200
    assert reply.json() == {
        **FULL,
        "menu": {
            "main": [FULL["menu"]["main"][0]],
            "footer_sections": [
                {"title": "Mixed", "items": [FULL["menu"]["footer_sections"][1]["items"][1]]},
                {"title": "Empty", "items": []},
            ],
            "footer_bottom": [],
        },
    }
    for secret in ("private", "Inside", "example.com", "/in", "/x", "/z"):
        assert secret not in str(reply.json()["menu"])


def test_a_developer_sees_private_menu_items_where_there_are_developers() -> None:
    developer = Viewer("p", Developer("d", "p"))
    menu = FULL["menu"]
    assert visible_menu(menu, developer, PortalAccess(True, False)) == menu
    public = visible_menu(menu, Viewer("p", Anonymous()), PortalAccess(True, False))
    assert visible_menu(menu, developer, PortalAccess(False, False)) == public
    assert visible_menu(menu, Viewer("p", Developer("d", "other")), PortalAccess(True, True)) == public
    assert visible_menu({"main": []}, developer, PortalAccess(True, False)) == {"main": []}


def test_a_content_editor_may_customize_and_a_viewer_may_only_look(
    as_role: Callable[[str], Client], path: str
) -> None:
    viewer = as_role("viewer")
    assert viewer.get(path).status == 200
    assert viewer.put(path, FULL).status == 403
    assert viewer.patch(path, FULL).status == 403
    assert as_role("content_editor").put(path, {"layout": "x"}).status == 200


def test_checks_come_in_order(admin: Client, as_role: Callable[[str], Client], path: str) -> None:
    nowhere = f"/v3/portals/{uuid.uuid4()}/customization"
    wrong = {"layout": 3}
    for method in ("PUT", "PATCH"):
        assert Client(admin.port).request(method, nowhere, wrong).status == 401
        assert as_role("viewer").request(method, nowhere, wrong).status == 403
        assert admin.request(method, nowhere, wrong).status == 404
        assert admin.request(method, nowhere, {}).status == 404
        assert admin.request(method, path, wrong, headers={"If-Match": '"7-x"'}).status == 400
    assert admin.get(nowhere).status == 404
    assert admin.get("/v3/portals/x/customization").status == 404


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_a_stale_writer_gets_409_and_changes_nothing(admin: Client, path: str, method: str) -> None:
    untouched = {"If-Match": admin.get(path).headers["etag"]}
    assert admin.request(method, path, {"layout": "first"}, headers=untouched).status == 200
    assert admin.request(method, path, {"layout": "second"}, headers=untouched).status == 409
    current = {"If-Match": admin.get(path).headers["etag"]}
    assert admin.request(method, path, {"layout": "third"}, headers=current).status == 200
    assert admin.request(method, path, {"layout": "fourth"}, headers=current).status == 409
    assert admin.get(path).json() == {"layout": "third"}


def test_two_who_change_at_once_lose_nothing(admin: Client, path: str) -> None:
    changes = [{"layout": "x"}, {"robots": "y"}]
    with ThreadPoolExecutor(2) as pool:
        replies = list(pool.map(lambda change: admin.patch(path, change), changes))
    assert [reply.status for reply in replies] == [200, 200]
    assert admin.get(path).json() == {"layout": "x", "robots": "y"}


def test_a_deleted_portal_leaves_nothing_to_read_or_change(admin: Client, portal: Any, path: str) -> None:
    admin.put(path, FULL)
    assert admin.delete(f"/v3/portals/{portal['id']}").status == 204
    assert admin.get(path).status == 404
    assert admin.put(path, {}).status == 404


def test_reading_takes_two_trips_and_one_for_the_css(
    admin: Client, portal: Any, path: str, visitor: Callable[[Any], Client], trips: Any
) -> None:
    from chalicelib.http import hosts
    from chalicelib.storage import blobs

    css = f"/* {uuid.uuid4()} */"
    admin.put(path, {"layout": "x"})
    assert trips(lambda: admin.get(path)) == 2
    admin.put(path, {"css": css})
    blobs._kept.clear()
    assert trips(lambda: admin.get(path)) == 3
    blobs._kept.clear()
    hosts.forget()
    assert trips(lambda: visitor(portal).get("/api/v3/customization")) == 3
