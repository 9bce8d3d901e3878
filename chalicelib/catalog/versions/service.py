"""Versions of an API: the rules of making, changing and deleting one."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterable
from typing import cast

from chalicelib import clock
from chalicelib.catalog.apis import service as apis
from chalicelib.catalog.operations import guard
from chalicelib.catalog.records import Api, Operations, Version
from chalicelib.catalog.versions import content, current
from chalicelib.catalog.versions.content import Content
from chalicelib.catalog.versions.schemas import (
    CreateVersion,
    Message,
    SpecIn,
    SpecOut,
    SpecType,
    SpecTypeOut,
    UpdateVersion,
    Validation,
    VersionItem,
    VersionOut,
)
from chalicelib.errors import NotFound
from chalicelib.storage import blobs, keys, lists, table
from chalicelib.storage.intent import expect
from chalicelib.storage.lists import Page, Query, Slice
from chalicelib.storage.records import Record
from chalicelib.storage.transaction import Transaction, retrying

Read = Callable[[], Content | None]

#: writers of one API's versions meet at its record: each of so many at once gets through
TRIES = 10


def validate(text: str) -> Validation:
    """What is wrong with a specification; nothing is stored. No trip. Raises as `content.read`."""
    return Validation(validation_messages=[Message(message=one) for one in content.check(text, "content")])


def find(api_id: str, version_id: str) -> Version:
    """A version of an API that is there. One trip. Raises NotFound."""
    return _find(api_id, version_id)[1]


def _find(api_id: str, version_id: str, *more: keys.Key) -> tuple[Api, Version, dict[keys.Key, Record]]:
    pk = keys.api(api_id)
    wanted = keys.Key(pk), keys.Key(pk, f"VER#{version_id}")
    found = {record.key: record for record in table.get_many(Record, [*wanted, *more])}
    api, version = (found.get(key) for key in wanted)
    if not isinstance(api, Api) or not isinstance(version, Version):
        raise NotFound("The API has no version of this id.")
    return api, version, found


def _load(api_id: str, version_id: str) -> tuple[Api, Version, Operations | None]:
    """A version with all that changes with it: its API and its operations. One trip. Raises NotFound."""
    key = keys.Key(keys.api(api_id), f"OPS#{version_id}")
    api, version, found = _find(api_id, version_id, key)
    operations = found.get(key)
    return api, version, operations if isinstance(operations, Operations) else None


def all_of(api_id: str) -> list[Version]:
    """All versions of an API, newest first. One trip, more by the megabyte."""
    found = table.query(Version, keys.api(api_id), "VER#")
    return sorted(found, key=lambda version: (version.created_at, version.id), reverse=True)


def select(versions: Iterable[Version], query: Query) -> tuple[Slice, list[Version]]:
    """What a query leaves of versions: the slice of their rows, and the versions of it."""
    known = {version.id: version for version in versions}
    rows = [
        {
            "id": version.id,
            "version": version.version,
            "type": version.type,
            "created_at": clock.rfc3339(version.created_at),
        }
        for version in known.values()
    ]
    found = lists.select(rows, query)
    return found, [known[version_id] for version_id in found.ids]


def messages(version: Version, bodies: dict[str, bytes]) -> list[Message]:
    """What is wrong with a version's specification; `bodies` holds those that its record points to."""
    found: list[str] = json.loads(bodies[version.messages]) if version.messages else []
    other = content.mismatch(version.summary, version.version)
    return [Message(message=one) for one in ([other] if other else []) + found]


def bodies_of(version: Version) -> dict[str, bytes]:
    """A version's specification and messages, as they are stored. At most two trips, at once."""
    return blobs.get_all([digest for digest in (version.spec, version.messages) if digest is not None])


def show(version: Version) -> VersionOut:
    """A version as the wire has it, with its specification. At most two trips, at once."""
    bodies = bodies_of(version)
    spec = SpecOut(validation_messages=messages(version, bodies))
    if version.spec is not None:
        spec = SpecOut(
            content=bodies[version.spec].decode(),
            type=spec_type(version.type),
            validation_messages=spec.validation_messages,
        )
    return VersionOut(
        id=version.id,
        version=version.version,
        spec=spec,
        created_at=clock.rfc3339(version.created_at),
        updated_at=clock.rfc3339(version.updated_at),
    ).at(version.rev)


