"""A stage's data out of one installation and into another."""

from __future__ import annotations

import gzip
import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from infra import outputs, template
from infra.deploy import account, backup, items, places, restore, sealed, stacks
from infra.deploy.account import Account
from infra.deploy.errors import DeployError
from tests.client import Client
from tests.conftest import ROOT

SPECIFICATION = '{"openapi": "3.1.0", "info": {"title": "Moved", "version": "1.0.0"}, "paths": {}}'
SECRET = "Bearer s3cret-of-the-siem"


def use(base: dict[str, str]) -> None:
    """Let the product in this process work on a stage."""
    from chalicelib.http import hosts
    from chalicelib.settings import settings
    from chalicelib.storage import blobs

    os.environ.update(outputs.environment(base))
    settings.cache_clear()
    hosts.forget()
    blobs._kept.clear()


@pytest.fixture(scope="module")
def here(server: int) -> Iterator[Account]:
    """The emulator's account."""
    before = dict(os.environ)
    yield account.find()
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture(scope="module")
def stage(here: Account) -> Callable[[str], dict[str, str]]:
    """Makes the base stack of a stage, set up as a new installation; its outputs."""
    from chalicelib.organization import service

    def make(name: str) -> dict[str, str]:
        base = stacks.apply(here, stacks.name(name, "base"), template.BASE, {"Stage": name})
        use(base)
        service.bootstrap(f"ptc_the-first-token-of-{name}")
        return base

    return make


@pytest.fixture(scope="module")
def filled(server: int, stage: Callable[[str], dict[str, str]]) -> dict[str, Any]:
    """A stage with a portal, an API, a secret of a destination and a key that signs audit events."""
    from chalicelib.audit import signing

    base = stage("old")
    admin = Client(server, token="ptc_the-first-token-of-old")
    portal = admin.made("/v3/portals", {"name": "Moved", "authentication_enabled": False})
    admin.made(f"/portico/v1/portals/{portal['id']}/preview-sessions", None)
    api = admin.made("/v3/apis", {"name": "Moved API", "spec_content": SPECIFICATION})
    destination = admin.made(
        "/v3/audit-log-destinations",
        {"name": "SIEM", "endpoint": "https://s.example.com", "authorization": SECRET, "log_format": "json"},
    )
    return {
        "base": base,
        "portal": portal,
        "api": api,
        "destination": destination["id"],
        "kid": signing.rotate().keys[0]["kid"],
    }


