"""The console's page: one shell for all its paths, under a policy that trusts nothing but this host."""

from __future__ import annotations

import re

import pytest

from infra.web_build import build
from tests.client import Client


@pytest.fixture(scope="module", autouse=True)
def built() -> None:
    build()


@pytest.fixture
def browser(server: int, table: str) -> Client:
    return Client(server)


def directives(policy: str) -> dict[str, str]:
    return dict(part.strip().partition(" ")[::2] for part in policy.split(";"))


def test_the_admin_host_leads_to_the_console(browser: Client) -> None:
    reply = browser.get("/")
    assert (reply.status, reply.headers["location"]) == (302, "/console")


@pytest.mark.parametrize("path", ["/console", "/console/", "/console/portals/x?y=1", "/console/%2e%2e/v3"])
def test_every_path_of_the_console_is_the_same_shell(browser: Client, path: str) -> None:
    reply = browser.get(path)
    assert reply.status == 200
    assert reply.headers["content-type"] == "text/html; charset=utf-8"
    assert reply.headers["cache-control"] == "no-store"
    script = re.search(r'<script type="module" src="(/_assets/[\w.-]+)"></script>', reply.text)
    assert script
    assert browser.get(script[1]).status == 200


def test_nothing_inline_runs_and_nobody_frames_the_console(browser: Client) -> None:
    policy = directives(browser.get("/console").headers["content-security-policy"])
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == "'self'"
    assert policy["frame-ancestors"] == "'none'"
    assert policy["base-uri"] == "'none'"
    assert re.fullmatch(r"'self' 'nonce-[\w-]{22}'", policy["style-src"])
    assert "unsafe" not in str(policy)


def test_each_shell_has_a_nonce_of_its_own(browser: Client) -> None:
    first, second = browser.get("/console"), browser.get("/console")
    nonce = re.search(r'<meta property="csp-nonce" nonce="([\w-]+)">', first.text)
    assert nonce
    assert f"'nonce-{nonce[1]}'" in first.headers["content-security-policy"]
    assert nonce[1] not in second.text


def test_uploads_may_go_where_they_are_really_taken(browser: Client, admin: Client) -> None:
    upload = admin.made("/portico/v1/uploads", None)
    policy = directives(browser.get("/console").headers["content-security-policy"])
    _, origin = policy["connect-src"].split()
    assert upload["url"].startswith(f"{origin}/")


def test_the_console_is_no_part_of_the_described_api(browser: Client) -> None:
    assert not [path for path in browser.get("/openapi.json").json()["paths"] if "console" in path]
