"""Which host was called: the admin host, or which portal's."""

from __future__ import annotations

import threading

from chalicelib import clock
from chalicelib.errors import NotFound
from chalicelib.http.operation import Host
from chalicelib.settings import settings
from chalicelib.storage import keys, table
from chalicelib.storage.records import Reservation

#: how long a process remembers which portal a host belongs to
REMEMBER_MS = 60_000

_known: dict[str, tuple[int, str]] = {}
_lock = threading.Lock()


def resolve(host: str) -> tuple[Host, str | None]:
    """The kind of host, and the portal's id on a portal's. At most one trip. Raises NotFound."""
    if host in settings().admin_hosts:
        return Host.ADMIN, None
    now, name = clock.now_ms(), label(host)
    with _lock:
        held = _known.get(name)
    if held is not None and held[0] > now:
        return Host.PORTAL, held[1]
    record = table.get(Reservation, keys.Key(keys.host(name)))
    if record is None:
        raise NotFound("No portal answers at this address.")
    with _lock:
        if len(_known) > 10_000:
            _known.clear()
        _known[name] = (now + REMEMBER_MS, record.holder)
    return Host.PORTAL, record.holder


def label(host: str) -> str:
    """What a host is stored by: its first label below the portals' base domain, else the whole name."""
    base = settings().portal_base_domain.partition(":")[0].lower()
    head, dot, tail = host.partition(".")
    return head if dot and tail == base else host


def forget(name: str | None = None) -> None:
    """Forget what is remembered of a host (by its label, or its whole name), or of all hosts."""
    with _lock:
        if name is None:
            _known.clear()
        else:
            _known.pop(name, None)
