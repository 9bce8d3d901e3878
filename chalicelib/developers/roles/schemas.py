"""Wire models of the roles that a portal's teams can have."""

from __future__ import annotations

from typing import Literal

from chalicelib.http.models import Out


class Viewer(Out):
    """May read an API."""

    name: Literal["API Viewer"]
    description: Literal["API Viewers have read-only access to the documentation of a service in a portal"]


class Consumer(Out):
    """May call an API."""

    name: Literal["API Consumer"]
    description: Literal["API Consumers can make calls to the given service"]


class ServiceRoles(Out):
    """The two roles there are."""

    apiviewer: Viewer
    apiconsumer: Consumer


class Services(Out):
    """What the roles are for."""

    name: Literal["Services"]
    roles: ServiceRoles


class RolesOut(Out):
    """All roles, by what they are for."""

    services: Services
