"""What the server-rendered reference shows: values that a template escapes, descriptions as HTML."""

from __future__ import annotations

from dataclasses import dataclass, field

from markupsafe import Markup

NOTHING = Markup()


@dataclass(frozen=True)
class Field:
    """A parameter, a property, a header. `type` is made for people: `array of string (date)`, `Pet`."""

    name: str
    type: str
    place: str = ""
    required: bool = False
    deprecated: bool = False
    description: Markup = NOTHING
    notes: tuple[str, ...] = ()
    link: str = ""
    depth: int = 0


@dataclass(frozen=True)
class Body:
    """Content of one media type, or a message's payload. `link`: where its schema is described."""

    media_type: str
    type: str
    link: str = ""
    fields: tuple[Field, ...] = ()
    example: str = ""


@dataclass(frozen=True)
class Response:
    """An answer, a message or a reply."""

    name: str
    description: Markup = NOTHING
    headers: tuple[Field, ...] = ()
    bodies: tuple[Body, ...] = ()


@dataclass(frozen=True)
class Entry:
    """An operation, a webhook or a channel. `messages`: what stands under `responses` are messages."""

    anchor: str
    method: str
    path: str
    summary: str = ""
    description: Markup = NOTHING
    deprecated: bool = False
    security: str = ""
    parameters: tuple[Field, ...] = ()
    request: tuple[Body, ...] = ()
    request_required: bool = False
    responses: tuple[Response, ...] = ()
    messages: bool = False
    reply: str = ""


@dataclass(frozen=True)
class Group:
    """Entries under one heading."""

    title: str
    description: Markup = NOTHING
    entries: list[Entry] = field(default_factory=list)


@dataclass(frozen=True)
class Schema:
    """A named schema with its fields."""

    anchor: str
    name: str
    type: str
    description: Markup
    fields: tuple[Field, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Scheme:
    """A security scheme, in words."""

    name: str
    text: str
    description: Markup


@dataclass(frozen=True)
class Reference:
    """A whole document. `truncated`: there is more than is shown."""

    title: str
    version: str
    description: Markup
    servers: tuple[tuple[str, str], ...]
    schemes: tuple[Scheme, ...]
    groups: tuple[Group, ...]
    schemas: tuple[Schema, ...]
    truncated: bool = False
