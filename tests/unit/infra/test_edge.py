"""The edge stack: what its two distributions share, and what elsewhere it has to agree with."""

from __future__ import annotations

import copy
import json
import re
from typing import Any

import pytest

from chalicelib.http import log
from infra import edge, template
from tests.conftest import ROOT

#: what CloudFormation takes in a request, and CloudFront as a function
TEMPLATE_BYTES, FUNCTION_BYTES = 51_200, 10_240


@pytest.fixture(scope="module")
def stack() -> dict[str, Any]:
    return template.load(template.EDGE)


def config(stack: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = stack["Resources"][name]["Properties"]["DistributionConfig"]
    return found


def test_the_distributions_differ_only_in_what_tenants_bring_themselves(stack: dict[str, Any]) -> None:
    main, custom = (copy.deepcopy(config(stack, name)) for name in ("Main", "Custom"))
    assert (custom.pop("ConnectionMode"), custom.pop("TenantConfig")) == (
        "tenant-only",
        {"ParameterDefinitions": []},
    )
    assert main.pop("IPV6Enabled")
    assert stack["Resources"]["ConnectionGroup"]["Properties"]["Ipv6Enabled"]
    for only in ("Aliases", "Comment", "ViewerCertificate"):
        main.pop(only, None)
        custom.pop(only, None)
    assert main == custom


def test_old_versions_of_tls_are_refused(stack: dict[str, Any]) -> None:
    for name in ("Main", "Custom"):
        assert config(stack, name)["ViewerCertificate"]["MinimumProtocolVersion"] == "TLSv1.2_2021"
        for origin in config(stack, name)["Origins"]:
            if "CustomOriginConfig" in origin:
                assert origin["CustomOriginConfig"]["OriginProtocolPolicy"] == "https-only"


def test_the_template_holds_the_functions_code(stack: dict[str, Any]) -> None:
    code = edge.VIEWER_REQUEST.read_text(encoding="utf-8")
    held = stack["Resources"]["ViewerRequest"]["Properties"]["FunctionCode"]
    assert held == code, "call `python -m infra.edge`, which copies the code into the template"
    assert len(code.encode()) < FUNCTION_BYTES


def test_the_template_fits_a_request() -> None:
    assert template.EDGE.stat().st_size < TEMPLATE_BYTES


def test_every_origin_proves_that_a_request_came_through_it(stack: dict[str, Any]) -> None:
    for name in ("Main", "Custom"):
        for origin in config(stack, name)["Origins"]:
            if origin["Id"] != "assets":
                assert origin["OriginCustomHeaders"] == [
                    {"HeaderName": "x-portico-origin", "HeaderValue": {"Ref": "OriginSecret"}}
                ]


def test_whatever_reaches_the_product_passes_the_function(stack: dict[str, Any]) -> None:
    main = config(stack, "Main")
    for behaviour in (main["DefaultCacheBehavior"], *main["CacheBehaviors"]):
        if behaviour["TargetOriginId"] == "assets":
            assert "FunctionAssociations" not in behaviour
            assert "OriginRequestPolicyId" not in behaviour
        else:
            assert [one["EventType"] for one in behaviour["FunctionAssociations"]] == ["viewer-request"]
            assert behaviour["OriginRequestPolicyId"] == {"Ref": "OriginPolicy"}


def test_errors_are_kept_as_long_as_their_headers_say(stack: dict[str, Any]) -> None:
    responses = config(stack, "Main")["CustomErrorResponses"]
    assert all(one["ErrorCachingMinTTL"] == 0 for one in responses)
    # those that CloudFront would keep for ten seconds by itself
    kept = {400, 403, 404, 405, 414, 416, 500, 501, 502, 503, 504}
    assert {one["ErrorCode"] for one in responses} == kept


def test_the_page_of_failures_is_among_the_files_of_the_deployment(stack: dict[str, Any]) -> None:
    pages = {
        one["ResponsePagePath"]: one["ErrorCode"]
        for one in config(stack, "Main")["CustomErrorResponses"]
        if "ResponsePagePath" in one
    }
    for path in pages:
        assert path.startswith(f"/{edge.ERRORS_PREFIX}")
        text = (edge.ERRORS / path.removeprefix(f"/{edge.ERRORS_PREFIX}")).read_text(encoding="utf-8")
        assert not re.search(r"<script|https?://|src=", text), "it must load nothing"


def test_alarms_say_what_they_mean_and_what_to_do(stack: dict[str, Any]) -> None:
    alarms = [one for one in stack["Resources"].values() if one["Type"] == "AWS::CloudWatch::Alarm"]
    assert len(alarms) == 10, "ten cost nothing"
    guide = (ROOT / "docs" / "operate.md").read_text(encoding="utf-8")
    for alarm in alarms:
        assert len(alarm["Properties"]["AlarmDescription"]) > 100
        name = alarm["Properties"]["AlarmName"]["Fn::Sub"].removeprefix("portico-${Stage}-")
        assert f"| `{name}` |" in guide, "docs/operate.md says of each alarm what to do"


def test_no_alarm_is_silent_where_somebody_is_to_be_told(stack: dict[str, Any]) -> None:
    for alarm in stack["Resources"].values():
        if alarm["Type"] == "AWS::CloudWatch::Alarm":
            told = {"Fn::If": ["HasAlarmEmail", [{"Ref": "AlarmTopic"}], {"Ref": "AWS::NoValue"}]}
            assert alarm["Properties"]["AlarmActions"] == told


def test_the_dashboard_is_json_once_its_names_are_filled_in(stack: dict[str, Any]) -> None:
    body, names = stack["Resources"]["Dashboard"]["Properties"]["DashboardBody"]["Fn::Sub"]
    used = set(re.findall(r"\$\{([^}]+)\}", body))
    assert names.keys() <= used
    assert used <= names.keys() | stack["Parameters"].keys() | stack["Resources"].keys() | {"AWS::Region"}
    widgets = json.loads(re.sub(r"\$\{[^}]+\}", "x", body))["widgets"]
    assert all(one["properties"]["metrics"] for one in widgets)


def test_the_alarm_of_server_errors_counts_what_the_product_logs(
    stack: dict[str, Any], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("POWERTOOLS_LOG_LEVEL", "INFO")
    log.request(status=500)
    line = json.loads(capsys.readouterr().out)
    counted = stack["Resources"]["ServerErrorsMetric"]["Properties"]
    assert counted["FilterPattern"] == '{ $.message = "request" && $.status >= 500 }'
    assert (line["message"], line["status"]) == ("request", 500)
