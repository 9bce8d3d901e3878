"""CloudFront distributions made like the installation's own one, each for one portal.

They carry the product's id as caller reference, comment and tag, by which they are found again.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from chalicelib.domains.edge_aws import REGION
from chalicelib.settings import settings
from chalicelib.storage import aws

TAG = "portico:distribution"
#: what is a distribution's own; all else it has from the installation's
_OWN = ("CallerReference", "Comment", "Aliases", "ViewerCertificate", "Enabled")


class Seen(NamedTuple):
    """A distribution as it is. `deployed`: it answers, with its present definition."""

    id: str
    host: str
    deployed: bool


def _cloudfront() -> Any:
    return aws.client("cloudfront", REGION)


def _comment(own_id: str) -> str:
    return f"Portico: one portal, {own_id}"


def ensure(own_id: str, known: str | None) -> Seen:
    """Make the distribution of this id, or bring it in line with the installation's own. `known`:
    CloudFront's id, once that was seen. Raises botocore's errors."""
    model = _cloudfront().get_distribution_config(Id=settings().distribution)["DistributionConfig"]
    found = _find(own_id, known)
    if found is None:
        config = {
            **{name: value for name, value in model.items() if name != "ContinuousDeploymentPolicyId"},
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
        return _seen(answer["Distribution"])
    config = found["DistributionConfig"]
    wanted = {**model, **{name: config[name] for name in _OWN if name in config}, "Enabled": True}
    if wanted != config:
        answer = _cloudfront().update_distribution(
            Id=found["Id"], IfMatch=found["ETag"], DistributionConfig=wanted
        )
        return _seen(answer["Distribution"])
    return _seen(found)


def _seen(distribution: dict[str, Any]) -> Seen:
    return Seen(distribution["Id"], distribution["DomainName"], distribution["Status"] == "Deployed")


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
