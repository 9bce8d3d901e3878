"""The base template as data, and what of it reaches the product."""

from __future__ import annotations

from pathlib import Path

import pytest

from chalicelib.access.roles import Role
from chalicelib.access.sign_in.pool import SCOPES
from chalicelib.settings import Settings
from infra import outputs, template
from infra.local import stack


def test_short_forms_are_read_as_their_long_ones(tmp_path: Path) -> None:
    file = tmp_path / "t.yaml"
    file.write_text('a: !Ref X\nb: !GetAtt X.Arn\nc: !Sub "x-${Y}"\nd: [!Join ["", [a, !Ref Z]]]\n')
    assert template.load(file) == {
        "a": {"Ref": "X"},
        "b": {"Fn::GetAtt": ["X", "Arn"]},
        "c": {"Fn::Sub": "x-${Y}"},
        "d": [{"Fn::Join": ["", ["a", {"Ref": "Z"}]]}],
    }


def test_every_setting_that_the_stack_decides_reaches_the_product(monkeypatch: pytest.MonkeyPatch) -> None:
    declared = template.load()["Outputs"]
    environment = outputs.environment({name: f"value of {name}" for name in declared})
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    read = Settings()
    audit = {read.audit_queue_url, read.audit_dead_letter_queue_url}
    found = {
        read.table,
        read.bucket,
        read.queue_url,
        read.kms_key,
        read.admin_pool,
        read.admin_pool_url,
    } | audit
    assert found == set(environment.values())


def test_what_holds_data_outlives_the_stack() -> None:
    for name, resource in template.load()["Resources"].items():
        if resource["Type"].split("::")[1] in ("DynamoDB", "KMS", "Cognito") or (
            resource["Type"] == "AWS::S3::Bucket"
        ):
            # names, which point to what is kept
            named = name.endswith("Alias") or resource["Type"] == "AWS::Cognito::UserPoolDomain"
            kept = named or resource.get("DeletionPolicy") == "Retain"
            assert kept, name


def test_each_role_is_a_group_and_the_highest_comes_first() -> None:
    groups = [
        resource["Properties"]
        for resource in template.load()["Resources"].values()
        if resource["Type"] == "AWS::Cognito::UserPoolGroup"
    ]
    in_order = sorted(groups, key=lambda group: int(group["Precedence"]))
    assert [group["GroupName"] for group in in_order] == list(Role)


def test_nobody_gets_into_the_console_but_by_a_code_of_the_pools_own_pages() -> None:
    """With a flow of the API's own, or its scope, people could give themselves another role."""
    pool = template.load()["Resources"]["AdminUsers"]["Properties"]
    assert pool["AdminCreateUserConfig"]["AllowAdminCreateUserOnly"]
    assert pool["DeletionProtection"] == "ACTIVE"
    client = template.load(template.EDGE)["Resources"]["AdminClient"]["Properties"]
    assert client["AllowedOAuthFlows"] == ["code"]
    assert client["ExplicitAuthFlows"] == ["ALLOW_REFRESH_TOKEN_AUTH"]
    assert "aws.cognito.signin.user.admin" not in client["AllowedOAuthScopes"]
    assert set(client["AllowedOAuthScopes"]) == set(SCOPES.split())


def test_no_bucket_can_be_made_public() -> None:
    buckets = [r for r in template.load()["Resources"].values() if r["Type"] == "AWS::S3::Bucket"]
    assert buckets
    for bucket in buckets:
        assert set(bucket["Properties"]["PublicAccessBlockConfiguration"].values()) == {True}


def test_lifecycle_rules_take_the_form_of_the_api() -> None:
    rules = [
        {"Id": "a", "Status": "Enabled", "Prefix": "uploads/", "ExpirationInDays": 1},
        {"Id": "b", "Status": "Enabled", "NoncurrentVersionExpiration": {"NoncurrentDays": 3}},
    ]
    assert stack.lifecycle({"Rules": rules}) == [
        {"ID": "a", "Status": "Enabled", "Filter": {"Prefix": "uploads/"}, "Expiration": {"Days": 1}},
        {
            "ID": "b",
            "Status": "Enabled",
            "Filter": {"Prefix": ""},
            "NoncurrentVersionExpiration": {"NoncurrentDays": 3},
        },
    ]
