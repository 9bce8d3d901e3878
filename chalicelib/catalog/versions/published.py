"""Versions as a portal shows them to a viewer: those that have a specification."""

from __future__ import annotations

import json

from chalicelib.access.principal import Viewer
from chalicelib.catalog import visible
from chalicelib.catalog.records import Version
from chalicelib.catalog.versions import service
from chalicelib.catalog.versions.published_schemas import (
    PublishedContent,
    PublishedSpecification,
    PublishedSpecificationItem,
    PublishedSpecType,
    PublishedVersion,
    PublishedVersionItem,
)
from chalicelib.catalog.versions.service import spec_type
from chalicelib.errors import NotFound
from chalicelib.storage import blobs, keys, table
from chalicelib.storage.lists import Page, Query


def _all(viewer: Viewer, api_id_or_slug: str) -> list[Version]:
    api = visible.require(viewer, api_id_or_slug)
    return [version for version in service.all_of(api.id) if version.spec is not None]


def _one(viewer: Viewer, api_id_or_slug: str, version_id: str) -> tuple[Version, str]:
    """A version, and the blob of its specification."""
    api = visible.require(viewer, api_id_or_slug)
    version = table.get(Version, keys.Key(keys.api(api.id), f"VER#{version_id}"))
    if version is None or version.spec is None:
        raise NotFound("The API has no specification of this id.")
    return version, version.spec


def versions(viewer: Viewer, api_id_or_slug: str) -> Page[PublishedVersionItem]:
    """All versions of an API, newest first. Trips as `visible.require`, and one. Raises NotFound."""
    items = [
        PublishedVersionItem(
            id=version.id,
            version=version.version,
            spec=PublishedSpecType(type=spec_type(version.type)),
        )
        for version in _all(viewer, api_id_or_slug)
    ]
    return Page(items, len(items), Query(size=len(items)))


def version(viewer: Viewer, api_id_or_slug: str, version_id: str) -> PublishedVersion:
    """One version. Trips as `visible.require`, one, and one for its specification. Raises NotFound."""
    found, spec = _one(viewer, api_id_or_slug, version_id)
    return PublishedVersion(
        id=found.id,
        version=found.version,
        spec=PublishedContent(type=spec_type(found.type), content=blobs.text(spec)),
    )


def raw(viewer: Viewer, api_id_or_slug: str, version_id: str) -> bytes:
    """A version's specification as a JSON object, whatever it was sent as. Trips as `version`."""
    found, spec = _one(viewer, api_id_or_slug, version_id)
    return blobs.get(found.spec_json or spec).removeprefix(b"\xef\xbb\xbf")


def specifications(viewer: Viewer, api_id_or_slug: str) -> Page[PublishedSpecificationItem]:
    """`versions`, under the deprecated path."""
    items = [
        PublishedSpecificationItem(id=version.id, api_type=spec_type(version.type))
        for version in _all(viewer, api_id_or_slug)
    ]
    return Page(items, len(items), Query(size=len(items)))


def specification(viewer: Viewer, api_id_or_slug: str, spec_id: str) -> PublishedSpecification:
    """`version`, under the deprecated path."""
    found, spec = _one(viewer, api_id_or_slug, spec_id)
    return PublishedSpecification(api_type=spec_type(found.type), content=blobs.text(spec))


def specification_text(viewer: Viewer, api_id_or_slug: str, spec_id: str) -> bytes:
    """The text of a specification as it was sent, as one JSON string."""
    _, spec = _one(viewer, api_id_or_slug, spec_id)
    return json.dumps(blobs.text(spec), ensure_ascii=False).encode()
