"""A cold start: from the interpreter's start to the first answer of list-portals, with DynamoDB answered by a
stub. Against a Chalice hello world that makes one boto3 DynamoDB client.

Whole processes are run in turns. Processor time is what counts, because other work on the machine moves it
least; wall clock is told beside it. Bytecode is there, as pip leaves it. An archive without bytecode, as
Chalice packs it, is measured too: then a cold start compiles everything but the standard library.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path

from benchmarks.figures import Figure, ratio

RUNS = 15
GOAL = 1.5
ROOT = Path(__file__).resolve().parent.parent
OURS, BASELINE = "benchmarks.programs.cold_portico", "benchmarks.programs.cold_baseline"


def measure() -> list[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        compiled = _turns({"PYTHONPYCACHEPREFIX": folder})
        for packed in (ROOT, Path(sysconfig.get_path("purelib"))):
            shutil.rmtree(Path(folder, *packed.parts[1:]), ignore_errors=True)
        source = _turns({"PYTHONPYCACHEPREFIX": folder, "PYTHONDONTWRITEBYTECODE": "1"})
    return [
        ratio("processor time", *_column(compiled, 0), "ms", GOAL),
        ratio("wall clock", *_column(compiled, 1), "ms"),
        ratio("processor time, without bytecode", *_column(source, 0), "ms"),
    ]


def _turns(environment: dict[str, str]) -> list[tuple[tuple[float, float], tuple[float, float]]]:
    """Milliseconds (processor, wall) of ours and of the baseline, in turns; a first run of each warms up."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "PYDANTIC"))}
    found = [
        tuple(_run(program, {**kept, **environment}) for program in (OURS, BASELINE)) for _ in range(RUNS + 1)
    ]
    return found[1:]  # type: ignore[return-value]


def _run(program: str, environment: dict[str, str]) -> tuple[float, float]:
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", program], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    wall = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{program} failed")
    return (usage.ru_utime + usage.ru_stime) * 1000, wall * 1000


def _column(
    turns: list[tuple[tuple[float, float], tuple[float, float]]], index: int
) -> tuple[list[float], list[float]]:
    return [ours[index] for ours, _ in turns], [baseline[index] for _, baseline in turns]
