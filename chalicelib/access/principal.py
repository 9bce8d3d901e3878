"""Who is calling. One of three kinds, decided once per request from the host and its credential."""

from __future__ import annotations

from typing import NamedTuple

from chalicelib.access.roles import Permission, Role, permissions


class Grant(NamedTuple):
    """A role on one portal, or on everything (`*`, the only scope offered so far)."""

    role: Role
    portal_id: str = "*"


class Admin(NamedTuple):
    """A person or script of the organisation (on the admin host).

    A script, or whoever uses its token, is known by a personal access token, whose id it has. Somebody who
    signed in has the id that the user pool knows the person by, and `session`, the digest of the session.
    """

    id: str
    name: str
    grants: tuple[Grant, ...] = ()
    email: str | None = None
    session: str | None = None

    def may(self, permission: Permission) -> bool:
        return any(permission in permissions(grant.role) for grant in self.grants)


class Developer(NamedTuple):
    """An approved developer with a session of the portal whose host was called.

    `viewer_of` and `consumer_of` hold the ids of the APIs and packages that the roles of the developer's
    teams cover; they count only where the portal has RBAC on. `preview`: an admin who looks at the portal
    as a developer with every role would, and does nothing there.
    """

    id: str
    portal_id: str
    teams: tuple[str, ...] = ()
    viewer_of: frozenset[str] = frozenset()
    consumer_of: frozenset[str] = frozenset()
    preview: bool = False


class Anonymous:
    """Nobody known: no credential, or an account that is not approved."""


Principal = Admin | Developer | Anonymous


class Viewer(NamedTuple):
    """A principal at a portal: what the portal API and the site show depends on both."""

    portal_id: str
    principal: Principal

    @property
    def authenticated(self) -> bool:
        """Whether this is an approved developer of this very portal."""
        return isinstance(self.principal, Developer) and self.principal.portal_id == self.portal_id

    @property
    def preview(self) -> bool:
        """Whether this is an admin's preview of this very portal."""
        return self.authenticated and isinstance(self.principal, Developer) and self.principal.preview
