"""Wire models of third-party scripts on a portal's pages. Nothing is added to what was set.

A `…Change` may be partial; what it is merged into must be complete.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from chalicelib.http.models import ABSENT, Closed, Model, Out

Text = Annotated[str, Field(max_length=100)]
ContainerId = Annotated[str, Field(min_length=5, max_length=20, pattern="^GTM-[A-Za-z0-9]+$")]
MeasurementId = Annotated[str, Field(min_length=5, max_length=20, pattern="^G-[A-Za-z0-9-]+$")]
SiteKey = Annotated[str, Field(min_length=32, max_length=32, pattern="^[A-Za-z0-9]+$")]


class TagManagerConfigChange(Closed):
    """Of a Google Tag Manager container."""

    id: ContainerId = ABSENT
    l: Text | None = None  # noqa: E741 - the contract's name
    preview: Text | None = None
    cookies_win: bool | None = None
    debug: bool | None = None
    npa: bool | None = None
    data_layer: Text | None = None
    env_name: Text | None = None
    auth_referrer_policy: Text | None = None


class TagManagerConfig(TagManagerConfigChange):
    """A Google Tag Manager container."""

    id: ContainerId


class TagManagerChange(Closed):
    """Of Google Tag Manager."""

    enabled: bool = ABSENT
    type: Literal["tracking"] = ABSENT
    config_data: TagManagerConfigChange = ABSENT


class TagManager(Closed):
    """Google Tag Manager."""

    enabled: bool
    type: Literal["tracking"]
    config_data: TagManagerConfig


class AnalyticsConfigChange(Closed):
    """Of a Google Analytics measurement."""

    id: MeasurementId = ABSENT
    l: Text | None = None  # noqa: E741 - the contract's name


class AnalyticsConfig(AnalyticsConfigChange):
    """A Google Analytics measurement."""

    id: MeasurementId


class AnalyticsChange(Closed):
    """Of Google Analytics 4."""

    enabled: bool = ABSENT
    type: Literal["analytics"] = ABSENT
    config_data: AnalyticsConfigChange = ABSENT


class Analytics(Closed):
    """Google Analytics 4."""

    enabled: bool
    type: Literal["analytics"]
    config_data: AnalyticsConfig


class EqualWebConfigChange(Closed):
    """Of an EqualWeb site."""

    site_key: SiteKey = ABSENT
    widget_config: dict[str, Any] = Field(default_factory=dict)


class EqualWebConfig(EqualWebConfigChange):
    """An EqualWeb site."""

    site_key: SiteKey


class EqualWebChange(Closed):
    """Of the EqualWeb accessibility widget."""

    enabled: bool = ABSENT
    type: Literal["accessibility"] = ABSENT
    config_data: EqualWebConfigChange = ABSENT


class EqualWeb(Closed):
    """The EqualWeb accessibility widget."""

    enabled: bool
    type: Literal["accessibility"]
    config_data: EqualWebConfig


class _Members(Model):
    google_tag_manager: TagManager | None = None
    google_analytics_4: Analytics | None = None
    equal_web: EqualWeb | None = None


class IntegrationsIn(Closed, _Members):
    """All integrations of a portal."""


class IntegrationsOut(Out, _Members):
    """All integrations of a portal, as they were set."""


class UpdateIntegrations(Closed):
    """Changes to integrations: null removes one."""

    google_tag_manager: TagManagerChange | None = None
    google_analytics_4: AnalyticsChange | None = None
    equal_web: EqualWebChange | None = None
