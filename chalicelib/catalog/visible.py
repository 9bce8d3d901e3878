"""Which APIs a viewer of a portal sees: the only way the portal API and the site get at an API."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from chalicelib.access.principal import Viewer
from chalicelib.access.visibility import PortalAccess, PublicationAccess, sees_api
from chalicelib.catalog.records import Api, Publication
from chalicelib.errors import NotFound
from chalicelib.portals import service as portals
from chalicelib.portals.records import Portal
from chalicelib.storage import aws, keys, lists, table
from chalicelib.storage.records import Record, Reservation, Row


@dataclass(frozen=True)
class Seen:
    """An API that a viewer sees, and what that follows from."""

    api: Api
    publication: Publication
    portal: Portal


def find(viewer: Viewer, api_id_or_slug: str) -> Seen:
    """The API of this id, or else of this slug. One trip by id, two by slug.

    Raises NotFound where there is none that the viewer sees.
    """
    api_id = _uuid(api_id_or_slug)
    slug = keys.Key(keys.unique("slug", api_id_or_slug))
    wanted = [keys.Key(keys.portal(viewer.portal_id)), slug]
    if api_id is not None:
        wanted += _keys(api_id, viewer.portal_id)
    found = _read(wanted)
    portal, held = found.get(wanted[0]), found.get(slug)
    if isinstance(portal, Portal):
        if api_id is not None and (seen := _seen(found, api_id, viewer, portal)):
            return seen
        if isinstance(held, Reservation):
            found = _read(_keys(held.holder, viewer.portal_id))
            if seen := _seen(found, held.holder, viewer, portal):
                return seen
    raise NotFound("There is no API of this id or slug.")


def require(viewer: Viewer, api_id_or_slug: str) -> Api:
    """The API alone, see `find`."""
    return find(viewer, api_id_or_slug).api


def rows(viewer: Viewer, portal: PortalAccess | None = None) -> list[Row]:
    """The rows of all APIs that the viewer sees, newest first, with `visibility` and `auth_strategy_id` of
    their publications. One trip in sequence, more by the megabyte of rows; none for an API, and one for the
    portal where the caller does not hold it."""
    access = portal if portal is not None else portals.load(viewer.portal_id).access
    publications, apis = aws.together(lists.read, [keys.publications_of(viewer.portal_id), "apis"])
    published = {
        row["api_id"]: row
        for row in publications
        if row["entity_type"] == "api" and sees_api(viewer, access, _access(row))
    }
    seen = []
    for row in apis:
        publication = published.get(row["id"])
        if publication is not None:
            row["visibility"] = publication["visibility"]
            row["auth_strategy_id"] = publication["auth_strategy_id"]
            seen.append(row)
    return seen


def _access(row: Row) -> PublicationAccess:
    return PublicationAccess(row["api_id"], row["visibility"], row["auth_strategy_id"])


def _uuid(text: str) -> str | None:
    try:
        return str(uuid.UUID(text)) if len(text) == 36 else None
    except ValueError:
        return None


def _keys(api_id: str, portal_id: str) -> list[keys.Key]:
    pk = keys.api(api_id)
    return [keys.Key(pk), keys.Key(pk, f"PUB#{portal_id}")]


def _read(wanted: list[keys.Key]) -> dict[keys.Key, Record]:
    return {record.key: record for record in table.get_many(Record, wanted)}


def _seen(found: dict[keys.Key, Record], api_id: str, viewer: Viewer, portal: Portal) -> Seen | None:
    api, publication = (found.get(key) for key in _keys(api_id, viewer.portal_id))
    if not isinstance(api, Api) or not isinstance(publication, Publication):
        return None
    if not sees_api(viewer, portal.access, publication.access):
        return None
    return Seen(api, publication, portal)
