"""Who sees what, cell by cell."""

from __future__ import annotations

import pytest

from chalicelib.access.principal import Admin, Anonymous, Developer, Principal, Viewer
from chalicelib.access.visibility import (
    PortalAccess,
    PublicationAccess,
    may_register,
    sees_api,
    sees_item,
    sees_menu_item,
)

PORTAL, API, STRATEGY = "p", "a", "s"
WITH_ACCOUNTS = PortalAccess(authentication_enabled=True, rbac_enabled=False)
WITH_RBAC = PortalAccess(authentication_enabled=True, rbac_enabled=True)
WITHOUT = PortalAccess(authentication_enabled=False, rbac_enabled=False)
INERT_RBAC = PortalAccess(authentication_enabled=False, rbac_enabled=True)

ANONYMOUS: Principal = Anonymous()
APPROVED: Principal = Developer("d", PORTAL)
VIEWER: Principal = Developer("d", PORTAL, viewer_of=frozenset({API}))
CONSUMER: Principal = Developer("d", PORTAL, consumer_of=frozenset({API}))
OF_ANOTHER_PORTAL = Developer("d", "q", viewer_of=frozenset({API}), consumer_of=frozenset({API}))
PREVIEW: Principal = Developer("preview", PORTAL, preview=True)
PREVIEW_ELSEWHERE: Principal = Developer("preview", "q", preview=True)
ADMIN = Admin("x", "admin")


def at(principal: Principal) -> Viewer:
    return Viewer(PORTAL, principal)


@pytest.mark.parametrize("portal", [WITH_ACCOUNTS, WITH_RBAC])
@pytest.mark.parametrize(
    ("visibility", "status", "ancestors", "anonymous", "approved"),
    [
        ("public", "published", [], True, True),
        ("private", "published", [], False, True),
        ("public", "unpublished", [], False, False),
        ("private", "unpublished", [], False, False),
        ("public", "published", ["published"], True, True),
        ("public", "published", ["unpublished"], False, False),
        ("private", "published", ["unpublished", "published"], False, False),
    ],
)
def test_pages_and_snippets(
    portal: PortalAccess, visibility: str, status: str, ancestors: list[str], anonymous: bool, approved: bool
) -> None:
    cells: list[tuple[Principal, bool]] = [
        (ANONYMOUS, anonymous),
        (ADMIN, anonymous),
        (OF_ANOTHER_PORTAL, anonymous),
        (PREVIEW_ELSEWHERE, anonymous),
        (APPROVED, approved),
        (VIEWER, approved),
        (PREVIEW, approved),
    ]
    for principal, expected in cells:
        seen = sees_item(at(principal), portal, visibility=visibility, status=status, ancestors=ancestors)
        assert seen is expected, principal


@pytest.mark.parametrize("portal", [WITHOUT, INERT_RBAC])
def test_without_authentication_nobody_sees_private_items(portal: PortalAccess) -> None:
    for principal in (ANONYMOUS, APPROVED, CONSUMER, PREVIEW):
        viewer = at(principal)
        assert not sees_item(viewer, portal, visibility="private", status="published")
        assert sees_item(viewer, portal, visibility="public", status="published")
        assert not sees_menu_item(viewer, portal, visibility="private")
        assert not sees_api(viewer, portal, PublicationAccess(API, "private", STRATEGY))
        assert sees_api(viewer, portal, PublicationAccess(API, "public", STRATEGY))
        assert not may_register(
            viewer, portal, PublicationAccess(API, "public", STRATEGY), application_strategy_id=STRATEGY
        )


def test_menu_items() -> None:
    assert sees_menu_item(at(ANONYMOUS), WITH_ACCOUNTS, visibility="public")
    assert not sees_menu_item(at(ANONYMOUS), WITH_ACCOUNTS, visibility="private")
    assert not sees_menu_item(at(OF_ANOTHER_PORTAL), WITH_ACCOUNTS, visibility="private")
    assert sees_menu_item(at(APPROVED), WITH_RBAC, visibility="private")


