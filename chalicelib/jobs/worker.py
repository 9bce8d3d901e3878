"""The worker: does jobs, each as often as it takes until it is done."""

from __future__ import annotations

import importlib
import json
from typing import Any

from chalicelib import clock
from chalicelib.http.log import logger
from chalicelib.jobs import service as jobs
from chalicelib.jobs.records import Job
from chalicelib.storage import lists
from chalicelib.storage.transaction import Transaction

#: task → the function that does it: it may be called again after a crash and must then go on
TASKS = {
    "domain": "chalicelib.domains.checking:check",
    "distribution": "chalicelib.domains.distributions:check",
    "drain": "chalicelib.jobs.cascade:drain",
    "audit_replay": "chalicelib.audit.replays.service:run",
    "refresh": "chalicelib.edge.refresh:run",
}
#: a job this old that is still there was forgotten
FORGOTTEN_MS = 120_000
#: clocks may disagree by so much
SKEW_MS = 2_000


def handle(event: dict[str, Any]) -> dict[str, Any]:
    """An SQS batch. A message names a job, or carries work that has no record. Those that failed are given
    back to the queue."""
    failed = []
    for message in event.get("Records", []):
        try:
            body = json.loads(message["body"])
            if "job_id" in body:
                _run_due(body["job_id"])
            else:
                _call(body["task"], body["arguments"])
        except Exception:
            logger().exception("a job failed and will be tried again", message_id=message.get("messageId"))
            failed.append({"itemIdentifier": message["messageId"]})
    return {"batchItemFailures": failed}


def _run_due(job_id: str) -> None:
    """As `run`, unless the job waits: messages of before it was put off may still come."""
    job = jobs.load(job_id)
    if job is not None and (job.due_at or 0) <= clock.now_ms() + SKEW_MS:
        _do(job)


def run(job_id: str) -> None:
    """Do one job, to its end or until it has to wait. A job that is done already is no error: messages may
    come twice."""
    job = jobs.load(job_id)
    if job is not None:
        _do(job)


def _call(task: str, arguments: dict[str, Any]) -> None:
    module, _, name = TASKS[task].partition(":")
    getattr(importlib.import_module(module), name)(**arguments)


def _do(job: Job) -> None:
    try:
        _call(job.task, job.arguments)
    except jobs.Later as later:
        jobs.postpone(job.id, later.seconds, **later.changed)
        return
    with Transaction() as tx:
        tx.delete(job)


def resume_forgotten() -> None:
    """Do jobs whose message got lost, and those that wait longer than a message can."""
    now = clock.now_ms()
    for row in lists.read("jobs"):
        due = row.get("due_at")
        if (due if due is not None else clock.parse(row["created_at"])) + FORGOTTEN_MS < now:
            try:
                _run_due(row["id"])
            except Exception:  # one that fails holds up no other
                logger().exception("a job failed and will be tried again", job_id=row["id"])
