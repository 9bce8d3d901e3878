"""What a process holds of a portal's site, and how it knows that it is current.

Each portal, API and list has a pulse that every change raises. A page view reads the pulses it depends on in
one batch; what was made under the same pulses is current, so a warm page costs one trip and nothing is ever
older than the last write.

Cold, the trips in sequence are: the host (remembered for a minute), the pulses, the partitions together, the
bodies together.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Generic, TypeVar

from chalicelib.access.principal import Viewer
from chalicelib.catalog import visible
from chalicelib.catalog.documents.service import DocumentTree
from chalicelib.catalog.images import addresses
from chalicelib.catalog.records import Api, Document, Image, Publication, Version
from chalicelib.catalog.versions.order import newest_first
from chalicelib.content.pages.tree import PageTree
from chalicelib.content.records import Page, Snippet
from chalicelib.errors import NotFound
from chalicelib.http.answers import Answer
from chalicelib.portals.records import Assets, Customization, Portal
from chalicelib.storage import aws, keys, lists, table
from chalicelib.storage.records import Pulse, Reservation, Row
from chalicelib.storage.table import Partition

#: pulses by the partition they belong to; a partition that has none is absent
Pulses = dict[str, int]
#: lists have pulses too: what a catalog depends on besides its portal
CATALOG = (keys.rows("apis"), keys.rows("icons"))

T = TypeVar("T")


class Site:
    """A portal's partition, read whole."""

    def __init__(self, partition: Partition) -> None:
        self._partition = partition
        self.size = len(partition)

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
        self.size = len(partition)

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


class Held(Generic[T]):
    """What the process holds by name, each under the pulses that it was made under; the least used goes when
    all together weigh more than `most`."""

    def __init__(self, most: int, weigh: Callable[[T], int]) -> None:
        self._most, self._weigh, self._weight = most, weigh, 0
        self._entries: OrderedDict[tuple[str, ...], tuple[Pulses, T]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, name: tuple[str, ...], current: Pulses) -> T | None:
        with self._lock:
            held = self._entries.get(name)
            if held is None or held[0] != current:
                return None
            self._entries.move_to_end(name)
            return held[1]

    def put(self, name: tuple[str, ...], current: Pulses, value: T) -> None:
        with self._lock:
            before = self._entries.pop(name, None)
            if before is not None:
                self._weight -= self._weigh(before[1])
            self._entries[name] = (current, value)
            self._weight += self._weigh(value)
            while self._weight > self._most:
                _, (_, gone) = self._entries.popitem(last=False)
                self._weight -= self._weigh(gone)

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()
            self._weight = 0


def _bytes(page: Answer) -> int:
    return len(page.body or b"") + 2_000


#: by the number of their items
_sites: Held[Site] = Held(20_000, lambda site: site.size)
_api_sites: Held[ApiSite] = Held(20_000, lambda site: site.size)
_rows: Held[list[Row]] = Held(20_000, lambda rows: len(rows) + 1)
_pages: Held[Answer] = Held(48 * 1024 * 1024, _bytes)
#: which API a slug led to the last time, under no pulse: a guess that saves a trip, and is checked each time
_slugs: Held[str] = Held(10_000, lambda _: 1)


