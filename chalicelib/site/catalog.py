"""The catalog: the APIs a viewer sees, searched, filtered by attributes, a page at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import quote, urlencode

from chalicelib.storage.records import Row

PAGE_SIZE = 12
#: attributes to filter by, and options shown of one
GROUPS, OPTIONS = 12, 20
#: values that one address may choose
CHOSEN = 50


@dataclass(frozen=True)
class Card:
    """An API as the catalog shows it."""

    name: str
    path: str
    version: str | None
    description: str
    attributes: list[str]
    icon: str | None = None


@dataclass(frozen=True)
class Option:
    """A value of an attribute."""

    value: str
    count: int
    checked: bool


@dataclass(frozen=True)
class Group:
    """One attribute and its values."""

    key: str
    title: str
    options: list[Option]


@dataclass(frozen=True)
class Query:
    """What a catalog's address asks for. `chosen`: attribute → values."""

    words: str = ""
    page: int = 1
    chosen: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def read(cls, pairs: Iterable[tuple[str, str]]) -> Query:
        """From `q`, `page` and any number of `attribute=key:value`; what makes no sense is left out."""
        words, page = "", 1
        chosen: dict[str, list[str]] = {}
        for name, value in pairs:
            if name == "q":
                words = value.strip()[:200]
            elif name == "page" and value.isascii() and value.isdigit() and len(value) < 6:
                page = max(1, int(value))
            elif name == "attribute" and ":" in value and sum(map(len, chosen.values())) < CHOSEN:
                key, _, wanted = value.partition(":")
                chosen.setdefault(key, []).append(wanted)
        return cls(words, page, chosen)

    def text(self, page: int) -> str:
        """The query part of an address, empty for the plain first page."""
        pairs = [("q", self.words)] if self.words else []
        pairs += [("attribute", f"{key}:{value}") for key, values in self.chosen.items() for value in values]
        pairs += [("page", str(page))] if page > 1 else []
        return f"?{urlencode(pairs)}" if pairs else ""


@dataclass(frozen=True)
class Found:
    """One page of the catalog, ready for its template."""

    cards: list[Card]
    total: int
    page: int
    pages: int
    groups: list[Group]
    words: str
    filtered: bool
    path: str
    search: bool
    paged: bool
    query: Query

    def link(self, page: int) -> str:
        return self.path + self.query.text(page)

    @property
    def numbers(self) -> list[int | None]:
        """Page numbers to link: the ends, and those around the present one; None stands for a gap."""
        near = {1, self.pages, *range(self.page - 2, self.page + 3)}
        found: list[int | None] = []
        last = 0
        for number in sorted(number for number in near if 1 <= number <= self.pages):
            if number - last > 1 and last:
                found.append(None)
            found.append(number)
            last = number
        return found


def find(
    rows: list[Row],
    query: Query,
    path: str,
    *,
    size: int = PAGE_SIZE,
    search: bool = True,
    filters: Iterable[str] | None = None,
    show_filters: bool = True,
    paged: bool = True,
    card_keys: Iterable[str] | None = None,
) -> Found:
    """One page of these rows. `filters`: the attributes offered, by default every one there is; `card_keys`:
    those whose values cards show.

    Words are looked for in name, description, version, labels and attributes: every word must be there.
    """
    matching = [row for row in rows if _has_words(row, query.words)]
    chosen = [row for row in matching if _chosen(row, query.chosen)]
    pages = max(1, -(-len(chosen) // size)) if paged else 1
    page = min(query.page, pages)
    groups = _groups(matching, query.chosen, filters) if show_filters else []
    return Found(
        cards=[_card(row, card_keys) for row in chosen[(page - 1) * size : page * size]],
        total=len(chosen),
        page=page,
        pages=pages,
        groups=groups,
        words=query.words,
        filtered=bool(query.words or query.chosen),
        path=path,
        search=search,
        paged=paged,
        query=query,
    )


def api_path(slug: str) -> str:
    """Where an API's page is."""
    return f"/apis/{quote(slug, safe='')}"


def _card(row: Row, keys: Iterable[str] | None) -> Card:
    attributes = row.get("attributes") or {}
    wanted = sorted(attributes) if keys is None else keys
    values = [value for key in wanted for value in attributes.get(key, [])]
    description = row.get("description") or ""
    return Card(
        name=row["name"],
        path=api_path(row["slug"]),
        version=row.get("version"),
        description=description if len(description) <= 220 else description[:219].rstrip() + "…",
        attributes=values[:6],
        icon=row.get("icon"),
    )


def _texts(row: Row) -> str:
    parts: list[str] = [row["name"], row.get("version") or "", row.get("description") or ""]
    for key, value in (row.get("labels") or {}).items():
        parts += [key, value]
    for key, values in (row.get("attributes") or {}).items():
        parts += [key, *values]
    return "\n".join(parts).casefold()


def _has_words(row: Row, words: str) -> bool:
    if not words:
        return True
    text = _texts(row)
    return all(word in text for word in words.casefold().split())


def _chosen(row: Row, chosen: Mapping[str, list[str]]) -> bool:
    attributes = row.get("attributes") or {}
    return all(set(values) & set(attributes.get(key, [])) for key, values in chosen.items())


def _groups(rows: list[Row], chosen: Mapping[str, list[str]], keys: Iterable[str] | None) -> list[Group]:
    counts: dict[str, dict[str, int]] = {}
    for row in rows:
        for key, values in (row.get("attributes") or {}).items():
            for value in values:
                counts.setdefault(key, {})
                counts[key][value] = counts[key].get(value, 0) + 1
    wanted = list(dict.fromkeys(keys)) if keys is not None else sorted(counts)
    found = []
    for key in wanted[:GROUPS]:
        values = counts.get(key, {})
        marked = chosen.get(key, [])
        top = sorted(values, key=lambda value: (value not in marked, -values[value], value))[:OPTIONS]
        options = [Option(value, values[value], value in marked) for value in sorted(top)]
        if options:
            found.append(Group(key, title(key), options))
    return found


def title(key: str) -> str:
    """An attribute's key in words: `sub-domain` → `Sub domain`."""
    return key.replace("-", " ").replace("_", " ").capitalize()
