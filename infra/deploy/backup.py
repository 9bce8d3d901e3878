"""All that a stage stores, as files that outlive it: the table's items, a line each, and the bodies in S3.

    manifest.json     what is in it; written last, so that a backup without it is none
    items.ndjson.gz   items in DynamoDB's JSON, without those that pass by themselves, such as sessions
    objects.json      names of the objects, with what their headers say
    objects/…         their bodies
    secrets.json      only with BACKUP_PASSPHRASE: what KMS would have to open, under that passphrase

The table is read before the bodies, and a body is written before the record that points to it: so every body
is there. While a service writes, the reading is of no one moment; a restore says what does not agree, and can
mend it. Within the account the table's own point-in-time recovery is exact, for 35 days.
"""

from __future__ import annotations

import gzip
import json
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from infra.deploy import items, package, places, say, sealed, stacks
from infra.deploy.account import Account
from infra.deploy.errors import DeployError

FORMAT = 1
MANIFEST, ITEMS, OBJECTS = "manifest.json", "items.ndjson.gz", "objects.json"
#: what is kept of the bucket: uploads and large answers are passing through, `deploy/` is of the stage itself
PREFIXES = ("blobs/", "audit/")
TOGETHER = 16
#: items with it are removed by the table when their time has come (base.yaml)
PASSING = "expires_at"
#: environment: the passphrase that secrets are taken along under
PASSPHRASE = "BACKUP_PASSPHRASE"  # noqa: S105 - the name of it


def default(stage: str) -> str:
    """Where a backup goes that nobody named a place for."""
    return str(Path("backups") / f"portico-{stage}-{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}")


def run(account: Account, stage: str, where: str) -> dict[str, Any]:
    """Back a stage up; the manifest. Raises DeployError."""
    base = stacks.outputs(account, stacks.name(stage, "base"))
    if not base:
        raise DeployError(f"There is no stage {stage} in this account and region.")
    place = places.of(account, where)
    if place.read(MANIFEST):
        raise DeployError(f"{where} holds a backup already: name another place.")
    with say.step(f"Backup of {stage} into {where}"):
        found_items = list(lasting(account, base["Table"]))
        lines = "".join(items.dumps(item) + "\n" for item in found_items)
        place.write(ITEMS, gzip.compress(lines.encode(), 6, mtime=0))
        say.detail(f"{len(found_items):,} items")
        objects = _copy_objects(account, base["Bucket"], place)
        found = sealed.of(found_items)
        taken = _take_secrets(account, base["KmsKeyArn"], found, place)
        manifest = {
            "format": FORMAT,
            "release": release(),
            "stage": stage,
            "account": account.id,
            "region": account.region,
            "made_at": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "items": len(found_items),
            "objects": len(objects),
            "bytes": sum(one["size"] for one in objects),
            "secrets": len(found),
            "secrets_taken": taken,
            "kms_key": base["KmsKeyArn"],
        }
        place.write(MANIFEST, json.dumps(manifest, indent=2).encode())
    if found and not taken:
        say.detail(
            f"{len(found)} secrets in it can be opened with this stage's KMS key only. To take them into "
            f"another account, set {PASSPHRASE} and make another backup."
        )
    say.detail("It holds personal data and access keys: keep it as you keep the installation.")
    return manifest


def lasting(account: Account, table: str) -> Iterator[dict[str, Any]]:
    """All items but those that pass by themselves: a session, or a link that works once, would come back to
    life with a restore after it was ended."""
    return (item for item in scan(account, table) if PASSING not in item)


def scan(account: Account, table: str) -> Iterator[dict[str, Any]]:
    """All items of a table."""
    pages = account.client("dynamodb").get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
    for page in pages:
        yield from page["Items"]


def _copy_objects(account: Account, bucket: str, place: places.Place) -> list[dict[str, Any]]:
    s3 = account.client("s3")
    pages = s3.get_paginator("list_objects_v2")
    keys = [
        one["Key"]
        for prefix in PREFIXES
        for page in pages.paginate(Bucket=bucket, Prefix=prefix)
        for one in page.get("Contents", [])
    ]

    def copy(key: str) -> dict[str, Any]:
        answer = s3.get_object(Bucket=bucket, Key=key)
        body = answer["Body"].read()
        place.write(f"objects/{key}", body)
        headers = {name: answer[name] for name in ("ContentEncoding", "ContentType") if answer.get(name)}
        return {"key": key, "size": len(body), "headers": headers}

    with ThreadPoolExecutor(TOGETHER) as pool:
        objects = list(pool.map(copy, keys))
    place.write(OBJECTS, json.dumps(objects, indent=0).encode())
    say.detail(f"{len(objects):,} objects, {sum(one['size'] for one in objects) / 1e6:,.1f} MB")
    return objects


def _take_secrets(account: Account, key: str, found: list[sealed.Sealed], place: places.Place) -> bool:
    passphrase = os.environ.get(PASSPHRASE)
    if not passphrase or not found:
        return False
    opened = {}
    for one in found:
        plain = sealed.open_one(account, key, one)
        if plain is None:
            raise DeployError("The stage's KMS key does not open its secrets: kms:Decrypt is needed.")
        opened[one.ciphertext] = plain
    place.write(sealed.FILE, sealed.pack(opened, passphrase, os.urandom(16)))
    return True


def release() -> str:
    """The version of the code here."""
    import tomllib

    found = tomllib.loads((package.ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return str(found["project"]["version"])
