"""APIs: the rules of making, changing and deleting one."""

from __future__ import annotations

import json
import secrets
import uuid
from collections.abc import Mapping, Sequence

from chalicelib import clock
from chalicelib.catalog import slugs
from chalicelib.catalog.apis.schemas import ApiOut, CreateApi, CurrentVersion, PortalRef, UpdateApi
from chalicelib.catalog.operations import guard
from chalicelib.catalog.records import Api, Operations
from chalicelib.catalog.versions import content, current
from chalicelib.catalog.versions.content import Content
from chalicelib.catalog.versions.schemas import SpecTypeOut
from chalicelib.errors import Conflict, Invalid, NotFound
from chalicelib.http.types import merge_labels
from chalicelib.jobs import cascade
from chalicelib.portals.records import Portal
from chalicelib.storage import keys, lists, table
from chalicelib.storage.intent import expect
from chalicelib.storage.lists import Page, Query
from chalicelib.storage.records import Reservation
from chalicelib.storage.transaction import Transaction, retrying

#: what an API's record has room for, in characters; the contract says nothing of it
MAX_DESCRIPTION = 40_000
MAX_ATTRIBUTES = 60_000
#: how often another slug is tried where the automatic one is taken
SLUG_TRIES = 4


def load(api_id: str) -> Api:
    """The API's record. One trip. Raises NotFound."""
    api = table.get(Api, keys.Key(keys.api(api_id)))
    if api is None:
        raise NotFound("There is no API of this id.")
    return api


def show(apis: Sequence[Api]) -> list[ApiOut]:
    """APIs as the wire has them. One trip for the portals of all, none where nothing is published."""
    wanted = dict.fromkeys(portal_id for api in apis for portal_id in api.portal_ids)
    portals = table.get_many(Portal, [keys.Key(keys.portal(portal_id)) for portal_id in wanted])
    known = {
        portal.id: PortalRef(id=portal.id, name=portal.name, display_name=portal.display_name)
        for portal in portals
    }
    return [_show(api, [known[one] for one in api.portal_ids if one in known]) for api in apis]


def _show(api: Api, portals: list[PortalRef]) -> ApiOut:
    return ApiOut(
        id=api.id,
        name=api.name,
        description=api.description,
        version=api.version,
        current_version_summary=_summary(api),
        slug=api.slug,
        api_spec_ids=[one["id"] for one in api.specs],
        portals=portals,
        labels=api.labels,
        implementation_mode=api.implementation_mode,
        attributes=api.attributes,
        created_at=clock.rfc3339(api.created_at),
        updated_at=clock.rfc3339(api.updated_at),
    ).at(api.rev)


def _summary(api: Api) -> CurrentVersion | None:
    version = api.current
    if version is None:
        return None
    return CurrentVersion(
        id=version["id"],
        version=version["version"],
        spec=SpecTypeOut(type=version["type"]) if version["type"] else SpecTypeOut(),
        created_at=clock.rfc3339(version["created_at"]),
        updated_at=clock.rfc3339(version["updated_at"]),
    )


def create(body: CreateApi) -> ApiOut:
    """A new API, with its first version where a specification comes along. One trip, and the bodies.

    Raises Invalid, TooLarge, Conflict where the slug, or the name with the version, is taken.
    """
    found, version = None, body.version
    if "spec_content" in body.model_fields_set:
        found = content.read(body.spec_content, "spec_content")
        version = content.name(version, found)
    api_id, version_id = str(uuid.uuid4()), str(uuid.uuid4())

    def work(slug: str) -> Api:
        api = Api(
            pk=keys.api(api_id),
            id=api_id,
            name=body.name,
            version=version,
            slug=slug,
            description=body.description,
            labels=body.labels,
            attributes=merge_attributes({}, body.attributes),
        )
        _check(api)
        return _insert(api, version_id, found)

    if body.slug is not None:
        return show([work(body.slug)])[0]
    base = slugs.of_api(body.name, version)
    for attempt in range(SLUG_TRIES):
        # the reader of an address tells two APIs apart by four characters more
        slug = f"{base or 'api'}-{secrets.token_hex(2)}" if attempt or not base else base
        try:
            return show([work(slug)])[0]
        except Conflict:
            if table.get(Reservation, keys.Key(keys.unique("slug", slug))) is None:
                raise
    raise Conflict(f"Conflict: every slug tried for {base!r} is taken. Repeat the request, or send a slug.")


