"""The way back: all of a stage taken away, its data kept as a backup unless that is not wanted.

What is reached from outside goes first, then what writes, then the backup is made (of a moment in which
nobody writes), then what stores. It may be called again where it broke.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from infra.deploy import (
    backup,
    certificate,
    distributions,
    functions,
    origin_secret,
    package,
    say,
    stacks,
)
from infra.deploy.account import Account

#: days until KMS deletes a key for good: the fewest it takes, and the most
SOON, LATE = 7, 30


def run(account: Account, stage: str, *, purge: bool, yes: bool, where: str | None) -> None:
    """Destroy a stage. `purge`: without a backup. Raises DeployError."""
    base_stack, edge_stack = stacks.name(stage, "base"), stacks.name(stage, "edge")
    base = stacks.outputs(account, base_stack)
    edge = stacks.describe(account, edge_stack)
    data = "Its data is DELETED for good." if purge else f"Its data is kept in {where or 'backups/'}."
    say.confirm(
        f"Stage {stage} in account {account.id}, {account.region}, is taken away. {data}", stage, yes=yes
    )
    with say.step(f"Edge stack {edge_stack}"):
        distributions.stop_worker(account, stage)
        api = functions.api_id(account, stage, base.get("Bucket"))
        distributions.delete(account, stacks.outputs(account, edge_stack), api)
        stacks.delete(account, edge_stack)
    with say.step("Functions and API"):
        folder = package.product_copy(package.WORK / stage)
        functions.delete(folder, stage, account, base.get("Bucket"))
    manifest: dict[str, Any] = {"secrets": 0}
    if base and not purge and _table_exists(account, base["Table"]):
        manifest = backup.run(account, stage, where or backup.default(stage))
    if base:
        with say.step(f"Base stack {base_stack}"):
            keep_key = bool(manifest["secrets"]) and not manifest.get("secrets_taken")
            _delete_stored(account, stacks.resources(account, base_stack), purge=purge, keep_key=keep_key)
            stacks.delete(account, base_stack)
    origin_secret.delete(account, stage)
    domain = next(
        (one["ParameterValue"] for one in edge.get("Parameters", []) if one["ParameterKey"] == "Domain"), ""
    )
    if domain:
        with say.step(f"Domain {domain}"):
            certificate.unpoint(account, domain)
            certificate.delete(account, domain)
    say.line(f"Stage {stage} is gone.")


def _table_exists(account: Account, table: str) -> bool:
    return _gone(account.client("dynamodb").describe_table, TableName=table) is not None


def _delete_stored(account: Account, found: dict[str, str], *, purge: bool, keep_key: bool) -> None:
    """What the stack would leave behind: table, buckets, pool, key. Before it, as it knows the names."""
    dynamodb, s3 = account.client("dynamodb"), account.client("s3")
    table = found.get("Table")
    if table:
        _gone(dynamodb.update_table, TableName=table, DeletionProtectionEnabled=False)
        if _gone(dynamodb.delete_table, TableName=table):
            dynamodb.get_waiter("table_not_exists").wait(TableName=table)
        say.detail("delete   Table")
    for name in ("Blobs", "Assets"):
        bucket = found.get(name)
        if bucket and _gone(s3.head_bucket, Bucket=bucket) is not None:
            _empty(s3, bucket)
            _gone(s3.delete_bucket, Bucket=bucket)
            say.detail(f"delete   {name}")
    pool = found.get("AdminUsers")
    if pool:
        _delete_pool(account.client("cognito-idp"), pool)
        say.detail("delete   AdminUsers")
    key = found.get("SecretsKey")
    if key and keep_key:
        say.detail(
            f"The KMS key {key} stays ($1 a month): it opens the secrets of the backup. When they are not "
            f"needed any more: aws kms schedule-key-deletion --key-id {key}"
        )
    elif key:
        days = SOON if purge else LATE
        _gone(account.client("kms").schedule_key_deletion, KeyId=key, PendingWindowInDays=days)
        say.detail(f"delete   SecretsKey (KMS keeps it for {days} days, without cost)")


def _delete_pool(cognito: Any, pool: str) -> None:
    described = _gone(cognito.describe_user_pool, UserPoolId=pool)
    if described is None:
        return
    domain = described["UserPool"].get("Domain")
    if domain:
        _gone(cognito.delete_user_pool_domain, UserPoolId=pool, Domain=domain)
    # an update without the other settings would reset them, which no longer matters
    _gone(cognito.update_user_pool, UserPoolId=pool, DeletionProtection="INACTIVE")
    _gone(cognito.delete_user_pool, UserPoolId=pool)


def _empty(s3: Any, bucket: str) -> None:
    """All versions of all objects."""
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        for some in _thousands([*page.get("Versions", []), *page.get("DeleteMarkers", [])]):
            names = [{"Key": one["Key"], "VersionId": one["VersionId"]} for one in some]
            s3.delete_objects(Bucket=bucket, Delete={"Objects": names, "Quiet": True})


def _thousands(found: list[Any]) -> Iterator[list[Any]]:
    for start in range(0, len(found), 1000):
        yield found[start : start + 1000]


#: how services say that something is not there, or on its way out already
MISSING = {
    "404",
    "KMSInvalidStateException",
    "NoSuchBucket",
    "NotFoundException",
    "ResourceInUseException",
    "ResourceNotFoundException",
    "UserPoolNotFoundException",
}


def _gone(call: Callable[..., Any], **arguments: Any) -> Any:
    """What a call answers; None where it says that what it is about is not there."""
    from botocore.exceptions import ClientError

    try:
        return call(**arguments) or {}
    except ClientError as error:
        if error.response["Error"]["Code"] in MISSING:
            return None
        raise
