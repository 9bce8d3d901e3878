"""CloudFormation stacks: made, changed, taken away; what happens is told as it happens."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from infra.deploy import say
from infra.deploy.account import Account
from infra.deploy.errors import DeployError
from infra.template import load

#: seconds from one look at a stack to the next
LOOK = 3.0
CAPABILITIES = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"]
#: CloudFormation takes no larger template in a request
TEMPLATE_BYTES = 51_200


def name(stage: str, part: str) -> str:
    """`part`: base or edge."""
    return f"portico-{stage}-{part}"


def outputs(account: Account, stack: str) -> dict[str, str]:
    """What a stack tells of itself; empty where there is none that is complete."""
    found = describe(account, stack)
    return {output["OutputKey"]: output["OutputValue"] for output in found.get("Outputs", [])}


def describe(account: Account, stack: str) -> dict[str, Any]:
    """The stack, empty where there is none."""
    from botocore.exceptions import ClientError

    try:
        found: dict[str, Any] = account.client("cloudformation").describe_stacks(StackName=stack)["Stacks"][0]
    except ClientError as error:
        if "does not exist" in str(error):
            return {}
        raise
    return {} if found["StackStatus"] == "DELETE_COMPLETE" else found


def apply(account: Account, stack: str, template: Path, parameters: Mapping[str, str]) -> dict[str, str]:
    """Make or change a stack; its outputs. Nothing happens where nothing changed; a parameter that is not
    given stays as it is. Raises DeployError."""
    from botocore.exceptions import ClientError

    cloudformation = account.client("cloudformation")
    before = describe(account, stack)
    status = before.get("StackStatus", "")
    if status == "ROLLBACK_COMPLETE":  # a first try that failed: nothing is in it, and nothing can be changed
        say.detail(f"{stack} failed before it was complete: taking away what is left of it")
        delete(account, stack)
        before = {}
    elif status.endswith("_IN_PROGRESS"):
        say.detail(f"{stack} is being changed by someone else ({status}): waiting")
        _follow(account, stack, datetime.now(UTC))
        before = describe(account, stack)
    elif status == "UPDATE_ROLLBACK_FAILED":
        cloudformation.continue_update_rollback(StackName=stack)
        _follow(account, stack, datetime.now(UTC))
    arguments = {
        "StackName": stack,
        "TemplateBody": _body(template),
        "Parameters": [
            *({"ParameterKey": key, "ParameterValue": value} for key, value in sorted(parameters.items())),
            *({"ParameterKey": key, "UsePreviousValue": True} for key in _kept(before, template, parameters)),
        ],
        "Capabilities": CAPABILITIES,
        "Tags": [{"Key": "portico", "Value": stack}],
    }
    began = datetime.now(UTC)
    try:
        if before:
            cloudformation.update_stack(**arguments)
        else:
            cloudformation.create_stack(**arguments)
    except ClientError as error:
        if "No updates are to be performed" in str(error):
            say.detail(f"{stack} is as it should be")
            return outputs(account, stack)
        raise DeployError(f"The stack {stack} was refused: {error.response['Error']['Message']}") from error
    _follow(account, stack, began)
    found = describe(account, stack)
    if found.get("StackStatus") not in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
        raise DeployError(_why(account, stack, found, began))
    return outputs(account, stack)


def _kept(before: Mapping[str, Any], template: Path, given: Mapping[str, str]) -> list[str]:
    """Parameters that the stack has, the template still knows, and nobody gives."""
    known = load(template).get("Parameters", {})
    there = [one["ParameterKey"] for one in before.get("Parameters", [])]
    return [key for key in there if key in known and key not in given]


def _body(template: Path) -> str:
    """The template; without its comments where it would be too large with them. Raises DeployError."""
    text = template.read_text(encoding="utf-8")
    if len(text.encode()) > TEMPLATE_BYTES:
        text = "".join(line for line in text.splitlines(True) if not line.lstrip().startswith("#"))
    if len(text.encode()) > TEMPLATE_BYTES:
        raise DeployError(f"{template.name} has more than the {TEMPLATE_BYTES:,} bytes CloudFormation takes.")
    return text


def delete(account: Account, stack: str, retain: tuple[str, ...] = ()) -> None:
    """Take a stack away and wait until it is gone. `retain`: resources to leave alone, of a stack whose
    deletion has failed on them. Raises DeployError."""
    found = describe(account, stack)
    if not found:
        return
    began = datetime.now(UTC)
    # by its id, since a name is not found any more once it is gone
    extra = {"RetainResources": list(retain)} if retain else {}
    account.client("cloudformation").delete_stack(StackName=stack, **extra)
    _follow(account, found["StackId"], began)
    left = describe(account, stack)
    if left:
        raise DeployError(_why(account, stack, left, began))


def resources(account: Account, stack: str) -> dict[str, str]:
    """Logical → physical names of what a stack holds."""
    if not describe(account, stack):
        return {}
    pages = account.client("cloudformation").get_paginator("list_stack_resources").paginate(StackName=stack)
    return {
        one["LogicalResourceId"]: one.get("PhysicalResourceId", "")
        for page in pages
        for one in page["StackResourceSummaries"]
        if one["ResourceStatus"] != "DELETE_COMPLETE"
    }


def _follow(account: Account, stack: str, since: datetime) -> None:
    """Tell a stack's events as they come, until nothing is under way."""
    pause = 0.1 if os.environ.get("AWS_ENDPOINT_URL") else LOOK
    told: set[str] = set()
    while True:
        status = describe(account, stack).get("StackStatus", "")
        for event in reversed(list(_events(account, stack, since))):
            if event["EventId"] not in told:
                told.add(event["EventId"])
                _tell(event)
        if not status.endswith("_IN_PROGRESS"):
            return
        time.sleep(pause)


