"""Audit events of a whole run on this machine: from a request to receivers that real programs would be."""

from __future__ import annotations

import base64
import gzip
import io
import json
import re
import signal
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jc
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from infra import edge, template
from infra.local import stack
from infra.local.emulator_process import Emulator
from infra.local.logs import Subscription
from infra.local.worker import POLL_SECONDS
from tests.client import Client
from tests.contract.audit.receivers import Elastic, Receiver, Reply, self_signed, splunk
from tests.local.test_run import Running
from tests.local.waiting import until

TOKEN = "ptc_given"
Start = Callable[..., Running]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    started: list[Running] = []

    def make(**environment: str) -> Running:
        started.append(Running(tmp_path / "state", ADMIN_TOKEN=TOKEN, **environment))
        return started[-1].up()

    yield make
    for running in started:
        if running.process.poll() is None:
            running.process.kill()
            running.process.wait()


def connect(
    admin: Client, receiver: Receiver, path: str = "/", portal: str | None = None, **members: Any
) -> Any:
    """Send the organisation's events, or a portal's logins, to a receiver."""
    shape = members.pop("shape", "webhook")
    body = {
        "name": "r",
        "endpoint": receiver.url(path),
        "authorization": "a-token",
        "log_format": "cef",
        **members,
    }
    made = admin.made("/v3/audit-log-destinations", body)
    assert admin.patch(f"/portico/v1/audit-destinations/{made['id']}", {"shape": shape}).status == 200
    webhook = f"/v3/portals/{portal}/audit-log-webhook" if portal else "/v3/audit-log-webhook"
    reply = admin.patch(webhook, {"audit_log_destination_id": made["id"], "enabled": True})
    assert reply.status == 200, reply.text
    return made


def parsed(lines: list[str]) -> list[dict[str, Any]]:
    """Lines of CEF as a parser that is not ours reads them."""
    found = jc.parse("cef", "\n".join(lines))
    assert isinstance(found, list)
    return [dict(one) for one in found]


class Keys:
    """The public keys, as anyone gets them."""

    def __init__(self, port: int) -> None:
        found = Client(port).get("/v2/audit-log-webhook/jwks.json").json()["keys"]
        self.keys = {
            key["kid"]: Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(key["x"] + "="))
            for key in found
        }

    def check(self, text: str, kid: str, signature: str) -> None:
        self.keys[kid].verify(base64.urlsafe_b64decode(signature + "=="), text.encode())

    def check_cef(self, line: str) -> None:
        text, _, signature = line.rpartition(" sig=")
        kid = re.search(r" kid=(\S+)", text)
        assert kid
        self.check(text, kid.group(1), signature)

    def check_json(self, line: str) -> None:
        before, _, rest = line.rpartition(',"sig":"')
        signature, _, end = rest.partition('"')
        self.check(before + end, json.loads(line)["kid"], signature)


