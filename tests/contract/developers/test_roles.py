"""/v3/portal-roles over HTTP."""

from __future__ import annotations

from tests.client import Client


def test_there_are_two_roles_for_services(admin: Client) -> None:
    services = admin.get("/v3/portal-roles").json()["services"]
    assert services["name"] == "Services"
    assert {key: role["name"] for key, role in services["roles"].items()} == {
        "apiviewer": "API Viewer",
        "apiconsumer": "API Consumer",
    }


def test_roles_are_not_for_everyone(admin: Client) -> None:
    assert Client(admin.port).get("/v3/portal-roles").status == 401