def _tell(event: dict[str, Any]) -> None:
    status = event["ResourceStatus"]
    if status.endswith("_COMPLETE") and event["LogicalResourceId"] != event["StackName"]:
        say.detail(f"{status.removesuffix('_COMPLETE').lower():8} {event['LogicalResourceId']}")
    elif status.endswith("_FAILED"):
        say.detail(f"FAILED   {event['LogicalResourceId']}: {event.get('ResourceStatusReason', '')}")


def _events(account: Account, stack: str, since: datetime) -> Iterator[dict[str, Any]]:
    """Newest first."""
    from botocore.exceptions import ClientError

    try:
        pages = (
            account.client("cloudformation").get_paginator("describe_stack_events").paginate(StackName=stack)
        )
        for page in pages:
            for event in page["StackEvents"]:
                if event["Timestamp"] < since:
                    return
                yield event
    except ClientError as error:
        if "does not exist" not in str(error):
            raise


#: what a reason has in it → what to do
ADVICE = {
    "AccessDenied": "The credentials lack this permission: ask whoever manages the account.",
    "not authorized": "The credentials lack this permission: ask whoever manages the account.",
    "LimitExceeded": "A quota of the account is used up: ask for more in the console's Service Quotas.",
    "already exists": "Something of this name is left from before: take it away, or choose another stage.",
    "CNAMEAlreadyExists": "Another distribution has this domain: take it off there first.",
}


def _why(account: Account, stack: str, found: dict[str, Any], since: datetime) -> str:
    failed = [
        event
        for event in _events(account, stack, since)
        if event["ResourceStatus"].endswith("_FAILED")
        and "cancelled" not in event.get("ResourceStatusReason", "").lower()
        and event["LogicalResourceId"] != stack
    ]
    text = f"The stack {stack} ended as {found.get('StackStatus', 'gone')}."
    if not failed:
        return f"{text} {found.get('StackStatusReason', '')}".rstrip()
    first = failed[-1]
    reason = first.get("ResourceStatusReason", "no reason was given")
    text += f"\n  {first['LogicalResourceId']} ({first['ResourceType']}): {reason}"
    advice = next((one for mark, one in ADVICE.items() if mark.lower() in reason.lower()), "")
    return (
        f"{text}\n{advice or 'Mend that, then run the same command again: it goes on from where it stopped.'}"
    )
