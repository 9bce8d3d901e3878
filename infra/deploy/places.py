"""Where a backup is: a folder of this machine, or a prefix in a bucket (`s3://bucket/prefix`)."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Protocol

from infra.deploy.account import Account


class Place(Protocol):
    """Files by name."""

    def write(self, name: str, body: bytes) -> None: ...

    def read(self, name: str) -> bytes | None:
        """None where there is no such file."""
        ...

    def names(self) -> set[str]: ...


def of(account: Account, where: str) -> Place:
    """The place that a user named."""
    if where.startswith("s3://"):
        bucket, _, prefix = where.removeprefix("s3://").partition("/")
        return _Bucket(account.client("s3"), bucket, prefix.rstrip("/") + "/" if prefix else "")
    return _Folder(Path(where))


class _Folder:
    def __init__(self, path: Path) -> None:
        self.path = path

    def write(self, name: str, body: bytes) -> None:
        file = self.path / name
        # it holds personal data and keys: for its owner only
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_name(file.name + ".part")
        part.write_bytes(body)
        part.replace(file)

    def read(self, name: str) -> bytes | None:
        file = self.path / name
        return file.read_bytes() if file.is_file() else None

    def names(self) -> set[str]:
        return {file.relative_to(self.path).as_posix() for file in self.path.rglob("*") if file.is_file()}


class _Bucket:
    def __init__(self, s3: Any, bucket: str, prefix: str) -> None:
        self.s3, self.bucket, self.prefix = s3, bucket, prefix

    def write(self, name: str, body: bytes) -> None:
        self.s3.put_object(
            Bucket=self.bucket, Key=self.prefix + name, Body=body, ServerSideEncryption="AES256"
        )

    def read(self, name: str) -> bytes | None:
        try:
            body: bytes = self.s3.get_object(Bucket=self.bucket, Key=self.prefix + name)["Body"].read()
        except self.s3.exceptions.NoSuchKey:
            return None
        return body

    def names(self) -> set[str]:
        pages = self.s3.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self.prefix)
        return {one["Key"].removeprefix(self.prefix) for page in pages for one in page.get("Contents", [])}
