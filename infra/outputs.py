"""From the outputs of the stacks to the environment the product reads (chalicelib.settings)."""

from __future__ import annotations

from collections.abc import Mapping

#: output of base.yaml → name in the environment
ENVIRONMENT = {
    "Table": "PORTICO_TABLE",
    "Bucket": "PORTICO_BUCKET",
    "QueueUrl": "PORTICO_QUEUE_URL",
    "KmsKey": "PORTICO_KMS_KEY",
    "AuditQueueUrl": "PORTICO_AUDIT_QUEUE_URL",
    "AuditDeadLetterQueueUrl": "PORTICO_AUDIT_DEAD_LETTER_QUEUE_URL",
    "AdminPoolId": "PORTICO_ADMIN_POOL",
    "AdminPoolUrl": "PORTICO_ADMIN_POOL_URL",
}
#: output of edge.yaml → name in the environment; not there before that stack is made for the first time
EDGE = {
    "ConsoleHost": "PORTICO_ADMIN_HOSTS",
    "PortalBaseDomain": "PORTICO_PORTAL_BASE_DOMAIN",
    "DistributionId": "PORTICO_DISTRIBUTION",
    "CustomDistributionId": "PORTICO_TENANT_DISTRIBUTION",
    "ConnectionGroupId": "PORTICO_CONNECTION_GROUP",
    "RoutingEndpoint": "PORTICO_ROUTING_ENDPOINT",
    "AdminPoolClient": "PORTICO_ADMIN_POOL_CLIENT",
}


def environment(outputs: Mapping[str, str]) -> dict[str, str]:
    """The part of the product's environment that the stacks decide: all that base.yaml's outputs say, and
    what edge.yaml's say as far as there are any."""
    found = {name: outputs[output] for output, name in ENVIRONMENT.items()}
    return found | {name: outputs[output] for output, name in EDGE.items() if outputs.get(output)}
