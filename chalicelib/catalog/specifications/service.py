"""Specifications of an API, the deprecated way: each is the version of the same id, of which an API has at
most one that was made here."""

from __future__ import annotations

from chalicelib import clock
from chalicelib.catalog.apis import service as apis
from chalicelib.catalog.records import Api, Version
from chalicelib.catalog.specifications.schemas import (
    CreateSpecification,
    SpecificationItem,
    SpecificationOut,
    UpdateSpecification,
)
from chalicelib.catalog.versions import content
from chalicelib.catalog.versions import service as versions
from chalicelib.errors import Conflict, NotFound
from chalicelib.storage.lists import Page, Query


def show(version: Version) -> SpecificationOut:
    """A version as a specification, with its content. At most two trips, at once."""
    assert version.spec is not None
    bodies = versions.bodies_of(version)
    return SpecificationOut(
        id=version.id,
        content=bodies[version.spec].decode(),
        type=versions.spec_type(version.type),
        validation_messages=versions.messages(version, bodies),
        created_at=clock.rfc3339(version.created_at),
        updated_at=clock.rfc3339(version.updated_at),
    ).at(version.rev)


def _check(version: Version) -> Version:
    if version.spec is None:
        raise NotFound("The API has no specification of this id.")
    return version


def get(api_id: str, spec_id: str) -> SpecificationOut:
    """One specification. One trip, and those for its content. Raises NotFound."""
    return show(_check(versions.find(api_id, spec_id)))


def page(api_id: str, query: Query) -> Page[SpecificationItem]:
    """Specifications of an API, newest first. Two trips. Raises NotFound without the API."""
    apis.load(api_id)
    found, chosen = versions.select((one for one in versions.all_of(api_id) if one.spec is not None), query)
    items = [
        SpecificationItem(
            id=version.id,
            type=versions.spec_type(version.type),
            created_at=clock.rfc3339(version.created_at),
            updated_at=clock.rfc3339(version.updated_at),
        )
        for version in chosen
    ]
    return Page(items, found.total, query)


def create(api_id: str, body: CreateSpecification) -> SpecificationOut:
    """The specification of an API's current version, which is made where there is none. Three trips and the
    bodies.

    Raises NotFound, Invalid, TooLarge, Conflict where the API has a specification.
    """
    read = content.once(body.content, "content")

    def called(api: Api) -> str:
        name = content.name(api.version, read())
        if api.specs:
            raise Conflict(f"Conflict: Specification for API '{api_id}' already exists.")
        return name

    api = apis.load(api_id)
    called(api)
    if api.current is not None:
        return show(versions.change(api_id, api.current["id"], None, read, force=True))
    return show(versions.add(api_id, called, read))


def update(api_id: str, spec_id: str, body: UpdateSpecification) -> SpecificationOut:
    """Change the content. Two trips and the bodies.

    Raises NotFound, Invalid, TooLarge, Conflict (stale, or operations would vanish that access control
    enforces).
    """
    _check(versions.find(api_id, spec_id))
    read = content.once(body.content if "content" in body.model_fields_set else None, "content")
    return show(versions.change(api_id, spec_id, None, read, force=False))


def delete(api_id: str, spec_id: str) -> None:
    """Delete a specification, and the version it is with it. Raises NotFound, Conflict (stale)."""
    _check(versions.find(api_id, spec_id))
    versions.delete(api_id, spec_id)
