"""Slugs: the part of an address that a name becomes.

Letters of other alphabets are transliterated, so that a slug is the same text in every program that reads
`^[\\w-]+$`, and in every address bar.
"""

from __future__ import annotations

import re

MAX_LENGTH = 255

#: `1.4`, `v1.4.2`, `1.0.0-beta.1`: what stands before the first dot is the major version
_SEMVER = re.compile(r"(v?\d+)\.\d+(\.\d+)?([-+][0-9a-z.+-]*)?", re.IGNORECASE)
#: where words of `myAPIKey` meet: my|API|Key
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_APOSTROPHES = re.compile(r"['’ʼ`]")
_OTHER = re.compile(r"[^a-z0-9]+")


def slugify(text: str) -> str:
    """`My first API` → `my-first-api`, `myAPI` → `my-api`, `Überblick` → `uberblick`. Empty where nothing in
    the text can be spelled."""
    if not text.isascii():
        from anyascii import anyascii

        text = anyascii(text)
    words = _CAMEL.sub("-", _APOSTROPHES.sub("", text)).lower()
    return _OTHER.sub("-", words).strip("-")[:MAX_LENGTH].rstrip("-")


def of_api(name: str, version: str | None) -> str:
    """The slug of an API: its name and version, of a semantic version the major number alone."""
    if not version:
        return slugify(name)
    semver = _SEMVER.fullmatch(version.strip())
    ending = slugify(semver[1] if semver else version)[: MAX_LENGTH // 2]
    beginning = slugify(name)[: MAX_LENGTH - len(ending) - 1].rstrip("-")
    return "-".join(part for part in (beginning, ending) if part)
