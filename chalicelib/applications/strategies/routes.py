"""/v2/application-auth-strategies"""

from __future__ import annotations

from chalicelib.access.roles import Permission
from chalicelib.applications.strategies import service
from chalicelib.applications.strategies.schemas import StrategyOut
from chalicelib.http.filters import ID, TEXT, Listing
from chalicelib.http.operation import Id, operation
from chalicelib.storage.lists import Page, Query

STRATEGIES = Listing(
    filters={
        "strategy_type": TEXT,
        "name": TEXT,
        "display_name": TEXT,
        "dcr_provider_id": ID,
        "dcr_provider_name": TEXT,
        "dcr_provider_type": TEXT,
    },
    sort=(
        "created_at",
        "updated_at",
        "strategy_type",
        "name",
        "display_name",
        "dcr_provider_id",
        "dcr_provider_name",
        "dcr_provider_type",
    ),
)


@operation(
    "list-app-auth-strategies",
    "GET",
    "/v2/application-auth-strategies",
    allow=Permission.VIEW,
    listing=STRATEGIES,
    errors=(400, 401, 403),
)
def list_strategies(query: Query) -> Page[StrategyOut]:
    """List application auth strategies"""
    return service.page(query)


@operation(
    "get-app-auth-strategy",
    "GET",
    "/v2/application-auth-strategies/{authStrategyId}",
    allow=Permission.VIEW,
    errors=(401, 403, 404),
)
def get_strategy(auth_strategy_id: Id) -> StrategyOut:
    """Get an application auth strategy"""
    return service.get(auth_strategy_id)
