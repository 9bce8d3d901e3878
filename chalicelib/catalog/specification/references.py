"""Judges every reference of a document: whether it leads to a place in the document itself. One that leads
elsewhere is told of and never followed: nothing here reads a file or opens a connection."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import unquote

from .detect import SpecType
from .document import Json
from .pointers import Place, split, tokens
from .structure import Problem
from .walk import Part, rebased, resolved, walk

#: references that one pointer may pass through on its way
MAX_HOPS = 16
_INDEX = re.compile(r"0|[1-9][0-9]{0,8}")


class _Reference(NamedTuple):
    target: str
    place: Place
    base: str


class _Nowhere:
    """What a reference finds that finds nothing; null is something."""


NOWHERE = _Nowhere()


class References:
    """The references of one document, and what they lead to."""

    def __init__(self, value: dict[str, Json], kind: SpecType) -> None:
        self._root = value
        self._kind = kind
        self._has_identifiers = kind.name == "asyncapi" or kind.minor in ("3.1", "3.2")
        own = value.get("$self") if kind.minor == "3.2" else None
        self._own_uri = own.partition("#")[0] if isinstance(own, str) else ""
        self._found: dict[tuple[str, str], Json | _Nowhere] = {}
        self._circling: dict[int, bool] = {}
        self._scanned = False
        self._all: list[_Reference] = []
        self._resources: dict[str, Json] = {}
        self._anchors: dict[tuple[str, str], Json] = {}

    def problems(self) -> Iterator[Problem]:
        """References that lead outside, nowhere, or round in a circle."""
        self._scan()
        for reference in self._all:
            shown = reference.target if len(reference.target) <= 200 else reference.target[:199] + "…"
            if self._is_external(reference):
                text = f'the reference "{shown}" leads out of this document and is not followed'
            else:
                found = self._find(reference.target, reference.base)
                if isinstance(found, _Nowhere):
                    text = f'the reference "{shown}" leads nowhere in this document'
                elif self._circles(found, reference.base):
                    text = f'the reference "{shown}" leads only to itself'
                else:
                    continue
            yield Problem(tokens(reference.place), text)

    def find(self, target: str) -> Json | _Nowhere:
        """What a reference of the document itself leads to, which may be a reference again."""
        return self._find(target, self._own_uri)

    def follow(self, value: Json) -> Json | _Nowhere:
        """What stands at the end of the references that begin with `value`; `value` itself where it is
        none, `NOWHERE` where they leave the document, end in nothing or run in a circle."""
        seen: set[int] = set()
        while isinstance(value, dict) and isinstance(target := value.get("$ref"), str):
            if id(value) in seen or len(seen) > MAX_HOPS:
                return NOWHERE
            seen.add(id(value))
            found = self.find(target)
            if isinstance(found, _Nowhere):
                return NOWHERE
            value = found
        return value

    def _scan(self) -> None:
        """Looks through the whole document, once, and only where a plain pointer does not do."""
        if not self._scanned:
            self._scanned = True
            for part in walk(self._root, self._kind, self._own_uri):
                self._note(part)

    def _note(self, part: Part) -> None:
        value, place, role, base = part
        if self._has_identifiers and role == "object":
            base = self._note_identifiers(value, place, base)
        if role != "names" and isinstance(target := value.get("$ref"), str):
            self._all.append(_Reference(target, (place, "$ref"), base))
        if role != "object":
            return
        if isinstance(discriminator := value.get("discriminator"), dict):
            mapping = discriminator.get("mapping")
            above = ((place, "discriminator"), "mapping")
            for name, target in mapping.items() if isinstance(mapping, dict) else ():
                if isinstance(target, str) and target.startswith("#"):
                    self._all.append(_Reference(target, (above, name), base))
        if isinstance(target := value.get("operationRef"), str) and target.startswith("#"):
            self._all.append(_Reference(target, (place, "operationRef"), base))

    def _note_identifiers(self, value: dict[str, Json], place: Place, base: str) -> str:
        """Remembers what `$id` and anchors name; gives the base of the references inside."""
        identifier = value.get("$id")
        inside = rebased(base, identifier)
        if isinstance(identifier, str) and identifier.startswith("#"):
            self._anchors.setdefault((base, identifier[1:]), value)
        elif inside != base:
            self._resources.setdefault(inside, value)
        for keyword in ("$anchor", "$dynamicAnchor"):
            if isinstance(anchor := value.get(keyword), str):
                self._anchors.setdefault((inside, anchor), value)
        if isinstance(target := value.get("$dynamicRef"), str):
            self._all.append(_Reference(target, (place, "$dynamicRef"), inside))
        return inside

    def _is_external(self, reference: _Reference) -> bool:
        if reference.target.startswith("#"):
            return False
        uri = resolved(reference.base, reference.target).partition("#")[0]
        return uri not in ("", self._own_uri) and uri not in self._resources

    def _find(self, target: str, base: str, hops: int = 0) -> Json | _Nowhere:
        key = (base, target)
        if key not in self._found:
            # while it is looked for it is not there: a pointer that passes through itself leads nowhere
            self._found[key] = NOWHERE
            self._found[key] = self._look_up(target, base, hops)
        return self._found[key]

    def _look_up(self, target: str, base: str, hops: int) -> Json | _Nowhere:
        if base != self._own_uri or not target.startswith("#/"):
            self._scan()
        uri, _, fragment = resolved(base, target).partition("#")
        fragment = unquote(fragment)
        if fragment and not fragment.startswith("/"):
            return self._anchors.get((uri, fragment), NOWHERE)
        if uri not in ("", self._own_uri) and uri not in self._resources:
            return NOWHERE
        # within a schema with an `$id` many documents still count from their own root
        for root in (self._resources.get(uri, NOWHERE), self._root):
            found = self._walk_to(root, fragment, base, hops)
            if not isinstance(found, _Nowhere):
                return found
        return NOWHERE

    def _walk_to(self, here: Json | _Nowhere, fragment: str, base: str, hops: int) -> Json | _Nowhere:
        for token in split(fragment):
            while (
                isinstance(here, dict)
                and token not in here
                and isinstance(target := here.get("$ref"), str)
                and hops < MAX_HOPS
            ):
                hops += 1
                here = self._find(target, base, hops)
            if isinstance(here, dict) and token in here:
                here = here[token]
            elif isinstance(here, list) and _INDEX.fullmatch(token) and int(token) < len(here):
                here = here[int(token)]
            else:
                return NOWHERE
        return here

    def _circles(self, value: Json, base: str) -> bool:
        """Whether a value is a reference to a reference … to itself."""
        passed = []
        verdict = False
        while isinstance(value, dict) and isinstance(target := value.get("$ref"), str):
            if id(value) in self._circling:
                verdict = self._circling[id(value)]
                break
            # coming back here closes a circle
            self._circling[id(value)] = True
            passed.append(id(value))
            found = self._find(target, base)
            if isinstance(found, _Nowhere):
                break
            value = found
        self._circling |= dict.fromkeys(passed, verdict)
        return verdict
