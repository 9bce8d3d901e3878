"""The front end on its way into its bucket."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import uuid
from typing import Any

import pytest

from infra import web_build
from infra.deploy import account, assets
from infra.deploy.account import Account
from infra.edge import ERRORS, ERRORS_CACHE, ERRORS_PREFIX
from tests.conftest import ROOT

#: dies by a kill once so many files are there
KILLED = """
import os, signal, sys
from infra.deploy import account, assets
here = account.find()
put, left = here.client("s3").put_object, [5]
def dying(**arguments):
    put(**arguments)
    left[0] -= 1
    if left[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)
here.client("s3").put_object = dying
assets.upload(here, sys.argv[1])
"""


@pytest.fixture
def here(server: int) -> Account:
    """The emulator's account."""
    return account.find()


@pytest.fixture
def bucket(here: Account) -> str:
    """An empty one."""
    name = f"assets-{uuid.uuid4()}"
    here.client("s3").create_bucket(Bucket=name)
    return name


def there(here: Account, bucket: str) -> dict[str, Any]:
    pages = here.client("s3").get_paginator("list_objects_v2").paginate(Bucket=bucket)
    return {one["Key"]: one["Size"] for page in pages for one in page.get("Contents", [])}


def test_an_upload_that_was_killed_is_made_up_for_by_the_next(here: Account, bucket: str) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, bucket], cwd=ROOT, env=os.environ, check=False)
    assert done.returncode == -signal.SIGKILL
    before = there(here, bucket)
    put, number = assets.upload(here, bucket)
    after = there(here, bucket)
    assert 5 <= len(before) < number == len(after)
    assert put >= number - len(before)
    files = {**assets._files(web_build.DIST, assets.PREFIX), **assets._files(ERRORS, ERRORS_PREFIX)}
    assert after == {key: file.stat().st_size for key, file in files.items()}
    # what is there under its own name is not brought again
    again, _ = assets.upload(here, bucket)
    assert again == sum(not key.startswith(assets.PREFIX) for key in after)


def test_browsers_keep_what_never_changes_and_look_again_at_the_rest(here: Account, bucket: str) -> None:
    assets.upload(here, bucket)
    for key in there(here, bucket):
        cache = here.client("s3").head_object(Bucket=bucket, Key=key)["CacheControl"]
        assert cache == (assets.CACHE if key.startswith(assets.PREFIX) else ERRORS_CACHE)
