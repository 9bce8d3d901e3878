"""Versions at a glance, from their records alone."""

from __future__ import annotations

from chalicelib import clock
from chalicelib.catalog.apis import service as apis
from chalicelib.catalog.overviews.schemas import VersionOverview, VersionOverviews
from chalicelib.catalog.records import Version
from chalicelib.catalog.versions import content, current, service
from chalicelib.catalog.versions.order import newest_first


def versions(api_id: str) -> VersionOverviews:
    """An API's versions, the newest by semver order first. Two trips. Raises NotFound without the API."""
    api = apis.load(api_id)
    found = newest_first(service.all_of(api_id))
    return VersionOverviews(data=[_show(version, current.is_current(api, version)) for version in found])


def _show(version: Version, is_current: bool) -> VersionOverview:
    summary = version.summary or {}
    other = content.mismatch(version.summary, version.version)
    return VersionOverview(
        id=version.id,
        version=version.version,
        current=is_current,
        type=service.spec_type(version.type),
        spec_version=summary.get("spec_version", ""),
        title=summary.get("title", ""),
        operations=summary.get("operations", 0),
        webhooks=summary.get("webhooks", 0),
        channels=summary.get("channels", 0),
        problems=summary.get("problems", 0) + (other is not None),
        created_at=clock.rfc3339(version.created_at),
        updated_at=clock.rfc3339(version.updated_at),
    )
