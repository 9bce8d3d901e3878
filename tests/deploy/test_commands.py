"""What the commands of infra.deploy say where they cannot go on, and what they leave as it is."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.deploy import account, certificate, origin_secret, stacks
from infra.deploy.__main__ import main
from infra.deploy.account import Account
from infra.deploy.errors import DeployError

RECORD = {"Name": "_proof.portal.example.org.", "Type": "CNAME", "Value": "_value.acm-validations.aws."}


@pytest.fixture
def here(emulator: str) -> Account:
    return account.find()


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """A template with these resources."""

    def make(resources: dict[str, Any], **more: Any) -> Path:
        file = tmp_path / "template.json"
        file.write_text(json.dumps({"Resources": resources, **more}))
        return file

    return make


@pytest.mark.parametrize("stage", ["", "Prod", "1st", "a" * 17, "x-worker"])
def test_a_stage_needs_a_name_that_names_can_be_made_of(
    stage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["deploy", "--stage", stage]) == 1
    assert "stage" in capsys.readouterr().err


def test_without_a_region_it_says_how_to_name_one(monkeypatch: pytest.MonkeyPatch, emulator: str) -> None:
    for name in ("AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    account.session.cache_clear()
    with pytest.raises(DeployError, match="AWS_REGION="):
        account.region()
    account.session.cache_clear()


def test_nobody_to_ask_is_no_yes(emulator: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["destroy", "--stage", "unasked"]) == 1
    assert "YES=1" in capsys.readouterr().err


def test_a_failure_names_the_resource_and_what_to_do(here: Account, write: Callable[..., Path]) -> None:
    broken = {
        "Fine": {"Type": "AWS::SQS::Queue"},
        "Broken": {
            "Type": "AWS::Lambda::EventSourceMapping",
            "DependsOn": "Fine",
            "Properties": {"FunctionName": "none", "EventSourceArn": {"Fn::GetAtt": ["Fine", "NoSuch"]}},
        },
    }
    with pytest.raises(DeployError, match=r"Broken .*EventSourceMapping"):
        stacks.apply(here, "portico-broken", write(broken), {})
    # what is left of the first try is no obstacle to the next
    assert stacks.apply(here, "portico-broken", write({"Fine": {"Type": "AWS::SQS::Queue"}}), {}) == {}
    stacks.delete(here, "portico-broken")
    assert stacks.describe(here, "portico-broken") == {}


def test_a_parameter_nobody_gives_stays_as_it_is(here: Account, write: Callable[..., Path]) -> None:
    parameters = {"A": {"Type": "String", "Default": "a"}, "B": {"Type": "String", "Default": "b"}}
    out = {name: {"Value": {"Ref": name}} for name in parameters}
    queue = {"Queue": {"Type": "AWS::SQS::Queue"}}
    file = write(queue, Parameters=parameters, Outputs=out)
    assert stacks.apply(here, "portico-kept", file, {"A": "1", "B": "2"}) == {"A": "1", "B": "2"}
    assert stacks.apply(here, "portico-kept", file, {"B": "3"}) == {"A": "1", "B": "3"}


def test_the_origin_secret_is_kept_and_both_are_taken_while_it_changes(here: Account) -> None:
    first = origin_secret.ensure(here, "secret")
    assert origin_secret.ensure(here, "secret") == first
    second = origin_secret.ensure(here, "secret", rotate=True)
    assert second[1:] == first
    assert second[0] not in first
    assert origin_secret.ensure(here, "secret", rotate=True)[1:] == second[:1]
    assert min(len(one) for one in second) >= 32
    origin_secret.delete(here, "secret")
    assert origin_secret.load(here, "secret") == []


@pytest.fixture
def pending(monkeypatch: pytest.MonkeyPatch) -> None:
    """The emulator issues certificates at once, and has no record to prove a domain by: this one waits."""

    def with_record(acm: Any, arn: str) -> dict[str, Any]:
        return {"Status": "PENDING_VALIDATION", "DomainValidationOptions": [{"ResourceRecord": RECORD}]}

    monkeypatch.setattr(certificate, "_with_record", with_record)


def test_a_domain_elsewhere_is_told_its_records_and_waited_for(
    here: Account, pending: None, capsys: pytest.CaptureFixture[str]
) -> None:
    domain = "portal.example.org"
    found = certificate.ensure(here, domain)
    assert found == ("", RECORD)
    told = certificate.instructions("s", domain, RECORD, {"DistributionDomain": "d1.cloudfront.net"})
    for part in (
        RECORD["Name"],
        RECORD["Value"],
        f"*.{domain}  CNAME  d1.cloudfront.net",
        "make domain STAGE=s",
    ):
        assert part in "\n".join(told)
    assert certificate.ensure(here, domain, wait=True).arn
    assert RECORD["Value"] in capsys.readouterr().out


def test_a_domain_in_the_account_is_proved_in_its_longest_zone(
    here: Account, pending: None, aws: Callable[[str], Any]
) -> None:
    route53 = aws("route53")
    zones = {
        name: route53.create_hosted_zone(Name=name, CallerReference=name)["HostedZone"]["Id"]
        for name in ("example.net", "deep.example.net", "other.net")
    }
    made = certificate.ensure(here, "portal.deep.example.net")
    assert made.arn
    assert made == certificate.ensure(here, "portal.deep.example.net"), "one certificate is enough"
    certificate.point(here, "portal.deep.example.net", {"DistributionDomain": "d1.cloudfront.net"})
    found = {
        name: [
            one
            for one in route53.list_resource_record_sets(HostedZoneId=zone)["ResourceRecordSets"]
            if one["Type"] not in ("NS", "SOA")
        ]
        for name, zone in zones.items()
    }
    assert {name: len(records) for name, records in found.items()} == {
        "example.net": 0,
        "deep.example.net": 3,
        "other.net": 0,
    }
    certificate.unpoint(here, "portal.deep.example.net")
    left = route53.list_resource_record_sets(HostedZoneId=zones["deep.example.net"])["ResourceRecordSets"]
    assert not [one for one in left if "AliasTarget" in one]


@pytest.fixture(autouse=True)
def environment() -> Iterator[None]:
    before = dict(os.environ)
    yield
    os.environ.clear()
    os.environ.update(before)
