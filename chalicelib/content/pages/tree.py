"""The tree of a portal's pages, and the paths that pages cannot have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from chalicelib.content.records import Page
from chalicelib.content.tree import Tree
from chalicelib.errors import Invalid
from chalicelib.storage.table import Partition

#: first parts of paths that belong to the portal itself, whatever follows them
RESERVED = frozenset(
    {"login", "register", "forgot-password", "reset-password", "logout", "account", "apps"}
    | {"api", "npm", ".well-known", "_api", "_assets", "_core", "_media", "_preview-mode", "_proxy", "_site"}
    | {"openapi.json", "robots.txt", "sitemap.xml", "sitemap-apis.xml"}
)
#: pages that may stand in for what the portal has built in
REPLACEABLE = frozenset({"login", "register"})


class PageTree(Tree[Page]):
    """The home page stands at the root, and answers to `home` as well."""

    aliases: ClassVar[Mapping[str, str]] = {"home": ""}

    def refuse(self, path: str) -> None:
        parts = path.split("/")
        if parts[0] in RESERVED and path not in REPLACEABLE:
            raise Invalid.field("slug", f"/{path} is reserved: the portal itself answers below /{parts[0]}")
        if any(part in (".", "..") for part in parts):
            raise Invalid.field(
                "slug", "must not have . or .. as a part: browsers take them out of addresses"
            )


def pages(partition: Partition) -> PageTree:
    """The tree of pages in a portal's partition."""
    return PageTree(partition.all(Page))
