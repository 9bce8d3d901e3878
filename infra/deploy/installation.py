"""The product's own code at work on a deployed stage, with the credentials of whoever deploys."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from infra import outputs
from infra.deploy.account import Account
from infra.deploy.errors import DeployError
from infra.deploy.package import ROOT

_BOOTSTRAP = """
import json
from chalicelib.domains import distributions
from chalicelib.organization import service
token = service.bootstrap(None)
distributions.keep_spare()
print(json.dumps({"token": token}))
"""


def environment(account: Account, found: Mapping[str, str]) -> dict[str, str]:
    """The environment in which the product finds the stage. `found`: outputs of its stacks."""
    region = {"AWS_REGION": account.region, "PORTICO_PORTAL_BASE_DOMAIN": ""}
    return {**os.environ, **region, **outputs.environment(found)}


def bootstrap(account: Account, found: Mapping[str, str]) -> str | None:
    """Set a new installation up; where each portal has an address of CloudFront's, have the first one made.
    The first admin's token where it was made now, to be shown this once."""
    answer = _run(account, found, "-c", _BOOTSTRAP).splitlines()[-1]
    token: str | None = json.loads(answer)["token"]
    return token


def check(account: Account, base: Mapping[str, str]) -> str:
    """Hold what is derived against the records; what the check says. Raises DeployError on disagreement."""
    return _run(account, base, "-m", "chalicelib.storage.check").strip()


def _run(account: Account, base: Mapping[str, str], *arguments: str) -> str:
    command = [sys.executable, *arguments]
    environment_: Any = environment(account, base)
    done = subprocess.run(  # noqa: S603 - our own program
        command, cwd=ROOT, env=environment_, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise DeployError((done.stdout + done.stderr).strip())
    return done.stdout