@dataclass(frozen=True)
class Visit:
    """A viewer at a portal's site, as of some pulses."""

    site: Site
    viewer: Viewer
    pulses: Pulses

    @property
    def shared(self) -> bool:
        """Whether what this viewer gets is everyone's, so that a cache may give it to others: anonymous
        viewers get what is public. A portal with an address list asks each visitor for theirs."""
        return not self.viewer.authenticated and not self.site.portal.sipr_enabled

    @cached_property
    def rows(self) -> list[Row]:
        """The rows of the APIs that the viewer sees, newest first, each with the path of its `icon` (or
        None). One trip where they are not held. Do not change them."""
        if self.viewer.authenticated:
            return self._read_rows()
        name = (self.site.portal.id,)
        held = _rows.get(name, self.pulses)
        if held is None:
            held = self._read_rows()
            _rows.put(name, self.pulses, held)
        return held

    def _read_rows(self) -> list[Row]:
        access = self.site.portal.access
        reads: list[Callable[[], list[Row]]] = [
            lambda: visible.rows(self.viewer, access),
            lambda: lists.read("icons"),
        ]
        found, icons = aws.together(lambda read: read(), reads)
        contents = {row["id"]: row["content"] for row in icons}
        for row in found:
            row["icon"] = icon(self.site.portal.id, row["id"], contents.get(row["id"]))
        return found

    def page(self, name: tuple[str, ...], make: Callable[[], Answer]) -> Answer:
        """A finished page of this name: what is held, else made now. Only anonymous viewers' are held."""
        if self.viewer.authenticated:
            return make()
        name = (self.site.portal.id, *name)
        held = _pages.get(name, self.pulses)
        if held is None:
            held = make()
            _pages.put(name, self.pulses, held)
        return held


def icon(portal_id: str, api_id: str, content: str | None) -> str | None:
    """The path of an API's icon at a portal; `content`: its blob, if there is one."""
    return addresses.at_portal(portal_id, api_id, content) if content else None


def visit(viewer: Viewer, *depends: str) -> Visit:
    """A visit to the portal that depends on these lists besides. One trip, two where the site is not held."""
    pk = keys.portal(viewer.portal_id)
    current, _ = _pulses([pk, *depends])
    site, _ = _read(pk, None, current)
    return Visit(site, viewer, current)


def visit_api(viewer: Viewer, slug: str) -> tuple[Visit, ApiSite | None]:
    """A visit to the API that has this slug (None: there is none). Trips as `visit`."""
    pk = keys.portal(viewer.portal_id)
    guess = _slugs.get((slug,), {})
    current, api_id = _pulses([pk] if guess is None else [pk, keys.api(guess)], slug)
    api_pk = keys.api(api_id) if api_id is not None else None
    if api_id is not None and api_id != guess:
        _slugs.put((slug,), {}, api_id)
    current = {name: beat for name, beat in current.items() if name in (pk, api_pk)}
    site, api_site = _read(pk, api_pk, current)
    return Visit(site, viewer, current), api_site


def _pulses(partitions: list[str], slug: str | None = None) -> tuple[Pulses, str | None]:
    """The present pulses of these partitions, and the id of the API that holds a slug. One trip."""
    wanted = [keys.Key(pk, keys.PULSE) for pk in partitions]
    named = keys.Key(keys.unique("slug", slug or ""))
    found = table.get_items([*wanted, named] if slug else wanted)
    reserved = found.pop(named, None)
    holder = table.decode(Reservation, reserved) if reserved is not None else None
    beats = {key.pk: int(item["beat"]["N"]) for key, item in found.items()}
    return beats, holder.holder if holder is not None else None


def _read(pk: str, api_pk: str | None, current: Pulses) -> tuple[Site, ApiSite | None]:
    """A portal's partition, and an API's, as of these pulses: what is not held in one trip together. The
    pulse of an API that was not asked for is added. Raises NotFound without the portal."""
    site = _sites.get((pk,), {pk: current.get(pk, 0)})
    api_site = _api_sites.get((api_pk,), {api_pk: current.get(api_pk, 0)}) if api_pk is not None else None
    missing = [pk] if site is None else []
    missing += [api_pk] if api_pk is not None and api_site is None else []
    # the pulses were read first: what is read now is at least as new
    for name, partition in zip(missing, aws.together(Partition.read, missing), strict=True):
        pulse = partition.one(Pulse, keys.PULSE)
        if pulse is None:
            continue
        if name == pk:
            site = Site(partition)
            _sites.put((name,), {name: pulse.beat}, site)
        else:
            api_site = ApiSite(partition)
            _api_sites.put((name,), {name: pulse.beat}, api_site)
            current.setdefault(name, pulse.beat)
    if site is None:
        raise NotFound("No portal answers at this address.")
    return site, api_site


def forget() -> None:
    """Drop everything held (tests)."""
    for held in (_sites, _api_sites, _rows, _pages, _slugs):
        held.clear()
