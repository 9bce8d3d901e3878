"""The Lambdas and their API, deployed by the real `chalice` command from the working copy.

What Chalice remembers of a stage (.chalice/deployed/<stage>.json) is kept in the stage's own bucket, so that
any machine can deploy it again. If that is lost, or a first deployment broke before it was written, it is
made again from what is there: Chalice would make a second API otherwise.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from infra.deploy import policies, say
from infra.deploy.account import Account
from infra.deploy.errors import DeployError
from infra.deploy.policies import FUNCTIONS, lambda_name

#: in the bucket of bodies; no function may read or write below this
STATE = "deploy/chalice.json"
API_STAGE = "api"
#: of what Chalice said, shown where it fails
LINES = 15


def configure(
    folder: Path,
    stage: str,
    account: Account,
    outputs: Mapping[str, str],
    environment: Mapping[str, str],
    architecture: str,
) -> None:
    """Write the stage into the working copy's configuration, and its policies."""
    file = folder / ".chalice" / "config.json"
    config = json.loads(file.read_text(encoding="utf-8"))
    documents = policies.documents(stage, outputs, account.id, account.region, account.partition)
    for function, document in documents.items():
        (folder / ".chalice" / _policy(stage, function)).write_text(json.dumps(document, indent=2))
    config["stages"] = {
        stage: {
            "lambda_architecture": architecture,
            "environment_variables": dict(sorted(environment.items())),
            "tags": {"portico": stage},
            "lambda_functions": {
                function: {
                    **config["lambda_functions"].get(function, {}),
                    "iam_policy_file": _policy(stage, function),
                }
                for function in FUNCTIONS
            },
        }
    }
    file.write_text(json.dumps(config, indent=2))


def _policy(stage: str, function: str) -> str:
    return f"policy-{stage}-{function}.json"


def deploy(folder: Path, stage: str, account: Account, bucket: str) -> dict[str, str]:
    """Deploy the working copy; see `found` for what is returned. Raises DeployError."""
    file = _state_file(folder, stage)
    state = _load(account, bucket) or _adopt(account, stage)
    if state:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(json.dumps(state, indent=2))
    _chalice(folder, account, "deploy", "--stage", stage)
    account.client("s3").put_object(Bucket=bucket, Key=STATE, Body=file.read_bytes())
    return found(json.loads(file.read_text()))


def found(state: Mapping[str, Any]) -> dict[str, str]:
    """`ApiId`, `ApiStage`, and the ARN of each function by its name, of what Chalice remembers."""
    arns = {
        one["name"]: one["lambda_arn"]
        for one in state["resources"]
        if one["resource_type"] == "lambda_function"
    }
    api = next(one for one in state["resources"] if one["resource_type"] == "rest_api")
    return {"ApiId": api["rest_api_id"], "ApiStage": API_STAGE, **arns}


def inform(
    account: Account,
    stage: str,
    environment: Mapping[str, str],
    documents: Mapping[str, Mapping[str, Any]],
) -> None:
    """Give deployed functions another environment and other policies, as `configure` and `deploy` would, but
    without sending their code again."""
    lambdas, iam = account.client("lambda"), account.client("iam")
    for function, document in documents.items():
        # by Chalice, a role's policy has its name
        role = f"portico-{stage}-{function}"
        iam.put_role_policy(RoleName=role, PolicyName=role, PolicyDocument=json.dumps(document))
        lambdas.update_function_configuration(
            FunctionName=lambda_name(stage, function), Environment={"Variables": dict(environment)}
        )
    waiter = lambdas.get_waiter("function_updated_v2")
    for function in documents:
        waiter.wait(FunctionName=lambda_name(stage, function))


def api_id(account: Account, stage: str, bucket: str | None) -> str | None:
    """The id of the stage's API, None where there is none."""
    state = (_load(account, bucket) if bucket else None) or {"resources": []}
    found = [one["rest_api_id"] for one in state["resources"] if one["resource_type"] == "rest_api"]
    return found[0] if found else _find_api(account, lambda_name(stage, "api_handler"))


