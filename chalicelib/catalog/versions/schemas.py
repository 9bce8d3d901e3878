"""Wire models of versions, of the validation of a specification, and what specifications share with them."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, WithJsonSchema

from chalicelib.http.models import ABSENT, Closed, Out
from chalicelib.http.types import Time, Uuid

SpecType = Literal["oas2", "oas3", "asyncapi"]
#: clients send null for a version that they leave to the specification
VersionName = Annotated[str | None, WithJsonSchema({"type": "string"})]


class ValidateSpecification(Closed):
    """A specification to look at."""

    content: str


class Message(Out):
    """Something that is wrong with a specification, beginning with the JSON pointer to it."""

    message: str


class Validation(Out):
    """What is wrong with a specification that can be read."""

    validation_messages: list[Message]


class SpecIn(Closed):
    """A specification as it is sent: JSON or YAML, OpenAPI or AsyncAPI."""

    content: str = ABSENT


class CreateVersion(Closed):
    """A new version. `version` defaults to what the specification states."""

    version: VersionName = ABSENT
    spec: SpecIn


class UpdateVersion(Closed):
    """Changes to a version: what is left out stays."""

    version: VersionName = ABSENT
    spec: SpecIn = Field(default_factory=SpecIn)


class SpecOut(Out):
    """A specification as it was sent, its type, and what is wrong with it."""

    content: str = ABSENT
    type: SpecType = ABSENT
    validation_messages: list[Message] = Field(default_factory=list)


class VersionOut(Out):
    """A version."""

    id: Uuid
    version: str
    spec: SpecOut
    created_at: Time
    updated_at: Time


class SpecTypeOut(Out):
    """What lists say of a specification."""

    type: SpecType = ABSENT


class VersionItem(Out):
    """A version in a list."""

    id: Uuid
    version: str
    spec: SpecTypeOut
    created_at: Time
    updated_at: Time
