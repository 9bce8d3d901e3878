"""Audit logs in the console, from a destination that is made to events that arrive at a real receiver."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.console.conftest import Console
from tests.client import Client
from tests.contract.audit.conftest import Deliverer, log_batch, make_lines
from tests.contract.audit.receivers import Received, Receiver, Reply

PHONE = {"width": 390, "height": 800}
DESKTOP = {"width": 1280, "height": 900}


@pytest.fixture(autouse=True)
def nothing_kept(table: str, aws: Callable[[str], Any]) -> None:
    """No event is stored or on its way."""
    from chalicelib.settings import settings

    aws("sqs").purge_queue(QueueUrl=settings().audit_queue_url)
    bucket = settings().bucket
    for entry in aws("s3").list_objects_v2(Bucket=bucket, Prefix="audit/").get("Contents", []):
        aws("s3").delete_object(Bucket=bucket, Key=entry["Key"])


@pytest.fixture
def forward(capsys: pytest.CaptureFixture[str]) -> Callable[[], None]:
    """Hands the lines that requests have written so far to the forwarder, as CloudWatch does."""
    import app

    def run() -> None:
        out = capsys.readouterr().out.splitlines()
        app.audit_forwarder(log_batch([line for line in out if line.startswith('{"audit":')]), None)

    return run


@pytest.fixture
def deliver(table: str, aws: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch) -> Deliverer:
    return Deliverer(aws("sqs"), monkeypatch)


@pytest.fixture
def collector() -> Iterator[Receiver]:
    """Takes what comes with the right secret."""

    def answer(request: Received) -> Reply:
        if request.headers.get("x-secret") != "let-me-in":
            return Reply(403, "who are you?")
        return Reply(200, "thank you")

    with Receiver() as running:
        running.behave(answer)
        yield running


def test_a_destination_is_made_tested_switched_on_and_gets_a_replay(
    console: Console,
    collector: Receiver,
    admin: Client,
    portal: Any,
    forward: Callable[[], None],
    deliver: Deliverer,
    run_jobs: Callable[[], None],
) -> None:
    page = console.sign_in("/console/audit/delivery")
    expect(page.get_by_role("heading", name="Nowhere to send to yet")).to_be_visible()
    page.get_by_role("link", name="Go to destinations").click()
    page.get_by_role("button", name="New destination").click()
    expect(page.get_by_label("Name")).to_be_focused()
    page.get_by_label("Receiver").select_option(label="Sumo Logic")
    expect(page.get_by_label("Header")).to_have_count(0)
    page.get_by_label("Receiver").select_option(label="Webhook")
    page.get_by_label("Name").fill("Our SIEM")
    page.get_by_label("Endpoint").fill("http://siem.example.com/in")
    page.get_by_label("Authorization").fill("wrong")
    page.get_by_label("Header").fill("X-Secret")
    page.get_by_role("button", name="Make destination").click()
    expect(page.get_by_label("Endpoint")).to_be_focused()  # https only
    console.check_accessible()
    page.get_by_label("Endpoint").fill(collector.url("/in"))
    page.get_by_role("button", name="Make destination").click()

    # the test event, and its answer
    page.get_by_role("button", name="Send test event to Our SIEM").click()
    answer = page.get_by_role("region", name="Test event to “Our SIEM”")
    expect(answer).to_contain_text("Not delivered")
    expect(answer).to_contain_text("403")
    expect(answer).to_contain_text("who are you?")
    page.get_by_role("button", name="Change Our SIEM").click()
    expect(page.get_by_label("Header")).to_have_value("X-Secret")
    expect(page.get_by_label("Authorization")).to_have_value("")
    page.get_by_label("Authorization").fill("let-me-in")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Send test event to Our SIEM").click()
    expect(answer).to_contain_text("thank you")
    expect(answer).to_contain_text(" ms")
    assert json.loads(collector.taken[0])["name"] == "Test"
    console.check_accessible()

    # switched on, and its status
    page.get_by_role("link", name="Delivery").click()
    page.get_by_label("Destination").select_option(index=1)
    page.get_by_label("Send audit logs").check()
    page.get_by_role("button", name="Save").click()
    status = page.get_by_role("region", name="Status")
    expect(status).to_contain_text("Nothing has been sent yet")
    collector.then(Reply(401, "not now"))
    forward()
    deliver()
    page.get_by_role("button", name="Look again").click()
    expect(status).to_contain_text("The last attempt failed")
    expect(status).to_contain_text("not now")
    deliver.come_again()
    deliver()
    page.get_by_role("button", name="Look again").click()
    expect(status).to_contain_text("The last attempt succeeded")

    # a replay, while which there is no other
    page.get_by_label("The last 7 days").check()
    before = set(collector.taken)
    page.get_by_role("button", name="Send again").click()
    replay = page.get_by_role("region", name="Replay")
    expect(replay.get_by_role("progressbar")).to_be_visible()
    expect(replay).to_contain_text("One at a time")
    console.check_accessible()
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    run_jobs()
    deliver()
    expect(replay).to_contain_text("Everything has arrived", timeout=10_000)
    sent = [json.loads(line)["event_id"] for line in collector.taken]
    assert {json.loads(line)["event_id"] for line in before if '"name":"Test"' not in line} <= {
        name for name in sent if sent.count(name) > 1
    }

    # a portal's own
    page.goto(f"{console.home}/console/portals/{portal['id']}/audit")
    page.get_by_label("Destination").select_option(index=1)
    page.get_by_label("Send audit logs").check()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("region", name="Status")).to_contain_text("Nothing has been sent yet")
    webhook = admin.get(f"/v3/portals/{portal['id']}/audit-log-webhook").json()
    assert webhook["enabled"]
    assert webhook["audit_log_destination_id"]
    page.get_by_label("Destination").select_option(label="None")
    expect(page.get_by_text("Saving this drops what still waits")).to_be_visible()
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("region", name="Status")).to_contain_text("Nothing is sent")
    assert admin.get(f"/v3/portals/{portal['id']}/audit-log-webhook").json() == {"enabled": False}
    console.check()


def test_events_are_searched_page_by_page_and_shown_whole(
    console: Console, as_role: Callable[[str], Client], portal: Any, forward: Callable[[], None]
) -> None:
    import app

    page = console.sign_in("/console/audit")
    expect(page.get_by_role("heading", name="No events yet")).to_be_visible()
    viewer = as_role("viewer")
    trace = viewer.delete(f"/v3/portals/{portal['id']}").headers["x-trace-id"]
    forward()
    app.audit_forwarder(log_batch(make_lines(60, start=1_000 + _now() - 3_600_000)), None)
    page.get_by_role("button", name="Look again").click()
    refused = page.get_by_role("row").filter(has_text="Permission for delete-portal")
    expect(refused).to_contain_text("Refused")
    expect(page.get_by_text("50 events, the latest")).to_be_visible()
    page.get_by_role("button", name="Older").click()
    expect(page.get_by_text("events, the latest")).to_be_hidden()
    assert page.get_by_role("row").count() > 61

    page.get_by_label("Only what failed or was refused").check()
    expect(page.get_by_role("row").filter(has_text="PATCH /v3/portals/7")).to_have_count(0)
    page.get_by_role("button", name="Permission for delete-portal").click()
    dialog = page.get_by_role("dialog", name="Permission for delete-portal")
    expect(dialog).to_contain_text(trace)
    console.check_accessible()
    dialog.get_by_role("button", name="All of this request").click()
    expect(page.get_by_role("row")).to_have_count(4)
    expect(page.get_by_role("row").filter(has_text="DELETE /v3/")).to_contain_text("403")
    console.check_accessible()
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    page.get_by_label("What", exact=True).select_option(label="Changes")
    expect(page.get_by_role("row")).to_have_count(2)
    page.reload()
    expect(page.get_by_role("row")).to_have_count(2)
    page.get_by_label("Search ids, paths, addresses, outcomes").fill("nothing like it")
    expect(page.get_by_role("heading", name="No event fits")).to_be_visible()
    console.check()


def test_only_admins_are_offered_audit_logs(
    console: Console, token_of: Callable[[str], str], portal: Any
) -> None:
    page = console.sign_in(f"/console/portals/{portal['id']}/audit", token_of("publisher"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Not for your role")
    expect(page.get_by_role("navigation", name="Main").get_by_role("link", name="Audit logs")).to_be_hidden()
    console.check()


def _now() -> int:
    from chalicelib import clock

    return clock.now_ms()
