"""Who may keep a page, and that what is kept in the process is never older than the last write."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from chalicelib.site import assets
from tests.client import Client
from tests.contract.site.making import SPEC, SVG, Maker, done

PUBLIC = "public, max-age=0, s-maxage=3600, stale-while-revalidate=600, stale-if-error=3600"
Steps = Callable[[Callable[[], Any]], int]


@pytest.fixture
def full(site: Maker) -> Maker:
    """A portal with one of each."""
    site.page("/", "# Home\n\n::apis-list\n::")
    site.page("guide", '# Guide\n\n::snippet{name="inner"}\n::')
    site.snippet("inner", "Inner text")
    api = site.api(f"Pets {site.portal['id']}", SPEC, slug=f"pets-{site.portal['id'][:8]}")
    done(site.admin.put(f"/v3/apis/{api['id']}/images/icon", {"data": SVG}))
    site.document(api, "# Start", slug="start")
    return site


def addresses(maker: Maker) -> list[str]:
    api = f"/apis/pets-{maker.portal['id'][:8]}"
    return [
        "/",
        "/guide",
        "/apis",
        api,
        f"{api}/docs/start",
        f"{api}/reference",
        f"{api}/reference/1.0.0/document.json",
        f"{api}/reference/1.0.0/download",
    ]


def test_shared_caches_keep_public_pages_by_the_portals_tag(full: Maker) -> None:
    for path in (*addresses(full), "/robots.txt", "/sitemap.xml", "/sitemap-apis.xml", "/guide.md"):
        reply = full.visitor.get(path)
        assert reply.status == 200, path
        assert reply.headers["cache-control"] == PUBLIC, path
        assert reply.headers["cache-tag"].split(",")[0] == f"p-{full.portal['id']}", path
        assert "set-cookie" not in reply.headers


def test_tags_name_what_a_page_is_of(full: Maker) -> None:
    page = full.page("tagged")
    api = full.api("Tagged", SPEC)

    assert full.visitor.get("/tagged").headers["cache-tag"].endswith(f",page-{page['id']}")
    assert full.visitor.get(f"/apis/{api['slug']}").headers["cache-tag"].endswith(f",api-{api['id']}")


def test_pages_vary_with_session_and_wanted_form(full: Maker) -> None:
    for path in addresses(full)[:6]:
        assert {"Accept", "Cookie", "Accept-Encoding"} == {
            part.strip() for part in full.visitor.get(path).headers["vary"].split(",")
        }, path


def test_what_is_missing_is_kept_for_a_moment_only(full: Maker) -> None:
    for path in ("/missing", "/apis/missing", f"{addresses(full)[3]}/docs/missing"):
        reply = full.visitor.get(path)
        assert reply.headers["cache-control"] == "public, max-age=0, s-maxage=10", path
        assert reply.headers["cache-tag"] == f"p-{full.portal['id']}", path


def test_nothing_of_a_portal_with_an_address_list_is_kept(full: Maker) -> None:
    full.customize(css="a {}")
    done(full.admin.patch(full.path, {"sipr_enabled": True}))

    for path in (
        *addresses(full),
        "/missing",
        "/sitemap.xml",
        "/robots.txt",
        "/_site/custom.css",
        "/_site/logo",
    ):
        reply = full.visitor.get(path)
        assert reply.headers["cache-control"] == "private, no-store", path
        assert "cache-tag" not in reply.headers, path


def test_an_unchanged_page_is_not_sent_again(full: Maker) -> None:
    for path in addresses(full):
        tag = full.visitor.get(path).headers["etag"]
        reply = full.visitor.get(path, headers={"If-None-Match": f'"other", {tag}'})
        assert (reply.status, reply.body) == (304, b""), path
        assert reply.headers["cache-control"] == PUBLIC


def test_another_text_has_another_tag(full: Maker) -> None:
    page = full.page("tagged", "One")
    tag = full.visitor.get("/tagged").headers["etag"]
    done(full.admin.patch(f"{full.path}/pages/{page['id']}", {"content": "Two"}))

    reply = full.visitor.get("/tagged", headers={"If-None-Match": tag})

    assert reply.status == 200
    assert "Two" in reply.text


def test_a_cold_page_takes_four_trips_in_sequence_at_most(
    full: Maker, steps: Steps, cold: Callable[[], None]
) -> None:
    from chalicelib.http import hosts

    full.visitor.get("/apis")  # the key that signs addresses of images is read once in a process's life
    for path in addresses(full):
        cold()
        hosts.forget()
        assert steps(partial(full.visitor.get, path)) <= 4, path


def test_a_warm_page_takes_one_trip(full: Maker, steps: Steps) -> None:
    for path in addresses(full):
        full.visitor.get(path)
        assert steps(partial(full.visitor.get, path)) == 1, path


def test_a_search_in_a_warm_catalog_takes_one_trip(full: Maker, steps: Steps) -> None:
    full.visitor.get("/apis")
    assert steps(lambda: full.visitor.get("/apis?q=anything")) == 1


# a change is seen by the very next request


Change = Callable[[Maker, Any], None]


def _edit_page(maker: Maker, api: Any) -> None:
    page = maker.admin.get(f"{maker.path}/pages").json()["data"][0]
    done(maker.admin.patch(f"{maker.path}/pages/{page['id']}", {"content": "Changed"}))


def _hide_page(maker: Maker, api: Any) -> None:
    page = maker.admin.get(f"{maker.path}/pages").json()["data"][0]
    done(maker.admin.patch(f"{maker.path}/pages/{page['id']}", {"visibility": "private"}))


def _edit_snippet(maker: Maker, api: Any) -> None:
    snippet = maker.admin.get(f"{maker.path}/snippets").json()["data"][0]
    done(maker.admin.patch(f"{maker.path}/snippets/{snippet['id']}", {"content": "Changed"}))


def _change_menu(maker: Maker, api: Any) -> None:
    item = {"title": "Changed", "path": "/x", "visibility": "public", "external": False}
    maker.customize(menu={"main": [item]})


def _rename_portal(maker: Maker, api: Any) -> None:
    done(maker.admin.patch(maker.path, {"display_name": "Changed"}))


def _rename_api(maker: Maker, api: Any) -> None:
    done(maker.admin.patch(f"/v3/apis/{api['id']}", {"name": f"Changed {maker.portal['id']}"}))


def _unpublish_api(maker: Maker, api: Any) -> None:
    done(maker.admin.delete(f"/v3/apis/{api['id']}/publications/{maker.portal['id']}"))


def _hide_api(maker: Maker, api: Any) -> None:
    maker.publish(api, "private")


def _delete_api(maker: Maker, api: Any) -> None:
    done(maker.admin.delete(f"/v3/apis/{api['id']}"))


def _add_version(maker: Maker, api: Any) -> None:
    body = {"version": "changed", "spec": {"content": '{"openapi":"3.0.0","info":{},"paths":{}}'}}
    maker.admin.made(f"/v3/apis/{api['id']}/versions", body)


def _set_icon(maker: Maker, api: Any) -> None:
    done(maker.admin.put(f"/v3/apis/{api['id']}/images/icon", {"data": SVG}))


def _add_document(maker: Maker, api: Any) -> None:
    maker.document(api, "# Changed")


def _switch_reference(maker: Maker, api: Any) -> None:
    maker.customize(spec_renderer={"show_schemas": False})


CHANGES: list[tuple[Change, str]] = [
    (_edit_page, "/"),
    (_hide_page, "/"),
    (_edit_snippet, "/"),
    (_change_menu, "/"),
    (_change_menu, "/apis"),
    (_change_menu, "/apis/{slug}"),
    (_rename_portal, "/apis/{slug}"),
    (_rename_api, "/"),
    (_rename_api, "/apis"),
    (_rename_api, "/apis/{slug}"),
    (_unpublish_api, "/apis"),
    (_unpublish_api, "/sitemap.xml"),
    (_unpublish_api, "/apis/{slug}"),
    (_hide_api, "/apis/{slug}/reference"),
    (_hide_api, "/apis"),
    (_delete_api, "/apis"),
    (_delete_api, "/apis/{slug}"),
    (_add_version, "/apis/{slug}"),
    (_add_version, "/apis/{slug}/reference"),
    (_set_icon, "/apis"),
    (_set_icon, "/apis/{slug}"),
    (_add_document, "/apis/{slug}"),
    (_switch_reference, "/apis/{slug}/reference"),
]


@pytest.mark.parametrize(("change", "path"), CHANGES)
def test_the_next_request_sees_a_change(site: Maker, change: Change, path: str) -> None:
    site.snippet("inner", "Inner text")
    site.page("/", '# Home\n\n::snippet{name="inner"}\n::\n\n::apis-list\n::')
    api = site.api(spec=SPEC)
    path = path.format(slug=api["slug"])
    before = site.visitor.get(path)
    assert site.visitor.get(path).body == before.body

    change(site, api)

    assert site.visitor.get(path).body != before.body


def test_a_slug_leads_to_whoever_has_it_now(site: Maker) -> None:
    slug = f"taken-{site.portal['id'][:8]}"
    first = site.api("The first", slug=slug)
    second = site.api("The second")
    assert "The first" in site.visitor.get(f"/apis/{slug}").text

    done(site.admin.patch(f"/v3/apis/{first['id']}", {"slug": f"{slug}-old"}))
    assert site.visitor.get(f"/apis/{slug}").status == 404
    done(site.admin.patch(f"/v3/apis/{second['id']}", {"slug": slug}))

    assert "The second" in site.visitor.get(f"/apis/{slug}").text
    assert "The first" in site.visitor.get(f"/apis/{slug}-old").text


def test_one_portals_pages_are_no_others(site: Maker, guarded: Maker) -> None:
    for maker in (site, guarded):
        maker.page("/", f"# Home of {maker.portal['id']}")

    for maker in (site, guarded, site, guarded):
        assert maker.portal["id"] in maker.visitor.get("/").text


def test_what_a_developer_got_is_not_given_to_others(
    guarded: Maker, signed_in: Callable[[Maker], Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    guarded.api("Private API", SPEC, visibility="private", slug=f"private-{guarded.portal['id'][:8]}")
    paths = ("/apis", f"/apis/private-{guarded.portal['id'][:8]}", "/sitemap.xml")
    before = [guarded.visitor.get(path).body for path in paths]
    with monkeypatch.context():
        developer = signed_in(guarded)
        assert "Private API" in developer.get("/apis").text
        assert "Private API" in developer.get(paths[1]).text
        assert paths[1] not in developer.get("/sitemap.xml").text
    monkeypatch.undo()

    assert [guarded.visitor.get(path).body for path in paths] == before


def test_pages_follow_the_front_end(full: Maker, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def shown() -> list[str]:
        return re.findall(r'"/_assets/(reference[^"]*)"', full.visitor.get(addresses(full)[5]).text)

    before = shown()
    built = json.loads(assets.PACKAGED.read_text())
    built["reference/main.ts"]["file"] = "reference-2.js"
    (tmp_path / "manifest.json").write_text(json.dumps(built))
    monkeypatch.setattr(assets, "PACKAGED", tmp_path / "manifest.json")

    assert shown() != before
