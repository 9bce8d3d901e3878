"""What tests of the catalogue stand on."""

from __future__ import annotations

import uuid
from typing import Any

from chalicelib.catalog.records import Api
from chalicelib.storage import keys, table
from chalicelib.storage.transaction import Transaction
from tests.client import Client


def make_api(name: str | None = None) -> str:
    """The id of a new API."""
    api_id = str(uuid.uuid4())
    with Transaction() as tx:
        tx.begin(keys.api(api_id))
        tx.insert(Api(pk=keys.api(api_id), id=api_id, name=name or f"api-{api_id}", slug=f"slug-{api_id}"))
    return api_id


def load_api(api_id: str) -> Api:
    found = table.get(Api, keys.Key(keys.api(api_id)))
    assert found is not None
    return found


def publish(admin: Client, api_id: str, portal: Any, visibility: str = "public") -> None:
    """Publish an API, without application auth."""
    body = {"visibility": visibility, "auth_strategy_ids": None}
    reply = admin.put(f"/v3/apis/{api_id}/publications/{portal['id']}", body)
    assert reply.status == 200, reply.text
