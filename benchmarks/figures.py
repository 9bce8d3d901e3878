"""What a benchmark tells: figures, each with its baseline of the same run and its goal."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Sequence
from typing import NamedTuple


class Figure(NamedTuple):
    """`ratio`: value to baseline. `most`, `least`: the goal, of the ratio where there is one, else of the
    value. `note`: what else there is to say."""

    what: str
    value: float
    unit: str
    ratio: float | None = None
    most: float | None = None
    note: str = ""
    least: float | None = None

    @property
    def met(self) -> bool | None:
        """Whether the goal is met; None where there is none."""
        reached = self.value if self.ratio is None else self.ratio
        if self.least is not None:
            return reached >= self.least
        return None if self.most is None else reached <= self.most


def ratio(
    what: str,
    ours: Sequence[float],
    baseline: Sequence[float],
    unit: str,
    most: float | None = None,
    note: str = "",
    pick: Callable[[Sequence[float]], float] = statistics.median,
) -> Figure:
    """The figure of two series that were taken in turns: the median of each, or what `pick` takes of it (min:
    the rounds that other work on the machine disturbed least)."""
    value, against = pick(ours), pick(baseline)
    text = f"baseline {against:.4g} {unit}"
    return Figure(what, value, unit, value / against, most, f"{text}; {note}" if note else text)
