"""A small web host for the front end: its build, pages under a strict policy, specifications as JSON."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import yaml

#: what a page of the site needs: nothing inline, no eval, no WebAssembly
SITE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
#: and what the API reference needs beyond: its icons, and images that an operation answers
REFERENCE_POLICY = SITE_POLICY.replace("img-src 'self'", "img-src 'self' data: blob:")
_TYPES = {".js": "text/javascript", ".css": "text/css"}


@dataclass
class Answer:
    body: str | bytes
    kind: str = "text/html; charset=utf-8"
    headers: dict[str, str] = field(default_factory=dict)


class Host:
    """Serves `web/dist` under /_assets/ and whatever is put into `answers`, by path; 404 otherwise."""

    def __init__(self, dist: Path, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self.dist = dist
        self.answers: dict[str, Answer] = {}
        #: requests that reached `answers`, as method and path
        self.seen: list[str] = []

    def entry(self, name: str) -> tuple[str, list[str]]:
        """The script of an entry and its style sheets, as paths."""
        manifest = json.loads((self.dist / ".vite" / "manifest.json").read_text())
        entry = manifest[name]
        return f"/_assets/{entry['file']}", [f"/_assets/{sheet}" for sheet in entry.get("css", [])]

    def put_page(
        self,
        path: str,
        body: str,
        *,
        theme: str = "light",
        reference: bool = False,
        policy: str = SITE_POLICY,
    ) -> str:
        """Puts a page with the site's assets, and the reference's where asked for. Returns its URL."""
        entries = [
            self.entry(name) for name in ["site/main.ts", *(["reference/main.ts"] if reference else [])]
        ]
        head = "".join(f'<link rel="stylesheet" href="{sheet}">' for _, sheets in entries for sheet in sheets)
        head += "".join(f'<script type="module" src="{script}"></script>' for script, _ in entries)
        page = (
            f'<!doctype html><html lang="en" data-theme="{theme}"><head><meta charset="utf-8">'
            f'<meta name="viewport" content="width=device-width"><title>Test</title>{head}</head>'
            f"<body>{body}</body></html>"
        )
        self.answers[path] = Answer(page, headers={"content-security-policy": policy})
        return self.address + path

    def answer(self, method: str, path: str) -> Answer | None:
        if path.startswith("/_assets/"):
            file = self.dist / path.removeprefix("/_assets/")
            for_ever = {"cache-control": "public, max-age=31536000, immutable"}
            return (
                Answer(file.read_bytes(), _TYPES.get(file.suffix, ""), for_ever) if file.is_file() else None
            )
        if path == "/favicon.ico":
            return Answer(b"", "image/x-icon")
        self.seen.append(f"{method} {path}")
        return self.answers.get(path)


@contextmanager
def serve(dist: Path) -> Iterator[Host]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _answer(self) -> None:
            found = host.answer(self.command, self.path.partition("?")[0])
            body = b"" if found is None else found.body
            body = body.encode() if isinstance(body, str) else body
            self.send_response(404 if found is None else 200)
            for name, value in (found.headers if found else {}).items():
                self.send_header(name, value)
            self.send_header("content-type", found.kind if found else "text/plain")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_OPTIONS = _answer  # noqa: N815

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    host = Host(dist, server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield host
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Loader(yaml.CSafeLoader):
    """Dates stay text, as in JSON."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in known if not tag.endswith(":timestamp")]
    for first, known in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}


@cache
def as_json(file: Path) -> str:
    """A specification file as JSON text."""
    text = file.read_text(encoding="utf-8")
    return text if file.suffix == ".json" else json.dumps(yaml.load(text, _Loader))
