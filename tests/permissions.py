"""Whether the functions may do what they do: every call to AWS that the product makes while it is tested is
held against infra/policies.yaml. The emulator itself would allow anything."""

from __future__ import annotations

import fnmatch
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from functools import cache, wraps
from typing import Any

from infra import template
from infra.deploy import policies

#: which function's code runs; None where a test calls into the product by itself
running: ContextVar[str | None] = ContextVar("running", default=None)
#: what was refused: some of the product's code goes on after any error
refused: list[str] = []
#: calls whose action has another name
ACTIONS = {
    "dynamodb:TransactGetItems": ("dynamodb:GetItem",),
    "s3:ListObjectsV2": ("s3:ListBucket",),
    "s3:HeadObject": ("s3:GetObject",),
    "sqs:SendMessageBatch": ("sqs:SendMessage",),
    "sqs:DeleteMessageBatch": ("sqs:DeleteMessage",),
    "sqs:ChangeMessageVisibilityBatch": ("sqs:ChangeMessageVisibility",),
    "cloudfront:CreateDistributionWithTags": ("cloudfront:CreateDistribution", "cloudfront:TagResource"),
}
#: actions of a transaction's parts
PARTS = {
    "Put": "dynamodb:PutItem",
    "Update": "dynamodb:UpdateItem",
    "Delete": "dynamodb:DeleteItem",
    "ConditionCheck": "dynamodb:ConditionCheckItem",
}
#: deletes in the emulator what the bucket's own rule deletes on AWS
EXPIRY = ("scheduled", "s3:DeleteObject")


class NotAllowedError(Exception):
    """On AWS this call would be refused."""


@cache
def _policies() -> dict[str, dict[str, Any]]:
    """With each output as its own name: what names a thing of the right kind matches it."""
    outputs = {name: f"arn:{name}" for name in template.load()["Outputs"]}
    return policies.documents("test", outputs, "000000000000", "us-east-1")


def actions(service: str, operation: str, params: dict[str, Any]) -> tuple[str, ...]:
    """The IAM actions a call takes."""
    name = f"{service}:{operation}"
    if operation == "TransactWriteItems":
        return tuple({PARTS[part] for action in params["TransactItems"] for part in action})
    return ACTIONS.get(name, (name,))


def allowed(function: str, action: str, resource: str | None) -> bool:
    """Whether a function's policy has a statement for an action on a resource (None: whichever)."""
    return any(
        action in statement["Action"]
        and (
            resource is None
            or any(fnmatch.fnmatchcase(resource, one) for one in _list(statement["Resource"]))
        )
        for statement in _policies()[function]["Statement"]
    )


def _list(found: str | list[str]) -> list[str]:
    return [found] if isinstance(found, str) else found


def check(params: dict[str, Any], model: Any, **_: Any) -> None:
    """A botocore hook (before-parameter-build). Raises NotAllowedError."""
    function = running.get()
    if function is None:
        return
    service = model.service_model.service_name
    key = params.get("Key") if service == "s3" else None
    resource = f"arn:BucketArn/{key}" if key else None
    for action in actions(service, model.name, params):
        if (function, action) != EXPIRY and not allowed(function, action, resource):
            on = f" on {key}" if key else ""
            what = f"{function} may not call {action}{on}: add it to infra/policies.yaml"
            refused.append(what)
            raise NotAllowedError(what)


def _as(function: str, handler: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(handler)
    def called(*arguments: Any, **named: Any) -> Any:
        token = running.set(running.get() or function)
        try:
            return handler(*arguments, **named)
        finally:
            running.reset(token)

    return called


def watch() -> Iterator[None]:
    """Hold all calls of the functions' handlers against their policies, until it is gone on."""
    from chalicelib.audit import deliverer, forwarder
    from chalicelib.http import dispatch
    from chalicelib.jobs import worker
    from chalicelib.storage import aws

    entries: list[tuple[Any, str, str]] = [
        (dispatch, "handle", "api_handler"),
        (worker, "handle", "worker"),
        (worker, "run", "worker"),
        (worker, "resume_forgotten", "scheduled"),
        (forwarder, "handle", "audit_forwarder"),
        (deliverer, "handle", "audit_deliverer"),
        (deliverer._Group, "run", "audit_deliverer"),  # in a thread of its own
    ]
    before = [(module, name, getattr(module, name)) for module, name, _ in entries]
    for module, name, function in entries:
        setattr(module, name, _as(function, getattr(module, name)))
    counted = aws.count_calls

    def hooked(client: Any) -> None:
        counted(client)
        client.meta.events.register("before-parameter-build.*.*", check)

    aws.count_calls = hooked
    yield
    aws.count_calls = counted
    for module, name, handler in before:
        setattr(module, name, handler)
    assert not refused, "\n".join(sorted(set(refused)))
