"""Which host names a portal may have, and why not the others."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from chalicelib.http.types import RuleError
from chalicelib.settings import settings

_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
#: top-level domains of companies, and names that belong to whoever hosts below them
_NOT_FOR_CUSTOMERS = ("aws", "microsoft", "ebay", "amazonaws.com", "azurewebsites.net", "cloudfront.net")
#: no certificate is issued below these top-level domains
_EMBARGOED = frozenset(["af", "by", "cu", "er", "gn", "ir", "kp", "lr", "ru", "ss", "su", "sy", "zw"])
#: names below it lead to this machine, everywhere (RFC 6761)
LOOPBACK = "localhost"


@cache
def _suffixes() -> Any:
    from publicsuffixlist import PublicSuffixList

    return PublicSuffixList()


def check(hostname: str) -> str:
    """The name as it was given, if a portal may have it. Raises RuleError, which says what would do."""
    host = hostname.lower()
    _check_form(hostname, host)
    base = settings().portal_base_domain.partition(":")[0].lower()
    if base and is_below(host, base) and not _local(host, base):
        raise RuleError(f"must not be {base} or below it: those names are the portals' default addresses")
    if host in settings().admin_hosts:
        raise RuleError("is the address of the console")
    if any(is_below(host, name) for name in _NOT_FOR_CUSTOMERS):
        raise RuleError("must be a name of your own; names below this one belong to a company")
    if host.rpartition(".")[2] in _EMBARGOED:
        raise RuleError("is below a top-level domain for which no certificate is issued")
    if not is_below(host, LOOPBACK) and _suffixes().publicsuffix(host) == host:
        raise RuleError(
            f"is a name under which others register theirs; take one of your own, such as docs.example.{host}"
        )
    return hostname


def _check_form(hostname: str, host: str) -> None:
    if "://" in host or "/" in host:
        raise RuleError("must be a host name alone, without scheme and path", "is_fqdn")
    if ":" in host:
        raise RuleError("must be a host name alone, without port", "is_fqdn")
    if not host.isascii():
        raise RuleError(f"must be written in ASCII{_as_ascii(hostname)}", "is_fqdn")
    if host.startswith("*"):
        raise RuleError("must be one name; a wildcard is none", "is_fqdn")
    labels = host.split(".")
    if len(host) > 253 or len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels):
        raise RuleError(
            "must be a full host name such as docs.example.com: letters, digits, hyphens and dots", "is_fqdn"
        )
    if labels[-1].isdigit():
        raise RuleError("must be a name, not an address", "is_fqdn")


def _as_ascii(hostname: str) -> str:
    try:
        return f": {hostname.encode('idna').decode()}"
    except UnicodeError:
        return ""


def is_below(host: str, name: str) -> bool:
    """Whether a host is this name, or below it."""
    return host == name or host.endswith(f".{name}")


def _local(host: str, base: str) -> bool:
    """On one machine every name below `localhost` leads here: all but the portals' own are free."""
    return base == LOOPBACK and not re.fullmatch(r"[0-9a-f]{12}", host.partition(".")[0])


def is_apex(hostname: str) -> bool:
    """Whether the name is a domain as it was registered, which DNS gives no CNAME."""
    host = hostname.lower()
    return not is_below(host, LOOPBACK) and _suffixes().privatesuffix(host) == host
