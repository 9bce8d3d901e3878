"""What AWS runs and what `make run` runs are the same: handlers, their triggers, batches and times."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from infra import outputs, template
from infra.deploy import checks, deploy
from infra.local import logs, run, stack, worker
from tests.conftest import ROOT

EDGE = template.load(template.EDGE)
CONFIG = json.loads((ROOT / ".chalice" / "config.json").read_text())
LOCAL = (ROOT / "infra" / "local" / "run.py").read_text()


def resources(kind: str, described: dict[str, Any] = EDGE) -> dict[str, dict[str, Any]]:
    return {
        name: one["Properties"]
        for name, one in described["Resources"].items()
        if one["Type"] == f"AWS::{kind}"
    }


def seconds(function: str) -> float:
    """The timeout of a function."""
    found: float = CONFIG["lambda_functions"].get(function, CONFIG)["lambda_timeout"]
    return found


def handler(arn: dict[str, str]) -> str:
    """The function of a parameter of the edge stack."""
    return deploy.ARNS[arn["Ref"]]


def test_each_queue_has_its_reader_on_both_sides() -> None:
    """A queue → its function, as event source mappings say; and as `make run` starts threads."""
    mapped = {
        one["EventSourceArn"]["Ref"]: handler(one["FunctionName"])
        for one in resources("Lambda::EventSourceMapping").values()
    }
    # the emulator delivers log batches until they are taken, so that nothing needs to come back there
    assert mapped.pop("AuditRetryQueueArn") == "audit_forwarder"
    assert mapped == {"QueueArn": "worker", "AuditQueueArn": "audit_deliverer"}
    started = re.findall(r'os\.environ\["(PORTICO_\w+)"\],\s+app\.(\w+)', LOCAL)
    names = {environment: output.replace("Url", "Arn") for output, environment in outputs.ENVIRONMENT.items()}
    assert {names[environment]: function for environment, function in started} == mapped


def test_batches_are_as_large_and_failures_are_told() -> None:
    for name in ("WorkerDelivery", "AuditDelivery"):
        mapping = EDGE["Resources"][name]["Properties"]
        assert mapping["BatchSize"] == worker.BATCH
        assert mapping["FunctionResponseTypes"] == ["ReportBatchItemFailures"]


def test_the_schedule_ticks_as_often() -> None:
    (rule,) = resources("Events::Rule").values()
    number, unit = re.fullmatch(r"rate\((\d+) (minute)s?\)", rule["ScheduleExpression"]).groups()  # type: ignore[union-attr]
    assert int(number) * {"minute": 60}[unit] == worker.SCHEDULE_SECONDS
    assert [handler(one["Arn"]) for one in rule["Targets"]] == ["scheduled"]
    assert "app.scheduled" in LOCAL


def test_the_log_is_subscribed_to_by_the_forwarder() -> None:
    (subscription,) = resources("Logs::SubscriptionFilter").values()
    assert handler(subscription["DestinationArn"]) == "audit_forwarder"
    assert "app.audit_forwarder" in LOCAL
    group = resources("Logs::LogGroup", template.load())["ApiLogGroup"]["LogGroupName"]["Fn::Sub"]
    assert group.replace("${Stage}", stack.STAGE) == stack.LOG_GROUP


def test_functions_have_as_much_time() -> None:
    assert seconds("worker") == seconds("scheduled") == worker.FUNCTION_SECONDS
    assert seconds("audit_forwarder") == logs.FUNCTION_SECONDS


@pytest.mark.parametrize(
    ("queue", "function"),
    [("WorkerQueue", "worker"), ("AuditQueue", "audit_deliverer"), ("AuditRetryQueue", "audit_forwarder")],
)
def test_a_message_stays_hidden_while_it_is_worked_on(queue: str, function: str) -> None:
    """Lambda refuses a mapping of a queue whose messages come back before the function is out of time."""
    found = template.load()["Resources"][queue]["Properties"]
    assert found["VisibilityTimeout"] >= seconds(function)


def test_every_log_group_is_declared_with_an_end() -> None:
    groups = resources("Logs::LogGroup", template.load()).values()
    assert len(groups) == 1 + len(re.findall(r"@app\.lambda_function", (ROOT / "app.py").read_text()))
    assert all(one["RetentionInDays"] for one in groups)


def test_everything_stored_is_encrypted_kept_and_private() -> None:
    base = template.load()["Resources"]
    for name, one in base.items():
        properties = one["Properties"]
        if one["Type"] == "AWS::S3::Bucket":
            assert set(properties["PublicAccessBlockConfiguration"].values()) == {True}, name
            assert properties["BucketEncryption"], name
        if one["Type"] == "AWS::SQS::Queue":
            assert properties["SqsManagedSseEnabled"] is True, name
        if one["Type"] in (
            "AWS::S3::Bucket",
            "AWS::DynamoDB::Table",
            "AWS::KMS::Key",
            "AWS::Cognito::UserPool",
        ):
            assert one["DeletionPolicy"] == one["UpdateReplacePolicy"] == "Retain", name
    table = base["Table"]["Properties"]
    assert table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"] is True
    assert table["SSESpecification"]["SSEEnabled"] is True
    assert table["DeletionProtectionEnabled"] is True


def test_every_name_the_stacks_set_is_one_the_product_reads() -> None:
    read = set(re.findall(r'"(PORTICO_\w+)"', (ROOT / "chalicelib" / "settings.py").read_text()))
    assert set(outputs.ENVIRONMENT.values()) | set(outputs.EDGE.values()) <= read
    assert set(outputs.ENVIRONMENT) <= set(template.load()["Outputs"])
    assert set(outputs.EDGE) <= set(EDGE["Outputs"])


def test_pythons_of_lambda_are_known_with_their_ends() -> None:
    from datetime import date

    from infra.deploy.errors import DeployError

    assert "until 2029-06-30" in checks.python((3, 13), date(2026, 1, 1))
    with pytest.raises(DeployError, match="Lambda runs"):
        checks.python((3, 99))
    with pytest.raises(DeployError, match="ended"):
        checks.python((3, 11), date(2027, 7, 1))
    assert (
        EDGE["Resources"]["AuditDelivery"]["Properties"]["ScalingConfig"]["MaximumConcurrency"]
        >= run.DELIVERIES
    )
