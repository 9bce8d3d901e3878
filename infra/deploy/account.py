"""Whose account this is about, and clients of its services."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from infra.deploy.errors import DeployError

#: where CloudFront takes certificates from
CERTIFICATES = "us-east-1"
STAGE = re.compile(r"[a-z][a-z0-9-]{0,15}")
#: a stage `x-worker` would name its Lambda as the stage `x` names its worker
TAKEN = ("-worker", "-scheduled")


@cache
def session() -> Any:
    import botocore.session

    return botocore.session.get_session()


@cache
def _client(service: str, region: str) -> Any:
    from botocore.config import Config

    config = Config(
        retries={"total_max_attempts": 8, "mode": "adaptive"},
        # bucket names are no host names of an emulator
        s3={"addressing_style": "path"} if os.environ.get("AWS_ENDPOINT_URL") else None,
    )
    return session().create_client(service, region_name=region, config=config)


@dataclass(frozen=True)
class Account:
    """An AWS account and the region that a stage lives in."""

    id: str
    region: str
    partition: str
    #: who is asking, as an ARN
    caller: str

    def client(self, service: str, region: str | None = None) -> Any:
        """A botocore client, in the stage's region unless another is named."""
        return _client(service, region or self.region)


def check_stage(stage: str | None) -> str:
    """The name of a stage, if it is one. Raises DeployError."""
    if not stage:
        raise DeployError(
            "Say which stage: STAGE=prod (a name of your choice; each stage is an installation)."
        )
    if not STAGE.fullmatch(stage) or stage.endswith(TAKEN):
        raise DeployError(
            f"{stage!r} cannot name a stage: take a lower-case letter, then at most 15 lower-case letters, "
            f"digits or hyphens, and no ending {' or '.join(TAKEN)}."
        )
    return stage


def region() -> str:
    """The region that the environment or the profile names. Raises DeployError."""
    found = os.environ.get("AWS_REGION") or session().get_config_variable("region")
    if not found:
        raise DeployError("Say in which region: AWS_REGION=eu-central-1, or `aws configure set region …`.")
    return str(found)


def find() -> Account:
    """The account that the credentials at hand are for. Raises DeployError."""
    from botocore.exceptions import BotoCoreError, ClientError

    here = region()
    try:
        asked = _client("sts", here).get_caller_identity()
    except (BotoCoreError, ClientError) as error:
        raise DeployError(
            f"AWS does not know who is asking: {error}\nSign in first (`aws sso login`, `aws configure`), or "
            "set AWS_PROFILE; `aws sts get-caller-identity` must answer."
        ) from error
    return Account(asked["Account"], here, asked["Arn"].split(":")[1], asked["Arn"])