def test_everything_that_happens_is_found_in_the_receiver_parsed_and_verified(start: Start) -> None:
    running = start()
    admin = Client(running.port, token=TOKEN)
    with Receiver() as receiver:
        connect(admin, receiver)
        agent = {"User-Agent": r"Agent/1.0 (a=b|c\d; 日本)".encode().decode("latin-1")}
        portal = admin.made("/v3/portals", {"name": "audited"}, headers=agent)
        api = admin.made("/v3/apis", {"name": "an api"})
        published = admin.put(
            f"/v3/apis/{api['id']}/publications/{portal['id']}", {"auth_strategy_ids": None}
        )
        assert published.status == 200
        viewer = admin.made("/portico/v1/tokens", {"name": "v", "role": "viewer"})
        assert Client(running.port, token=viewer["token"]).delete(f"/v3/portals/{portal['id']}").status == 403
        assert Client(running.port, token="ptc_nobody").get("/v3/portals").status == 401
        assert admin.delete(f"/portico/v1/tokens/{viewer['id']}").status == 204
        assert Client(running.port, token=viewer["token"]).get("/v3/portals").status == 401
        visitor = Client(running.port, portal["default_domain"])
        assert visitor.get("/api/v3/apis", headers={"Cookie": "portalaccesstoken=ended"}).status == 401

        def wanted() -> dict[str, list[dict[str, Any]]]:
            by_name: dict[str, list[dict[str, Any]]] = {}
            for event in parsed(list(receiver.taken)):
                by_name.setdefault(event["agentSeverity"] + " " + event["name"], []).append(event)
            return by_name

        until(lambda: len(wanted().get("1 AUTHENTICATION_OUTCOME_TOKEN_EXPIRED", [])) == 1, "the last event")
        found = wanted()
        (denied,) = found["6 Authz.portals"]
        assert denied["action"] == "delete-portal"
        assert denied["granted"] == "false"
        assert denied["principal_id"] == viewer["id"]
        (disabled,) = found["6 AUTHENTICATION_OUTCOME_DISABLED"]
        assert disabled["principal_id"] == viewer["id"]
        assert found["1 AUTHENTICATION_OUTCOME_NOT_FOUND"][0]["success"] == "false"
        (ended,) = found["1 AUTHENTICATION_OUTCOME_TOKEN_EXPIRED"]
        assert (ended["portal_id"], ended["deviceProduct"]) == (portal["id"], "Dev-Portal")
        changes = [(event["act"], event["request"], event["status"]) for event in found["1 Ingress"]]
        assert ("POST", "/v3/portals", "201") in changes
        assert ("PUT", f"/v3/apis/{api['id']}/publications/{portal['id']}", "200") in changes
        assert found["6 Ingress"][0]["status"] == "403"
        (made,) = [event for event in found["1 Ingress"] if event["request"] == "/v3/portals"]
        assert made["user_agent"].startswith(r"Agent/1.0 (a=b|c\d; ")
        keys = Keys(running.port)
        for line in receiver.taken:
            keys.check_cef(line)
        assert "audited" not in "".join(receiver.taken)
        status = admin.get("/v3/audit-log-webhook/status").json()
        assert (status["webhook_status"], status["last_response_code"]) == ("active", 200)
        listed = admin.get("/v3/audit-logs", query={"filter[type]": "authorization"}).json()["data"]
        assert [entry["action"] for entry in listed] == ["delete-portal"]
    assert running.end() == 0


def test_splunk_and_elastic_and_https_get_what_is_theirs(start: Start, tmp_path: Path) -> None:
    certificate = self_signed(tmp_path)
    running = start(SSL_CERT_FILE=str(certificate))
    admin = Client(running.port, token=TOKEN)
    portals = [admin.made("/v3/portals", {"name": f"p{number}"}) for number in range(2)]
    elastic = Elastic()
    with Receiver(certificate) as secure, Receiver() as hec, Receiver() as bulk:
        hec.behave(splunk("a-token", acknowledge=True))
        hec.then(Reply(503, '{"text":"Server is busy","code":9}'))
        bulk.behave(elastic)
        connect(admin, secure)
        path = "/services/collector/event"
        connect(admin, hec, path, portals[0]["id"], shape="splunk", log_format="json")
        connect(admin, bulk, "/_bulk", portals[1]["id"], shape="elastic", log_format="json")
        for portal in portals:
            visitor = Client(running.port, portal["default_domain"])
            assert visitor.get("/api/v3/apis", headers={"Cookie": "portalaccesstoken=x"}).status == 401
        until(lambda: elastic.documents, "the bulk interface's document")
        until(lambda: any("Dev-Portal" in line for line in hec.taken), "the collector's event")
        until(lambda: sum("Dev-Portal" in line for line in secure.taken) == 2, "the webhook's lines")
        keys = Keys(running.port)
        (document,) = elastic.documents.values()
        assert document["portal_id"] == portals[1]["id"]
        keys.check_json(document["event"]["original"])
        (event,) = [json.loads(line) for line in hec.taken if "Dev-Portal" in line]
        assert event["event"]["portal_id"] == portals[0]["id"]
        keys.check_json(re.sub(r'^.*?"event":(\{.*\})\}$', r"\1", hec.taken[0]))
        for line in secure.taken:
            keys.check_cef(line)
    assert running.end() == 0


