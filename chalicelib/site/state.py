"""What a process holds of a portal's site, and how it knows that it is current.

Each portal, API and list has a pulse that every change raises. A page view reads the pulses it depends on in
one batch; what was made under the same pulses is current, so a warm page costs one trip and nothing is ever
older than the last write.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from functools import cached_property
from typing import Any, TypeVar

from chalicelib.catalog.documents.service import DocumentTree
from chalicelib.catalog.records import Api, Document, Image, Publication, Version
from chalicelib.content.pages.tree import PageTree
from chalicelib.content.records import Page, Snippet
from chalicelib.errors import NotFound
from chalicelib.http.answers import Answer
from chalicelib.portals.records import Assets, Customization, Portal
from chalicelib.site.order import newest_first
from chalicelib.storage import keys, table
from chalicelib.storage.table import Partition

#: parents (portals and APIs) held whole
PARENTS_HELD = 200
PAGES_HELD = 500
#: a larger one is made anew each time
PAGE_BYTES = 4 * 1024 * 1024
PAGES_BYTES = 48 * 1024 * 1024

#: pulses by the partition they belong to; a partition that has none is absent
Pulses = dict[str, int]
#: the list of all APIs has a pulse too
APIS = keys.rows("apis")


class Site:
    """A portal's partition, read whole."""

    def __init__(self, partition: Partition) -> None:
        self._partition = partition

    @cached_property
    def portal(self) -> Portal:
        found = self._partition.one(Portal)
        if found is None:
            raise NotFound("No portal answers at this address.")
        return found

    @cached_property
    def customization(self) -> Customization | None:
        return self._partition.one(Customization, keys.CUSTOMIZATION)

    @cached_property
    def assets(self) -> Assets | None:
        return self._partition.one(Assets, keys.ASSETS)

    @cached_property
    def pages(self) -> PageTree:
        return PageTree(self._partition.all(Page))

    @cached_property
    def snippets(self) -> dict[str, Snippet]:
        return {snippet.name: snippet for snippet in self._partition.all(Snippet)}


class ApiSite:
    """An API's partition, read whole."""

    def __init__(self, partition: Partition) -> None:
        self._partition = partition

    @cached_property
    def api(self) -> Api:
        found = self._partition.one(Api)
        if found is None:
            raise NotFound("There is no such API.")
        return found

    def publication(self, portal_id: str) -> Publication | None:
        return self._partition.one(Publication, keys.publication(portal_id))

    @cached_property
    def versions(self) -> list[Version]:
        """Newest first by semver order, then by creation."""
        return newest_first(self._partition.all(Version))

    @cached_property
    def documents(self) -> DocumentTree:
        return DocumentTree(self._partition.all(Document))

    @cached_property
    def image(self) -> Image | None:
        return self._partition.one(Image, keys.IMAGE)


K = TypeVar("K", Site, ApiSite)
_parents: OrderedDict[str, tuple[int, Any]] = OrderedDict()
_pages: OrderedDict[tuple[str, ...], tuple[Pulses, Answer]] = OrderedDict()
_lock = threading.Lock()


def pulses(partitions: list[str]) -> Pulses:
    """The present pulses of these partitions. One trip."""
    wanted = [keys.Key(pk, keys.PULSE) for pk in partitions]
    found = table.get_items(wanted)
    return {key.pk: int(item["beat"]["N"]) for key, item in found.items()}


def parent(kind: type[K], pk: str, current: Pulses) -> K:
    """A parent's partition as of these pulses: what is held, else one trip. Raises NotFound."""
    beat = current.get(pk)
    if beat is None:
        raise NotFound()
    with _lock:
        held = _parents.get(pk)
        if held is not None and held[0] == beat:
            _parents.move_to_end(pk)
            found: K = held[1]
            return found
    # the pulse was read first: what is read now is at least as new, and is read again at the next beat
    fresh = kind(Partition.read(pk))
    with _lock:
        _parents[pk] = (beat, fresh)
        while len(_parents) > PARENTS_HELD:
            _parents.popitem(last=False)
    return fresh


def page(key: tuple[str, ...], current: Pulses, make: Callable[[], Answer]) -> Answer:
    """A finished page: what is held under the same pulses, else made now. For anonymous viewers only."""
    with _lock:
        held = _pages.get(key)
        if held is not None and held[0] == current:
            _pages.move_to_end(key)
            return held[1]
    answer = make()
    if len(answer.body or b"") > PAGE_BYTES:
        return answer
    with _lock:
        _pages[key] = (current, answer)
        size = sum(len(held.body or b"") for _, held in _pages.values())
        while len(_pages) > PAGES_HELD or size > PAGES_BYTES:
            _, (_, gone) = _pages.popitem(last=False)
            size -= len(gone.body or b"")
    return answer


def forget() -> None:
    """Drop everything held (tests)."""
    with _lock:
        _parents.clear()
        _pages.clear()
