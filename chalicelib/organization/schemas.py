"""Wire models of the organisation and the calling admin."""

from __future__ import annotations

from chalicelib.http.models import Out
from chalicelib.http.types import Time, Uuid


class OrganizationOut(Out):
    """This installation's organisation."""

    id: Uuid
    name: str
    state: str
    created_at: Time
    updated_at: Time


class UserOut(Out):
    """The calling admin: whoever signed in, or the token that is used, which has no e-mail address."""

    id: Uuid
    full_name: str
    preferred_name: str
    email: str | None
    active: bool
    roles: list[str]
    permissions: list[str]


class Regions(Out):
    """Names of regions by how far they are."""

    stable: list[str]


class RegionsOut(Out):
    """Where this installation runs."""

    regions: Regions
