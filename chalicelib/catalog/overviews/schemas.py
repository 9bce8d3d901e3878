"""Wire models of versions at a glance."""

from __future__ import annotations

from chalicelib.catalog.versions.schemas import SpecType
from chalicelib.http.models import Out
from chalicelib.http.types import Time, Uuid


class VersionOverview(Out):
    """A version at a glance. `current`: the API's `version` names it. `type` null: it has no specification,
    and no amounts. `spec_version`: of the format, such as 3.1.0. `problems`: how many messages it has."""

    id: Uuid
    version: str
    current: bool
    type: SpecType | None
    spec_version: str
    title: str
    operations: int
    webhooks: int
    channels: int
    problems: int
    created_at: Time
    updated_at: Time


class VersionOverviews(Out):
    """All versions of an API, the newest by semver order first."""

    data: list[VersionOverview]