@pytest.fixture(scope="module")
def taken(here: Account, filled: dict[str, Any], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its backup, in a folder, without a passphrase."""
    folder = tmp_path_factory.mktemp("backup") / "old"
    backup.run(here, "old", str(folder))
    return folder


def test_a_backup_has_all_bodies_and_all_items_that_last(
    taken: Path, here: Account, filled: dict[str, Any]
) -> None:
    manifest = json.loads((taken / backup.MANIFEST).read_text())
    lines = gzip.decompress((taken / backup.ITEMS).read_bytes()).splitlines()
    everything = list(backup.scan(here, filled["base"]["Table"]))
    there = sorted((item for item in everything if "expires_at" not in item), key=str)
    assert len(there) < len(everything), "no link that works once is among them"
    assert sorted((items.loads(line) for line in lines), key=str) == there
    assert manifest["items"] == len(there)
    assert manifest["secrets"] == 2
    assert taken.stat().st_mode & 0o077 == 0
    names = places.of(here, str(taken)).names()
    assert {f"objects/{one['key']}" for one in json.loads((taken / backup.OBJECTS).read_text())} <= names


def test_items_come_back_as_they_were() -> None:
    item = {"pk": {"S": "ü"}, "raw": {"B": b"\x00\xff"}, "B": {"S": "text"}, "in": {"M": {"B": {"S": "x"}}}}
    assert items.loads(items.dumps(item)) == item


def test_a_stage_moves_with_its_secrets(
    here: Account, server: int, taken: Path, filled: dict[str, Any], stage: Callable[[str], dict[str, str]]
) -> None:
    from chalicelib.audit import deliverer, signing

    new = stage("new")
    restore.run(here, "new", str(taken))
    use(new)
    admin = Client(server, token="ptc_the-first-token-of-old")
    assert admin.get(f"/v3/portals/{filled['portal']['id']}").json()["name"] == "Moved"
    at = f"/v3/apis/{filled['api']['id']}/versions"
    version = admin.get(at).json()["data"][0]["id"]
    assert admin.get(f"{at}/{version}").json()["spec"]["content"] == SPECIFICATION
    assert Client(server, token="ptc_the-first-token-of-new").get("/v3/portals").status == 401
    deliverer._open.cache_clear()
    (destination,) = deliverer.load_destinations([filled["destination"]]).values()
    assert deliverer.open_target(destination).secret == SECRET
    assert signing.signer().kid == filled["kid"]


def test_a_stage_in_use_takes_no_backup(
    here: Account, taken: Path, filled: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    before = sorted(backup.scan(here, filled["base"]["Table"]), key=str)
    with pytest.raises(DeployError, match="in use"):
        restore.run(here, "old", str(taken))
    assert sorted(backup.scan(here, filled["base"]["Table"]), key=str) == before


def test_secrets_go_to_another_account_by_a_passphrase_only(
    here: Account,
    filled: dict[str, Any],
    stage: Callable[[str], dict[str, str]],
    monkeypatch: pytest.MonkeyPatch,
    aws: Callable[[str], Any],
) -> None:
    """And a restore that broke is done again."""
    aws("s3").create_bucket(Bucket="kept")
    where = "s3://kept/portico/old"
    monkeypatch.setenv(backup.PASSPHRASE, "correct horse")
    backup.run(here, "old", where)
    assert SECRET.encode() not in (places.of(here, where).read(sealed.FILE) or b"")
    # as good as another account's
    aws("kms").disable_key(KeyId=filled["base"]["KmsKeyArn"])
    other = stage("other")

    monkeypatch.delenv(backup.PASSPHRASE)
    with pytest.raises(DeployError, match="2 secrets of the backup cannot be opened"):
        restore.run(here, "other", where)
    monkeypatch.setenv(backup.PASSPHRASE, "wrong")
    with pytest.raises(DeployError, match="is not the one"):
        restore.run(here, "other", where)
    monkeypatch.setenv(backup.PASSPHRASE, "correct horse")
    restored = restore._write
    monkeypatch.setattr(restore, "_write", broken)
    with pytest.raises(ConnectionError):
        restore.run(here, "other", where)
    monkeypatch.setattr(restore, "_write", restored)
    restore.run(here, "other", where)
    use(other)
    from chalicelib.audit import deliverer

    deliverer._open.cache_clear()
    (destination,) = deliverer.load_destinations([filled["destination"]]).values()
    assert deliverer.open_target(destination).secret == SECRET


def broken(here: Account, table: str, found: list[Any], renewed: dict[str, str]) -> None:
    """Half of the items, and then the line is cut."""
    some = found[: len(found) // 2]
    restore._batches(here, table, [{"PutRequest": {"Item": item}} for item in some])
    raise ConnectionError


def test_half_a_backup_is_none(here: Account, tmp_path: Path, filled: dict[str, Any]) -> None:
    with pytest.raises(DeployError, match="no complete backup"):
        restore.run(here, "old", str(tmp_path))


def test_records_say_what_they_hold_encrypted() -> None:
    """Who encrypts has records that name it, or a restore elsewhere would lose it."""
    for file in (ROOT / "chalicelib").rglob("*.py"):
        if "secrets.encrypt(" in file.read_text():
            near = [folder / "records.py" for folder in file.parents if (folder / "records.py").exists()]
            assert near, file
            assert "def sealed(" in near[0].read_text(), f"{near[0]} lacks sealed(), and {file} encrypts"
