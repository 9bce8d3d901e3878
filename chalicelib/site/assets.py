"""The built front-end files, by their hashed names. They are served by the CDN, or the local server."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from chalicelib.errors import Unavailable

#: where the build puts them; a deployment packages the manifest beside this module and serves them from S3
DIST = Path(__file__).parents[2] / "web" / "dist"
PACKAGED = Path(__file__).with_name("manifest.json")


@dataclass(frozen=True)
class Entry:
    """What a page of one kind loads, as paths: stylesheets, the script, and modules to fetch ahead."""

    styles: tuple[str, ...]
    script: str
    preload: tuple[str, ...]


@cache
def _manifest(modified: int) -> dict[str, dict[str, object]]:
    found: dict[str, dict[str, object]] = json.loads(_text())
    return found


def _text() -> str:
    return (PACKAGED if PACKAGED.exists() else DIST / ".vite" / "manifest.json").read_text()


def build() -> str:
    """What tells one build from another: pages that name its files belong to it. Raises as `entry`."""
    return _digest(_modified())


@cache
def _digest(modified: int) -> str:
    # by its content: in an archive all files are of the same time
    return hashlib.sha256(_text().encode()).hexdigest()[:16]


def _modified() -> int:
    for source in (PACKAGED, DIST / ".vite" / "manifest.json"):
        if source.exists():
            return source.stat().st_mtime_ns
    raise Unavailable("The front-end files have not been built: run `make web`.")


def entry(name: str) -> Entry:
    """The files of an entry (`site/main.ts`, `reference/main.ts`). Raises Unavailable before a build."""
    return _entry(name, _modified())


@cache
def _entry(name: str, modified: int) -> Entry:
    manifest = _manifest(modified)
    styles: dict[str, None] = {}
    preload: dict[str, None] = {}

    def visit(key: str) -> None:
        chunk = manifest[key]
        for style in chunk.get("css", []):  # type: ignore[attr-defined]
            styles[f"/_assets/{style}"] = None
        for imported in chunk.get("imports", []):  # type: ignore[attr-defined]
            preload[f"/_assets/{manifest[imported]['file']}"] = None
            visit(imported)

    visit(name)
    return Entry(tuple(styles), f"/_assets/{manifest[name]['file']}", tuple(preload))
