"""CloudFront distributions made like the installation's own one, each for one portal.

They carry the product's id as caller reference, comment and tag, by which they are found again.
"""

from __future__ import annotations

import hashlib
import json
from typing import Any, NamedTuple

from chalicelib.domains.edge_aws import REGION
from chalicelib.settings import settings
from chalicelib.storage import aws

TAG = "portico:distribution"
#: what is a distribution's own; all else it has from the installation's
_OWN = ("CallerReference", "Comment", "Aliases", "ViewerCertificate", "Enabled")


class Seen(NamedTuple):
    """A distribution as it is. `definition`: a digest of what it was made like. `deployed`: it answers, with
    its present definition."""

    id: str
    host: str
    definition: str
    deployed: bool


def _cloudfront() -> Any:
    return aws.client("cloudfront", REGION)


def _comment(own_id: str) -> str:
    return f"Portico: one portal, {own_id}"


def ensure(own_id: str, known: str | None, definition: str | None) -> Seen:
    """Make the distribution of this id, or bring it in line where the installation's own has changed since.

    `known`: CloudFront's id, `definition`: what it was made like, once that is known. (Two distributions are
    not compared: CloudFront may fill in each in its own way.) Raises botocore's errors.
    """
    model = _cloudfront().get_distribution_config(Id=settings().distribution)["DistributionConfig"]
    shared = {
        name: value for name, value in model.items() if name not in (*_OWN, "ContinuousDeploymentPolicyId")
    }
    present = hashlib.sha256(json.dumps(shared, sort_keys=True, default=str).encode()).hexdigest()
    found = _find(own_id, known)
    if found is None:
        config = {
            **shared,
            "CallerReference": own_id,
            "Comment": _comment(own_id),
            "Aliases": {"Quantity": 0},
            "ViewerCertificate": {"CloudFrontDefaultCertificate": True},
            "Enabled": True,
        }
        tags = {"Items": [{"Key": TAG, "Value": own_id}]}
        answer = _cloudfront().create_distribution_with_tags(
            DistributionConfigWithTags={"DistributionConfig": config, "Tags": tags}
        )
        return _seen(answer["Distribution"], present)
    if definition != present:
        config = found["DistributionConfig"]
        wanted = {**shared, **{name: config[name] for name in _OWN if name in config}, "Enabled": True}
        answer = _cloudfront().update_distribution(
            Id=found["Id"], IfMatch=found["ETag"], DistributionConfig=wanted
        )
        return _seen(answer["Distribution"], present)
    return _seen(found, present)


def _seen(distribution: dict[str, Any], definition: str) -> Seen:
    deployed = distribution["Status"] == "Deployed"
    return Seen(distribution["Id"], distribution["DomainName"], definition, deployed)


def _find(own_id: str, known: str | None) -> dict[str, Any] | None:
    """The distribution of this id, with its present `ETag`."""
    from botocore.exceptions import ClientError

    try:
        if known := known or _by_comment(own_id):
            answer = _cloudfront().get_distribution(Id=known)
            return {**answer["Distribution"], "ETag": answer["ETag"]}
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchDistribution":
            raise
    return None


def _by_comment(own_id: str) -> str | None:
    for page in _cloudfront().get_paginator("list_distributions").paginate():
        for one in page["DistributionList"].get("Items", []):
            if one["Comment"] == _comment(own_id):
                found: str = one["Id"]
                return found
    return None


def remove(own_id: str, known: str | None) -> bool:
    """Undo one step: switch it off, and delete it once that is deployed. Whether nothing is left. Raises
    botocore's errors."""
    found = _find(own_id, known)
    if found is None:
        return True
    if found["DistributionConfig"]["Enabled"]:
        _cloudfront().update_distribution(
            Id=found["Id"],
            IfMatch=found["ETag"],
            DistributionConfig={**found["DistributionConfig"], "Enabled": False},
        )
        return False
    if found["Status"] != "Deployed":
        return False
    _cloudfront().delete_distribution(Id=found["Id"], IfMatch=found["ETag"])
    return True
