"""A backup into a stage that nobody has used yet: after a loss, or to move an installation."""

from __future__ import annotations

import gzip
import json
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from infra.deploy import backup, installation, items, places, policies, say, sealed, stacks
from infra.deploy.account import Account
from infra.deploy.errors import DeployError

#: an item that is there while a restore is under way, so that one that broke can be done again
MARK = {"pk": {"S": "RESTORE"}, "sk": {"S": "-"}}
#: partitions of what people made
USED = ("PORTAL#", "API#", "DEST#", "HOST#")
BATCH = 25
#: in the functions' environment; nobody reads it
RESTORED = "PORTICO_RESTORED"


def run(account: Account, stage: str, where: str, *, without_secrets: bool = False) -> None:
    """Restore. Raises DeployError."""
    base = stacks.outputs(account, stacks.name(stage, "base"))
    if not base:
        raise DeployError(f"There is no stage {stage} yet: make it first (make deploy STAGE={stage}).")
    place = places.of(account, where)
    manifest = json.loads(place.read(backup.MANIFEST) or b"{}")
    if not manifest:
        raise DeployError(f"{where} holds no complete backup: it has no {backup.MANIFEST}.")
    if manifest["format"] > backup.FORMAT:
        raise DeployError(
            f"The backup was made by release {manifest['release']}: restore it with that or a later one."
        )
    lines = gzip.decompress(place.read(backup.ITEMS) or b"").splitlines()
    found = [items.loads(line) for line in lines]
    if len(found) != manifest["items"]:
        raise DeployError(f"The backup is damaged: {len(found):,} items of {manifest['items']:,}.")
    with say.step(f"Restore of {manifest['stage']} ({manifest['made_at']}) into {stage}"):
        renewed = _renew(account, base, manifest, found, place, without_secrets=without_secrets)
        _make_room(account, base["Table"])
        _put_objects(account, base["Bucket"], place)
        _write(account, base["Table"], found, renewed)
    with say.step("Check"):
        say.detail(installation.check(account, base))
    with say.step("Functions start anew, without what they remember"):
        _recycle(account, stage)
    say.line(f"The tokens of {manifest['stage']} are valid now; the first token of {stage} is not.")


def _renew(
    account: Account,
    base: dict[str, str],
    manifest: dict[str, Any],
    backed_up: list[items.Item],
    place: places.Place,
    *,
    without_secrets: bool,
) -> dict[str, str]:
    """Each ciphertext of the backup → one of this stage."""
    found = sealed.of(backed_up)
    packed, passphrase = place.read(sealed.FILE), os.environ.get(backup.PASSPHRASE)
    opened = sealed.unpack(packed, passphrase) if packed and passphrase else {}
    renewed, lost = {}, 0
    for one in found:
        plain = opened.get(one.ciphertext) or sealed.open_one(account, manifest["kms_key"], one)
        if plain is None:
            lost += 1
        else:
            renewed[one.ciphertext] = sealed.seal(account, base["KmsKeyArn"], plain, one.purpose)
    if lost and not without_secrets:
        raise DeployError(
            f"{lost} secrets of the backup cannot be opened: their KMS key {manifest['kms_key']} is another "
            f"account's, or gone. Make the backup with {backup.PASSPHRASE} set, and set it here too; or go "
            "on without them (--without-secrets), enter them again afterwards, and rotate the audit key "
            "(POST /portico/v1/audit-keys)."
        )
    say.detail(
        f"{len(renewed)} secrets sealed with the key of this stage" + (f", {lost} lost" if lost else "")
    )
    return renewed


def _make_room(account: Account, table: str) -> None:
    """Take away what a new installation begins with. Raises DeployError where there is more."""
    dynamodb = account.client("dynamodb")
    there = [{"pk": item["pk"], "sk": item["sk"]} for item in backup.scan(account, table)]
    if MARK not in there and any(key["pk"]["S"].startswith(USED) for key in there):
        raise DeployError("This stage is in use: a backup is restored into a new one only.")
    dynamodb.put_item(TableName=table, Item=MARK)
    _batches(account, table, [{"DeleteRequest": {"Key": key}} for key in there if key != MARK])


def _put_objects(account: Account, bucket: str, place: places.Place) -> None:
    s3 = account.client("s3")
    objects = json.loads(place.read(backup.OBJECTS) or b"[]")

    def put(one: dict[str, Any]) -> None:
        body = place.read(f"objects/{one['key']}")
        if body is None or len(body) != one["size"]:
            raise DeployError(f"The backup is damaged: {one['key']} is missing or cut short.")
        s3.put_object(Bucket=bucket, Key=one["key"], Body=body, **one["headers"])

    with ThreadPoolExecutor(backup.TOGETHER) as pool:
        list(pool.map(put, objects))
    say.detail(f"{len(objects):,} objects")


def _write(account: Account, table: str, backed_up: list[items.Item], renewed: dict[str, str]) -> None:
    _batches(account, table, [{"PutRequest": {"Item": item}} for item in _renewed(backed_up, renewed)])
    account.client("dynamodb").delete_item(TableName=table, Key=MARK)
    say.detail(f"{len(backed_up):,} items")


def _renewed(backed_up: list[items.Item], renewed: dict[str, str]) -> Iterator[items.Item]:
    """Ciphertexts are base64, which JSON, and JSON within JSON, write as it is."""
    for item in backed_up:
        text = items.dumps(item)
        for old, new in renewed.items():
            text = text.replace(old, new)
        yield items.loads(text)


def _batches(account: Account, table: str, requests: list[dict[str, Any]]) -> None:
    dynamodb = account.client("dynamodb")

    def write(some: list[dict[str, Any]]) -> None:
        wait = 0.1
        while some:
            answer = dynamodb.batch_write_item(RequestItems={table: some})
            some = answer.get("UnprocessedItems", {}).get(table, [])
            if some:
                time.sleep(wait)
                wait = min(wait * 2, 10)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, (requests[start : start + BATCH] for start in range(0, len(requests), BATCH))))


def _recycle(account: Account, stage: str) -> None:
    """A changed environment gives each function new processes. The next deployment takes it out again."""
    lambdas = account.client("lambda")
    moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    for function in policies.FUNCTIONS:
        name = policies.lambda_name(stage, function)
        try:
            known = lambdas.get_function_configuration(FunctionName=name).get("Environment", {})
            variables = {**known.get("Variables", {}), RESTORED: moment}
            lambdas.update_function_configuration(FunctionName=name, Environment={"Variables": variables})
        except lambdas.exceptions.ResourceNotFoundException:
            continue  # a base stack alone
