"""A specification of 1 MB, from the request that brings it to the answer that it is stored, and what is wrong
in it: processor time and peak memory of a fresh process that does nothing else. AWS is the emulator.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys

from benchmarks import installation
from benchmarks.cold import ROOT
from benchmarks.figures import Figure

SECONDS, MEGABYTES = 3.0, 512.0


def measure() -> list[Figure]:
    with installation.emulated():
        installation.make_table()
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.programs.upload"],
            cwd=ROOT,
            env=dict(os.environ),
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            check=True,
        )
    told = json.loads(done.stderr)
    note = f"{told['bytes']:,} bytes, {told['messages']} messages; all imports included"
    return [
        Figure("processor time", told["seconds"], "s", most=SECONDS, note=note),
        Figure("peak memory", told["megabytes"], "MB", most=MEGABYTES),
    ]