def _insert(api: Api, version_id: str, found: Content | None) -> Api:
    with Transaction() as tx:
        tx.begin(api.pk)
        if found is None or api.version is None:
            tx.insert(api)
            return api
        version = content.make(api.id, version_id, api.version, found)
        current.include(api, version)
        tx.insert(api)
        tx.insert(version)
        tx.insert(content.operations_of(version, found))
    return api


def merge_attributes(
    attributes: Mapping[str, Sequence[str]], update: Mapping[str, Sequence[str] | None]
) -> dict[str, list[str]]:
    """Attributes after a PATCH: named keys change, null removes one. Values keep their order, each once."""
    merged = {**attributes, **update}
    return {key: list(dict.fromkeys(values)) for key, values in merged.items() if values is not None}


def _check(api: Api) -> None:
    """Raises Invalid for what the record has no room for."""
    sizes = {
        "description": (len(api.description or ""), MAX_DESCRIPTION),
        "slug": (len(api.slug), slugs.MAX_LENGTH),
        "attributes": (len(json.dumps(api.attributes)), MAX_ATTRIBUTES),
    }
    for field, (size, most) in sizes.items():
        if size > most:
            raise Invalid.field(field, f"must have at most {most:,} characters", "max_length", maximum=most)


def get(api_id: str) -> ApiOut:
    """One API. One trip, and one for its portals. Raises NotFound."""
    return show([load(api_id)])[0]


def page(query: Query) -> Page[ApiOut]:
    """APIs, newest first. Two trips, and one for their portals."""
    found = lists.page("apis", query)
    apis = table.get_many(Api, [keys.Key(keys.api(api_id)) for api_id in found.ids])
    return Page(show(apis), found.total, query)


def update(api_id: str, body: UpdateApi, *, force: bool) -> ApiOut:
    """Change what was sent. Two trips, two more for another version, and one for its portals.

    Raises NotFound, Invalid, Conflict (name or slug taken, stale, or operations would vanish that access
    control enforces, without `force`).
    """
    sent = body.model_fields_set

    def work() -> Api:
        api = load(api_id)
        expect(api)
        if "name" in sent:
            api.name = body.name
        if "description" in sent:
            api.description = body.description
        if body.slug is not None:  # null asks for none in particular: the one it has will do
            api.slug = body.slug
        if "labels" in sent:
            api.labels = merge_labels(api.labels, body.labels)
        if "attributes" in sent:
            api.attributes = merge_attributes(api.attributes, body.attributes)
        _check(api)
        with Transaction() as tx:
            if "version" in sent and body.version != api.version:
                _switch(tx, api, body.version, force=force)
            tx.update(api)
        return api

    return show([retrying(work)])[0]


def _switch(tx: Transaction, api: Api, name: str | None, *, force: bool) -> None:
    """Let another version be the current one."""
    was, api.version, api.current = api.current, name, None
    version = current.named(api.id, name) if name else None
    if version is not None:
        api.current = current.summary(version)
        tx.unchanged(version)
    if was is not None and api.implementation_mode == guard.ENFORCED and not force:
        had, has = (_operations(api, one) for one in (was, api.current))
        guard.check(api, had, has)


def _operations(api: Api, version: Mapping[str, str] | None) -> bytes | None:
    if version is None:
        return None
    operations = table.get(Operations, keys.Key(api.pk, f"OPS#{version['id']}"))
    return operations.packed if operations is not None else None


def delete(api_id: str) -> None:
    """Delete an API and everything under it, its publications included. Raises NotFound, Conflict (stale)."""

    def work() -> None:
        api = load(api_id)
        expect(api)
        cascade.cut(api)

    retrying(work)
