"""`python -m benchmarks [NAME ...]`: measures, prints a table, and writes docs/benchmarks.md when everything
was measured.

A benchmark is a module of this package with a docstring that says what it measures against what, and a
`measure()` that gives its figures (`figures.Figure`, or a tuple of name, value and unit). To add one, write
it and name it in MODULES.
"""

from __future__ import annotations

import importlib
import inspect
import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.figures import Figure

#: heading → module
MODULES = {
    "Cold start": "cold",
    "Deployed functions": "deployed",
    "Warm requests": "warm",
    "Lists": "lists",
    "Creations and kills": "creations",
    "Load": "load",
    "Upload of a specification": "uploads",
    "Specifications": "specification",
    "Audit logs": "audit",
    "Markdown": "mdc",
    "Wizard": "wizard",
    "Preview": "preview",
    "Website": "site",
    "Lighthouse": "quality",
}
#: how this program calls itself for one benchmark
ONE = "--one"
PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"


def main() -> int:
    """The command. A goal that is missed is told; it is no failure, since the machine may be busy."""
    if sys.argv[1:2] == [ONE]:
        found = [Figure(*one) for one in _module(sys.argv[2]).measure()]
        print("\n" + json.dumps(found))
        return 0
    wanted = sys.argv[1:] or list(MODULES.values())
    measured: dict[str, list[Figure]] = {}
    for heading, name in MODULES.items():
        if name in wanted:
            began = time.perf_counter()
            measured[heading] = _measure(name)
            print(f"\n{heading} ({time.perf_counter() - began:.0f} s)")
            for figure in measured[heading]:
                print("  " + _line(figure), flush=True)
    if len(measured) == len(MODULES):
        PAGE.write_text(page(measured))
        print(f"\nwritten to {PAGE.name}")
    for heading, figures in measured.items():
        for figure in figures:
            if figure.met is False:
                print(f"Missed: {heading}, {figure.what}")
    return 0


def _measure(name: str) -> list[Figure]:
    """The figures of one benchmark, from a process of its own, which nothing that others left disturbs."""
    command = [sys.executable, "-m", "benchmarks", ONE, name]
    done = subprocess.run(command, cwd=PAGE.parent.parent, stdout=subprocess.PIPE, check=True)
    # a benchmark may say other things before
    return [Figure(*found) for found in json.loads(done.stdout.splitlines()[-1])]


def _module(name: str):  # type: ignore[no-untyped-def]  # a module of this package
    return importlib.import_module(f"benchmarks.{name}")


def _cells(figure: Figure) -> list[str]:
    value = f"{figure.value:,.0f}" if figure.value == round(figure.value) else f"{figure.value:,.3g}"
    goal = "" if figure.most is None else f"≤ {figure.most:g}"
    goal = goal if figure.least is None else f"≥ {figure.least:g}"
    goal += " times" if goal and figure.ratio is not None else ""
    return [
        figure.what,
        f"{value} {figure.unit}".strip(),
        "" if figure.ratio is None else f"{figure.ratio:.2f} times",
        goal if figure.met is not False else f"**missed**: {goal}",
        figure.note,
    ]


def _line(figure: Figure) -> str:
    what, value, ratio, goal, note = _cells(figure)
    return f"{what:60} {value:>14}  {ratio:>12}  {goal.replace('*', ''):24} {note}"


def page(measured: dict[str, list[Figure]]) -> str:
    """docs/benchmarks.md."""
    parts = [
        "# Benchmarks",
        "",
        "Written by `make bench`. Figures of one machine say little about another, so goals are ratios to a "
        "baseline of the same run, taken in turns with ours, wherever there is one. Other work on the "
        "machine still moves them by some percent. `BENCH_FULL=1` makes the long ones full size.",
        "",
        _machine(),
    ]
    for heading, figures in measured.items():
        parts += ["", f"## {heading}", "", inspect.cleandoc(_module(MODULES[heading]).__doc__ or ""), ""]
        parts += ["| measured | figure | ratio | goal | |", "| --- | ---: | ---: | --- | --- |"]
        parts += ["| " + " | ".join(_cells(figure)) + " |" for figure in figures]
    return "\n".join(parts) + "\n"


def _machine() -> str:
    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        names = [
            line.partition(":")[2].strip() for line in info.read_text().splitlines() if "model name" in line
        ]
        cpu = names[0] if names else cpu
    load = os.getloadavg()[0]
    return (
        f"Machine: {os.cpu_count()} × {cpu}, {platform.system()}, Python {platform.python_version()}; "
        f"load {load:.1f} at the end."
    )


if __name__ == "__main__":
    sys.exit(main())
