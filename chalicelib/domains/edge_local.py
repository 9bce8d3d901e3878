"""Custom domains on one machine: a name that leads to this machine is there, and nothing has to be made.

Everything is plain HTTP, so certificates are checked and not used.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Sequence

from chalicelib.domains import hostnames
from chalicelib.domains.edge import Progress, Removal
from chalicelib.domains.records import CustomDomain
from chalicelib.domains.states import ACTIVE, DISABLED, WAITING_FOR_DNS

PAUSE_SECONDS = 2.0
#: the worker and the server are one process here, which forgets hosts as they go
SETTLE_SECONDS = 0.0
REMEMBER_MS = 0


def advance(domain: CustomDomain, key: Callable[[], str]) -> Progress:
    """Look where the name leads."""
    if not domain.enabled:
        return Progress(DISABLED, domain.cname_verified, domain.certificate_status)
    here = leads_here(domain.host)
    own = domain.method == "custom_certificate"
    return Progress(
        ACTIVE if here else WAITING_FOR_DNS,
        here,
        "verified" if here or own else "pending",
        expires_at=domain.expires_at,
        imported=own,
    )


def remove(domain_id: str, certificates: Sequence[str]) -> Removal:
    """Nothing is there to be undone."""
    return Removal(True)


def leads_here(host: str) -> bool:
    """Whether a name leads to the loopback interface. Names below localhost do, whatever is configured."""
    if hostnames.is_below(host, hostnames.LOOPBACK):
        return True
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except OSError:
        return False
    return bool(found) and all(ipaddress.ip_address(entry[4][0]).is_loopback for entry in found)
