"""What CloudFront says to the API to show that a request came through it, and nobody around it.

Kept as a SecureString in Parameter Store, which costs nothing, as `current` or `current,previous`: CloudFront
sends the first, the API takes both, so that a new one can be rolled out while requests are under way.
"""

from __future__ import annotations

import secrets

from infra.deploy.account import Account


def name(stage: str) -> str:
    return f"/portico/{stage}/origin-secrets"


def load(account: Account, stage: str) -> list[str]:
    """The secrets, the current one first; empty where there are none."""
    from botocore.exceptions import ClientError

    try:
        found = account.client("ssm").get_parameter(Name=name(stage), WithDecryption=True)
    except ClientError as error:
        if error.response["Error"]["Code"] == "ParameterNotFound":
            return []
        raise
    return str(found["Parameter"]["Value"]).split(",")


def ensure(account: Account, stage: str, *, rotate: bool = False) -> list[str]:
    """The secrets, made where there are none. `rotate`: with a new one in front."""
    found = load(account, stage)
    if found and not rotate:
        return found
    found = [secrets.token_urlsafe(32), *found[:1]]
    account.client("ssm").put_parameter(
        Name=name(stage),
        Description="Portico: what CloudFront shows to the API",
        Type="SecureString",
        Value=",".join(found),
        Overwrite=True,
    )
    return found


def delete(account: Account, stage: str) -> None:
    """Take the secrets away, if there are any."""
    account.client("ssm").delete_parameters(Names=[name(stage)])
