"""Wire models of default content."""

from __future__ import annotations

from chalicelib.http.models import Out


class DefaultContentOut(Out):
    """What was created: paths of pages, names of snippets."""

    pages: list[str]
    snippets: list[str]
