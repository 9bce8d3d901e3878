"""Signing in with accounts on one machine: the emulator's own pages, and the console as their client.

The client is what infra/edge.yaml makes on AWS, with the addresses of this machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from infra import template
from infra.local import stack

NAME = "AdminClient"


def environment(endpoint: str, pool: str, origins: Sequence[str]) -> dict[str, str]:
    """Make the client, or bring it up to date; the environment that names it. `origins`: where
    the console answers."""
    client = _ensure(
        stack.client("cognito-idp", endpoint), pool, [f"{one}/console/sign-in" for one in origins]
    )
    return {"PORTICO_ADMIN_POOL_CLIENT": client, "PORTICO_ADMIN_POOL_URL": endpoint}


def _ensure(cognito: Any, pool: str, addresses: list[str]) -> str:
    properties = template.load(template.EDGE)["Resources"][NAME]["Properties"]
    # the pool itself is the only provider unless somebody makes others in the emulator
    providers = [one["ProviderName"] for one in cognito.list_identity_providers(UserPoolId=pool)["Providers"]]
    wanted = {
        **properties,
        "UserPoolId": pool,
        "SupportedIdentityProviders": ["COGNITO", *providers],
        "CallbackURLs": addresses,
        "LogoutURLs": addresses,
    }
    for one in cognito.list_user_pool_clients(UserPoolId=pool, MaxResults=60)["UserPoolClients"]:
        if one["ClientName"] == wanted["ClientName"]:
            wanted.pop("GenerateSecret")
            cognito.update_user_pool_client(ClientId=one["ClientId"], **wanted)
            return str(one["ClientId"])
    made = cognito.create_user_pool_client(**wanted)["UserPoolClient"]
    return str(made["ClientId"])
