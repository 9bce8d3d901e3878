"""Application auth strategies: what portals and publications need of them."""

from __future__ import annotations

import uuid

from chalicelib.applications.records import Strategy
from chalicelib.errors import Invalid
from chalicelib.storage import keys, table

#: the key-auth strategy that every installation begins with
BUILT_IN_ID = str(uuid.uuid5(uuid.NAMESPACE_URL, "portico:strategy:key-auth"))


def built_in_strategy() -> Strategy:
    """The record of the built-in strategy, for a new installation to store."""
    return Strategy(
        pk=keys.strategy(BUILT_IN_ID),
        id=BUILT_IN_ID,
        name="key-auth",
        display_name="Key authentication",
        strategy_type="key_auth",
        configs={"key-auth": {"key_names": ["apikey"]}},
    )


def load(strategy_id: str) -> Strategy | None:
    """The strategy of this id. One trip."""
    return table.get(Strategy, keys.Key(keys.strategy(strategy_id)))


def built_in() -> str | None:
    """The id of the built-in strategy, None once it is deleted. One trip."""
    return BUILT_IN_ID if load(BUILT_IN_ID) is not None else None


def check(strategy_id: str | None, field: str) -> str | None:
    """The id, if there is such a strategy (or it is None). One trip. Raises Invalid naming `field`."""
    if strategy_id is not None and load(strategy_id) is None:
        raise Invalid.field(field, "there is no application auth strategy of this id", "missing_reference")
    return strategy_id
