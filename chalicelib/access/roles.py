"""One table: which role has which permission."""

from __future__ import annotations

from enum import StrEnum


class Permission(StrEnum):
    """What an operation of the management API asks for."""

    VIEW = "view"
    EDIT_CONTENT = "edit_content"
    MANAGE_APIS = "manage_apis"
    PUBLISH = "publish"
    MANAGE_DEVELOPERS = "manage_developers"
    MANAGE_PORTALS = "manage_portals"
    MANAGE_STRATEGIES = "manage_strategies"
    MANAGE_ORGANIZATION = "manage_organization"


class Role(StrEnum):
    """What an admin token carries."""

    ADMIN = "admin"
    PUBLISHER = "publisher"
    CONTENT_EDITOR = "content_editor"
    VIEWER = "viewer"


_TABLE: dict[Role, frozenset[Permission]] = {
    Role.ADMIN: frozenset(Permission),
    Role.PUBLISHER: frozenset(
        {
            Permission.VIEW,
            Permission.EDIT_CONTENT,
            Permission.MANAGE_APIS,
            Permission.PUBLISH,
            Permission.MANAGE_DEVELOPERS,
        }
    ),
    Role.CONTENT_EDITOR: frozenset({Permission.VIEW, Permission.EDIT_CONTENT}),
    Role.VIEWER: frozenset({Permission.VIEW}),
}


def permissions(role: Role) -> frozenset[Permission]:
    """All permissions of a role."""
    return _TABLE[role]
