"""Application auth strategies: reading them."""

from __future__ import annotations

from chalicelib import clock
from chalicelib.applications import service as strategies
from chalicelib.applications.records import Strategy
from chalicelib.applications.strategies.schemas import Configs, StrategyOut
from chalicelib.errors import NotFound
from chalicelib.storage import keys, lists, table
from chalicelib.storage.lists import Page, Query


def get(strategy_id: str) -> StrategyOut:
    """One strategy. One trip. Raises NotFound."""
    strategy = strategies.load(strategy_id)
    if strategy is None:
        raise NotFound("There is no application auth strategy of this id.")
    return show(strategy)


def page(query: Query) -> Page[StrategyOut]:
    """Strategies, newest first. Two trips."""
    found = lists.page("strategies", query)
    records = table.get_many(Strategy, [keys.Key(keys.strategy(strategy_id)) for strategy_id in found.ids])
    return Page([show(strategy) for strategy in records], found.total, query)


def show(strategy: Strategy) -> StrategyOut:
    """A strategy as the wire has it. No provider of dynamic client registration exists in this release."""
    return StrategyOut(
        id=strategy.id,
        name=strategy.name,
        display_name=strategy.display_name,
        strategy_type=strategy.strategy_type,
        configs=Configs.model_validate(strategy.configs),
        active=strategy.uses > 0,
        dcr_provider=None,
        labels=strategy.labels,
        created_at=clock.rfc3339(strategy.created_at),
        updated_at=clock.rfc3339(strategy.updated_at),
        supports_multiple_credentials=strategy.strategy_type == "key_auth",
    ).at(strategy.rev)
