"""Wire models of versions as a portal shows them."""

from __future__ import annotations

from chalicelib.catalog.versions.schemas import SpecType
from chalicelib.http.models import Out
from chalicelib.http.types import Uuid


class PublishedSpecType(Out):
    """The type of a version's specification."""

    type: SpecType


class PublishedVersionItem(Out):
    """A version in a list."""

    id: Uuid
    version: str
    spec: PublishedSpecType


class PublishedContent(Out):
    """A version's specification."""

    type: SpecType
    content: str


class PublishedVersion(Out):
    """A version."""

    id: Uuid
    version: str
    spec: PublishedContent


class PublishedSpecificationItem(Out):
    """A specification in a list."""

    id: Uuid
    api_type: SpecType


class PublishedSpecification(Out):
    """A specification."""

    api_type: SpecType
    content: str
