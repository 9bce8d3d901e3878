"""APIs as a portal shows them to a viewer."""

from __future__ import annotations

from chalicelib import clock
from chalicelib.access import visibility
from chalicelib.access.principal import Viewer
from chalicelib.applications.records import Strategy
from chalicelib.catalog import visible
from chalicelib.catalog.apis.published_schemas import (
    Actions,
    ActionsOut,
    ClientCredentials,
    KeyAuth,
    PublishedApi,
    PublishedCurrent,
    PublishedSpec,
    Ttl,
)
from chalicelib.catalog.records import Api
from chalicelib.catalog.versions.published_schemas import PublishedSpecType
from chalicelib.storage import keys, lists, table
from chalicelib.storage.lists import Page, Query
from chalicelib.storage.records import Record


def page(viewer: Viewer, query: Query) -> Page[PublishedApi]:
    """The APIs that the viewer sees, newest first. Four trips, whatever their number."""
    found = lists.select(visible.rows(viewer), query)
    strategies = {row["auth_strategy_id"] for row in found.rows} - {None}
    wanted = [keys.Key(keys.api(api_id)) for api_id in found.ids]
    wanted += [keys.Key(keys.strategy(strategy_id)) for strategy_id in strategies]
    records = {record.key: record for record in table.get_many(Record, wanted)}
    items = []
    for row in found.rows:
        api = records.get(keys.Key(keys.api(row["id"])))
        strategy = records.get(keys.Key(keys.strategy(row["auth_strategy_id"] or "")))
        if isinstance(api, Api):
            items.append(_show(api, row["visibility"], strategy))
    return Page(items, found.total, query)


def get(viewer: Viewer, api_id_or_slug: str) -> PublishedApi:
    """One API. Trips as `visible.find`, and one for its strategy. Raises NotFound."""
    seen = visible.find(viewer, api_id_or_slug)
    strategy_id = seen.publication.strategy_id
    strategy = table.get(Strategy, keys.Key(keys.strategy(strategy_id))) if strategy_id else None
    return _show(seen.api, seen.publication.visibility, strategy)


def actions(viewer: Viewer, api_id_or_slug: str) -> ActionsOut:
    """What the viewer may do with an API: register means with an application of the API's own strategy.
    Trips as `visible.find`. Raises NotFound."""
    seen = visible.find(viewer, api_id_or_slug)
    publication = seen.publication.access
    register = visibility.may_register(
        viewer, seen.portal.access, publication, application_strategy_id=publication.strategy_id
    )
    return ActionsOut(actions=Actions(view=True, register_=register, view_documentation=True))


def _show(api: Api, visible_to: str, strategy: Record | None) -> PublishedApi:
    current = api.current
    return PublishedApi.model_validate(
        {
            "id": api.id,
            "created_at": clock.rfc3339(api.created_at),
            "updated_at": clock.rfc3339(api.updated_at),
            "name": api.name,
            "version": api.version,
            "description": api.description,
            "visibility": visible_to,
            "slug": api.slug,
            "auth_strategies": [_strategy(strategy)] if isinstance(strategy, Strategy) else [],
            "specifications": [PublishedSpec(**one) for one in api.specs],
            "current_version_summary": PublishedCurrent(
                id=current["id"], spec=PublishedSpecType(type=current["type"])
            )
            if current and current["type"]
            else None,
            "attributes": api.attributes,
        }
    )


def _strategy(strategy: Strategy) -> KeyAuth | ClientCredentials:
    """What a developer has to know of a strategy; its display name is the name here."""
    if strategy.strategy_type == "key_auth":
        config = strategy.configs["key-auth"]
        shown = KeyAuth(
            id=strategy.id,
            name=strategy.display_name,
            credential_type="key_auth",
            key_names=config["key_names"],
        )
        if config.get("ttl"):
            shown.ttl = Ttl(**config["ttl"])
        return shown
    managed = strategy.dcr_provider_id is not None
    return ClientCredentials(
        id=strategy.id,
        name=strategy.display_name,
        credential_type="client_credentials" if managed else "self_managed_client_credentials",
        auth_methods=strategy.configs["openid-connect"]["auth_methods"],
    )
