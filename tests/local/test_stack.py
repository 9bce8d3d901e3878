"""The base stack in the emulator: what exists is what the template says."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra import template
from infra.local import stack
from infra.local.emulator_process import Emulator


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    with Emulator() as emulator:
        yield emulator.url


@pytest.fixture(scope="module")
def outputs(endpoint: str) -> dict[str, str]:
    return stack.apply(endpoint)


def properties(name: str) -> Any:
    return template.load()["Resources"][name]["Properties"]


def test_the_table_has_the_templates_keys_expiry_and_backups(endpoint: str, outputs: dict[str, str]) -> None:
    dynamodb = stack.client("dynamodb", endpoint)
    wanted = properties("Table")
    table = dynamodb.describe_table(TableName=outputs["Table"])["Table"]
    assert table["KeySchema"] == wanted["KeySchema"]
    assert table["BillingModeSummary"]["BillingMode"] == wanted["BillingMode"]
    expiry = dynamodb.describe_time_to_live(TableName=outputs["Table"])["TimeToLiveDescription"]
    assert expiry == {
        "TimeToLiveStatus": "ENABLED",
        "AttributeName": wanted["TimeToLiveSpecification"]["AttributeName"],
    }
    backups = dynamodb.describe_continuous_backups(TableName=outputs["Table"])["ContinuousBackupsDescription"]
    assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"


@pytest.mark.parametrize(("resource", "output"), [("Blobs", "Bucket"), ("Assets", "AssetsBucket")])
def test_the_buckets_have_the_templates_rules(
    endpoint: str, outputs: dict[str, str], resource: str, output: str
) -> None:
    s3 = stack.client("s3", endpoint)
    wanted = properties(resource)
    bucket = outputs[output]
    found = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    assert sorted(found, key=str) == sorted(found, key=str)
    assert {rule["ID"]: rule for rule in found} == {
        rule["ID"]: rule for rule in stack.lifecycle(wanted["LifecycleConfiguration"])
    }
    access = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    assert access == wanted["PublicAccessBlockConfiguration"]
    if "VersioningConfiguration" in wanted:
        assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
        rule = s3.get_bucket_cors(Bucket=bucket)["CORSRules"][0]
        assert rule["AllowedMethods"] == wanted["CorsConfiguration"]["CorsRules"][0]["AllowedMethods"]


def test_the_queue_gives_up_to_the_dead_letter_queue(endpoint: str, outputs: dict[str, str]) -> None:
    sqs = stack.client("sqs", endpoint)
    found = sqs.get_queue_attributes(QueueUrl=outputs["QueueUrl"], AttributeNames=["All"])["Attributes"]
    assert found["VisibilityTimeout"] == str(properties("WorkerQueue")["VisibilityTimeout"])
    assert outputs["DeadLetterQueueArn"] in found["RedrivePolicy"]


def test_secrets_can_be_encrypted_under_the_alias(endpoint: str, outputs: dict[str, str]) -> None:
    kms = stack.client("kms", endpoint)
    sealed = kms.encrypt(KeyId=outputs["KmsKey"], Plaintext=b"secret")["CiphertextBlob"]
    assert kms.decrypt(CiphertextBlob=sealed)["Plaintext"] == b"secret"


def test_admins_and_the_log_groups_are_there(endpoint: str, outputs: dict[str, str]) -> None:
    pool = stack.client("cognito-idp", endpoint).describe_user_pool(UserPoolId=outputs["AdminPoolId"])
    assert pool["UserPool"]["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"] is True
    groups = stack.client("logs", endpoint).describe_log_groups(logGroupNamePrefix=outputs["ApiLogGroup"])
    assert [group["retentionInDays"] for group in groups["logGroups"]] == [30] * 5


def test_applying_again_changes_nothing(endpoint: str, outputs: dict[str, str]) -> None:
    cloudformation = stack.client("cloudformation", endpoint)
    before = cloudformation.describe_stack_events(StackName=stack.STACK)["StackEvents"]
    assert stack.apply(endpoint) == outputs
    assert cloudformation.describe_stack_events(StackName=stack.STACK)["StackEvents"] == before


def test_a_changed_template_updates_and_keeps_the_data(
    endpoint: str, outputs: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dynamodb = stack.client("dynamodb", endpoint)
    key = {"pk": {"S": "kept"}, "sk": {"S": "-"}}
    dynamodb.put_item(TableName=outputs["Table"], Item=key)
    changed = tmp_path / "base.yaml"
    changed.write_text(template.BASE.read_text() + "  Further:\n    Value: new\n")
    monkeypatch.setattr(template, "BASE", changed)
    assert stack.apply(endpoint) == {**outputs, "Further": "new"}
    assert dynamodb.get_item(TableName=outputs["Table"], Key=key)["Item"] == key


def test_a_refused_template_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "base.yaml"
    broken.write_text("Resources:\n  X:\n    Type: AWS::No::Such\n")
    monkeypatch.setattr(template, "BASE", broken)
    with Emulator() as emulator, pytest.raises(stack.StackError, match="AWS::No::Such"):
        stack.apply(emulator.url)


def test_the_product_is_pointed_at_the_emulator_and_nowhere_else(
    endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "example.com")
    found = stack.environment(endpoint)
    assert found["AWS_ENDPOINT_URL"] == endpoint
    assert found["PORTICO_QUEUE_URL"].startswith(endpoint + "/")
    assert found["NO_PROXY"] == "example.com,127.0.0.1,localhost"
