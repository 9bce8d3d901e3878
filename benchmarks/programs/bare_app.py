"""A bare Chalice application that reads one item of a table through boto3."""

from __future__ import annotations

import os
from typing import Any

import boto3
from chalice.app import Chalice

app = Chalice(app_name="bare")
client: Any = boto3.client("dynamodb", endpoint_url=os.environ.get("AWS_ENDPOINT_URL"))


@app.route("/portals")
def portals() -> dict[str, Any]:
    """What is under a key, if anything is."""
    key = {"pk": {"S": "ORG"}, "sk": {"S": "-"}}
    found = client.get_item(TableName=os.environ["PORTICO_TABLE"], Key=key, ConsistentRead=True)
    return {"data": sorted(found.get("Item", {}))}
