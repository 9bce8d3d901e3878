"""Why a specification is refused. What is merely wrong in it is a message of `check`, never an error."""

from __future__ import annotations


class SpecificationError(ValueError):
    """Base of every error that this package raises for what it was given."""


class Empty(SpecificationError):
    """The text holds nothing but white space."""

    def __init__(self) -> None:
        super().__init__("The specification is empty.")


class TooLarge(SpecificationError):
    """The text has more bytes than a specification may have."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"The specification is larger than {limit:,} bytes.")
        self.limit = limit


class Unparseable(SpecificationError):
    """The text is no JSON or YAML object, or one that cannot be read within bounds. Lines and columns
    count from 1."""

    def __init__(self, reason: str, line: int, column: int) -> None:
        reason = reason if len(reason) <= 300 else reason[:299] + "…"
        super().__init__(f"{reason} (line {line}, column {column})")
        self.reason = reason
        self.line = line
        self.column = column


class UnknownType(SpecificationError):
    """An object that is no OpenAPI or AsyncAPI document of a version that is supported."""
