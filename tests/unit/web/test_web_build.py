"""The build of the front end, with a stand-in for Node where it matters what Node does."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from infra import web_build

_NODE = """#!/bin/sh
[ "$1" = --version ] && { echo "{version}"; exit 0; }
[ "{status}" -eq 0 ] || { echo "no such import"; exit {status}; }
[ -z "$4" ] || { mkdir -p "$4" && echo built > "$4/site.js"; }
"""


@pytest.fixture
def web(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small project whose packages are installed."""
    web = tmp_path / "web"
    (web / "site").mkdir(parents=True)
    (web / "site" / "main.ts").write_text("export {}")
    (web / "node_modules").mkdir()
    (web / "package-lock.json").write_text("{}")
    monkeypatch.setattr(web_build, "ROOT", tmp_path)
    monkeypatch.setattr(web_build, "WEB", web)
    monkeypatch.setattr(web_build, "DIST", web / "dist")
    monkeypatch.setattr(web_build, "WORK", tmp_path / "work")
    return web


def put_node(folder: Path, version: str = "v22.1.0", status: int = 0) -> Path:
    """A `node` of a version that builds, or fails with a status; and an `npm` beside it."""
    folder.mkdir(exist_ok=True)
    for name in ("node", "npm"):
        text = _NODE.replace("{version}", version).replace("{status}", str(status))
        (folder / name).write_text(text)
        (folder / name).chmod(stat.S_IRWXU)
    return folder


def use_path(monkeypatch: pytest.MonkeyPatch, *folders: Path) -> None:
    monkeypatch.setenv("PATH", os.pathsep.join([*map(str, folders), "/bin"]))


def test_a_build_is_made_once(
    web: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    use_path(monkeypatch, put_node(tmp_path / "bin"))

    assert (web_build.build() / "site.js").is_file()
    assert "built into web/dist" in capsys.readouterr().out
    web_build.build()

    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("change", ["edit", "add", "rename", "lock"])
def test_a_change_of_sources_makes_a_new_build(
    web: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    change: str,
) -> None:
    use_path(monkeypatch, put_node(tmp_path / "bin"))
    web_build.build()
    capsys.readouterr()
    main = web / "site" / "main.ts"
    match change:
        case "edit":
            main.write_text("export const changed = true")
        case "add":
            (web / "site" / "more.ts").write_text("export {}")
        case "rename":
            main.rename(web / "site" / "other.ts")
        case "lock":
            (web / "package-lock.json").write_text('{"lockfileVersion": 3}')

    web_build.build()

    assert "built into web/dist" in capsys.readouterr().out


def test_a_failed_build_tells_why_and_leaves_the_last_one(
    web: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    use_path(monkeypatch, put_node(tmp_path / "bin"))
    dist = web_build.build()
    put_node(tmp_path / "bin", status=1)
    (web / "site" / "main.ts").write_text("import missing")

    with pytest.raises(web_build.BuildError, match="no such import"):
        web_build.build()

    assert (dist / "site.js").is_file()


def test_a_failed_build_is_tried_again(web: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    use_path(monkeypatch, put_node(tmp_path / "bin", status=1))
    with pytest.raises(web_build.BuildError):
        web_build.build()
    put_node(tmp_path / "bin")

    assert (web_build.build() / "site.js").is_file()


def test_a_node_that_is_too_old_is_passed_over(
    web: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = put_node(tmp_path / "old", "v18.20.0")
    new = put_node(tmp_path / "new", "v20.19.0")
    use_path(monkeypatch, old, new)

    assert web_build.find_node() == new


def test_the_lock_file_names_no_host_to_install_from() -> None:
    lock = (Path(web_build.__file__).parent.parent / "web" / "package-lock.json").read_text()

    assert '"resolved"' not in lock
    assert '"integrity"' in lock


def test_the_sources_are_free_of_type_errors() -> None:
    node = web_build.find_node()
    web_build.install_packages(node)

    done = subprocess.run(
        [node / "node", "node_modules/vue-tsc/bin/vue-tsc.js", "--noEmit"],
        cwd=web_build.WEB,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout == ""
    assert done.returncode == 0


def test_the_command_says_what_went_wrong(tmp_path: Path) -> None:
    """Run as a command, in a copy of the project that has no packages to install."""
    root = Path(web_build.__file__).parent.parent
    (tmp_path / "infra").mkdir()
    (tmp_path / "infra" / "web_build.py").write_bytes((root / "infra" / "web_build.py").read_bytes())
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "package-lock.json").write_text("{}")
    node = put_node(tmp_path / "bin", status=3)

    done = subprocess.run(
        [sys.executable, "-m", "infra.web_build"],
        cwd=tmp_path,
        env={"PATH": f"{node}:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert "The packages could not be installed" in done.stderr
    assert "Traceback" not in done.stderr
