"""APIs in the table: `API#<id>` holds an API's record and everything that is read with it.

Bodies (specifications, documents, images) are blobs; records hold their names. An API's record repeats of
its children what every list of APIs shows (`current`, `specs`, `portal_ids`), written in the
transactions that change the children.
"""

from __future__ import annotations

from typing import Any

from chalicelib import clock
from chalicelib.access.visibility import PublicationAccess
from chalicelib.storage import keys
from chalicelib.storage.attributes import BinaryAttribute, BooleanAttribute, JSONAttribute, UnicodeAttribute
from chalicelib.storage.records import Record, Row

#: characters of a description that lists keep, for search
DESCRIPTION_START = 500


class Api(Record, discriminator="api"):
    """`version` names the current version. `current`: id, version, type and times (ms) of that version's
    record, None where there is no such version. `specs`: id and type of the versions that have a
    specification, oldest first. `portal_ids`: where it is published; a portal that was deleted since may
    still be named."""

    id = UnicodeAttribute()
    name = UnicodeAttribute()
    version = UnicodeAttribute(null=True)
    slug = UnicodeAttribute()
    description = UnicodeAttribute(null=True)
    labels: Any = JSONAttribute(default=dict)
    #: key → values
    attributes: Any = JSONAttribute(default=dict)
    implementation_mode = UnicodeAttribute(null=True)
    current: Any = JSONAttribute(null=True)
    specs: Any = JSONAttribute(default=list)
    portal_ids: Any = JSONAttribute(default=list)

    def names(self) -> dict[str, str]:
        named = f"{self.name!r} version {self.version!r}" if self.version else repr(self.name)
        return {
            keys.unique("slug", self.slug): f"Conflict: the slug {self.slug!r} is taken; it is not unique.",
            keys.unique("api", self.name, self.version or ""): (
                f"Conflict: an API {named} already exists; name and version together are not unique."
            ),
        }

    def rows(self) -> dict[str, Row]:
        return {
            "apis": {
                "name": self.name,
                "version": self.version,
                "slug": self.slug,
                "description": (self.description or "")[:DESCRIPTION_START] or None,
                "labels": self.labels,
                "attributes": self.attributes,
                "implementation_mode": self.implementation_mode,
                "type": self.current["type"] if self.current else None,
                "updated_at": clock.rfc3339(self.updated_at),
            }
        }

    def parents(self) -> tuple[str, ...]:
        return (self.pk,)


class Version(Record, discriminator="version"):
    """`API#<api>/VER#<id>`. `spec`: blob of the specification as it was sent; `spec_json`: blob of the same
    as a JSON object, where it was sent as YAML; `messages`: blob of a JSON array of validation messages,
    None where there are none; `summary`: what pages show of it, cut to bounds, and the number of messages."""

    id = UnicodeAttribute()
    api_id = UnicodeAttribute()
    version = UnicodeAttribute()
    spec = UnicodeAttribute(null=True)
    spec_json = UnicodeAttribute(null=True)
    type = UnicodeAttribute(null=True)
    format = UnicodeAttribute(null=True)
    messages = UnicodeAttribute(null=True)
    summary: Any = JSONAttribute(null=True)

    def names(self) -> dict[str, str]:
        return {
            keys.unique("version", self.api_id, self.version): (
                f"Conflict: the version {self.version!r} already exists; it is not unique."
            )
        }

    def parents(self) -> tuple[str, ...]:
        return (self.pk,)


class Operations(Record, discriminator="operations"):
    """`API#<api>/OPS#<version>`: the operations of a version's specification, as gzipped JSON."""

    packed = BinaryAttribute(legacy_encoding=False)

    def row_id(self) -> str:
        return self.sk.removeprefix("OPS#")

    def parents(self) -> tuple[str, ...]:
        return (self.pk,)


class Document(Record, discriminator="document"):
    """`API#<api>/DOC#<id>`: a node of the API's tree of Markdown documents. `content` is a blob; `position`
    orders siblings."""

    hiding = ("status",)

    id = UnicodeAttribute()
    api_id = UnicodeAttribute()
    title = UnicodeAttribute()
    slug = UnicodeAttribute()
    status = UnicodeAttribute()
    parent_id = UnicodeAttribute(null=True)
    position = UnicodeAttribute()
    content = UnicodeAttribute()

    def parents(self) -> tuple[str, ...]:
        return (self.pk,)


class Image(Record, discriminator="image"):
    """`API#<api>/IMG`: the API's icon. `content` is the blob that is served, None while there was no valid
    upload; `error` what is wrong with the newest upload, None where that is the one that is served."""

    api_id = UnicodeAttribute()
    content = UnicodeAttribute(null=True)
    media_type = UnicodeAttribute(null=True)
    error = UnicodeAttribute(null=True)

    def row_id(self) -> str:
        return self.api_id

    def rows(self) -> dict[str, Row]:
        # so that a page of many APIs finds their icons at once, and knows when one changes
        return {"icons": {"content": self.content}} if self.content is not None else {}

    def parents(self) -> tuple[str, ...]:
        return (self.pk,)


class Publication(Record, discriminator="publication"):
    """`API#<api>/PUB#<portal>`: an API (or package) at a portal. `strategy_id` None: no application auth."""

    hiding = ("visibility",)

    api_id = UnicodeAttribute()
    portal_id = UnicodeAttribute()
    entity_type = UnicodeAttribute(default="api")
    visibility = UnicodeAttribute()
    strategy_id = UnicodeAttribute(null=True)
    auto_approve_registrations = BooleanAttribute(default=False)

    def row_id(self) -> str:
        return f"{self.api_id}.{self.portal_id}"

    def rows(self) -> dict[str, Row]:
        row: Row = {
            "pk": self.pk,
            "sk": self.sk,
            "api_id": self.api_id,
            "portal_id": self.portal_id,
            "entity_type": self.entity_type,
            "visibility": self.visibility,
            "auth_strategy_id": self.strategy_id,
            "auto_approve_registrations": self.auto_approve_registrations,
            "updated_at": clock.rfc3339(self.updated_at),
        }
        return {"pubs": row, keys.publications_of(self.portal_id): row}

    def counters(self) -> dict[keys.Key, str]:
        return {keys.Key(keys.strategy(self.strategy_id)): "uses"} if self.strategy_id else {}

    def parents(self) -> tuple[str, ...]:
        return (self.pk, keys.portal(self.portal_id))

    @property
    def access(self) -> PublicationAccess:
        """What of it decides who sees it."""
        return PublicationAccess(self.api_id, self.visibility, self.strategy_id)
