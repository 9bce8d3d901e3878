"""Markdown with components (MDC): what pages, snippets and documents are written in, as HTML.

Pure functions: nothing here knows HTTP, AWS or the portal's records. Every text is hostile, and no text makes
them fail.
"""

from __future__ import annotations

from chalicelib.site.mdc.frontmatter import split_front_matter
from chalicelib.site.mdc.model import Context, Heading, Problem, Props, Result, Value
from chalicelib.site.mdc.plaintext import snippet_names, to_markdown
from chalicelib.site.mdc.renderer import render, render_snippet

__all__ = [
    "Context",
    "Heading",
    "Problem",
    "Props",
    "Result",
    "Value",
    "render",
    "render_snippet",
    "snippet_names",
    "split_front_matter",
    "to_markdown",
]