def test_a_killed_run_loses_no_event(start: Start) -> None:
    running = start()
    admin = Client(running.port, token=TOKEN)
    with Receiver() as receiver:
        receiver.behave(Reply(seconds=60, close=True))  # it is killed with these in hand
        come_back_soon(running)
        connect(admin, receiver)
        ids = [admin.made("/v3/portals", {"name": f"k{number}"})["id"] for number in range(10)]
        for portal_id in ids:
            admin.patch(f"/v3/portals/{portal_id}", {"description": "changed"})
        until(lambda: receiver.requests, "a request in hand")
        running.end(signal.SIGKILL)
        assert receiver.taken == []
        receiver.behave(Reply())
        again = start(PORT=str(running.port))

        def changed() -> set[str]:
            return {event["request"] for event in parsed(list(receiver.taken)) if event.get("act") == "PATCH"}

        until(lambda: {f"/v3/portals/{portal_id}" for portal_id in ids} <= changed(), "all changes", 40)
    assert again.end() == 0


def come_back_soon(running: Running) -> None:
    """Have messages that a killed process held come again after two seconds instead of three minutes."""
    sqs = stack.client("sqs", running.emulator())
    (url,) = [url for url in sqs.list_queues()["QueueUrls"] if url.endswith("-audit.fifo")]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "2"})
    time.sleep(POLL_SECONDS + 0.2)  # a receive that waits already still has the old time


