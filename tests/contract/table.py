"""Writes docs/operations.md: all operations of the official contracts, done or missing.

python -m tests.contract.table
"""

from __future__ import annotations

from pathlib import Path

from chalicelib.http import routing
from tests.contract import official

PAGE = Path(__file__).parents[2] / "docs" / "operations.md"


def text() -> str:
    """The page, from the operation table and the contracts."""
    done = {(op.host.value, op.method, official.shape_of_path(op.path)): op for op in routing.load_all()}
    lines = ["# Operations", "", "Made by `make operations`; a test holds it against the service.", ""]
    total = 0
    body: list[str] = []
    for file in official.FILES:
        wanted = [them for them in official.operations() if them.file == file]
        there = sum(them.key in done for them in wanted)
        total += there
        body += ["", f"## {file}: {there} of {len(wanted)}", "", "| operation | | |", "| --- | --- | --- |"]
        body += [
            f"| {them.id} | `{them.method} {them.path}` | {'done' if them.key in done else 'missing'} |"
            for them in wanted
        ]
    lines.append(f"{total} of {len(official.operations())} operations of the official contracts are done.")
    own = sorted(
        (op.path, op.method, op.id, op.host.value)
        for key, op in ((key, op) for key, op in done.items())
        if key not in {them.key for them in official.operations()}
    )
    body += ["", "## Beyond the contracts", "", "| operation | | host |", "| --- | --- | --- |"]
    body += [f"| {op_id} | `{method} {path}` | {host} |" for path, method, op_id, host in own]
    return "\n".join(lines + body) + "\n"


if __name__ == "__main__":
    PAGE.write_text(text())
    print(f"wrote {PAGE}")
