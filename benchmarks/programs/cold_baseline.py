"""A Chalice hello world that makes one boto3 DynamoDB client."""

from benchmarks.programs import stub  # isort: skip

import boto3
from chalice.app import Chalice

app = Chalice(app_name="hello")
client = boto3.client("dynamodb", endpoint_url="http://127.0.0.1:9")


@app.route("/v3/portals")
def hello() -> dict[str, str]:
    return {"hello": "world"}


made = stub.event("GET", "/v3/portals")
made["requestContext"]["resourcePath"] = "/v3/portals"
reply = app(made, None)
assert reply["statusCode"] == 200, reply
