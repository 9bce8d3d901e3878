"""From the outputs of the base stack to the environment the product reads (chalicelib.settings)."""

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
}


def environment(outputs: Mapping[str, str]) -> dict[str, str]:
    """The part of the product's environment that the stack decides."""
    return {name: outputs[output] for output, name in ENVIRONMENT.items()}
