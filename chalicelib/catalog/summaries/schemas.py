"""Wire models of what a specification says of itself."""

from __future__ import annotations

from chalicelib.catalog.versions.schemas import SpecType
from chalicelib.http.models import Out


class ProblemOut(Out):
    """Something that is wrong: where (a JSON pointer, empty for the document itself, and a line) and what."""

    pointer: str
    line: int
    text: str


class SummaryOut(Out):
    """A specification in short. Texts are empty where it does not state them."""

    type: SpecType
    spec_version: str
    title: str
    version: str
    operations: int
    channels: int
    webhooks: int
    problems: list[ProblemOut]
