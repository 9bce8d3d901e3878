"""Portals: the rules of making, changing and deleting one. Reading one is what a cold start does most."""

from __future__ import annotations

import operator
import secrets
import uuid

from chalicelib import clock
from chalicelib.errors import Conflict, Forbidden, NotFound
from chalicelib.http import hosts
from chalicelib.http.types import merge_labels
from chalicelib.portals.records import Portal, default_domain
from chalicelib.portals.schemas import CreatePortal, PortalOut, UpdatePortal
from chalicelib.settings import settings
from chalicelib.storage import keys, lists, table
from chalicelib.storage.intent import expect
from chalicelib.storage.lists import Page, Query
from chalicelib.storage.records import Row
from chalicelib.storage.transaction import Transaction, retrying

#: members that are stored as they come
_SIMPLE = (
    "name",
    "display_name",
    "description",
    "authentication_enabled",
    "rbac_enabled",
    "sipr_enabled",
    "default_api_visibility",
    "default_page_visibility",
    "auto_approve_developers",
    "auto_approve_applications",
    "notifications_developer_pii_visibility_enabled",
)
_simple = operator.attrgetter(*_SIMPLE)


def load(portal_id: str) -> Portal:
    """The portal's record. One trip. Raises NotFound."""
    portal = table.get(Portal, keys.Key(keys.portal(portal_id)))
    if portal is None:
        raise NotFound("There is no portal of this id.")
    return portal


def show(portal: Portal) -> PortalOut:
    """A portal as the wire has it."""
    return PortalOut(
        id=portal.id,
        created_at=clock.rfc3339(portal.created_at),
        updated_at=clock.rfc3339(portal.updated_at),
        **dict(zip(_SIMPLE, _simple(portal), strict=True)),
        default_application_auth_strategy_id=portal.default_application_auth_strategy_id,
        default_domain=portal.default_domain,
        canonical_domain=portal.canonical_domain,
        labels=portal.labels,
    ).at(portal.rev)


def create(body: CreatePortal) -> PortalOut:
    """A new portal, without content. Two or three trips; five more where it gets a distribution of its own.

    Raises Conflict where the name is taken, Forbidden beyond the installation's limit of portals, Invalid
    for an unknown strategy, Unavailable while the next distribution is being made.
    """
    from chalicelib.applications import service as strategies

    if lists.page("portals", Query(size=1)).total >= settings().portal_limit:
        raise Forbidden(
            f"This installation takes {settings().portal_limit} portals. Delete one, or raise the limit."
        )
    if "default_application_auth_strategy_id" in body.model_fields_set:
        strategy_id = strategies.check(
            body.default_application_auth_strategy_id, "default_application_auth_strategy_id"
        )
    else:
        strategy_id = strategies.built_in() if body.authentication_enabled else None
    spare = None
    if settings().distribution_per_portal:
        from chalicelib.domains import distributions

        spare = distributions.spare()
    portal_id = str(uuid.uuid4())
    portal = Portal(
        pk=keys.portal(portal_id),
        id=portal_id,
        **{name: getattr(body, name) for name in _SIMPLE},
        default_application_auth_strategy_id=strategy_id,
        labels=merge_labels({}, body.labels),
        label=spare.host if spare is not None else secrets.token_hex(6),
        distribution=spare.id if spare is not None else None,
    )
    portal.display_name = portal.display_name or portal.name
    with Transaction() as tx:
        if spare is not None:
            distributions.claim(tx, spare, portal_id)
        tx.begin(portal.pk)
        tx.insert(portal)
    if spare is not None:
        _hurry(spare.id)  # its job makes the next one
    return show(portal)


def _hurry(*job_ids: str | None) -> None:
    from chalicelib.jobs import service as jobs

    for job_id in job_ids:
        if job_id is not None:
            jobs.hurry(job_id)


def get(portal_id: str) -> PortalOut:
    """One portal. One trip. Raises NotFound."""
    return show(load(portal_id))


def page(query: Query) -> Page[PortalOut]:
    """Portals, newest first. Two trips."""

    def domains(row: Row) -> None:
        row["default_domain"] = default_domain(row["label"])
        row["canonical_domain"] = row.get("canonical", row["default_domain"])

    found = lists.page("portals", query, enrich=domains)
    records = table.get_many(Portal, [keys.Key(keys.portal(portal_id)) for portal_id in found.ids])
    return Page([show(portal) for portal in records], found.total, query)


def update(portal_id: str, body: UpdatePortal) -> PortalOut:
    """Change what was sent. Two trips, one more for a strategy.

    Raises NotFound, Conflict (name taken, or stale), Invalid for an unknown strategy.
    """
    sent = body.model_fields_set
    if "default_application_auth_strategy_id" in sent:
        from chalicelib.applications import service as strategies

        strategies.check(body.default_application_auth_strategy_id, "default_application_auth_strategy_id")

    def work() -> Portal:
        portal = load(portal_id)
        expect(portal)
        for name in (*_SIMPLE, "default_application_auth_strategy_id"):
            if name in sent:
                setattr(portal, name, getattr(body, name))
        if "labels" in sent:
            portal.labels = merge_labels(portal.labels, body.labels)
        with Transaction() as tx:
            tx.update(portal)
        return portal

    return show(retrying(work))


def delete(portal_id: str, *, force: bool) -> None:
    """Delete a portal and everything under it; APIs stay.

    Without `force` only while nothing is published there (Conflict otherwise).
    """
    from chalicelib.jobs import cascade

    published = keys.publications_of(portal_id)
    refused = Conflict(
        "Conflict: APIs are published to this portal. Unpublish them first, or repeat the request with "
        "force=true, which unpublishes them and deletes the portal."
    )

    def work() -> Portal:
        portal = load(portal_id)
        expect(portal)
        cascade.cut(portal, (published,), only_if_empty=None if force else refused)
        return portal

    gone = retrying(work)
    hosts.forget(gone.label)
    # the jobs of its domain and its distribution undo what stands outside
    if gone.domain is not None:
        hosts.forget(hosts.label(gone.domain["hostname"]))
    _hurry(gone.domain and gone.domain["id"], gone.distribution)
