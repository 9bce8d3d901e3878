"""JSON pointers (RFC 6901). While a document is walked a place is a chain of tokens, spelled out on demand:
most places are never spoken of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeAlias

#: (the place above, the last token); None is the document itself
Place: TypeAlias = "tuple[Place, str | int] | None"


def tokens(place: Place) -> list[str | int]:
    found: list[str | int] = []
    while place is not None:
        place, token = place
        found.append(token)
    found.reverse()
    return found


def spell(path: Iterable[str | int]) -> str:
    """The pointer of a path: `["paths", "/a"]` is `/paths/~1a`."""
    return "".join("/" + str(token).replace("~", "~0").replace("/", "~1") for token in path)


def split(pointer: str) -> Iterator[str]:
    """The tokens of a pointer that is empty or begins with a slash."""
    return (token.replace("~1", "/").replace("~0", "~") for token in pointer.split("/")[1:])
