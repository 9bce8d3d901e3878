"""Pages and snippets in the table: in their portal's partition, bodies as blobs."""

from __future__ import annotations

from typing import Any

from chalicelib.storage import keys
from chalicelib.storage.attributes import BooleanAttribute, JSONAttribute, UnicodeAttribute
from chalicelib.storage.records import Record


class Page(Record, discriminator="page"):
    """`PORTAL#<portal>/PAGE#<id>`: a node of the portal's tree of pages. `content` is a blob; `position`
    orders siblings; `slug` stands as it was sent. What is read together with its text: `snippets` names the
    snippets that it refers to, `lists_apis` tells that it shows the catalog."""

    hiding = ("visibility", "status")

    id = UnicodeAttribute()
    slug = UnicodeAttribute()
    title = UnicodeAttribute()
    description = UnicodeAttribute(null=True)
    visibility = UnicodeAttribute()
    status = UnicodeAttribute()
    parent_id = UnicodeAttribute(null=True)
    position = UnicodeAttribute()
    content = UnicodeAttribute()
    snippets: Any = JSONAttribute(default=list)
    lists_apis = BooleanAttribute(default=False)

    def parents(self) -> tuple[str, ...]:
        return (self.pk,)


class Snippet(Record, discriminator="snippet"):
    """`PORTAL#<portal>/SNIP#<id>`: a piece of text that pages refer to by its name."""

    hiding = ("visibility", "status")

    id = UnicodeAttribute()
    name = UnicodeAttribute()
    title = UnicodeAttribute()
    description = UnicodeAttribute(null=True)
    visibility = UnicodeAttribute()
    status = UnicodeAttribute()
    content = UnicodeAttribute()
    snippets: Any = JSONAttribute(default=list)
    lists_apis = BooleanAttribute(default=False)

    def names(self) -> dict[str, str]:
        return {
            keys.unique("snippet", self.pk, self.name): (
                f"Conflict: a snippet named {self.name!r} already exists; the name is not unique."
            )
        }

    def parents(self) -> tuple[str, ...]:
        return (self.pk,)
