"""Wire models of replay jobs, the organisation's and a portal's alike."""

from __future__ import annotations

from typing import Literal

from chalicelib.http.models import Open, Out
from chalicelib.http.types import Time

Status = Literal["unconfigured", "accepted", "pending", "running", "completed", "failed"]


class ReplaceReplayJob(Open):
    """Which span of time to send again; both within the last seven days."""

    start_at: Time
    end_at: Time


class ReplayJobOut(Out):
    """A replay and how far it has come. Before the first one all times are those of the year 1."""

    start_at: Time
    end_at: Time
    status: Status
    updated_at: Time


class ReplayProgressOut(Out):
    """How far a replay has come. Null: there is none yet, or nothing has arrived yet."""

    status: Status
    start_at: Time | None
    end_at: Time | None
    delivered_to: Time | None
    updated_at: Time | None
