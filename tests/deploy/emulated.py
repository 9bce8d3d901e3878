"""`python -m tests.deploy.emulated COMMAND …`: infra.deploy against the emulator at AWS_ENDPOINT_URL.

The emulator's CloudFormation refuses some types of resources: those, and what refers to them, are left out of
the edge stack, and named. What Chalice needs is bridged in tests/deploy/bridge. All else is the real thing.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from infra import template
from infra.deploy.__main__ import main

BRIDGE = Path(__file__).parent / "bridge"
#: types that the emulator's CloudFormation refuses (tests/local/test_canaries.py)
REFUSED = {
    "AWS::CloudFront::ConnectionGroup",
    "AWS::CloudFront::DistributionTenant",
    "AWS::CloudFront::KeyGroup",
    "AWS::CloudFront::MonitoringSubscription",
    "AWS::CloudFront::PublicKey",
    "AWS::Cognito::UserPoolIdentityProvider",
    "AWS::Cognito::UserPoolUICustomizationAttachment",
    "AWS::Logs::QueryDefinition",
}


def accepted(described: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """A template without what the emulator refuses, and the names of what was left out."""
    resources = dict(described["Resources"])
    left_out = [name for name, one in resources.items() if one["Type"] in REFUSED]
    found = True
    while found:
        found = False
        for name in [name for name in resources if name not in left_out]:
            if any(f'"{gone}"' in json.dumps(resources[name]) for gone in left_out):
                left_out.append(name)
                found = True
    kept = {name: one for name, one in resources.items() if name not in left_out}
    outputs = {
        name: one
        for name, one in described.get("Outputs", {}).items()
        if not any(f'"{gone}"' in json.dumps(one) or f"${{{gone}}}" in json.dumps(one) for gone in left_out)
    }
    return {**described, "Resources": kept, "Outputs": outputs}, left_out


if __name__ == "__main__":
    described, left_out = accepted(template.load(template.EDGE))
    if left_out:
        print(f"The emulator refuses, so these are left out: {', '.join(left_out)}")
    with tempfile.TemporaryDirectory() as folder:
        template.EDGE = Path(folder) / "edge.json"
        template.EDGE.write_text(json.dumps(described))
        os.environ["PYTHONPATH"] = str(BRIDGE)
        sys.exit(main())
