"""One structured line for each request, through Powertools' Logger: no secret, no body, no query."""

from __future__ import annotations

from functools import cache
from typing import Any


@cache
def logger() -> Any:
    """The product's logger: JSON lines on standard output, level from POWERTOOLS_LOG_LEVEL."""
    from aws_lambda_powertools import Logger

    return Logger(service="portico", utc=True, log_record_order=["timestamp", "level", "message"])
