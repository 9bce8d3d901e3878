"""Leaving work for the worker: a job is written in the transaction that makes it necessary, then announced.

The record is the truth; the message only hurries. A message lost on the way is made up for by the schedule.
"""

from __future__ import annotations

import json
import uuid
from typing import Any

from chalicelib.http.log import logger
from chalicelib.jobs.records import Job
from chalicelib.settings import settings
from chalicelib.storage import aws, keys
from chalicelib.storage.transaction import Transaction


def leave(tx: Transaction, task: str, **arguments: Any) -> Job:
    """Add a job to a transaction. Call `announce` once it is committed."""
    job_id = str(uuid.uuid4())
    job = Job(pk=keys.job(job_id), id=job_id, task=task, arguments=arguments)
    tx.insert(job)
    return job


def announce(job: Job) -> None:
    """Tell the worker at once. Never raises: the schedule finds a job nobody told of."""
    try:
        aws.client("sqs").send_message(
            QueueUrl=settings().queue_url, MessageBody=json.dumps({"job_id": job.id})
        )
    except Exception:
        logger().exception("a job could not be announced; the schedule will find it", job_id=job.id)
