"""Components whose content depends on the viewer or comes from elsewhere."""

from __future__ import annotations

from chalicelib.site.mdc.components.base import ANY, FLAG, NUMBER, TEXT, Block, Component, choice
from chalicelib.site.mdc.references import snippet_name

_AUDIENCES = ("authenticated", "unauthenticated", "all", "none")


def display_wrapper(block: Block) -> str:
    """Content for some viewers only. Where its audience cannot be read, it is for nobody."""
    audience = block.text("audience")
    if not audience:
        block.mistake("needs an audience: " + ", ".join(_AUDIENCES))
    if not shows(audience, authenticated=block.renderer.context.authenticated):
        block.hidden = True
        html = ""
    else:
        html = block.element("div", "mdc-display-wrapper", block.slot())
    if audience in ("authenticated", "unauthenticated"):
        block.renderer.dynamic = True
    return html


def shows(audience: str, *, authenticated: bool) -> bool:
    """Is content for this audience for a viewer who is, or is not, authenticated?"""
    return audience in ("all", "authenticated" if authenticated else "unauthenticated")


def snippet(block: Block) -> str:
    """Another text of the portal in this place, given `data` that it reads as `snippet.name`."""
    name = block.text("name") or snippet_name(block.node.props)
    if not name:
        block.mistake("needs the name of a snippet")
        return ""
    data = block.values.get("data", {})
    if not isinstance(data, dict):
        block.mistake('prop "data" must be a mapping')
        data = {}
    inherit = block.flag("inherit-data")
    return block.renderer.snippet(block.view, name, data, inherit, block.node.line)


def site_part(block: Block) -> str:
    """A component that the site renders: it knows the viewer and the catalogue."""
    block.renderer.dynamic = True
    html = block.renderer.context.part(block.component.name, block.values)
    if not html or not block.renderer.spend(len(html)):
        return ""
    return block.element("div", f"mdc-{block.component.name}", html)


COMPONENTS = (
    Component("display-wrapper", display_wrapper, {"audience": choice(*_AUDIENCES)}),
    Component("snippet", snippet, {"name": TEXT, "data": ANY, "inherit-data": FLAG}),
    Component(
        "apis-list",
        site_part,
        {
            "page-size": NUMBER,
            "pagination": FLAG,
            "persist-page-number": FLAG,
            "cta-text": TEXT,
            "enable-search": FLAG,
            "show-filter": FLAG,
            "attributes": ANY,
            "card-attribute-keys": ANY,
            "card-snippet-name": TEXT,
            "columns-breakpoints": ANY,
            "grid-columns-breakpoints": ANY,
            "full-width": FLAG,
        },
    ),
    Component(
        "form-login",
        site_part,
        {"basic-auth-cta-text": TEXT, "sso-auth-cta-text": TEXT, "title": TEXT, "register-link-text": TEXT},
    ),
    Component("form-register", site_part, {"cta-text": TEXT, "title": TEXT, "show-log-in-link": FLAG}),
)
