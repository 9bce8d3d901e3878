"""Wire models of APIs."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, WithJsonSchema

from chalicelib.catalog.versions.schemas import SpecTypeOut
from chalicelib.http.models import ABSENT, Closed, Out, ReadOnly
from chalicelib.http.types import Labels, LabelsUpdate, Name, Slug, Time, Uuid

_Value = Annotated[str, Field(min_length=1, max_length=512, pattern=r"^[^,<>]*$")]
_VALUE = {"type": "string", "minLength": 1, "maxLength": 512, "pattern": r"^[^,<>]*$"}
#: key → values; null for a key removes it
Attributes = Annotated[
    dict[
        Annotated[str, Field(pattern=r"^[a-z0-9_-]{1,128}$")],
        Annotated[list[_Value], Field(min_length=1, max_length=20)] | None,
    ],
    WithJsonSchema(
        {
            "type": "object",
            "default": {},
            "additionalProperties": {
                "type": ["array", "null"],
                "minItems": 1,
                "maxItems": 20,
                "items": _VALUE,
            },
        }
    ),
]


class _ApiIn(Closed):
    id: ReadOnly
    current_version_summary: ReadOnly
    api_spec_ids: ReadOnly
    portals: ReadOnly
    implementation_mode: ReadOnly
    created_at: ReadOnly
    updated_at: ReadOnly


class CreateApi(_ApiIn):
    """A new API. With `spec_content` it gets its first version, and by default that one's name as its own
    version."""

    name: Name
    description: str | None = None
    version: Name | None = None
    slug: Slug | None = None
    labels: Labels = Field(default_factory=dict)
    attributes: Attributes = Field(default_factory=dict)
    spec_content: str = ABSENT


class UpdateApi(_ApiIn):
    """Changes to an API: what is left out stays."""

    name: Name = ABSENT
    description: str | None = None
    version: Name | None = None
    slug: Slug | None = None
    labels: LabelsUpdate = None
    attributes: Attributes = Field(default_factory=dict)


class CurrentVersion(Out):
    """The version that an API's `version` names."""

    id: Uuid
    version: str
    spec: SpecTypeOut
    created_at: Time
    updated_at: Time


class PortalRef(Out):
    """A portal that an API is published to."""

    id: Uuid
    name: str
    display_name: str


class ApiOut(Out):
    """An API."""

    id: Uuid
    name: Name
    description: str | None
    version: Name | None
    current_version_summary: CurrentVersion | None
    slug: Slug | None
    api_spec_ids: list[Uuid]
    portals: list[PortalRef]
    labels: Labels
    implementation_mode: str | None
    attributes: Attributes
    created_at: Time
    updated_at: Time
