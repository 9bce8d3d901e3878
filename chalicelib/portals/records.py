"""A portal in the table: `PORTAL#<id>` holds its record and everything that is read with it."""

from __future__ import annotations

from typing import Any, ClassVar, TypedDict

from chalicelib import clock
from chalicelib.access.visibility import PortalAccess
from chalicelib.settings import settings
from chalicelib.storage import keys
from chalicelib.storage.attributes import BooleanAttribute, Integer, JSONAttribute, UnicodeAttribute
from chalicelib.storage.records import Record, Row


class Domain(TypedDict):
    """Of a portal's custom domain: `serving`, whether the portal answers there."""

    id: str
    hostname: str
    enabled: bool
    serving: bool


class Portal(Record, discriminator="portal"):
    """`label` is the first part of its default host: 12 hex digits below the installation's base domain; or
    the whole host, where it is that of a CloudFront distribution of its own (`distribution`).

    `domain` is what the portal itself has to know of its custom domain (`Domain`), None where it has none.
    """

    hiding = ("authentication_enabled", "rbac_enabled", "sipr_enabled")

    id = UnicodeAttribute()
    name = UnicodeAttribute()
    display_name = UnicodeAttribute()
    description = UnicodeAttribute(null=True)
    authentication_enabled = BooleanAttribute()
    rbac_enabled = BooleanAttribute()
    sipr_enabled = BooleanAttribute()
    default_api_visibility = UnicodeAttribute()
    default_page_visibility = UnicodeAttribute()
    default_application_auth_strategy_id = UnicodeAttribute(null=True)
    auto_approve_developers = BooleanAttribute()
    auto_approve_applications = BooleanAttribute()
    notifications_developer_pii_visibility_enabled = BooleanAttribute()
    labels: Any = JSONAttribute(default=dict)
    label = UnicodeAttribute()
    distribution = UnicodeAttribute(null=True)
    domain: Any = JSONAttribute(null=True)

    def names(self) -> dict[str, str]:
        return {
            keys.unique("portal", self.name): (
                f"Conflict: a portal named {self.name!r} already exists; the name is not unique."
            ),
            keys.host(self.label): "Conflict: the host is taken. Repeat the request.",
        }

    def rows(self) -> dict[str, Row]:
        return {
            "portals": {
                "name": self.name,
                "description": self.description,
                "authentication_enabled": self.authentication_enabled,
                "rbac_enabled": self.rbac_enabled,
                "default_api_visibility": self.default_api_visibility,
                "default_page_visibility": self.default_page_visibility,
                "default_application_auth_strategy_id": self.default_application_auth_strategy_id,
                "auto_approve_developers": self.auto_approve_developers,
                "auto_approve_applications": self.auto_approve_applications,
                "label": self.label,
                "updated_at": clock.rfc3339(self.updated_at),
                **({"canonical": self.canonical_domain} if self._enabled else {}),
            }
        }

    def parents(self) -> tuple[str, ...]:
        return (self.pk,)

    @property
    def default_domain(self) -> str:
        return default_domain(self.label)

    @property
    def canonical_domain(self) -> str:
        """The wire's: the custom host name as soon as an enabled one is set up, whether it answers yet or
        not."""
        return self.domain["hostname"] if self._enabled else self.default_domain

    @property
    def site_domain(self) -> str:
        """The host, with its port, that links lead to: the custom one once it answers."""
        if self.domain is None or not self.domain["serving"]:
            return self.default_domain
        _, colon, port = settings().portal_base_domain.partition(":")
        return f"{self.domain['hostname']}{colon}{port}"

    @property
    def _enabled(self) -> bool:
        return self.domain is not None and bool(self.domain["enabled"])

    @property
    def access(self) -> PortalAccess:
        """What of its settings decides who sees what."""
        return PortalAccess(self.authentication_enabled, self.rbac_enabled)


def default_domain(label: str) -> str:
    """The host under which a portal is reached from its first moment, with the port where there is one."""
    return label if "." in label else f"{label}.{settings().portal_base_domain}"


class Singleton(Record):
    """What a portal has one of: `PORTAL#<portal>/<place>`. No record: nothing of it was ever set."""

    place: ClassVar[str]

    def row_id(self) -> str:
        return self.sk

    def parents(self) -> tuple[str, ...]:
        return (self.pk,)


class Customization(Singleton, discriminator="customization"):
    """Appearance and menus, as they were set; `css` is a blob."""

    place = keys.CUSTOMIZATION
    settings: Any = JSONAttribute(default=dict)
    css = UnicodeAttribute(null=True)


class Integrations(Singleton, discriminator="integrations"):
    """Third-party scripts, as they were set."""

    place = keys.INTEGRATIONS
    settings: Any = JSONAttribute(default=dict)


class Assets(Singleton, discriminator="assets"):
    """Blobs of the data URIs of logo and favicon, None for the built-in ones; each counts its revisions, so
    that whoever changes one has not changed the other."""

    place = keys.ASSETS
    logo = UnicodeAttribute(null=True)
    favicon = UnicodeAttribute(null=True)
    logo_rev = Integer(default=0)
    favicon_rev = Integer(default=0)
