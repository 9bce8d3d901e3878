"""A custom domain's job: brings what stands outside in line with the record, again and again.

There is one for each domain, under the domain's own id, from the transaction that sets the domain up until
everything is undone again. While the record is there it checks, at first every few seconds, ever more rarely
the longer nothing changes, and every six hours once the domain is active. When the record is gone, whichever
way it went, it undoes. Ended at any moment, it begins again from what it finds.
"""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib import clock
from chalicelib.domains import edge, service
from chalicelib.domains.edge import Progress
from chalicelib.domains.records import CustomDomain, key_purpose
from chalicelib.domains.states import ACTIVE, DEPLOYING, DISABLED
from chalicelib.errors import NotFound
from chalicelib.http.log import logger
from chalicelib.jobs.service import Later
from chalicelib.portals.records import Portal
from chalicelib.storage import secrets
from chalicelib.storage.transaction import retrying

#: nothing is expected to change
RARELY_SECONDS = 6 * 3600.0
#: between checks of what does not come on for hours
PATIENT_SECONDS = 900.0
#: what has not come by then will hardly come
WEEK_SECONDS = 7 * 24 * 3600.0


def check(portal_id: str, domain_id: str, gone_since: int = 0, certificates: Sequence[str] = ()) -> None:
    """One check. Raises Later, until everything is undone; the last two arguments are its own notes."""
    from botocore.exceptions import BotoCoreError, ClientError

    found = _read(portal_id, domain_id)
    if found is None:
        _undo(domain_id, gone_since, certificates)
        return
    _, domain = found
    try:
        progress = edge.chosen().advance(
            domain, lambda: secrets.decrypt(domain.sealed_key or "", key_purpose(domain.id))
        )
    except (ClientError, BotoCoreError) as error:
        logger().warning("a custom domain could not be checked", domain_id=domain_id, reason=str(error))
        progress = _as_it_was(domain, f"AWS could not do it now, it is tried again by itself: {error}")
    saved = _save(portal_id, domain, progress)
    raise Later(_pause(saved) if saved is not None else 0)


def _read(portal_id: str, domain_id: str) -> tuple[Portal, CustomDomain] | None:
    """The portal and this domain of it, None where it is gone or another one is in its place."""
    try:
        portal, domain = service.load(portal_id)
    except NotFound:
        return None
    return (portal, domain) if domain.id == domain_id else None


def _as_it_was(domain: CustomDomain, problem: str) -> Progress:
    return Progress(
        domain.state,
        domain.cname_verified,
        domain.certificate_status,
        (problem,),
        domain.expires_at,
    )


def _pause(domain: CustomDomain) -> float:
    if domain.state in (ACTIVE, DISABLED) and not domain.errors:
        return RARELY_SECONDS
    seconds = (clock.now_ms() - domain.state_since) / 1000
    if seconds > WEEK_SECONDS:
        return RARELY_SECONDS
    return min(max(seconds / 4, edge.chosen().PAUSE_SECONDS), PATIENT_SECONDS)


def _save(portal_id: str, seen: CustomDomain, progress: Progress) -> CustomDomain | None:
    """Write what was seen, if it is something new; the domain, None where it was changed or removed
    meanwhile, so that what was seen is no longer of it."""

    def work() -> CustomDomain | None:
        found = _read(portal_id, seen.id)
        if found is None:
            return None
        portal, domain = found
        if (domain.enabled, domain.uploaded_at) != (seen.enabled, seen.uploaded_at):
            return None
        before = domain.serialize()
        _apply(domain, progress)
        if domain.serialize() != before:
            service.save(portal, domain)
        return domain

    try:
        return retrying(work, tries=5)
    except NotFound:  # the portal is being deleted
        return None


def _apply(domain: CustomDomain, progress: Progress) -> None:
    now, state = clock.now_ms(), progress.state
    if state == ACTIVE and not domain.serving:
        # a process may remember the name as another portal's, from before
        settled = domain.created_at + edge.chosen().REMEMBER_MS <= now
        state = ACTIVE if settled else DEPLOYING
    domain.move(state, now)
    domain.cname_verified = progress.cname
    domain.certificate_status = progress.certificate
    domain.errors = list(progress.errors)
    domain.expires_at = progress.expires_at
    domain.certificate_arn = progress.certificate_arn or domain.certificate_arn
    if domain.chain is not None and (domain.expires_at or now) < now:
        domain.certificate_status = "error"
        domain.errors.append("The certificate has expired: browsers refuse the site. Replace it.")
    if progress.imported:
        domain.sealed_key = None


def _undo(domain_id: str, gone_since: int, certificates: Sequence[str]) -> None:
    """Undo what stands outside. Raises Later while something is left, or may still be made by a check that is
    under way."""
    from botocore.exceptions import BotoCoreError, ClientError

    at_edge, now = edge.chosen(), clock.now_ms()
    since = gone_since or now
    try:
        removal = at_edge.remove(domain_id, certificates)
    except (ClientError, BotoCoreError) as error:
        logger().warning("a custom domain could not be removed yet", domain_id=domain_id, reason=str(error))
        removal = edge.Removal(False, tuple(certificates))
    waited = (now - since) / 1000
    if not removal.done:
        pause = min(max(waited / 4, at_edge.PAUSE_SECONDS), PATIENT_SECONDS)
        raise Later(pause, gone_since=since, certificates=list(removal.certificates))
    if waited < at_edge.SETTLE_SECONDS:
        raise Later(
            at_edge.SETTLE_SECONDS - waited, gone_since=since, certificates=list(removal.certificates)
        )
