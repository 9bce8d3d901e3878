"""Markdown with components (MDC): what pages, snippets and documents are written in, as HTML.

Pure functions: nothing here knows HTTP, AWS or the portal's records. Every text is hostile, and no text makes
them fail. What is imported from here is loaded when it is first asked for: saving a page needs no renderer.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from chalicelib.site.mdc.frontmatter import split_front_matter
    from chalicelib.site.mdc.model import Context, Heading, Problem, Props, Result, Value
    from chalicelib.site.mdc.plaintext import to_markdown
    from chalicelib.site.mdc.references import snippet_names
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

_MODULES = {
    "render": "renderer",
    "render_snippet": "renderer",
    "snippet_names": "references",
    "split_front_matter": "frontmatter",
    "to_markdown": "plaintext",
}


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(name)
    return getattr(import_module(f"{__name__}.{_MODULES.get(name, 'model')}"), name)
