"""Wire models of previews."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from chalicelib.content.types import Content
from chalicelib.data_uris import ImageUri
from chalicelib.http.models import ABSENT, Closed, Out
from chalicelib.http.types import Name, Uuid
from chalicelib.portals.customization.schemas import CustomizationIn


class PreviewIn(Closed):
    """What to show. What is left out is as it is stored; a portal that is not made yet (`portal_id` null) has
    the default content.

    `path`: where the page is, with a query if need be; for a snippet, its name. `content` null: the page that
    is stored there, else the default content's. `customization` is merged over what is stored. `logo` null:
    none. `authenticated`: as a developer sees it who may see everything, else as everyone does.
    """

    portal_id: Uuid | None
    name: Name = ABSENT
    path: Annotated[str, Field(max_length=2048)] = "/"
    kind: Literal["page", "snippet", "document"] = "page"
    content: Content | None = None
    customization: CustomizationIn = ABSENT
    logo: ImageUri | None = None
    authenticated: bool = True


class ProblemOut(Out):
    """A mistake in the text; lines count from 1."""

    line: int
    message: str


class PreviewOut(Out):
    """A page in parts: what stands in its body, the rules of its own, the portal's stylesheet, light, dark or
    system, the addresses of the site's stylesheets, and its title."""

    html: str
    css: str
    custom_css: str | None
    mode: Literal["light", "dark", "system"]
    styles: list[str]
    title: str
    problems: list[ProblemOut]
