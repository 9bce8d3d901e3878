"""Failures that a caller should hear of, raised by any layer and turned into problem documents by http/.

A service raises what is wrong; the status code belongs to the class, the wording to the raiser. Anything
else that escapes a handler is a fault of ours and becomes a 500 that carries a trace id and nothing more.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Violation(NamedTuple):
    """One entry of `invalid_parameters`: `field` and `reason` always, `rule` from the contracts' list."""

    field: str
    reason: str
    rule: str | None = None
    source: str | None = "body"
    minimum: int | None = None
    maximum: int | None = None
    choices: tuple[object, ...] | None = None
    dependents: tuple[str, ...] | None = None


class ProblemError(Exception):
    """Base of all failures a caller hears of: one `application/problem+json` answer."""

    status = 500
    title = "Internal Server Error"

    def __init__(self, detail: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.headers = headers or {}


class Invalid(ProblemError):
    """400: what was sent breaks the contract; every violation is named."""

    status = 400
    title = "Invalid Request"

    def __init__(self, violations: Sequence[Violation], detail: str = "Invalid Parameters") -> None:
        super().__init__(detail)
        self.violations = tuple(violations)

    @classmethod
    def field(
        cls, field: str, reason: str, rule: str = "invalid", source: str = "body", **more: object
    ) -> Invalid:
        """The common case of a single wrong field."""
        return cls([Violation(field, reason, rule, source, **more)])  # type: ignore[arg-type]


class Unauthorized(ProblemError):
    """401: no credential, or one that is unknown, expired or revoked.

    `outcome`: the same for the audit log, in the contract's words (not_found, token_expired, disabled …);
    `principal_id`: whose credential it is, where that is known.
    """

    status = 401
    title = "Unauthorized"

    def __init__(self, detail: str, outcome: str = "not_found", principal_id: str | None = None) -> None:
        super().__init__(detail)
        self.outcome = outcome
        self.principal_id = principal_id


class Forbidden(ProblemError):
    """403: a known caller whose role does not allow this, or a limit of the installation."""

    status = 403
    title = "Forbidden"


class NotFound(ProblemError):
    """404: not there, or not there for this caller."""

    status = 404
    title = "Not Found"

    def __init__(self, detail: str = "Not found") -> None:
        super().__init__(detail)


class MethodNotAllowed(ProblemError):
    """405: the path exists, the method does not."""

    status = 405
    title = "Method Not Allowed"


class Conflict(ProblemError):
    """409: what is stored does not admit this change."""

    status = 409
    title = "Conflict"


STALE = "Conflict: this was changed by someone else meanwhile. Read it again, then repeat the change."


class Stale(Conflict):
    """409: the record changed since it was read. `storage.retrying` repeats the work a few times first."""

    def __init__(self, detail: str = STALE) -> None:
        super().__init__(detail)


class Gone(ProblemError):
    """410: it was there, and its time is over."""

    status = 410
    title = "Gone"


class TooLarge(ProblemError):
    """413: more bytes than this path carries; the text names the way that does."""

    status = 413
    title = "Content Too Large"


class UnsupportedMediaType(ProblemError):
    """415: a body of a kind that this operation does not read."""

    status = 415
    title = "Unsupported Media Type"


class Unprocessable(ProblemError):
    """422: understood, but not possible for this kind of resource (where a contract lists it)."""

    status = 422
    title = "Unprocessable Content"


class Unavailable(ProblemError):
    """503: not now; `Retry-After` says when."""

    status = 503
    title = "Service Unavailable"
