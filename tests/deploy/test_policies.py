"""The functions' policies: nothing without a reason, and that calls are held against them."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from infra import template
from infra.deploy import policies
from tests import permissions

#: of a base stack, by their names
OUTPUTS = {name: f"arn:aws:{name}" for name in template.load()["Outputs"]}


@pytest.fixture(scope="module")
def documents() -> dict[str, dict[str, Any]]:
    return policies.documents("prod", OUTPUTS, "123456789012", "eu-central-1")


def test_every_function_has_a_policy(documents: dict[str, dict[str, Any]]) -> None:
    source = (policies.TEMPLATE.parents[1] / "app.py").read_text()
    declared = re.findall(r'lambda_function\(name="(\w+)"', source)
    assert set(documents) == {"api_handler", *declared} == set(policies.FUNCTIONS)


def test_a_star_stands_below_its_reason() -> None:
    lines = policies.TEMPLATE.read_text().splitlines()
    stars = [number for number, line in enumerate(lines) if re.search(r'(Action|Resource):.*"\*"', line)]
    assert stars
    for number in stars:
        assert lines[number - 1].lstrip().startswith("#"), lines[number]
    actions = [line for line in lines if re.search(r"\w+:\w*\*", line) and "arn:" not in line]
    assert [line for line in actions if not line.lstrip().startswith("#")] == []


def test_every_statement_is_used() -> None:
    found = yaml.safe_load(policies.TEMPLATE.read_text())
    used = {name for names in found["functions"].values() for name in names}
    assert used == set(found["statements"])


def test_no_function_reaches_what_is_kept_for_deploying(documents: dict[str, dict[str, Any]]) -> None:
    """The state of a deployment lies in the bucket of bodies."""
    for document in documents.values():
        for statement in document["Statement"]:
            for resource in permissions._list(statement["Resource"]):
                if resource.startswith(OUTPUTS["BucketArn"] + "/"):
                    assert resource.removeprefix(OUTPUTS["BucketArn"] + "/").partition("/")[0] in (
                        "blobs",
                        "uploads",
                        "answers",
                        "audit",
                    )


def test_a_function_writes_to_its_own_log_alone(documents: dict[str, dict[str, Any]]) -> None:
    for function, document in documents.items():
        (logs,) = (one for one in document["Statement"] if one["Sid"] == "Logs")
        name = policies.lambda_name("prod", function)
        assert logs["Resource"] == f"arn:aws:logs:eu-central-1:123456789012:log-group:/aws/lambda/{name}:*"


def test_policies_are_short_enough(documents: dict[str, dict[str, Any]]) -> None:
    """All inline policies of a role may have 10,240 characters."""
    longest = {**OUTPUTS, **dict.fromkeys(OUTPUTS, "x" * 100)}
    for document in policies.documents("a-long-stagename", longest, "1" * 12, "ap-southeast-2").values():
        assert len(str(document).replace(" ", "")) < 10_000
    assert documents


def test_calls_are_held_against_them() -> None:
    """What the whole suite relies on (tests/permissions.py)."""
    assert permissions.allowed("api_handler", "s3:GetObject", "arn:BucketArn/blobs/ab/abc")
    assert not permissions.allowed("api_handler", "s3:GetObject", "arn:BucketArn/deploy/chalice.json")
    assert not permissions.allowed("audit_forwarder", "kms:Decrypt", None)
    writes: dict[str, Any] = {"TransactItems": [{"Put": {}}, {"ConditionCheck": {}}]}
    assert set(permissions.actions("dynamodb", "TransactWriteItems", writes)) == {
        "dynamodb:PutItem",
        "dynamodb:ConditionCheckItem",
    }
