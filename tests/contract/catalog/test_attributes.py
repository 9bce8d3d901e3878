"""/v3/api-attributes over HTTP."""

from __future__ import annotations

import uuid
from typing import Any

from tests.client import Client


def make(admin: Client, **attributes: list[str]) -> Any:
    return admin.made("/v3/apis", {"name": str(uuid.uuid4()), "attributes": attributes})


def test_attributes_count_the_apis_that_have_them(admin: Client) -> None:
    first = make(admin, env=["prod", "Dev"], kind=["rest"])
    second = make(admin, env=["prod"])
    make(admin)
    found = admin.get("/v3/api-attributes", query={"sort": "key"}).json()
    assert found["meta"]["page"] == {"number": 1, "size": 10, "total": 2}
    env, kind = found["data"]
    assert env == {
        "id": env["id"],
        "key": "env",
        "values": [{"value": "Dev", "api_count": 1}, {"value": "prod", "api_count": 2}],
        "created_at": first["created_at"],
        "updated_at": second["updated_at"],
    }
    assert kind["values"] == [{"value": "rest", "api_count": 1}]

    admin.patch(f"/v3/apis/{first['id']}", {"attributes": {"env": None}})
    admin.delete(f"/v3/apis/{second['id']}")
    (left,) = admin.get("/v3/api-attributes").json()["data"]
    assert (left["id"], left["key"]) == (kind["id"], "kind")

    make(admin, env=["prod"])
    again = admin.get("/v3/api-attributes", query={"filter[key]": "env"}).json()["data"]
    assert [one["id"] for one in again] == [env["id"]]


def test_lists_filter_sort_and_count(admin: Client) -> None:
    mark = uuid.uuid4().hex[:8]
    for letter in "bac":
        make(admin, **{f"{mark}-{letter}": ["x"]})
    wanted = {"filter[key][oeq]": ",".join(f"{mark}-{letter}" for letter in "abc")}

    def keys(**query: Any) -> str:
        found = admin.get("/v3/api-attributes", query={**wanted, **query}).json()["data"]
        return "".join(one["key"][-1] for one in found)

    assert keys() == "cab"
    assert keys(sort="key") == "abc"
    assert keys(sort="created_at") == "bac"
    assert keys(**{"filter[key][neq]": f"{mark}-a"}) == "cb"
    assert keys(**{"page[size]": 2, "page[number]": 2}) == "b"
    ids = [one["id"] for one in admin.get("/v3/api-attributes", query=wanted).json()["data"]]
    assert keys(**{"filter[id][eq]": ids[0]}) == "c"
    assert admin.get("/v3/api-attributes", query={"sort": "values"}).fields() == {"sort": "enum"}
    assert admin.get("/v3/api-attributes", query={"filter[value]": "x"}).fields() == {
        "filter[value]": "unknown_property"
    }


def test_it_takes_two_trips(admin: Client, trips: Any) -> None:
    assert trips(lambda: admin.get("/v3/api-attributes")) <= 2
