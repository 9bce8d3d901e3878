"""What the product says of its own work, as JSON lines on standard output: no secret, no body, no query.

Failures, and work that no request waits for, are told through Powertools' Logger. The one line of every
request is written without it, in the same form: the Logger would be a tenth of a warm request and 25 ms of a
cold start.
"""

from __future__ import annotations

import json
import os
import sys
from functools import cache
from typing import Any

from pydantic_core import to_json

from chalicelib import clock

SERVICE = "portico"


@cache
def logger() -> Any:
    """The product's logger, level from POWERTOOLS_LOG_LEVEL."""
    from aws_lambda_powertools import Logger

    return Logger(service=SERVICE, utc=True, log_record_order=["timestamp", "level", "message"])


def request(**fields: Any) -> None:
    """Write the line of a request, unless POWERTOOLS_LOG_LEVEL asks for warnings or worse only."""
    if os.environ.get("POWERTOOLS_LOG_LEVEL", "INFO").upper() not in ("INFO", "DEBUG"):
        return
    told = {
        "timestamp": clock.rfc3339(clock.now_ms()),
        "level": "INFO",
        "message": "request",
        "service": SERVICE,
        **fields,
    }
    sys.stdout.write(line(told))
    sys.stdout.flush()


def line(told: dict[str, Any]) -> str:
    """One line of JSON, in ASCII where a text is in it that no encoding takes (a path, a host, a header)."""
    try:
        return to_json(told).decode() + "\n"
    except ValueError:
        return json.dumps(told, separators=(",", ":")) + "\n"
