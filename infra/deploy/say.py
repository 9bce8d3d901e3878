"""What the commands tell while they work: numbered steps, and what happens in them."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from infra.deploy.errors import DeployError


def line(text: str = "") -> None:
    """One line, at once, whoever reads it."""
    print(text, flush=True)


def detail(text: str) -> None:
    """Something inside a step."""
    line(f"    {text}")


@contextmanager
def step(text: str) -> Iterator[None]:
    """A part of the work that takes a while: told when it begins, and how long it took."""
    line(f"→ {text}")
    began = time.monotonic()
    yield
    seconds = time.monotonic() - began
    if seconds >= 1:
        detail(f"done in {seconds:.0f} s")


def confirm(question: str, expected: str, *, yes: bool) -> None:
    """Go on only when `expected` is typed, or `yes` says so already. Raises DeployError."""
    if yes:
        return
    if not sys.stdin.isatty():
        raise DeployError("Nobody is there to ask. Say YES=1 (--yes) where that is meant.")
    line(question)
    if input(f"Type {expected} to go on: ").strip() != expected:
        raise DeployError("Nothing was done.")