def test_the_edge_stack_joins_log_group_queues_functions_and_cloudfront() -> None:
    with Emulator() as emulator:
        outputs = stack.apply(emulator.url)
        functions = stack.client("lambda", emulator.url)
        code = io.BytesIO()
        with zipfile.ZipFile(code, "w") as packed:
            packed.writestr("index.py", "def handler(event, context): print(event)")
        arns = {
            f"{function}Arn": functions.create_function(
                FunctionName=function,
                Runtime="python3.12",
                Handler="index.handler",
                Role="arn:aws:iam::000000000000:role/r",
                Code={"ZipFile": code.getvalue()},
            )["FunctionArn"]
            for function in ("Api", "Worker", "Scheduled", "AuditForwarder", "AuditDeliverer")
        }
        # the emulator's CloudFormation knows no connection groups, which custom domains need
        own = {"Stage": stack.STAGE, "ApiId": "api", "OriginSecret": "s" * 24, "CustomDomains": "false"}
        wanted = template.load(template.EDGE)["Parameters"]
        known = {**outputs, **arns, **own}
        given = {name: known[name] for name, one in wanted.items() if name in known or "Default" not in one}
        cloudformation = stack.client("cloudformation", emulator.url)
        cloudformation.create_stack(
            StackName="edge",
            TemplateBody=template.EDGE.read_text(),
            Parameters=[{"ParameterKey": n, "ParameterValue": value} for n, value in given.items()],
        )

        def status() -> str:
            found: str = cloudformation.describe_stacks(StackName="edge")["Stacks"][0]["StackStatus"]
            return found

        until(lambda: status() == "CREATE_COMPLETE", "the stack")
        (subscription,) = stack.client("logs", emulator.url).describe_subscription_filters(
            logGroupName=outputs["ApiLogGroup"]
        )["subscriptionFilters"]
        assert subscription["destinationArn"] == arns["AuditForwarderArn"]
        mappings = functions.list_event_source_mappings()["EventSourceMappings"]
        assert {(one["EventSourceArn"], one["FunctionArn"]) for one in mappings} == {
            (outputs["AuditQueueArn"], arns["AuditDelivererArn"]),
            (outputs["AuditRetryQueueArn"], arns["AuditForwarderArn"]),
            (outputs["QueueArn"], arns["WorkerArn"]),
        }
        (delivery,) = [one for one in mappings if one["EventSourceArn"] == outputs["AuditQueueArn"]]
        assert delivery["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
        cloudfront = stack.client("cloudfront", emulator.url)
        (main,) = cloudfront.list_distributions()["DistributionList"]["Items"]
        config = cloudfront.get_distribution_config(Id=main["Id"])["DistributionConfig"]
        assert config["CacheTagConfig"] == {"HeaderName": "Cache-Tag"}
        function = f"portico-{stack.STAGE}-viewer-request"
        code_at_edge = cloudfront.get_function(Name=function, Stage="LIVE")["FunctionCode"].read()
        assert code_at_edge == edge.VIEWER_REQUEST.read_bytes()


class Log:
    """The product's log file, and what is carried out of it through an emulator's log group."""

    def __init__(self, logs: Any, folder: Path) -> None:
        self.logs = logs
        self.file, self.place = folder / "portico.log", folder / "place.json"
        self.carried: list[str] = []
        self.complaints: list[str] = []
        self.fails = 0
        self.subscription = self.again()

    def again(self) -> Subscription:
        """As a process that is started anew has it."""
        self.subscription = Subscription(
            self.logs, stack.LOG_GROUP, self.file, self.place, self._forward, self.complaints.append
        )
        return self.subscription

    def _forward(self, event: Any, context: Any) -> None:
        if self.fails:
            self.fails -= 1
            raise RuntimeError("the forwarder failed")
        batch = json.loads(gzip.decompress(base64.b64decode(event["awslogs"]["data"])))
        assert batch["messageType"] == "DATA_MESSAGE"
        assert batch["logGroup"] == stack.LOG_GROUP
        self.carried += [one["message"] for one in batch["logEvents"]]

    def write(self, text: str) -> None:
        with self.file.open("a") as file:
            file.write(text)

    def streams(self) -> list[Any]:
        found: list[Any] = self.logs.describe_log_streams(logGroupName=stack.LOG_GROUP)["logStreams"]
        return found


def audit(number: int) -> str:
    return json.dumps({"audit": {"n": number}}, separators=(",", ":"))


@pytest.fixture(scope="module")
def logs() -> Iterator[Any]:
    with Emulator() as emulator:
        stack.apply(emulator.url)
        yield stack.client("logs", emulator.url)


@pytest.fixture
def log(logs: Any, tmp_path: Path) -> Log:
    return Log(logs, tmp_path)


def test_audit_lines_are_carried_once_and_nothing_piles_up(log: Log) -> None:
    log.write(f'{audit(1)}\n{{"message":"request"}}\n{audit(2)}\n')
    assert log.subscription.once() == 2
    assert log.subscription.once() == 0
    log.write(f"{audit(3)}\n")
    log.subscription.once()
    assert log.carried == [audit(1), audit(2), audit(3)]
    assert log.streams() == []
    log.again().once()
    assert len(log.carried) == 3, "a new process goes on where the last one was"


def test_a_line_that_is_still_being_written_waits(log: Log) -> None:
    log.write(audit(1)[:10])
    log.subscription.once()
    assert log.carried == []
    log.write(audit(1)[10:] + "\n")
    log.subscription.once()
    assert log.carried == [audit(1)]


def test_a_forwarder_that_fails_is_tried_again_also_by_the_next_process(log: Log) -> None:
    log.fails = 1
    log.write(f"{audit(1)}\n")
    with pytest.raises(RuntimeError):
        log.subscription.once()
    assert len(log.streams()) == 1
    log.again().once()
    assert log.carried == [audit(1)]
    assert log.streams() == []


def test_a_process_killed_between_log_group_and_place_hands_over_twice_at_most(log: Log) -> None:
    log.write(f"{audit(1)}\n")
    log.subscription.once()
    log.place.unlink()
    log.again().once()
    assert log.carried == [audit(1)] * 2


def test_what_was_not_read_before_the_log_was_moved_away_is_read_first(log: Log) -> None:
    log.write(f"{audit(1)}\n")
    log.subscription.once()
    log.write(f"{audit(2)}\n")
    log.file.replace(log.file.with_name(log.file.name + ".1"))
    log.write(f"{audit(3)}\n")
    log.again().once()
    log.subscription.once()
    assert log.carried == [audit(1), audit(2), audit(3)]


def test_many_lines_are_several_batches(log: Log) -> None:
    log.write("".join(f"{audit(number)}\n" for number in range(2500)))
    assert log.subscription.once() == 2500
    assert log.carried == [audit(number) for number in range(2500)]


def test_in_the_background_it_carries_goes_on_after_failures_and_flushes_at_the_end(
    log: Log, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.local.logs.RETRY_SECONDS", 0.01)
    log.fails = 2
    log.subscription.start()
    log.write(f"{audit(1)}\n")
    until(lambda: log.carried == [audit(1)], "the line")
    assert len(log.complaints) == 2
    log.write(f"{audit(2)}\n")
    log.subscription.stop()
    assert log.carried == [audit(1), audit(2)]
