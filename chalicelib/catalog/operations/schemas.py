"""Wire models of operations."""

from __future__ import annotations

from typing import Literal

from chalicelib.http.models import ABSENT, Out
from chalicelib.http.types import Uuid

Method = Literal["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD", "CONNECT", "TRACE"]


class GatewayEntity(Out):
    """A route or service of a gateway."""

    id: Uuid
    name: str


class ImplementationStatus(Out):
    """Whether a gateway's route matches an operation."""

    matched: bool
    route: GatewayEntity | None
    service: GatewayEntity | None


class OperationOut(Out):
    """An operation. Its `implementation_status` is known only where a gateway tells."""

    id: Uuid
    method: Method
    path: str
    implementation_status: ImplementationStatus = ABSENT
