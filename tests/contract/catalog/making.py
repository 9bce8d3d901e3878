"""What tests of the catalogue stand on."""

from __future__ import annotations

import uuid
from typing import Any

from chalicelib.catalog.records import Api
from chalicelib.storage import keys, table
from tests.client import Client


def make_api(admin: Client, name: str | None = None) -> str:
    """The id of a new API."""
    made: str = admin.made("/v3/apis", {"name": name or f"api {uuid.uuid4()}"})["id"]
    return made


def load_api(api_id: str) -> Api:
    found = table.get(Api, keys.Key(keys.api(api_id)))
    assert found is not None
    return found


def publish(admin: Client, api_id: str, portal: Any, visibility: str = "public") -> None:
    """Publish an API, without application auth."""
    body = {"visibility": visibility, "auth_strategy_ids": None}
    reply = admin.put(f"/v3/apis/{api_id}/publications/{portal['id']}", body)
    assert reply.status == 200, reply.text
