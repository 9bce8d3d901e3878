"""The worker: does jobs, each as often as it takes until it is done."""

from __future__ import annotations

import importlib
import json
from typing import Any

from chalicelib import clock
from chalicelib.http.log import logger
from chalicelib.jobs.records import Job
from chalicelib.storage import keys, lists, table
from chalicelib.storage.transaction import Transaction

#: task → the function that does it: it may be called again after a crash and must then go on
TASKS = {
    "drain": "chalicelib.jobs.cascade:drain",
    "audit_replay": "chalicelib.audit.replays.service:run",
}
#: a job this old that is still there was forgotten
FORGOTTEN_MS = 120_000


def handle(event: dict[str, Any]) -> dict[str, Any]:
    """An SQS batch. Messages whose job failed are given back to the queue."""
    failed = []
    for message in event.get("Records", []):
        try:
            run(json.loads(message["body"])["job_id"])
        except Exception:
            logger().exception("a job failed and will be tried again", message_id=message.get("messageId"))
            failed.append({"itemIdentifier": message["messageId"]})
    return {"batchItemFailures": failed}


def run(job_id: str) -> None:
    """Do one job to its end. A job that is done already is no error: messages may come twice."""
    job = table.get(Job, keys.Key(keys.job(job_id)))
    if job is None:
        return
    module, _, name = TASKS[job.task].partition(":")
    getattr(importlib.import_module(module), name)(**job.arguments)
    with Transaction() as tx:
        tx.delete(job)


def resume_forgotten() -> None:
    """Do jobs whose message got lost."""
    for row in lists.read("jobs"):
        if clock.parse(row["created_at"]) + FORGOTTEN_MS < clock.now_ms():
            run(row["id"])
