"""What the deployment tells the product, read from the environment once.

Every name begins with PORTICO_; `make run` and `make deploy` set them, nobody types them by hand.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from functools import cache


def _list(name: str, default: str = "") -> tuple[str, ...]:
    return tuple(part.strip().lower() for part in os.environ.get(name, default).split(",") if part.strip())


def _env(name: str, default: str) -> str:
    return os.environ.get(name, default)


@dataclass(frozen=True, eq=False, repr=False)
class Settings:
    """Where this installation keeps its state, and under which addresses it answers."""

    table: str = field(default_factory=lambda: _env("PORTICO_TABLE", "portico"))
    bucket: str = field(default_factory=lambda: _env("PORTICO_BUCKET", "portico"))
    queue_url: str = field(default_factory=lambda: _env("PORTICO_QUEUE_URL", ""))
    #: audit events on their way to destinations, and those that no destination took
    audit_queue_url: str = field(default_factory=lambda: _env("PORTICO_AUDIT_QUEUE_URL", ""))
    audit_dead_letter_queue_url: str = field(
        default_factory=lambda: _env("PORTICO_AUDIT_DEAD_LETTER_QUEUE_URL", "")
    )
    #: what Content-Encoding says of a gzipped batch of audit events; `application/gzip` for receivers that
    #: were made for that
    audit_content_encoding: str = field(
        default_factory=lambda: _env("PORTICO_AUDIT_CONTENT_ENCODING", "gzip")
    )
    kms_key: str = field(default_factory=lambda: _env("PORTICO_KMS_KEY", "alias/portico"))
    region: str = field(default_factory=lambda: _env("AWS_REGION", _env("AWS_DEFAULT_REGION", "us-east-1")))
    #: the emulator's address, None on AWS
    endpoint: str | None = field(default_factory=lambda: os.environ.get("AWS_ENDPOINT_URL") or None)
    #: hosts (without port) of the console and the management API
    admin_hosts: tuple[str, ...] = field(
        default_factory=lambda: _list("PORTICO_ADMIN_HOSTS", "localhost,127.0.0.1")
    )
    #: portals answer at {12 hex digits}.{this}; with the port where it is not the scheme's own. Empty where
    #: each has a host of its own from CloudFront
    portal_base_domain: str = field(
        default_factory=lambda: _env(
            "PORTICO_PORTAL_BASE_DOMAIN", "" if os.environ.get("PORTICO_DISTRIBUTION") else "localhost:8000"
        )
    )
    #: CloudFront: the distribution that everything answers at, the one whose tenants are custom domains,
    #: their connection group, and its name, which the DNS records of those point to. Empty on one machine.
    distribution: str = field(default_factory=lambda: _env("PORTICO_DISTRIBUTION", ""))
    tenant_distribution: str = field(default_factory=lambda: _env("PORTICO_TENANT_DISTRIBUTION", ""))
    connection_group: str = field(default_factory=lambda: _env("PORTICO_CONNECTION_GROUP", ""))
    routing_endpoint: str = field(default_factory=lambda: _env("PORTICO_ROUTING_ENDPOINT", ""))
    scheme: str = field(default_factory=lambda: _env("PORTICO_SCHEME", "http"))
    #: the Cognito user pool of people who sign in to the console, the client that the console is there, and
    #: where the pool shows its pages. Without a client they sign in with tokens alone.
    admin_pool: str = field(default_factory=lambda: _env("PORTICO_ADMIN_POOL", ""))
    admin_pool_client: str = field(default_factory=lambda: _env("PORTICO_ADMIN_POOL_CLIENT", ""))
    admin_pool_url: str = field(default_factory=lambda: _env("PORTICO_ADMIN_POOL_URL", ""))
    #: further origins whose scripts may call the management API (a console served elsewhere)
    allowed_origins: tuple[str, ...] = field(default_factory=lambda: _list("PORTICO_ALLOWED_ORIGINS"))
    organization_name: str = field(default_factory=lambda: _env("PORTICO_ORGANIZATION", "Portico"))
    #: portals allowed in this installation
    portal_limit: int = field(default_factory=lambda: int(_env("PORTICO_PORTAL_LIMIT", "1000")))
    #: set where CloudFront stands in front: requests without it are refused
    origin_secrets: tuple[str, ...] = field(
        default_factory=lambda: tuple(s for s in _env("PORTICO_ORIGIN_SECRETS", "").split(",") if s)
    )

    @property
    def distribution_per_portal(self) -> bool:
        """Whether each portal has a CloudFront distribution, and with it a host, of its own: on AWS, where
        there is no domain for them."""
        return bool(self.distribution) and not self.portal_base_domain


@cache
def settings() -> Settings:
    """The settings of this process. Tests that change the environment call `settings.cache_clear()`."""
    return Settings()