def delete(folder: Path, stage: str, account: Account, bucket: str | None) -> None:
    """Take functions, roles and API away. Raises DeployError."""
    state = (_load(account, bucket) if bucket else None) or _adopt(account, stage)
    if not state:
        return
    file = _state_file(folder, stage)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(json.dumps(state, indent=2))
    _chalice(folder, account, "delete", "--stage", stage)
    if bucket:
        account.client("s3").delete_object(Bucket=bucket, Key=STATE)


def _state_file(folder: Path, stage: str) -> Path:
    return folder / ".chalice" / "deployed" / f"{stage}.json"


def _load(account: Account, bucket: str) -> dict[str, Any] | None:
    from botocore.exceptions import ClientError

    try:
        body = account.client("s3").get_object(Bucket=bucket, Key=STATE)["Body"].read()
    except ClientError as error:
        if error.response["Error"]["Code"] in ("NoSuchKey", "NoSuchBucket", "404"):
            return None
        raise
    state: dict[str, Any] = json.loads(body)
    return state


def _adopt(account: Account, stage: str) -> dict[str, Any] | None:
    """What Chalice would remember of what is there; None where nothing is."""
    lambdas, iam = account.client("lambda"), account.client("iam")
    resources: list[dict[str, Any]] = []
    for function in FUNCTIONS:
        role = f"portico-{stage}-{function}"
        arn = _try(lambda role=role: iam.get_role(RoleName=role)["Role"]["Arn"])
        if arn:
            resources.append(
                {"name": f"{function}_role", "resource_type": "iam_role", "role_arn": arn, "role_name": role}
            )
        name = lambda_name(stage, function)
        arn = _try(lambda name=name: lambdas.get_function(FunctionName=name)["Configuration"]["FunctionArn"])
        if arn:
            resources.append({"name": function, "resource_type": "lambda_function", "lambda_arn": arn})
    api = _find_api(account, lambda_name(stage, "api_handler")) if resources else None
    if api:
        url = f"https://{api}.execute-api.{account.region}.amazonaws.com/{API_STAGE}/"
        resources.append(
            {"name": "rest_api", "resource_type": "rest_api", "rest_api_id": api, "rest_api_url": url}
        )
    if not resources:
        return None
    say.detail(f"found {len(resources)} things that an earlier deployment left")
    return {"resources": resources, "schema_version": "2.0", "backend": "api"}


def _find_api(account: Account, function: str) -> str | None:
    """The API that leads to this function."""
    gateway = account.client("apigateway")
    for page in gateway.get_paginator("get_rest_apis").paginate():
        for api in page["items"]:
            if api.get("name") != "portico":
                continue
            found = gateway.get_resources(restApiId=api["id"], embed=["methods"], limit=100)["items"]
            uris = [
                method.get("methodIntegration", {}).get("uri", "")
                for one in found
                for method in one.get("resourceMethods", {}).values()
            ]
            if any(f":function:{function}/" in uri for uri in uris):
                return str(api["id"])
    return None


def _try(ask: Any) -> str | None:
    from botocore.exceptions import ClientError

    try:
        answer: str = ask()
    except ClientError as error:
        if error.response["Error"]["Code"] in ("NoSuchEntity", "ResourceNotFoundException", "404"):
            return None
        raise
    return answer


def _chalice(folder: Path, account: Account, *arguments: str) -> None:
    """Run the command in the working copy; its lines are shown as they come."""
    environment = {**os.environ, "AWS_DEFAULT_REGION": account.region, "PYTHONUNBUFFERED": "1"}
    command = [str(Path(sys.executable).with_name("chalice")), *arguments]
    process = subprocess.Popen(  # noqa: S603 - installed beside this Python
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        if line.strip():
            lines.append(line.rstrip())
            say.detail(lines[-1])
    if process.wait():
        raise DeployError(
            f"`chalice {' '.join(arguments)}` failed. It said last:\n"
            + "\n".join(f"  {line}" for line in lines[-LINES:])
            + "\nMend that, then run the same command again: it goes on from where it stopped."
        )
