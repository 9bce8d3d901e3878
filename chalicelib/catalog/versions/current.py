"""What an API's record repeats of its versions, kept in step with them."""

from __future__ import annotations

from typing import Any

from chalicelib.catalog.records import Api, Version
from chalicelib.errors import Conflict
from chalicelib.storage import keys, table
from chalicelib.storage.records import Reservation
from chalicelib.storage.transaction import Transaction

#: specifications an API may have: their ids stand in its record
MAX_SPECS = 1_000


def summary(version: Version) -> dict[str, Any]:
    """What `Api.current` holds of a version."""
    return {
        "id": version.id,
        "version": version.version,
        "type": version.type,
        "created_at": version.created_at,
        "updated_at": version.updated_at,
    }


def include(api: Api, version: Version) -> None:
    """Let the API know of a version as it is now. Raises Conflict beyond MAX_SPECS."""
    if version.version == api.version:
        api.current = summary(version)
    elif is_current(api, version):
        api.current = None
    known = {one["id"]: one["type"] for one in api.specs}
    if version.spec is not None:
        known[version.id] = version.type
    api.specs = [{"id": version_id, "type": kind} for version_id, kind in known.items()]
    if len(known) > MAX_SPECS:
        raise Conflict(f"Conflict: an API has at most {MAX_SPECS:,} specifications. Delete older versions.")


def exclude(api: Api, version: Version) -> None:
    """Let the API forget a version."""
    if is_current(api, version):
        api.current = None
    api.specs = [one for one in api.specs if one["id"] != version.id]


def save(tx: Transaction, api: Api) -> None:
    """Write the API if it changed; else make sure that nobody else changed what was decided from."""
    before = api.before()
    if (before.version, before.current, before.specs) == (api.version, api.current, api.specs):
        tx.unchanged(api)
    else:
        tx.update(api)


def is_current(api: Api, version: Version) -> bool:
    """Whether the API's record repeats this version as its current one."""
    return api.current is not None and api.current["id"] == version.id


def named(api_id: str, name: str) -> Version | None:
    """The version of an API that has this name. Two trips."""
    held = table.get(Reservation, keys.Key(keys.unique("version", api_id, name)))
    return table.get(Version, keys.Key(keys.api(api_id), f"VER#{held.holder}")) if held else None


def may_be_called(api: Api, version: str) -> bool:
    """Whether no API has this one's name with that version. One trip."""
    return table.get(Reservation, keys.Key(keys.unique("api", api.name, version))) is None
