"""Member types that several wire models share."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Literal, TypeVar

from pydantic import AfterValidator, Field, WithJsonSchema


class RuleError(ValueError):
    """A value that breaks a rule of the contracts' list: pydantic carries it to the problem document."""

    def __init__(self, reason: str, rule: str = "invalid") -> None:
        super().__init__(reason)
        self.rule = rule


_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def read_uuid(text: str) -> str | None:
    """A UUID in the one form ids are stored in; None for anything else."""
    lower = text.lower()
    return lower if _UUID.fullmatch(lower) else None


def _uuid(value: str) -> str:
    found = read_uuid(value)
    if found is None:
        raise RuleError("must be a UUID", "is_uuid")
    return found


Uuid = Annotated[str, AfterValidator(_uuid), WithJsonSchema({"type": "string", "format": "uuid"})]
Time = Annotated[str, WithJsonSchema({"type": "string", "format": "date-time"})]
Hostname = Annotated[str, WithJsonSchema({"type": "string", "format": "hostname"})]
#: 1 to 255 characters, as most names
Name = Annotated[str, Field(min_length=1, max_length=255)]
Visibility = Literal["public", "private"]

_SLUG = re.compile(r"[A-Za-z0-9_-]+")


def _slug(value: str) -> str:
    # in the contracts' own regular expressions \w is ASCII, in Python's and pydantic's it is not
    if not _SLUG.fullmatch(value):
        raise RuleError("must have letters (A to Z), digits, '_' and '-' only", "matches_regex")
    return value


#: part of an address: `my-api`
Slug = Annotated[str, AfterValidator(_slug), WithJsonSchema({"type": "string", "pattern": r"^[\w-]+$"})]
Status = Literal["published", "unpublished"]

L = TypeVar("L", bound=Mapping[str, str | None])

_RESERVED = ("kong", "konnect", "mesh", "kic", "_")
LABEL_VALUE = r"^[a-z0-9A-Z]{1}([a-z0-9A-Z-._]*[a-z0-9A-Z]+)?$"
#: the same language without the nested repetition, so that no value can make matching slow
_LABEL_VALUE = re.compile(r"[a-z0-9A-Z](?:[a-z0-9A-Z\-._]*[a-z0-9A-Z])?")


def _labels(labels: L) -> L:
    if len(labels) > 50:
        raise RuleError("must have at most 50 labels", "is_label")
    for key, value in labels.items():
        if not 1 <= len(key) <= 63:
            raise RuleError(f"the key {key[:80]!r} must have 1 to 63 characters", "is_label")
        if key.startswith(_RESERVED):
            raise RuleError(f"the key {key!r} must not start with {', '.join(_RESERVED)}", "is_label")
        if value is not None and not (1 <= len(value) <= 63 and _LABEL_VALUE.fullmatch(value)):
            raise RuleError(
                f"the value of {key!r} must have 1 to 63 letters, digits, '-', '.' or '_', "
                "and begin and end with a letter or digit",
                "is_label",
            )
    return labels


_VALUE = {"type": "string", "minLength": 1, "maxLength": 63, "pattern": LABEL_VALUE}
Labels = Annotated[
    dict[str, str],
    AfterValidator(_labels),
    WithJsonSchema({"type": "object", "maxProperties": 50, "additionalProperties": _VALUE}),
]
LabelsUpdate = Annotated[
    dict[str, str | None] | None,
    AfterValidator(lambda labels: labels if labels is None else _labels(labels)),
    WithJsonSchema(
        {
            "type": ["object", "null"],
            "maxProperties": 50,
            "additionalProperties": {**_VALUE, "type": ["string", "null"]},
        }
    ),
]


def merge_labels(labels: Mapping[str, str], update: Mapping[str, str | None] | None) -> dict[str, str]:
    """Labels after a PATCH: named keys change, null deletes one, null for all clears them.

    Raises Invalid where more than 50 would result.
    """
    from chalicelib.errors import Invalid

    if update is None:
        return {}
    merged = {key: value for key, value in {**labels, **update}.items() if value is not None}
    if len(merged) > 50:
        raise Invalid.field("labels", "must have at most 50 labels", "is_label")
    return merged
