"""/api/v3/apis/{apiIdOrSlug}/versions and /specifications over HTTP."""

from __future__ import annotations

import gzip
import json
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.client import Client
from tests.contract.catalog.making import publish
from tests.contract.catalog.test_versions import AWKWARD, REAL, REFUSED, needs_specs

JSON = json.dumps({"openapi": "3.0.3", "info": {"title": "Flüge", "version": "1"}, "paths": {}}, indent=1)
YAML = "# comment\nasyncapi: 2.6.0\ninfo: {title: Lights, version: 1.10}\nchannels: {}\nx-day: 2024-01-15\n"

ACCEPTED = [path for path in REAL + AWKWARD if path.name != REFUSED]


@pytest.fixture
def api(admin: Client, portal: Any) -> Any:
    """A published API."""
    made = admin.made("/v3/apis", {"name": f"api {uuid.uuid4()}"})
    publish(admin, made["id"], portal)
    return made


@pytest.fixture
def guest(portal: Any, visitor: Callable[[Any], Client]) -> Client:
    return visitor(portal)


def post(admin: Client, api: Any, text: str) -> str:
    made: str = admin.made(f"/v3/apis/{api['id']}/versions", {"spec": {"content": text}})["id"]
    return made


def test_versions_are_listed_newest_first(admin: Client, api: Any, guest: Client) -> None:
    first, second = post(admin, api, JSON), post(admin, api, YAML)
    admin.made(f"/v3/apis/{api['id']}/versions", {"version": "empty", "spec": {}})
    path = f"/api/v3/apis/{api['slug']}"
    assert guest.get(f"{path}/versions").json() == {
        "data": [
            {"id": second, "version": "1.10", "spec": {"type": "asyncapi"}},
            {"id": first, "version": "1", "spec": {"type": "oas3"}},
        ],
        "meta": {"page": {"number": 1, "size": 2, "total": 2}},
    }
    assert guest.get(f"{path}/specifications").json() == {
        "data": [{"id": second, "api_type": "asyncapi"}, {"id": first, "api_type": "oas3"}],
        "meta": {"page": {"number": 1, "size": 2, "total": 2}},
    }


@pytest.mark.parametrize("text", [JSON, YAML, "\ufeff" + JSON], ids=["json", "yaml", "bom"])
def test_a_specification_is_given_as_it_was_sent(admin: Client, api: Any, guest: Client, text: str) -> None:
    version = post(admin, api, text)
    kind = "asyncapi" if "asyncapi" in text else "oas3"
    name = "1.10" if kind == "asyncapi" else "1"
    path = f"/api/v3/apis/{api['slug']}"
    assert guest.get(f"{path}/versions/{version}").json() == {
        "id": version,
        "version": name,
        "spec": {"type": kind, "content": text},
    }
    assert guest.get(f"{path}/specifications/{version}").json() == {"api_type": kind, "content": text}
    raw = guest.get(f"{path}/specifications/{version}/raw")
    assert raw.headers["content-type"] == "application/json"
    assert raw.json() == text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        (JSON, json.loads(JSON)),
        ("\ufeff" + JSON, json.loads(JSON)),
        (
            YAML,
            {
                "asyncapi": "2.6.0",
                "info": {"title": "Lights", "version": 1.1},
                "channels": {},
                "x-day": "2024-01-15",
            },
        ),
    ],
    ids=["json", "bom", "yaml"],
)
def test_raw_is_a_json_object_whatever_was_sent(
    admin: Client, api: Any, guest: Client, text: str, value: Any
) -> None:
    reply = guest.get(f"/api/v3/apis/{api['id']}/versions/{post(admin, api, text)}/raw")
    assert reply.headers["content-type"] == "application/json"
    assert json.loads(reply.body.decode("utf-8")) == value


def test_raw_is_of_the_content_as_it_is_now(admin: Client, api: Any, guest: Client) -> None:
    version = post(admin, api, YAML)
    path = f"/v3/apis/{api['id']}/versions/{version}"
    raw = f"/api/v3/apis/{api['id']}/versions/{version}/raw"
    tag = guest.get(raw).headers["etag"]
    assert guest.get(raw, headers={"If-None-Match": tag}).status == 304
    assert admin.patch(path, {"spec": {"content": JSON}}).status == 200
    assert guest.get(raw, headers={"If-None-Match": tag}).json() == json.loads(JSON)


def test_versions_of_another_api_or_without_specification_are_not_found(
    admin: Client, api: Any, guest: Client
) -> None:
    other = admin.made("/v3/apis", {"name": str(uuid.uuid4()), "spec_content": JSON})
    empty = admin.made(f"/v3/apis/{api['id']}/versions", {"version": "empty", "spec": {}})
    ids = (other["current_version_summary"]["id"], empty["id"], str(uuid.uuid4()), "x")
    for version in ids:
        for rest in (f"versions/{version}", f"specifications/{version}"):
            assert guest.get(f"/api/v3/apis/{api['id']}/{rest}").status == 404
            assert guest.get(f"/api/v3/apis/{api['id']}/{rest}/raw").status == 404
    shown = guest.get(f"/api/v3/apis/{api['id']}").json()
    assert (shown["current_version_summary"], shown["specifications"]) == (None, [])


@needs_specs
@pytest.mark.parametrize("path", ACCEPTED, ids=lambda path: path.name)
def test_specifications_of_all_kinds_are_served(admin: Client, api: Any, guest: Client, path: Path) -> None:
    body = gzip.compress(
        json.dumps({"version": "1", "spec": {"content": path.read_bytes().decode()}}).encode(), 1
    )
    packed = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    version = admin.made(f"/v3/apis/{api['id']}/versions", body, headers=packed)["id"]
    at = f"/api/v3/apis/{api['slug']}/versions/{version}"
    assert guest.get(at).json()["spec"]["content"].encode() == path.read_bytes()
    raw = guest.get(f"{at}/raw").json()
    assert {"openapi", "swagger", "asyncapi"} & raw.keys()
    assert isinstance(raw["info"], dict)


def test_reading_takes_few_trips(admin: Client, api: Any, guest: Client, trips: Any) -> None:
    version = post(admin, api, YAML)
    path = f"/api/v3/apis/{api['id']}/versions"
    guest.get(path)
    assert trips(lambda: guest.get(path)) <= 2
    assert trips(lambda: guest.get(f"{path}/{version}")) <= 3
    assert trips(lambda: guest.get(f"{path}/{version}/raw")) <= 3
    assert trips(lambda: guest.get(f"/api/v3/apis/{api['slug']}/specifications/{version}")) <= 4
