"""What stands outside for a custom domain, behind one interface: CloudFront's tenants, or nothing on one
machine."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from chalicelib.domains.records import CustomDomain
from chalicelib.errors import Unavailable
from chalicelib.settings import settings


class Progress(NamedTuple):
    """How far a domain has come, as it was seen. `state`: of `states`; `cname`: the name was seen to lead
    here; `certificate`: pending, verified, error. `imported`: the owner's key is where it is used.
    """

    state: str
    cname: bool
    certificate: str
    errors: tuple[str, ...] = ()
    expires_at: int | None = None
    certificate_arn: str | None = None
    imported: bool = False


class Removal(NamedTuple):
    """How far undoing has come. `certificates`: what is to be handed to the next call."""

    done: bool
    certificates: tuple[str, ...] = ()


class Edge(Protocol):
    """All of it may be called again at any moment, after a crash at any point, and goes on from what it
    finds."""

    #: the shortest wait between two checks
    PAUSE_SECONDS: float
    #: so long may a check of before the removal still be under way, and make something
    SETTLE_SECONDS: float
    #: so long may some process take the name for another portal's that had it before
    REMEMBER_MS: int

    def advance(self, domain: CustomDomain, key: Callable[[], str]) -> Progress:
        """Take a domain as far as it goes now. `key`: the owner's own, in clear. Raises botocore's errors."""

    def remove(self, domain_id: str, certificates: Sequence[str]) -> Removal:
        """Undo what stands outside, as far as it goes now. Raises botocore's errors."""


def chosen() -> Edge:
    """The one of this installation. Raises Unavailable where it cannot have custom domains yet."""
    if settings().tenant_distribution:
        from chalicelib.domains import edge_aws

        return edge_aws
    if settings().endpoint is None:
        raise Unavailable(
            "This installation has no distribution for custom domains yet. Run `make deploy`, then repeat "
            "this."
        )
    from chalicelib.domains import edge_local

    return edge_local
