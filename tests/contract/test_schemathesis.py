"""What the service says of itself holds: requests made from /openapi.json by schemathesis, sent over HTTP.

Right and wrong ones for every operation, from fixed seeds. Whatever is sent, there is no server error, and
every answer has a status, media type, headers and body that the description allows; what breaks the described
form is refused. Most path values name things that exist. It is slow, because it sends some thousand requests.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from functools import cache
from typing import Any

import hypothesis
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase
from schemathesis import Case, GenerationMode, checks
from schemathesis.core.parameters import ParameterLocation
from schemathesis.specs.openapi import checks as openapi_checks

from chalicelib.applications.service import BUILT_IN_ID
from chalicelib.http.describe import openapi
from chalicelib.http.operation import Host
from chalicelib.settings import settings
from tests.client import Client
from tests.conftest import TOKEN

RIGHT, WRONG = 15, 8
#: how wrong requests may be refused
REFUSALS = [400, 401, 403, 404, 409, 413, 415, 422]
CHECKS = [
    checks.not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_headers_conformance,
    openapi_checks.response_schema_conformance,
    openapi_checks.negative_data_rejection,
]
SPECIFICATION = """\
openapi: 3.0.3
info: {title: Orders, version: 1.0.0}
paths:
  /orders:
    get: {operationId: listOrders, responses: {'200': {description: Orders}}}
"""
PIXEL = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5E"
    "rkJggg=="
)


DESTINATION = {
    "endpoint": "https://audit.example.com/",
    "authorization": "Bearer x",
    "log_format": "cef",
}
#: bodies for operations that refuse nearly everything of the right form, to be sent now and then
BODIES: dict[str, Any] = {
    "describe-specification": {"content": SPECIFICATION},
    "validate-specification": {"content": SPECIFICATION},
    "create-api-spec": {"content": SPECIFICATION.replace("1.0.0", "2.0.0")},
    "create-api-version": {"version": "3.0.0", "spec": {"content": SPECIFICATION}},
    "create-audit-log-destination": {"name": "v3", **DESTINATION},
    "v2-create-audit-log-destination": {"name": "v2", **DESTINATION},
}
#: would send something to what they name
CALL_OUT = {"test-audit-destination"}


class World:
    """One of each thing, so that path values can name things that exist."""

    def __init__(self, admin: Client, name: str) -> None:
        portal = admin.made("/v3/portals", {"name": name, "default_page_visibility": "public"})
        self.host: str = portal["default_domain"]
        self.ids: dict[str, str] = {
            "portalId": portal["id"],
            "authStrategyId": BUILT_IN_ID,
            "imageType": "icon",
        }
        below = f"/v3/portals/{portal['id']}"
        page = {"slug": "guides", "title": "Guides", "content": "# Guides", "status": "published"}
        self.ids["pageId"] = admin.made(f"{below}/pages", page)["id"]
        self.ids["pagePath"] = "guides"
        snippet = {"name": "notice", "title": "Notice", "content": "Text", "status": "published"}
        self.ids["snippetId"] = admin.made(f"{below}/snippets", {**snippet, "visibility": "public"})["id"]
        self.ids["snippetName"] = "notice"
        api = admin.made("/v3/apis", {"name": name, "spec_content": SPECIFICATION})
        self.ids |= {"apiId": api["id"], "apiIdOrSlug": api["slug"]}
        below = f"/v3/apis/{api['id']}"
        self.ids["versionId"] = self.ids["specId"] = api["current_version_summary"]["id"]
        document = {"title": "Start", "content": "# Start", "slug": "start", "status": "published"}
        self.ids["documentId"] = admin.made(f"{below}/documents", document)["id"]
        self.ids["documentIdOrSlug"] = "start"
        assert admin.put(f"{below}/images/icon", {"data": PIXEL}).status < 300
        reply = admin.put(f"{below}/publications/{portal['id']}", {"visibility": "public"})
        assert reply.status < 300, reply.text
        self.ids["tokenId"] = admin.made("/portico/v1/tokens", {"name": name, "role": "viewer"})["id"]
        made = admin.made("/v3/audit-log-destinations", {"name": name, **DESTINATION})["id"]
        self.ids |= {"auditLogDestinationId": made, "destinationId": made}


@pytest.fixture(scope="module")
def installation(table: str, server: int) -> Iterator[Client]:
    """The management API of an installation of this module's own."""
    with pytest.MonkeyPatch.context() as patch:
        # the port that a local installation has in its domains is no part of a hostname
        patch.setenv("PORTICO_PORTAL_BASE_DOMAIN", "localhost")
        settings.cache_clear()
        yield Client(server, token=TOKEN)
    settings.cache_clear()


