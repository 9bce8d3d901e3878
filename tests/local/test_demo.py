"""`make demo`: fills a running installation through its management API, and may be run again."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from infra.demo.client import Api, DemoError
from infra.demo.fill import FILES, fill
from tests.client import Client
from tests.conftest import ROOT, TOKEN


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "infra.demo", *arguments],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def test_it_fills_an_empty_installation_and_repeats_without_a_change(
    table: str, server: int, admin: Client, tmp_path: Path
) -> None:
    first = run("--specs", str(tmp_path), PORT=str(server), ADMIN_TOKEN=TOKEN)
    assert first.returncode == 0, first.stderr
    assert " 0 unchanged" in first.stdout

    again = run("--specs", str(tmp_path), PORT=str(server), ADMIN_TOKEN=TOKEN)
    assert "0 created, 0 updated" in again.stdout

    portals = admin.get("/v3/portals").json()["data"]
    assert len(portals) == 3
    for portal in portals:
        assert f"http://{portal['default_domain']}" in again.stdout
        assert admin.at(portal["default_domain"]).get("/").status == 200


def test_what_was_changed_is_changed_back_and_what_is_not_its_own_stays(
    table: str, server: int, admin: Client, tmp_path: Path
) -> None:
    api = Api(f"http://localhost:{server}", TOKEN)
    portals, _ = fill(api, tmp_path, lambda line: None)
    path = f"/v3/portals/{portals[0]['id']}"
    admin.patch(path, {"display_name": "Changed"})
    own = admin.made(f"{path}/pages", {"slug": "own", "content": "Own", "status": "published"})
    found = admin.get("/v3/apis?filter[name][eq]=Orders").json()["data"][0]
    admin.patch(f"/v3/apis/{found['id']}", {"description": "Changed"})

    _, done = fill(api, tmp_path, lambda line: None)

    assert done["updated"] == 2
    assert done["created"] == 0
    assert admin.get(path).json()["display_name"] != "Changed"
    assert admin.get(f"{path}/pages/{own['id']}").status == 200


def test_published_specifications_are_taken_where_they_are(
    table: str, server: int, admin: Client, tmp_path: Path
) -> None:
    text = "openapi: 3.0.0\ninfo: {title: Given, version: '7'}\npaths: {}\n"
    (tmp_path / "gateway-status-openapi.yaml").write_text(text)

    fill(Api(f"http://localhost:{server}", TOKEN), tmp_path, lambda line: None)

    names = [api["name"] for api in admin.get("/v3/apis?page[size]=100").json()["data"]]
    assert "Gateway status" in names
    assert "Streetlights" not in names


def test_without_a_token_it_says_what_to_do() -> None:
    done = run()

    assert done.returncode == 2
    assert "ADMIN_TOKEN=" in done.stderr


def test_where_nothing_answers_it_says_what_to_do() -> None:
    done = run("--url", "http://127.0.0.1:9", ADMIN_TOKEN="x")

    assert done.returncode == 1
    assert "make run" in done.stderr


def test_a_wrong_token_is_told(table: str, server: int) -> None:
    with pytest.raises(DemoError, match="401"):
        Api(f"http://localhost:{server}", "ptc_wrong").call("GET", "/v3/portals")


def test_every_file_is_used() -> None:
    wanted: Any = yaml.safe_load((FILES / "demo.yaml").read_text())
    text = yaml.safe_dump(wanted)
    for folder in ("specs", "pages", "documents"):
        for file in (FILES / folder).rglob("*.*"):
            assert str(file.relative_to(FILES / folder)) in text, file
    for file in (FILES / "icons").iterdir():
        assert file.stem in text or file.stem == "document", file
