"""CloudFront's invalidations, by tags: those of `Cache-Tag` in answers, `#` before each.

Whether a distribution reads them is said in its `CacheTagConfig` (infra/edge.yaml).
"""

from __future__ import annotations

import uuid
from typing import Any, NamedTuple

from chalicelib.storage import aws

#: CloudFront is a global service, with its address there
REGION = "us-east-1"
#: nothing is kept where there is nothing
_GONE = ("NoSuchDistribution", "EntityNotFound")


class Target(NamedTuple):
    """Where pages are kept: a distribution, or a tenant by its name."""

    distribution: str = ""
    tenant: str = ""


def invalidate(target: Target, tags: list[str]) -> None:
    """Let all that carries one of these tags be fetched anew, from when CloudFront has spread the word (some
    seconds). One call, two for a tenant. Raises botocore's errors (`TooManyInvalidationsInProgress` among
    them, which passes)."""
    from botocore.exceptions import ClientError

    items = [f"#{tag}" for tag in dict.fromkeys(tags)]
    batch: dict[str, Any] = {
        "Paths": {"Quantity": len(items), "Items": items},
        "CallerReference": str(uuid.uuid4()),
    }
    client = aws.client("cloudfront", REGION)
    try:
        if target.tenant:
            tenant = client.get_distribution_tenant(Identifier=target.tenant)["DistributionTenant"]["Id"]
            client.create_invalidation_for_distribution_tenant(Id=tenant, InvalidationBatch=batch)
        else:
            client.create_invalidation(DistributionId=target.distribution, InvalidationBatch=batch)
    except ClientError as error:
        if error.response["Error"]["Code"] not in _GONE:
            raise
