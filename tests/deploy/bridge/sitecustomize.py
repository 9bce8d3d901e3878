"""Bridges what the emulator lacks for the real `chalice` command: on PYTHONPATH in the deploy test only.

It takes the description of an API and makes an empty one (ImportRestApi, PutRestApi), so the API's resources
are made one by one; it knows no minimum size of compression; and Chalice looks every ten seconds whether a
function is ready, which here it is at once. tests/local/test_canaries.py tells when these gaps are closed.
"""

from __future__ import annotations

import sys
from typing import Any


def import_rest_api(self: Any, swagger_document: dict[str, Any], endpoint_type: str) -> str:
    api: str = self._client("apigateway").create_rest_api(
        name=swagger_document["info"]["title"],
        binaryMediaTypes=swagger_document["x-amazon-apigateway-binary-media-types"],
        endpointConfiguration={"types": [endpoint_type]},
    )["id"]
    _fill(self._client("apigateway"), api, swagger_document)
    return api


def update_api_from_swagger(self: Any, rest_api_id: str, swagger_document: dict[str, Any]) -> None:
    gateway = self._client("apigateway")
    for resource in gateway.get_resources(restApiId=rest_api_id)["items"]:
        if resource["path"] != "/":
            gateway.delete_resource(restApiId=rest_api_id, resourceId=resource["id"])
    _fill(gateway, rest_api_id, swagger_document)


def _fill(gateway: Any, api: str, document: dict[str, Any]) -> None:
    root = gateway.get_resources(restApiId=api)["items"][0]["id"]
    for path, methods in document["paths"].items():
        resource = root
        if path != "/":
            resource = gateway.create_resource(restApiId=api, parentId=root, pathPart=path[1:])["id"]
        for method, described in methods.items():
            about = {"restApiId": api, "resourceId": resource, "httpMethod": method.upper()}
            gateway.put_method(**about, authorizationType="NONE")
            gateway.put_integration(
                **about,
                type="AWS_PROXY",
                integrationHttpMethod="POST",
                uri=described["x-amazon-apigateway-integration"]["uri"],
            )


def update_rest_api(self: Any, rest_api_id: str, patch_operations: list[dict[str, Any]]) -> None:
    """Nothing of what Chalice changes so is known to the emulator."""


def bridge() -> None:
    from botocore.waiter import SingleWaiterConfig
    from chalice.awsclient import TypedAWSClient

    for function in (import_rest_api, update_api_from_swagger, update_rest_api):
        setattr(TypedAWSClient, function.__name__, function)
    made = SingleWaiterConfig.__init__

    def quick(self: Any, *arguments: Any, **named: Any) -> None:
        made(self, *arguments, **named)
        self.delay = 0.1

    SingleWaiterConfig.__init__ = quick  # type: ignore[method-assign]


if any(word.endswith("/chalice") for word in sys.orig_argv):
    bridge()
