"""The base stack in the emulator: applied through its CloudFormation, and what that ignores set after.

Everything is read from infra/base.yaml, so that there is nothing here to drift from it.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from functools import cache
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from infra import outputs, template

STAGE = "local"
STACK = f"portico-{STAGE}-base"
#: of the API function, by the name that the template gives it
LOG_GROUP = f"/aws/lambda/portico-{STAGE}"
DIGEST_TAG = "portico:template"
REGION = "us-east-1"
#: environment of every process that talks to the emulator: nothing of the user's own AWS set-up is used
CREDENTIALS = {
    "AWS_ACCESS_KEY_ID": "local",
    "AWS_SECRET_ACCESS_KEY": "local",
    "AWS_REGION": REGION,
    "AWS_DEFAULT_REGION": REGION,
    "AWS_CONFIG_FILE": "/dev/null",
    "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
    "AWS_EC2_METADATA_DISABLED": "true",
}
#: what would send our calls elsewhere
UNWANTED = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_S3")


class StackError(Exception):
    """The base stack could not be applied; the message says why."""


@cache
def _session() -> Any:
    import botocore.session

    return botocore.session.get_session()


def client(service: str, endpoint: str) -> Any:
    """A botocore client of the emulator at `endpoint`."""
    from botocore.config import Config

    config = Config(
        proxies={}, retries={"total_max_attempts": 2}, s3={"addressing_style": "path"}, read_timeout=60
    )
    return _session().create_client(
        service,
        region_name=REGION,
        endpoint_url=endpoint,
        aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        config=config,
    )


def environment(endpoint: str) -> dict[str, str]:
    """Apply the base stack to the emulator at `endpoint`; the environment in which the product finds it.

    Quick where nothing has changed since the last time. Raises StackError.
    """
    found = apply(endpoint)
    for name in ("QueueUrl", "AuditQueueUrl", "AuditDeadLetterQueueUrl"):
        found[name] = _at(endpoint, found[name])
    unproxied = ",".join(filter(None, [os.environ.get("NO_PROXY", ""), "127.0.0.1,localhost"]))
    return {
        **CREDENTIALS,
        "AWS_ENDPOINT_URL": endpoint,
        "NO_PROXY": unproxied,
        "no_proxy": unproxied,
        **outputs.environment(found),
    }


def apply(endpoint: str) -> dict[str, str]:
    """Make or update the stack, then set what the emulator's CloudFormation ignores; the outputs."""
    cloudformation = client("cloudformation", endpoint)
    body = template.BASE.read_text(encoding="utf-8")
    digest = hashlib.sha256(body.encode()).hexdigest()
    stack = _describe(cloudformation)
    tags = {tag["Key"]: tag["Value"] for tag in stack.get("Tags", [])} if stack else {}
    if tags.get(DIGEST_TAG) != digest or not stack["StackStatus"].endswith("E_COMPLETE"):
        stack = _apply(cloudformation, stack, body, digest)
    _set_ignored(endpoint, cloudformation)  # each time: an earlier run may have been ended before it
    return {output["OutputKey"]: output["OutputValue"] for output in stack.get("Outputs", [])}


def _apply(cloudformation: Any, stack: dict[str, Any], body: str, digest: str) -> dict[str, Any]:
    from botocore.exceptions import ClientError

    arguments = {
        "StackName": STACK,
        "TemplateBody": body,
        "Parameters": [{"ParameterKey": "Stage", "ParameterValue": STAGE}],
        "Tags": [{"Key": DIGEST_TAG, "Value": digest}],
    }
    try:
        if stack:
            cloudformation.update_stack(**arguments)
        else:
            cloudformation.create_stack(**arguments)
    except ClientError as error:
        if "No updates are to be performed" not in str(error):
            raise StackError(f"The base stack was refused: {error}") from error
    deadline = time.monotonic() + 60
    while True:
        stack = _describe(cloudformation)
        status = stack.get("StackStatus", "missing")
        if status in ("CREATE_COMPLETE", "UPDATE_COMPLETE"):
            return stack
        if not status.endswith("_IN_PROGRESS") or time.monotonic() > deadline:
            reason = stack.get("StackStatusReason", "the emulator's log has the reason")
            raise StackError(f"The base stack ended as {status}: {reason}")
        time.sleep(0.05)


def _describe(cloudformation: Any) -> dict[str, Any]:
    from botocore.exceptions import ClientError

    try:
        found: dict[str, Any] = cloudformation.describe_stacks(StackName=STACK)["Stacks"][0]
    except ClientError as error:
        if "does not exist" in str(error):
            return {}
        raise
    return found


def _set_ignored(endpoint: str, cloudformation: Any) -> None:
    """Expiry and backups of tables, expiry in buckets."""
    resources = template.load()["Resources"]
    for found in cloudformation.describe_stack_resources(StackName=STACK)["StackResources"]:
        wanted = resources[found["LogicalResourceId"]].get("Properties", {})
        name = found["PhysicalResourceId"]
        if found["ResourceType"] == "AWS::DynamoDB::Table":
            _set_table(client("dynamodb", endpoint), name, wanted)
        elif found["ResourceType"] == "AWS::S3::Bucket" and "LifecycleConfiguration" in wanted:
            client("s3", endpoint).put_bucket_lifecycle_configuration(
                Bucket=name, LifecycleConfiguration={"Rules": lifecycle(wanted["LifecycleConfiguration"])}
            )


def _set_table(dynamodb: Any, name: str, wanted: dict[str, Any]) -> None:
    from botocore.exceptions import ClientError

    try:
        dynamodb.update_time_to_live(
            TableName=name, TimeToLiveSpecification=wanted["TimeToLiveSpecification"]
        )
    except ClientError as error:
        if "already enabled" not in str(error):
            raise
    dynamodb.update_continuous_backups(
        TableName=name, PointInTimeRecoverySpecification=wanted["PointInTimeRecoverySpecification"]
    )


def lifecycle(configuration: dict[str, Any]) -> list[dict[str, Any]]:
    """The rules of a template in the form S3's own API takes."""
    rules = []
    for given in configuration["Rules"]:
        rule = json.loads(json.dumps(given))
        rule["ID"] = rule.pop("Id")
        rule["Filter"] = {"Prefix": rule.pop("Prefix", "")}
        if "ExpirationInDays" in rule:
            rule["Expiration"] = {"Days": rule.pop("ExpirationInDays")}
        rules.append(rule)
    return rules


def _at(endpoint: str, url: str) -> str:
    """`url` at the emulator's address of today: it keeps the one a queue was made at."""
    return urlunsplit(urlsplit(url)._replace(netloc=urlsplit(endpoint).netloc))
