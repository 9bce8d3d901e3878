"""What each function may do: infra/policies.yaml with the names of a stage filled in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from string import Template
from typing import Any

TEMPLATE = Path(__file__).resolve().parents[1] / "policies.yaml"
#: Chalice's names of the functions; the first answers HTTP, and its Lambda has the stage's name alone
FUNCTIONS = ("api_handler", "worker", "scheduled", "audit_forwarder", "audit_deliverer")
#: stands for a distribution that is not made yet
NONE_YET = "none-yet"


def lambda_name(stage: str, function: str) -> str:
    """The name Chalice gives the Lambda of a function."""
    return f"portico-{stage}" if function == "api_handler" else f"portico-{stage}-{function}"


def documents(
    stage: str, outputs: Mapping[str, str], account: str, region: str, partition: str = "aws"
) -> dict[str, dict[str, Any]]:
    """The policy of each function. `outputs`: those of the base stack, and of the edge stack once there is
    one. Raises KeyError where a name of the template is none of these."""
    import yaml

    template = yaml.safe_load(TEMPLATE.read_text(encoding="utf-8"))
    distribution = f"arn:{partition}:cloudfront::{account}:distribution/"
    values = {
        **outputs,
        "Stage": stage,
        "AccountId": account,
        "Region": region,
        "Partition": partition,
        "Distribution": distribution + (outputs.get("DistributionId") or NONE_YET),
        "CustomDistribution": distribution + (outputs.get("CustomDistributionId") or NONE_YET),
    }
    return {
        function: {
            "Version": "2012-10-17",
            "Statement": [
                _statement(
                    name, template["statements"][name], {**values, "Function": lambda_name(stage, function)}
                )
                for name in names
            ],
        }
        for function, names in template["functions"].items()
    }


def _statement(name: str, statement: dict[str, Any], values: Mapping[str, str]) -> dict[str, Any]:
    sid = re.sub(r"[^A-Za-z0-9]", "", name.title())
    return {"Sid": sid, "Effect": "Allow", **_filled(statement, values)}


def _filled(value: Any, values: Mapping[str, str]) -> Any:
    if isinstance(value, dict):
        return {name: _filled(one, values) for name, one in value.items()}
    if isinstance(value, list):
        return [_filled(one, values) for one in value]
    return Template(value).substitute(values)