def get(api_id: str, version_id: str) -> VersionOut:
    """One version. One trip, and those for its specification. Raises NotFound."""
    return show(find(api_id, version_id))


def page(api_id: str, query: Query) -> Page[VersionItem]:
    """Versions of an API, newest first. Two trips. Raises NotFound without the API."""
    apis.load(api_id)
    found, versions = select(all_of(api_id), query)
    items = [
        VersionItem(
            id=version.id,
            version=version.version,
            spec=SpecTypeOut(type=spec_type(version.type)) if version.type else SpecTypeOut(),
            created_at=clock.rfc3339(version.created_at),
            updated_at=clock.rfc3339(version.updated_at),
        )
        for version in versions
    ]
    return Page(items, found.total, query)


def create(api_id: str, body: CreateVersion) -> VersionOut:
    """A new version; it becomes the current one where the API names none, unless that would give the API
    the name and version of another. Two trips and the bodies, one more where the API names no version.

    Raises NotFound, Invalid, TooLarge, Conflict where the version exists.
    """
    read = content.once(_text(body.spec), "spec.content")
    return show(add(api_id, lambda _: content.name(body.version, read()), read))


def add(api_id: str, name: Callable[[Api], str], read: Read) -> Version:
    """Write a new version. `name` says what it is called and `read` what it holds, once the API is there.
    Raises NotFound, Conflict, and what they raise."""
    version_id = str(uuid.uuid4())

    def work() -> Version:
        api = apis.load(api_id)
        called, found = name(api), read()
        version = content.make(api_id, version_id, called, found)
        if api.version is None and current.may_be_called(api, called):
            api.version = called
        current.include(api, version)
        with Transaction() as tx:
            tx.insert(version)
            if found is not None:
                tx.insert(content.operations_of(version, found))
            current.save(tx, api)
        return version

    return retrying(work, TRIES)


def update(api_id: str, version_id: str, body: UpdateVersion, *, force: bool) -> VersionOut:
    """Change what was sent. Two trips and the bodies.

    Raises NotFound, Invalid, TooLarge, Conflict (version exists, stale, or operations would vanish that
    access control enforces, without `force`).
    """
    read = content.once(_text(body.spec), "spec.content")
    return show(change(api_id, version_id, body.version, read, force=force))


def change(api_id: str, version_id: str, name: str | None, read: Read, *, force: bool) -> Version:
    """Write a changed version: its name and its specification, as far as there are new ones. Raises
    NotFound, Invalid, Conflict, and what `read` raises."""

    def work() -> Version:
        api, version, operations = _load(api_id, version_id)
        found = read()
        called = content.name(name, None) if name else version.version
        expect(version)
        was_current, had = current.is_current(api, version), operations.packed if operations else None
        version.version = called
        with Transaction() as tx:
            if found is not None:
                found.put(version)
                if operations is None:
                    tx.insert(content.operations_of(version, found))
                else:
                    operations.packed = found.operations
                    tx.update(operations)
            tx.update(version)
            current.include(api, version)
            if was_current and not force:
                has = found.operations if found is not None else had
                guard.check(api, had, has if current.is_current(api, version) else None)
            current.save(tx, api)
        return version

    return retrying(work, TRIES)


def delete(api_id: str, version_id: str) -> None:
    """Delete a version; where it was the current one, the API has none. Two trips.

    Raises NotFound, Conflict (stale).
    """

    def work() -> None:
        api, version, operations = _load(api_id, version_id)
        expect(version)
        current.exclude(api, version)
        with Transaction() as tx:
            tx.delete(version)
            if operations is not None:
                tx.delete(operations)
            current.save(tx, api)

    retrying(work, TRIES)


def spec_type(kind: str | None) -> SpecType:
    """The type of a version that has a specification."""
    return cast(SpecType, kind)


def _text(spec: SpecIn) -> str | None:
    return spec.content if "content" in spec.model_fields_set else None
