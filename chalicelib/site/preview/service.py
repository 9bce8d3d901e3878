"""Renders a draft with the site's own renderer. Nothing is stored."""

from __future__ import annotations

import dataclasses
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote

from chalicelib.catalog.images import addresses
from chalicelib.content import text
from chalicelib.content.default import service as default
from chalicelib.content.tree import trimmed
from chalicelib.errors import Invalid, NotFound
from chalicelib.site import assets, catalog, html, pages
from chalicelib.site.html import Head
from chalicelib.site.layout import layout
from chalicelib.site.preview import draft
from chalicelib.site.preview.draft import Draft
from chalicelib.site.preview.schemas import PreviewIn, PreviewOut, ProblemOut
from chalicelib.storage import blobs

if TYPE_CHECKING:
    from chalicelib.site.mdc import Result

ENTRY = "site/main.ts"


class Renderer(pages.Renderer):
    """Renders the draft. `own`: name and text of the snippet that is the draft. `standing_in`: the page is
    the default content's, and so are snippets that are not there."""

    own = ("", "")
    standing_in = False

    def snippet(self, name: str) -> str | None:
        if name == self.own[0]:
            return self.own[1]
        if self.standing_in and name not in self.visit.site.snippets:
            return default.snippet_text(name)
        return super().snippet(name)


def preview(body: PreviewIn) -> PreviewOut:
    """The draft as a page in parts. Trips: those of `draft.visit`, one for texts that the process does not
    hold, and one for a catalog. Raises NotFound for an unknown portal, and where there is no page to show."""
    site, visit = draft.visit(body)
    before, _, query = body.path.partition("?")
    path = "/" + trimmed(unquote(before))
    renderer = Renderer(visit, path, catalog.Query.read(parse_qsl(query)), preview=True)
    source = _source(site, body, renderer)
    about, problems = _about(site, body, path, source)
    held = [site.snippets[name].content for name in text.snippets(source) if name in site.snippets]
    blobs.get_all(held)
    result, values, css = _render(renderer, body, source, about)
    frame = layout(visit, path)
    title = f"{about['title']} | {site.portal.display_name}"
    page = html.fragment(
        "page.html",
        layout=dataclasses.replace(frame, logo=site.logo),
        head=Head(title, title),
        css="",
        assets=[],
        **values,
    )
    problems += [ProblemOut(line=one.line, message=one.message) for one in result.problems]
    return PreviewOut(
        html=addresses.moved_to_admin(page.partition("<body>")[2].rpartition("</body>")[0], site.portal.id),
        css=frame.css + css,
        custom_css=site.css,
        mode=frame.mode,
        styles=list(assets.entry(ENTRY).styles),
        title=title,
        problems=problems,
    )


def _source(site: Draft, body: PreviewIn, renderer: Renderer) -> str:
    if body.content is not None or body.kind != "page":
        source = body.content or ""
        if body.kind == "snippet":
            renderer.own = (trimmed(renderer.path), source)
        return source
    page = site.pages.at(renderer.path)
    if page is not None and page.content:
        return blobs.text(page.content)
    found = default.page_text(trimmed(renderer.path) or "home")
    if found is None:
        raise NotFound("There is no page at this path.")
    renderer.standing_in = True
    return found


def _about(
    site: Draft, body: PreviewIn, path: str, source: str
) -> tuple[dict[str, str | None], list[ProblemOut]]:
    """What a page's text may name of it, and what is wrong with that."""
    page = site.pages.at(path) if body.kind == "page" else None
    title = page.title if page is not None else text.humanised(path)
    description = page.description if page is not None else None
    problems = []
    try:
        stated = text.stated(source)
        title, description = stated.title or title, stated.description or description
    except Invalid as error:
        problems = [ProblemOut(line=1, message=one.reason) for one in error.violations]
    return {"title": title, "description": description, "path": path}, problems


def _render(
    renderer: Renderer, body: PreviewIn, source: str, about: dict[str, str | None]
) -> tuple[Result, dict[str, str], str]:
    """The rendered text, the template's values, and their rules."""
    from chalicelib.site import mdc

    context = renderer.context(about)
    if body.kind == "snippet":
        front, _, _ = mdc.split_front_matter(source)
        context = dataclasses.replace(context, data={**context.data, "snippet": front})
    result: Any = mdc.render(source, context)
    if body.kind == "page":
        left, right, css = pages.slots(renderer, about, result)
        return result, {"html": result.html, "left": left, "right": right}, result.css + css
    content = result.html
    if body.kind == "document":
        heading = f"<h1>{escape(about['title'] or '')}</h1>" if result.title is None else ""
        content = f'<article class="prose">{heading}{content}</article>'
    return result, {"html": content, "left": "", "right": ""}, result.css
