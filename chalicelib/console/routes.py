"""The admin console: one HTML shell for all its paths, on the admin host. It shows what the API tells."""

from __future__ import annotations

import secrets
from html import escape

from chalicelib.console import policy
from chalicelib.http.answers import Answer, redirect
from chalicelib.http.operation import Public, operation
from chalicelib.site import assets

ENTRY = "console/main.ts"
ICON = (
    "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E"
    "%3Crect width='32' height='32' rx='7' fill='%231d5fd6'/%3E"
    "%3Cpath d='M9 24V8h8.5a5.5 5.5 0 0 1 0 11H13' fill='none' stroke='%23fff' stroke-width='3.5'/%3E"
    "%3C/svg%3E"
)


@operation("console-front", "GET", "/", allow=Public.ANYONE, errors=())
def front() -> Answer:
    """Go to the console"""
    return redirect("/console")


@operation("console", "GET", "/console", allow=Public.ANYONE, errors=(503,), media_type="text/html")
def console() -> Answer:
    """The console's start"""
    return _shell()


@operation(
    "console-path", "GET", "/console/{path+}", allow=Public.ANYONE, errors=(503,), media_type="text/html"
)
def console_path(path: str) -> Answer:
    """A place in the console, which its script finds by itself"""
    return _shell()


def _shell() -> Answer:
    nonce = secrets.token_urlsafe(16)
    text = _html(assets.entry(ENTRY), nonce)
    headers = {
        "Content-Security-Policy": policy.content_security(nonce),
        **policy.security(),
        "Cache-Control": "no-store",
    }
    return Answer(text.encode(), headers=headers, media_type="text/html; charset=utf-8")


def _html(entry: assets.Entry, nonce: str) -> str:
    styles = "".join(f'<link rel="stylesheet" href="{escape(style)}">\n' for style in entry.styles)
    preload = "".join(f'<link rel="modulepreload" href="{escape(module)}">\n' for module in entry.preload)
    return f"""<!doctype html>
<html lang="en" data-theme="system">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<meta property="csp-nonce" nonce="{nonce}">
<title>Portico</title>
<link rel="icon" href="{ICON}">
{styles}{preload}<script type="module" src="{escape(entry.script)}"></script>
</head>
<body>
<div id="app"></div>
<noscript><p>The console needs JavaScript. The management API under /v3 does all it does.</p></noscript>
</body>
</html>
"""
