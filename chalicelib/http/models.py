"""Bases of the wire models. Names and shapes are the contracts' own.

What comes in: `Closed` refuses unknown members (`additionalProperties: false`), `Open` passes over them.
Members are read strictly: "1" is no number. `name in body.model_fields_set` tells absent from null.
What goes out: `Out`; only members that were given are sent, so leaving one out makes it absent and giving
None makes it null.
"""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, PrivateAttr


class Model(BaseModel):
    """Base of all wire models; built at first use, so that a cold start pays for its own request only."""

    model_config = ConfigDict(strict=True, defer_build=True, validate_default=False, populate_by_name=True)


class Closed(Model):
    """A request body that must not have members besides these."""

    model_config = ConfigDict(extra="forbid")


class Open(Model):
    """A request body whose unknown members are passed over."""

    model_config = ConfigDict(extra="ignore")


class Out(Model):
    """An answer. `_rev` is the record's revision, from which the ETag is made."""

    model_config = ConfigDict(extra="forbid", strict=False)
    _rev: int | None = PrivateAttr(default=None)

    def at(self, rev: int | None) -> Self:
        """This answer, knowing which revision of the record it shows."""
        self._rev = rev
        return self


#: a member that only answers carry: passed over where a request has it
ReadOnly = Annotated[Any, Field(default_factory=lambda: None, json_schema_extra={"readOnly": True})]

#: the default of a member that may be left out, must not be null and has no value then
ABSENT: Any = Field(default_factory=lambda: None)
