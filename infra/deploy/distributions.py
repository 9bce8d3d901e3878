"""What the worker made at CloudFront by itself: tenants for custom domains, distributions for portals.

The edge stack cannot be taken away while they use its parts. Each is switched off, and deleted once
CloudFront has that everywhere, which takes minutes; all of them wait together.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from typing import Any

from infra.deploy import policies, say
from infra.deploy.account import CERTIFICATES, Account

#: seconds from one look to the next
LOOK = 20.0


def delete(account: Account, edge: dict[str, str], api: str | None) -> None:
    """Take them all away. `edge`: the edge stack's outputs, `api`: the id of the API they lead to."""
    cloudfront = account.client("cloudfront", CERTIFICATES)
    custom, main = edge.get("CustomDistributionId"), edge.get("DistributionId")
    left: list[Callable[[], bool]] = []
    if custom:
        left += [_tenant(cloudfront, name) for name in _tenants(cloudfront, custom)]
    if api:
        left += [_distribution(cloudfront, one) for one in _distributions(cloudfront, api, {custom, main})]
    if left:
        say.detail(f"{len(left)} addresses of portals: CloudFront takes some minutes to give them up")
    while left := [one for one in left if not one()]:
        time.sleep(0.1 if os.environ.get("AWS_ENDPOINT_URL") else LOOK)


def stop_worker(account: Account, stage: str) -> None:
    """Let no job run any more: one would make again what is taken away."""
    lambdas = account.client("lambda")
    for function in ("worker", "scheduled"):
        try:
            lambdas.put_function_concurrency(
                FunctionName=policies.lambda_name(stage, function), ReservedConcurrentExecutions=0
            )
        except lambdas.exceptions.ResourceNotFoundException:
            continue


def _tenants(cloudfront: Any, distribution: str) -> Iterator[str]:
    pages = cloudfront.get_paginator("list_distribution_tenants").paginate(
        AssociationFilter={"DistributionId": distribution}
    )
    for page in pages:
        yield from (one["Id"] for one in page.get("DistributionTenantList", []))


def _distributions(cloudfront: Any, api: str, ours: set[str | None]) -> Iterator[str]:
    """Those that lead to this API, besides the stack's own."""
    for page in cloudfront.get_paginator("list_distributions").paginate():
        for one in page["DistributionList"].get("Items", []):
            origins = [origin["DomainName"] for origin in one["Origins"]["Items"]]
            if one["Id"] not in ours and any(domain.startswith(f"{api}.") for domain in origins):
                yield one["Id"]


def _tenant(cloudfront: Any, tenant: str) -> Callable[[], bool]:
    """One step of the way; whether it is at its end."""

    def step() -> bool:
        try:
            answer = cloudfront.get_distribution_tenant(Identifier=tenant)
        except cloudfront.exceptions.EntityNotFound:
            return True
        if answer["DistributionTenant"]["Enabled"]:
            cloudfront.update_distribution_tenant(Id=tenant, IfMatch=answer["ETag"], Enabled=False)
        elif answer["DistributionTenant"]["Status"] == "Deployed":
            cloudfront.delete_distribution_tenant(Id=tenant, IfMatch=answer["ETag"])
            return True
        return False

    return step


def _distribution(cloudfront: Any, distribution: str) -> Callable[[], bool]:
    def step() -> bool:
        try:
            answer = cloudfront.get_distribution(Id=distribution)
        except cloudfront.exceptions.NoSuchDistribution:
            return True
        config = answer["Distribution"]["DistributionConfig"]
        if config["Enabled"]:
            cloudfront.update_distribution(
                Id=distribution, IfMatch=answer["ETag"], DistributionConfig={**config, "Enabled": False}
            )
        elif answer["Distribution"]["Status"] == "Deployed":
            cloudfront.delete_distribution(Id=distribution, IfMatch=answer["ETag"])
            return True
        return False

    return step
