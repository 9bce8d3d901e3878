"""What is looked at before anything is made, and what it will cost."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import date
from typing import Any

from infra.deploy import say
from infra.deploy.account import Account
from infra.deploy.errors import DeployError

#: Python versions that Lambda runs, and the day AWS stops to mend them (AWS Lambda developer guide, "Lambda
#: runtimes"); new functions can be made for some months longer
RUNTIMES = {
    (3, 11): date(2027, 6, 30),
    (3, 12): date(2028, 10, 31),
    (3, 13): date(2029, 6, 30),
    (3, 14): date(2029, 6, 30),
}
#: quotas that make a deployment fail, or an installation small: service, code, name, what is needed
QUOTAS = (
    ("lambda", "L-B99A9384", "concurrent executions of Lambda", 100),
    ("cloudfront", "L-24B04930", "CloudFront distributions", 2),
)
COST = """\
Idle it costs about $1 to $1.50 a month: the key that secrets are encrypted with $1, alarms beyond the
account's first ten $0.10 each, stored data by its size. Nothing else costs anything while nobody looks:
table, functions, queues and distributions are paid by use, most of it within AWS's free tier. A custom domain
is a CloudFront distribution tenant: https://aws.amazon.com/cloudfront/pricing/ says what one costs."""
MADE = """\
  portico-{stage}-base   a DynamoDB table, two S3 buckets, a KMS key, queues, log groups, a Cognito pool
  portico-{stage}        five Lambda functions with a role each, a REST API
  portico-{stage}-edge   CloudFront, what starts the functions, alarms
  /portico/{stage}/      the secret between CloudFront and the API, in Parameter Store"""


def python(version: tuple[int, int] = sys.version_info[:2], today: date | None = None) -> str:
    """Which runtime is taken and until when it is good. Raises DeployError where Lambda has none."""
    until = RUNTIMES.get(version)
    known = ", ".join(f"3.{minor}" for _, minor in RUNTIMES)
    written = f"{version[0]}.{version[1]}"
    if until is None:
        raise DeployError(
            f"This is Python {written}, and Lambda runs {known}. Make the environment with one of those:\n"
            "  rm -rf .venv && make deploy PYTHON=python3.13 STAGE=…"
        )
    if until < (today or date.today()):
        raise DeployError(
            f"AWS has ended Python {written} on {until}. Take a newer one of {known}:\n"
            "  rm -rf .venv && make deploy PYTHON=python3.13 STAGE=…"
        )
    return f"Python {written}, supported by AWS until {until}"


def quotas(account: Account) -> list[str]:
    """What falls short, as far as the account tells."""
    from botocore.exceptions import BotoCoreError, ClientError

    short = []
    for service, code, name, needed in QUOTAS:
        region = "us-east-1" if service == "cloudfront" else account.region
        try:
            answer = account.client("service-quotas", region).get_service_quota(
                ServiceCode=service, QuotaCode=code
            )
        except (BotoCoreError, ClientError):
            continue  # no permission to ask is no reason not to deploy
        value = answer["Quota"]["Value"]
        if value < needed:
            short.append(f"{name}: {value:g} allowed, {needed} wanted (ask at Service Quotas, {code})")
    return short


def announce(account: Account, stage: str, runtime: str, domain: str | None, base: Mapping[str, Any]) -> None:
    """Say what will be made, where, and what it costs; raises nothing."""
    who = account.caller.rpartition(":")[2]
    say.line(f"Stage {stage} in account {account.id}, region {account.region}, as {who}.")
    say.line(f"{runtime}.")
    if base:
        say.line("It exists; what changed is brought up to date, data is kept.")
    else:
        say.line("This will be made:")
        say.line(MADE.format(stage=stage))
        say.line(COST)
    if domain:
        say.line(f"Console and portals answer below {domain}; a certificate for it is made in us-east-1.")
    for short in quotas(account):
        say.line(f"Note: {short}")
