"""Publications: which API stands at which portal, and how."""

from __future__ import annotations

from typing import Any

from chalicelib import clock
from chalicelib.applications import service as strategies
from chalicelib.catalog.publications.schemas import (
    PortalPublicationItem,
    PublicationItem,
    PublicationOut,
    PutPublication,
)
from chalicelib.catalog.records import Api, Publication
from chalicelib.errors import NotFound, Stale
from chalicelib.portals.records import Portal
from chalicelib.storage import keys, lists, table
from chalicelib.storage.intent import expect
from chalicelib.storage.lists import Page, Query, Slice
from chalicelib.storage.records import Record, Row
from chalicelib.storage.transaction import Transaction, retrying

#: seconds in which those who publish one API to many portals at once, and meet at its record, get through
PATIENCE = 10.0


def _load(api_id: str, portal_id: str) -> tuple[Api, Portal, Publication | None]:
    """An API, a portal and what connects them. One trip. Raises NotFound without the API or the portal."""
    api_pk, portal_pk = keys.api(api_id), keys.portal(portal_id)
    wanted = [keys.Key(api_pk), keys.Key(portal_pk), keys.Key(api_pk, keys.publication(portal_id))]
    found = {record.key: record for record in table.get_many(Record, wanted)}
    api, portal, publication = (found.get(key) for key in wanted)
    if not isinstance(api, Api):
        raise NotFound("There is no API of this id.")
    if not isinstance(portal, Portal):
        raise NotFound("There is no portal of this id.")
    return api, portal, publication if isinstance(publication, Publication) else None


def show(publication: Publication) -> PublicationOut:
    """A publication as the wire has it."""
    return PublicationOut(
        auto_approve_registrations=publication.auto_approve_registrations,
        auth_strategy_ids=[publication.strategy_id] if publication.strategy_id else None,
        visibility=publication.visibility,
        warnings=[],
        created_at=clock.rfc3339(publication.created_at),
        updated_at=clock.rfc3339(publication.updated_at),
    ).at(publication.rev)


def get(api_id: str, portal_id: str) -> PublicationOut:
    """How an API is published to a portal. One trip. Raises NotFound."""
    return show(_published(_load(api_id, portal_id)[2]))


def _published(publication: Publication | None) -> Publication:
    if publication is None:
        raise NotFound("The API is not published to this portal.")
    return publication


def put(api_id: str, portal_id: str, body: PutPublication) -> PublicationOut:
    """Publish, or replace how it is published. Two trips, one more for a strategy.

    What is left out takes the portal's defaults of this moment. Raises NotFound without the API or the
    portal, Invalid for an unknown strategy.
    """

    def work() -> Publication:
        api, portal, publication = _load(api_id, portal_id)
        made = publication is None
        publication = publication or Publication(
            pk=api.pk, sk=keys.publication(portal_id), api_id=api_id, portal_id=portal_id
        )
        expect(publication)
        publication.auto_approve_registrations = body.auto_approve_registrations
        publication.visibility = (
            body.visibility if "visibility" in body.model_fields_set else portal.default_api_visibility
        )
        publication.strategy_id = strategies.check(_strategy_id(body, portal), "auth_strategy_ids")
        with Transaction() as tx:
            if made:
                tx.insert(publication, Stale())  # someone else made it meanwhile: replace that
                api.portal_ids = [*api.portal_ids, portal_id]
                tx.update(api)
            else:
                tx.update(publication)
        return publication

    return show(retrying(work, patience=PATIENCE))


def _strategy_id(body: PutPublication, portal: Portal) -> str | None:
    if "auth_strategy_ids" not in body.model_fields_set:
        return portal.default_application_auth_strategy_id
    return body.auth_strategy_ids[0] if body.auth_strategy_ids else None


def delete(api_id: str, portal_id: str) -> None:
    """Unpublish. Two trips. Raises NotFound where it is not published."""

    def work() -> None:
        api, _, found = _load(api_id, portal_id)
        publication = _published(found)
        expect(publication)
        api.portal_ids = [one for one in api.portal_ids if one != portal_id]
        with Transaction() as tx:
            tx.delete(publication)
            tx.update(api)

    retrying(work, patience=PATIENCE)


def page(query: Query) -> Page[PublicationItem]:
    """All publications, newest first. Two trips; four where names are filtered or sorted by."""
    found = _slice("pubs", query)
    return Page(
        [PublicationItem(portal_id=row["portal_id"], **_members(row)) for row in found.rows],
        found.total,
        query,
    )


def page_of_portal(portal_id: str, query: Query) -> Page[PortalPublicationItem]:
    """A portal's publications, newest first. As `page`. Raises NotFound."""
    found = _slice(keys.publications_of(portal_id), query, portal_id)
    return Page(
        [PortalPublicationItem(portal_ids=[portal_id], **_members(row)) for row in found.rows],
        found.total,
        query,
    )


def _members(row: Row) -> dict[str, Any]:
    return {
        "api_id": row["api_id"],
        "entity_type": row["entity_type"],
        "auto_approve_registrations": row["auto_approve_registrations"],
        "auth_strategy_ids": [row["auth_strategy_id"]] if row["auth_strategy_id"] else None,
        "visibility": row["visibility"],
        "warnings": [],
        "created_at": row["created_at"],
        "updated_at": row["updated_at"],
    }


def _slice(name: str, query: Query, portal_id: str | None = None) -> Slice:
    """One page of a list of publications, without those whose API or portal is being deleted.

    Rarely there are any, so the page is read first and looked at; names are joined only where they are
    needed or a row has to be left out.
    """
    if not _asks_for_names(query):
        found = lists.page(name, query)
        pulses = {keys.api(row["api_id"]) for row in found.rows}
        pulses |= {keys.portal(row["portal_id"]) for row in found.rows}
        pulses |= {keys.portal(portal_id)} if portal_id else set()
        alive = {key.pk for key in table.get_items([keys.Key(pk, keys.PULSE) for pk in pulses])}
        if portal_id and keys.portal(portal_id) not in alive:
            raise NotFound("There is no portal of this id.")
        if alive == pulses:
            return found
    apis = {row["id"]: row["name"] for row in lists.read("apis")}
    portals = {row["id"]: row["name"] for row in lists.read("portals")}
    if portal_id and portal_id not in portals:
        raise NotFound("There is no portal of this id.")

    def join(row: Row) -> None:
        row["api_name"] = apis.get(row["api_id"])
        row["portal_name"] = portals.get(row["portal_id"])

    return lists.page(
        name, query, keep=lambda row: row["api_id"] in apis and row["portal_id"] in portals, enrich=join
    )


def _asks_for_names(query: Query) -> bool:
    fields = [condition.field for condition in query.conditions] + [name for name, _ in query.sort]
    return any(field in ("api_name", "portal_name") for field in fields)