@pytest.fixture(scope="module")
def world(installation: Client) -> World:
    """What operations of the management API change as they go."""
    return World(installation, "changing")


@pytest.fixture(scope="module")
def published(installation: Client) -> World:
    """What visitors of a portal find: nobody changes it."""
    return World(installation, "published")


@cache
def operations(host: Host) -> dict[str, Any]:
    """Operations of one kind of host, as schemathesis knows them, by their id."""
    config = schemathesis.Config.from_dict(
        {
            "generation": {"with-security-parameters": False},
            "checks": {"negative_data_rejection": {"expected-statuses": REFUSALS}},
        }
    )
    schema = schemathesis.openapi.from_dict(openapi.document(host), config=config)
    found = {}
    for result in schema.get_all_operations():
        operation: Any = result.ok()  # type: ignore[union-attr]  # a description that is wrong raises here
        found[operation.definition.raw["operationId"]] = operation
    return found


def send(host: Host, operation_id: str, world: World, port: int) -> None:
    operation = operations(host)[operation_id]
    headers = {"Host": world.host}
    if host is Host.ADMIN:
        headers = {"Host": f"localhost:{port}", "Authorization": f"Bearer {TOKEN}"}
    known = {name: value for name, value in world.ids.items() if f"{{{name}}}" in operation.path}
    if operation_id in CALL_OUT:
        known = {}

    def run(mode: GenerationMode, examples: int) -> None:
        seldom = hypothesis.strategies.sampled_from([False, False, False, True])

        @hypothesis.settings(
            max_examples=examples,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @hypothesis.given(operation.as_strategy(generation_mode=mode), seldom, seldom)
        def one(case: Case[Any], strange: bool, usual: bool) -> None:
            assert case.meta is not None
            path = case.meta.components.get(ParameterLocation.PATH)
            if not strange and path is not None and path.mode is GenerationMode.POSITIVE:
                case.path_parameters.update(known)
            if usual and mode is GenerationMode.POSITIVE and operation_id in BODIES:
                case.body = BODIES[operation_id]
            case.call_and_validate(base_url=f"http://127.0.0.1:{port}", headers=headers, checks=CHECKS)

        one()

    run(GenerationMode.POSITIVE, RIGHT)
    # an operation that takes nothing has no wrong request
    with contextlib.suppress(hypothesis.errors.Unsatisfiable):
        run(GenerationMode.NEGATIVE, WRONG)


def _ids(host: Host) -> list[str]:
    return list(operations(host))


@pytest.mark.parametrize("operation_id", _ids(Host.ADMIN))
def test_the_management_api_answers_as_it_describes(
    operation_id: str, world: World, server: int, installation: Client
) -> None:
    if operations(Host.ADMIN)[operation_id].method.upper() == "DELETE":
        world = World(installation, operation_id)  # what is there for the others stays
    send(Host.ADMIN, operation_id, world, server)


@pytest.mark.parametrize("operation_id", _ids(Host.PORTAL))
def test_a_portals_api_answers_as_it_describes(operation_id: str, published: World, server: int) -> None:
    send(Host.PORTAL, operation_id, published, server)
