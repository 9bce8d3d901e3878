"""A warm request, AWS answered by a stub: token, permission, path, query, body, the record read, checked and
written, the answer with its entity tag, the log line and the audit event. Against a bare Chalice route with
the same wire models that gives the same bodies and does nothing else. The least of 25 rounds of 60 requests.
"""

from __future__ import annotations

import json
import subprocess
import sys

from benchmarks.cold import ROOT
from benchmarks.figures import Figure, ratio

GOAL = 6.0


def measure() -> list[Figure]:
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.programs.warm"], cwd=ROOT, stderr=subprocess.PIPE, check=True
    )
    found = json.loads(done.stderr)
    return [
        ratio(f"{name}, processor time", ours, bare, "µs", GOAL, pick=min)
        for name, (ours, bare) in found.items()
    ]
