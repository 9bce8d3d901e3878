"""The frame in which the console shows previews: a page without content of its own.

What it shows comes by message from the console that embeds it. An author's HTML has an origin of nobody here:
it reaches neither the console's session nor the API, and may run no script.
"""

from __future__ import annotations

from html import escape

from chalicelib.http.answers import Answer
from chalicelib.site import assets, html, policy

SITE = "site/main.ts"
SCRIPT = "console/preview/frame.ts"

#: as a portal's pages have it, but for inline styles: drafts change faster than a policy could name them
_POLICY = "; ".join(
    (
        "sandbox allow-scripts",
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: https:",
        "media-src 'self' https:",
        "font-src 'self'",
        "frame-src https:",
        "form-action 'none'",
        "base-uri 'none'",
        "frame-ancestors 'self'",
    )
)


def shell() -> Answer:
    """The frame. Raises Unavailable where the front end is not built."""
    styles = "".join(f'<link rel="stylesheet" href="{escape(one)}">\n' for one in assets.entry(SITE).styles)
    text = f"""<!doctype html>
<html lang="en" data-theme="light">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>Preview</title>
{styles}<script defer src="{escape(assets.entry(SCRIPT).script)}"></script>
</head>
<body></body>
</html>
"""
    headers = {**policy.security(), "Content-Security-Policy": _POLICY, "Referrer-Policy": "no-referrer"}
    return Answer(text.encode(), headers=headers, media_type=html.HTML)
