"""Says what is wrong with a specification that could be read."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from itertools import islice
from typing import NamedTuple

from . import structure
from .detect import SpecType, detect
from .document import Document
from .keywords import Exhausted
from .official import official
from .pointers import spell
from .references import References
from .rules import rules
from .structure import Problem

MAX_MESSAGES = 200
#: problems looked at in all, so that "more" can be counted
MAX_PROBLEMS = 10_000
MAX_POINTER = 300
MAX_TEXT = 700

logger = logging.getLogger(__name__)


class Message(NamedTuple):
    """A problem: the JSON pointer to the part that has it, the line of the text where that begins, and what
    is wrong. As text it begins with the pointer, `/` for the document itself."""

    pointer: str
    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.pointer or '/'}: {self.text} (line {self.line})"


def check(document: Document) -> list[Message]:
    """What breaks the document's standard: at most 200 messages, of bounded length, and one more that says
    how many were left out. An empty list is a clean bill. Raises `UnknownType`."""
    messages: dict[Message, None] = {}
    left_out = 0
    for problem in islice(_problems(document, detect(document.value)), MAX_PROBLEMS):
        if len(messages) < MAX_MESSAGES:
            messages[_message(document, problem)] = None
        else:
            left_out += 1
    listed = list(messages)
    if left_out:
        many = "at least " if left_out + MAX_MESSAGES >= MAX_PROBLEMS else ""
        listed.append(Message("", 1, f"{many}{left_out:,} further problems are not listed"))
    return listed


def _message(document: Document, problem: Problem) -> Message:
    pointer, text = spell(problem.path), problem.text
    return Message(
        pointer if len(pointer) <= MAX_POINTER else pointer[: MAX_POINTER - 1] + "…",
        document.position(problem.path).line,
        text if len(text) <= MAX_TEXT else text[: MAX_TEXT - 1] + "…",
    )


def _problems(document: Document, kind: SpecType) -> Iterator[Problem]:
    references = References(document.value, kind)
    for path, offset in document.duplicates:
        yield Problem(
            list(path), f"stands here again on line {document.at(offset).line}; the last one counts"
        )
    yield from references.problems()
    yield from _structure(document, kind)
    yield from rules(document.value, kind, references)


def _structure(document: Document, kind: SpecType) -> Iterator[Problem]:
    dialect = document.value.get("jsonSchemaDialect")
    schema = official(kind, dialect if isinstance(dialect, str) else None)
    if schema is None:
        yield Problem([kind.key], f"{kind.version} is not checked: its official schema is not at hand here")
        return
    try:
        yield from structure.problems(document.value, schema)
    except Exhausted:
        yield Problem([], "takes too long to check; there may be more problems than are listed")
    except RecursionError:
        yield Problem([], "is nested too deeply to be checked; there may be more problems than are listed")
    except Exception:
        # a fault of ours or of the library, which must not keep a document out
        logger.exception("A specification could not be checked")
        yield Problem([], "could not be checked to its end; there may be more problems than are listed")
