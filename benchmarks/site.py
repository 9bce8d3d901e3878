"""The website: a warm page against a static file, both over HTTP from one process; a warm page, and one
of 50 KB that is rendered anew, in processor time, without the trip that every page makes; the weight of our
own scripts and styles; a reference of a megabyte in Chromium, without script and with it. Each figure is the
least of some rounds: those that other work on the machine disturbed least.
"""

from __future__ import annotations

import contextlib
import gzip
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, Response, sync_playwright

from benchmarks import installation
from benchmarks.figures import Figure, ratio
from infra.local import events
from infra.web_build import build
from tests.browser.chromium import launch
from tests.client import Client

ROUNDS, MISSES, LOADS = 200, 15, 3
PUBLISHED = Path(__file__).resolve().parents[2] / "shared" / "specs" / "mesh-openapi-1MB.yaml"
_PARAGRAPH = (
    "A sentence of **several** words with `code` and a [link](/apis), repeated until it is enough.\n\n"
)


def measure() -> list[Figure]:
    with installation.served() as port:
        admin = Client(port, token=installation.TOKEN)
        portal = _filled(admin)
        return [
            *_pages(admin.at(portal["default_domain"]), portal["default_domain"]),
            *_weight(build()),
            *_reference(f"http://{portal['default_domain']}/apis/large/reference"),
        ]


def _filled(admin: Client) -> Any:
    """A portal with default content, a page of 50 KB and an API with a specification of a megabyte."""
    members = {"name": "Measured", "authentication_enabled": False, "default_page_visibility": "public"}
    portal = admin.made("/v3/portals", members)
    path = f"/v3/portals/{portal['id']}"
    admin.made(f"{path}/default-content", None)
    section = "## A part\n\n" + _PARAGRAPH * 8 + "| a | b |\n| --- | --- |\n| c | d |\n\n- e\n- f\n\n"
    text = "# Long\n\n" + section * (50_000 // len(section))
    admin.made(f"{path}/pages", {"slug": "long", "content": text, "status": "published"})
    body = {"name": "Large", "slug": "large", "spec_content": specification()}
    raw = gzip.compress(json.dumps(body).encode())
    headers = {"Content-Type": "application/json", "Content-Encoding": "gzip"}
    api = admin.post("/v3/apis", raw, headers=headers).json()
    place = f"/v3/apis/{api['id']}/publications/{portal['id']}"
    admin.put(place, {"visibility": "public", "auth_strategy_ids": None})
    return portal


def specification() -> str:
    """A published specification of a megabyte where there is one, else one that is as long."""
    if PUBLISHED.is_file():
        return PUBLISHED.read_text(encoding="utf-8")
    prose = "Words that say at some length what this is and what it is good for. " * 8
    schema = {
        "type": "object",
        "properties": {f"p{n}": {"type": "string", "description": prose} for n in range(8)},
    }
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/S0"}}}
    operation = {"description": prose, "responses": {"200": {"description": prose, "content": content}}}
    return json.dumps(
        {
            "openapi": "3.0.3",
            "info": {"title": "Large", "version": "1"},
            "paths": {f"/things/{number}": {"get": operation} for number in range(300)},
            "components": {"schemas": {f"S{number}": schema for number in range(120)}},
        }
    )


def _pages(visitor: Client, host: str) -> list[Figure]:
    from chalicelib.site import assets, state

    static = assets.entry("site/main.ts").styles[0]
    page, file = _over_http(visitor, "/"), _over_http(visitor, static)
    with _answers_remembered():
        warm = _in_process(host, "/", ROUNDS, lambda: None)
        missed = _in_process(host, "/long", MISSES, state._pages.clear)
    return [
        ratio("warm page over HTTP, against a static file", page, file, "ms", pick=min),
        Figure("warm page, processor time", min(warm), "ms", most=3),
        Figure("page of 50 KB rendered anew, processor time", min(missed), "ms", most=40),
    ]


def _over_http(visitor: Client, path: str) -> list[float]:
    found = []
    for number in range(ROUNDS + 20):
        began = time.perf_counter()
        reply = visitor.get(path)
        if number >= 20:
            found.append((time.perf_counter() - began) * 1000)
        assert reply.status == 200, path
    return found


def _in_process(host: str, path: str, rounds: int, before: Callable[[], None]) -> list[float]:
    import app

    found = []
    for number in range(rounds + 3):
        headers = [("host", host), ("accept-encoding", "gzip"), ("accept", "text/html")]
        event = events.proxy("GET", path, b"", headers, b"", "127.0.0.1", 80)
        before()
        began = time.process_time()
        answer = app.app(event, events.Context("benchmark"))
        if number >= 3:
            found.append((time.process_time() - began) * 1000)
        assert answer["statusCode"] == 200, path
    return found


@contextlib.contextmanager
def _answers_remembered() -> Iterator[None]:
    """AWS answers each call as it did the first time, in no time."""
    import botocore.client

    call: Any = botocore.client.BaseClient._make_api_call  # type: ignore[attr-defined]
    known: dict[str, Any] = {}

    def remembered(self: Any, operation: str, arguments: Any) -> Any:
        key = f"{operation} {arguments}"
        if key not in known:
            known[key] = call(self, operation, arguments)
        return known[key]

    botocore.client.BaseClient._make_api_call = remembered  # type: ignore[attr-defined]
    try:
        yield
    finally:
        botocore.client.BaseClient._make_api_call = call  # type: ignore[attr-defined]


def _weight(dist: Path) -> list[Figure]:
    from chalicelib.site import assets

    entry = assets.entry("site/main.ts")
    files = [dist / path.rpartition("/")[2] for path in (*entry.styles, entry.script, *entry.preload)]
    kilobytes = sum(len(gzip.compress(file.read_bytes(), 9)) for file in files) / 1024
    note = f"{len(files)} files"
    return [Figure("scripts and styles of a page, gzipped", kilobytes, "KB", most=50, note=note)]


def _reference(url: str) -> list[Figure]:
    with sync_playwright() as playwright:
        browser = launch(playwright)
        readable = [_until(browser, url, "li.ref-operation", script=False)[0] for _ in range(LOADS)]
        shown = [_until(browser, url, "#api-reference[data-state=ready]", script=True) for _ in range(LOADS)]
        browser.close()
    interactive, nodes, kilobytes = min(shown)
    return [
        Figure("reference of 1 MB: first operation readable without script", min(readable), "s"),
        Figure("reference of 1 MB: interactive", interactive, "s", most=2),
        Figure("reference of 1 MB: nodes", nodes, ""),
        Figure("reference of 1 MB: everything it loads, gzipped", kilobytes, "KB"),
    ]


def _until(browser: Browser, url: str, selector: str, *, script: bool) -> tuple[float, int, float]:
    """Seconds until this is there in a new browser profile, and then the nodes and kilobytes of the page."""
    context = browser.new_context(java_script_enabled=script)
    page: Page = context.new_page()
    received: list[Response] = []
    page.on("response", lambda response: received.append(response))  # noqa: PLW0108 - Playwright marks it
    began = time.perf_counter()
    page.goto(url, wait_until="commit")
    page.wait_for_selector(selector, state="attached" if script else "visible")
    seconds = time.perf_counter() - began
    nodes = page.locator("*").count()
    kilobytes = sum(len(gzip.compress(one.body(), 6)) for one in received) / 1024
    context.close()
    return seconds, nodes, kilobytes
