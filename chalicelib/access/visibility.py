"""Who sees what at a portal: pure functions of stored values and the viewer, and nowhere else.

Pages, snippets and menu items know two classes of viewer: an approved developer of this portal, and
everyone else. APIs and packages know roles too, where the portal has RBAC on. A portal whose
authentication is off has no developers, so whatever is private there is seen by nobody. An admin's preview
sees what a developer with every role would, and may register nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from chalicelib.access.principal import Developer, Viewer


class PortalAccess(NamedTuple):
    """What of a portal's settings decides: RBAC has an effect only where authentication is on."""

    authentication_enabled: bool
    rbac_enabled: bool

    @property
    def rbac(self) -> bool:
        return self.authentication_enabled and self.rbac_enabled


class PublicationAccess(NamedTuple):
    """What of a publication decides. `entity_id` is the API's or package's id."""

    entity_id: str
    visibility: str
    strategy_id: str | None = None


def _developer(viewer: Viewer, portal: PortalAccess) -> Developer | None:
    if portal.authentication_enabled and viewer.authenticated and isinstance(viewer.principal, Developer):
        return viewer.principal
    return None


def sees_item(
    viewer: Viewer, portal: PortalAccess, *, visibility: str, status: str, ancestors: Iterable[str] = ()
) -> bool:
    """Whether a page, snippet or document-like item is there for the viewer.

    `ancestors` are the statuses of all ancestors: one that is unpublished hides its whole subtree. An
    ancestor's visibility does not count.
    """
    if status != "published" or any(above != "published" for above in ancestors):
        return False
    return visibility == "public" or _developer(viewer, portal) is not None


def sees_menu_item(viewer: Viewer, portal: PortalAccess, *, visibility: str) -> bool:
    """Whether a menu item is listed for the viewer."""
    return visibility == "public" or _developer(viewer, portal) is not None


def sees_api(viewer: Viewer, portal: PortalAccess, publication: PublicationAccess | None) -> bool:
    """Whether an API or package is there for the viewer; None: it has no publication at this portal."""
    if publication is None:
        return False
    if publication.visibility == "public":
        return True
    developer = _developer(viewer, portal)
    if developer is None:
        return False
    if not portal.rbac or developer.preview:
        return True
    return publication.entity_id in developer.viewer_of | developer.consumer_of


def may_register(
    viewer: Viewer,
    portal: PortalAccess,
    publication: PublicationAccess | None,
    *,
    application_strategy_id: str | None,
    owning_team_consumer_of: frozenset[str] | None = None,
) -> bool:
    """Whether the viewer may register an application for an API or package.

    `owning_team_consumer_of`: for a team's application, what that team itself may consume; the developer's
    other teams do not count then. None: the application is the developer's own.
    """
    if publication is None or not sees_api(viewer, portal, publication):
        return False
    developer = _developer(viewer, portal)
    if developer is None or developer.preview or publication.strategy_id is None:
        return False
    if application_strategy_id != publication.strategy_id:
        return False
    if not portal.rbac:
        return True
    consumer_of = developer.consumer_of if owning_team_consumer_of is None else owning_team_consumer_of
    return publication.entity_id in consumer_of
