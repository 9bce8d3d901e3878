"""Leaving work for the worker: a job is written in the transaction that makes it necessary, then announced.

The record is the truth; the message only hurries. A message lost on the way is made up for by the schedule.
A task that has to wait for something outside raises `Later`: its job stays, and goes on then.
"""

from __future__ import annotations

import json
import math
import uuid
from typing import Any

from chalicelib import clock
from chalicelib.errors import Stale
from chalicelib.http.log import logger
from chalicelib.jobs.records import Job
from chalicelib.settings import settings
from chalicelib.storage import aws, keys, table
from chalicelib.storage.transaction import Transaction, retrying

#: the longest a message of the queue can be kept back; what waits longer is found by the schedule
DELAY_SECONDS = 900


class Later(Exception):
    """Raised by a task that has to wait: it is called again in so many seconds, with these arguments changed.

    It is no failure: what was done until then stands.
    """

    def __init__(self, seconds: float, **changed: Any) -> None:
        super().__init__(f"goes on in {seconds} seconds")
        self.seconds = seconds
        self.changed = changed


def leave(tx: Transaction, task: str, job_id: str | None = None, **arguments: Any) -> Job:
    """Add a job to a transaction. Call `announce` once it is committed. `job_id`: a UUID, where someone will
    want to find it again."""
    job_id = job_id or str(uuid.uuid4())
    job = Job(pk=keys.job(job_id), id=job_id, task=task, arguments=arguments)
    tx.insert(job)
    return job


def load(job_id: str) -> Job | None:
    """A job that is not done. One trip."""
    return table.get(Job, keys.Key(keys.job(job_id)))


def postpone(job_id: str, seconds: float, **changed: Any) -> None:
    """Let a job go on in so many seconds, with these arguments changed. Three trips. One that is done stays
    done."""

    def work() -> Job | None:
        job = load(job_id)
        if job is not None:
            job.arguments = {**job.arguments, **changed}
            job.due_at = clock.now_ms() + round(seconds * 1000)
            job.attempts += 1
            with Transaction() as tx:
                tx.update(job)
        return job

    job = retrying(work, tries=5)
    if job is not None and seconds <= DELAY_SECONDS:
        announce(job, seconds)


def hurry(job_id: str) -> None:
    """Let a job that waits go on at once. Three trips. Never raises for one that is changed at this moment:
    it is under way then."""
    try:
        postpone(job_id, 0)
    except Stale:
        logger().info("a job that was to go on at once is under way", job_id=job_id)


def announce(job: Job, seconds: float = 0) -> None:
    """Tell the worker, now or in so many seconds. Never raises: the schedule finds a job nobody told of."""
    try:
        aws.client("sqs").send_message(
            QueueUrl=settings().queue_url,
            MessageBody=json.dumps({"job_id": job.id}),
            DelaySeconds=min(math.ceil(seconds), DELAY_SECONDS),
        )
    except Exception:
        logger().exception("a job could not be announced; the schedule will find it", job_id=job.id)
