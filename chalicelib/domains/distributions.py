"""A CloudFront distribution for each portal, where the installation has no domain for portals.

A distribution's host is known only once it is made, and it answers minutes later; a portal's address must be
true from its first answer on. So one distribution is kept ready, which creating a portal takes in its
transaction. All have the definition of the installation's own one. Each has a job under its own id, which
makes it, keeps it like that one, and undoes it when its portal is gone.
"""

from __future__ import annotations

import uuid

from chalicelib import clock
from chalicelib.domains.records import Distribution
from chalicelib.errors import Conflict, Forbidden, Stale, Unavailable
from chalicelib.http.log import logger
from chalicelib.jobs import service as jobs
from chalicelib.jobs.service import Later
from chalicelib.portals.records import Portal
from chalicelib.settings import settings
from chalicelib.storage import keys, lists, table
from chalicelib.storage.transaction import Transaction, retrying

#: CloudFront lets 100 distributions share a function, a cache policy and the like, and some are the
#: installation's own; whoever wants more needs a domain
MOST = 88
RETRY_AFTER_SECONDS = 120
#: between looks at one that is being made or undone, and at one that is as it should be
PAUSE_SECONDS = 30.0
RARELY_SECONDS = 3600.0


def spare() -> Distribution:
    """The distribution that the next portal gets. Two trips.

    Raises Unavailable while it is being made, Forbidden where there are as many as there can be.
    """
    rows = lists.read("distributions")
    waiting = next((row["id"] for row in rows if row["portal_id"] is None), None)
    if waiting is None and len(rows) >= MOST:
        raise Forbidden(
            f"Without a domain, CloudFront allows this installation {MOST} portals. Delete one, or deploy "
            "with a domain for portals (DOMAIN=...), which has no such limit."
        )
    found = table.get(Distribution, keys.Key(keys.distribution(waiting))) if waiting is not None else None
    if found is None or not found.ready or found.portal_id is not None:
        raise _being_made()
    return found


def _being_made() -> Unavailable:
    return Unavailable(
        "This installation has no domain for portals, so CloudFront gives each an address of its own. The "
        "next one is being made, which takes about five minutes. Repeat the request then.",
        {"Retry-After": str(RETRY_AFTER_SECONDS)},
    )


def claim(tx: Transaction, found: Distribution, portal_id: str) -> None:
    """Give a spare distribution to a portal. The transaction raises Unavailable where another took it."""
    found.portal_id = portal_id
    tx.update(found, _being_made())


def keep_spare() -> None:
    """See to it that there is a spare distribution, or soon will be. One trip, where it is needed at all."""
    if not settings().distribution_per_portal:
        return
    rows = lists.read("distributions")
    if len(rows) >= MOST or any(row["portal_id"] is None for row in rows):
        return
    made = Distribution(pk=keys.distribution(made_id := str(uuid.uuid4())), id=made_id)
    try:
        with Transaction() as tx:
            tx.insert(made)
            job = jobs.leave(tx, "distribution", made_id, distribution=made_id)
    except Conflict:  # someone else was first
        return
    jobs.announce(job)


def check(distribution: str, since: int = 0) -> None:
    """A distribution's job. Raises Later, until it is undone; `since` is its own note."""
    from botocore.exceptions import BotoCoreError, ClientError

    found = table.get(Distribution, keys.Key(keys.distribution(distribution)))
    if found is None:
        return
    since = since or clock.now_ms()
    try:
        gone = _undo(found) if _lost_its_portal(found) else _make(found)
    except (ClientError, BotoCoreError) as error:
        logger().warning("a distribution could not be looked after", id=distribution, reason=str(error))
        raise Later(PAUSE_SECONDS, since=since) from error
    if not gone:
        # what takes hours is looked at more rarely
        waited = (clock.now_ms() - since) / 1000
        raise Later(min(max(waited / 4, PAUSE_SECONDS), RARELY_SECONDS), since=since)


def _lost_its_portal(found: Distribution) -> bool:
    if found.portal_id is None:
        return False
    return table.get(Portal, keys.Key(keys.portal(found.portal_id))) is None


def _make(found: Distribution) -> bool:
    """Make it, or bring it in line. Raises Later where it is as it should be."""
    from chalicelib.domains import distributions_aws

    seen = distributions_aws.ensure(found.id, found.distribution_id, found.definition)

    def work() -> None:
        record = table.get(Distribution, found.key)
        if record is None:
            return
        before = record.serialize()
        record.distribution_id, record.host, record.definition = seen.id, seen.host, seen.definition
        record.ready = record.ready or seen.deployed
        if record.serialize() != before:
            with Transaction() as tx:
                tx.update(record)

    retrying(work, tries=5)
    if found.portal_id is not None:
        keep_spare()
    if seen.deployed:
        raise Later(RARELY_SECONDS, since=0)
    return False


def _undo(found: Distribution) -> bool:
    """Undo one step; whether nothing is left."""
    from chalicelib.domains import distributions_aws

    keep_spare()
    if not distributions_aws.remove(found.id, found.distribution_id):
        return False
    try:
        with Transaction() as tx:
            tx.delete(found)
    except Stale:
        return False
    return True
