"""What stops a command of this package."""

from __future__ import annotations


class DeployError(Exception):
    """It cannot go on like this; the message says why and what to do."""
