"""Wire models of a portal's appearance and menus. What was not set is absent, in requests and answers."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from chalicelib.http.models import ABSENT, Closed, Model, Out
from chalicelib.http.types import Visibility

Color = Annotated[str, Field(pattern=r"^#([a-fA-F0-9]{6}|[a-fA-F0-9]{3})$")]


class Colors(Closed):
    """The brand colour, `#rgb` or `#rrggbb`."""

    primary: Color = ABSENT


class Theme(Closed):
    """A visitor cannot switch modes; `system` follows the visitor's system."""

    name: str = ABSENT
    mode: Literal["light", "dark", "system"] = ABSENT
    colors: Colors = ABSENT


class MenuItem(Closed):
    """A link. `external` ones open in a new window; private ones are listed for developers only."""

    path: Annotated[str, Field(max_length=512)]
    title: str
    visibility: Visibility
    external: bool


class FooterSection(Closed):
    """A column of links under a heading."""

    title: Annotated[str, Field(max_length=512)]
    items: list[MenuItem]


class Menu(Closed):
    """The links of header and footer, in their order."""

    main: list[MenuItem] = ABSENT
    footer_sections: list[FooterSection] = ABSENT
    footer_bottom: list[MenuItem] = ABSENT

    @model_validator(mode="before")
    @classmethod
    def _nulls_are_absent(cls, value: Any) -> Any:
        # existing clients send null for each list that their user left out
        return {k: v for k, v in value.items() if v is not None} if isinstance(value, dict) else value


class SpecRenderer(Closed):
    """Switches of the API reference."""

    try_it_ui: bool = True
    try_it_insomnia: bool = True
    infinite_scroll: bool = True
    show_schemas: bool = True
    hide_internal: bool = False
    hide_deprecated: bool = False
    allow_custom_server_urls: bool = True


class _Members(Model):
    theme: Theme = ABSENT
    layout: str = ABSENT
    css: str | None = None
    menu: Menu = ABSENT
    spec_renderer: SpecRenderer = ABSENT
    robots: str | None = None


class CustomizationIn(Closed, _Members):
    """Appearance and menus to set."""


class CustomizationOut(Out, _Members):
    """Appearance and menus as they were set."""
