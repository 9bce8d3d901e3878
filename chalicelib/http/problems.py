"""Problem documents: the one shape in which a failure leaves the service."""

from __future__ import annotations

from typing import Any

from chalicelib.errors import Invalid, ProblemError, Violation

MEDIA_TYPE = "application/problem+json"


def document(error: ProblemError, trace_id: str) -> dict[str, Any]:
    """`{status, title, type, instance, detail}`, and `invalid_parameters` on a 400 (at least one)."""
    found: dict[str, Any] = {
        "status": error.status,
        "title": error.title,
        "type": f"https://httpstatuses.com/{error.status}",
        "instance": f"kong:trace:{trace_id}",
        "detail": error.detail,
    }
    if isinstance(error, Invalid):
        found["invalid_parameters"] = [_entry(violation) for violation in error.violations]
    return found


def _entry(violation: Violation) -> dict[str, Any]:
    return {name: value for name, value in violation._asdict().items() if value is not None}