#: visibility, portal → for anonymous, approved without role, viewer, consumer: sees, may register
CELLS = [
    ("public", WITH_ACCOUNTS, [(True, False), (True, True), (True, True), (True, True)]),
    ("public", WITH_RBAC, [(True, False), (True, False), (True, False), (True, True)]),
    ("private", WITH_ACCOUNTS, [(False, False), (True, True), (True, True), (True, True)]),
    ("private", WITH_RBAC, [(False, False), (False, False), (True, False), (True, True)]),
    ("private", WITHOUT, [(False, False)] * 4),
    ("private", INERT_RBAC, [(False, False)] * 4),
]


@pytest.mark.parametrize(("visibility", "portal", "cells"), CELLS)
def test_apis(visibility: str, portal: PortalAccess, cells: list[tuple[bool, bool]]) -> None:
    publication = PublicationAccess(API, visibility, STRATEGY)
    for principal, (sees, registers) in zip((ANONYMOUS, APPROVED, VIEWER, CONSUMER), cells, strict=True):
        viewer = at(principal)
        assert sees_api(viewer, portal, publication) is sees, principal
        assert may_register(viewer, portal, publication, application_strategy_id=STRATEGY) is registers, (
            principal
        )


@pytest.mark.parametrize(("visibility", "portal", "cells"), CELLS)
def test_a_preview_sees_the_apis_that_a_developer_with_every_role_sees(
    visibility: str, portal: PortalAccess, cells: list[tuple[bool, bool]]
) -> None:
    publication = PublicationAccess(API, visibility, STRATEGY)
    of_consumer = cells[3][0]
    assert sees_api(at(PREVIEW), portal, publication) is of_consumer
    assert not may_register(at(PREVIEW), portal, publication, application_strategy_id=STRATEGY)
    assert sees_api(at(PREVIEW_ELSEWHERE), portal, publication) is cells[0][0]


def test_what_is_not_published_here_is_seen_by_nobody() -> None:
    for principal in (ANONYMOUS, APPROVED, CONSUMER, PREVIEW, ADMIN):
        assert not sees_api(at(principal), WITH_RBAC, None)
        assert not may_register(at(principal), WITH_RBAC, None, application_strategy_id=STRATEGY)


def test_a_session_of_another_portal_counts_for_nothing() -> None:
    publication = PublicationAccess(API, "private", STRATEGY)
    assert not sees_api(at(OF_ANOTHER_PORTAL), WITH_RBAC, publication)
    assert not sees_api(at(OF_ANOTHER_PORTAL), WITH_ACCOUNTS, publication)


def test_a_role_for_another_api_counts_for_nothing() -> None:
    other = Developer("d", PORTAL, viewer_of=frozenset({"b"}), consumer_of=frozenset({"b"}))
    assert not sees_api(at(other), WITH_RBAC, PublicationAccess(API, "private", STRATEGY))


@pytest.mark.parametrize(
    ("of_publication", "of_application"), [(None, STRATEGY), (STRATEGY, "other"), (None, None)]
)
def test_registering_needs_the_publications_own_strategy(
    of_publication: str | None, of_application: str | None
) -> None:
    publication = PublicationAccess(API, "public", of_publication)
    assert not may_register(at(CONSUMER), WITH_ACCOUNTS, publication, application_strategy_id=of_application)


def test_for_a_teams_application_the_team_itself_must_consume() -> None:
    publication = PublicationAccess(API, "private", STRATEGY)

    def may(principal: Principal, team: frozenset[str]) -> bool:
        return may_register(
            at(principal),
            WITH_RBAC,
            publication,
            application_strategy_id=STRATEGY,
            owning_team_consumer_of=team,
        )

    assert may(VIEWER, frozenset({API}))
    assert not may(CONSUMER, frozenset())
