"""What a specification of 1 MB costs: reading, checking, describing it, and the memory of a fresh process."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from chalicelib.catalog.specification import as_json, check, describe, operations, parse

SIZE = 1_000_000
ROUNDS = 3
ROOT = Path(__file__).resolve().parent.parent

OPERATION = """\
  /things{n}/{{id}}:
    parameters: [{{name: id, in: path, required: true, schema: {{type: string, format: uuid}}}}]
    get:
      operationId: getThing{n}
      summary: Get thing {n}
      tags: [things]
      description: |
        Gives a thing as it is stored. {filler}
      responses:
        '200':
          description: The thing
          content:
            application/json:
              schema: {{$ref: '#/components/schemas/Thing{n}'}}
        '404': {{description: There is no such thing}}
"""
SCHEMA = """\
    Thing{n}:
      type: object
      required: [id, name]
      properties:
        id: {{type: string, format: uuid, readOnly: true}}
        name: {{type: string, minLength: 1, maxLength: 255}}
        labels: {{type: object, additionalProperties: {{type: string}}}}
        parts: {{type: array, items: {{$ref: '#/components/schemas/Thing{n}'}}}}
        state: {{type: string, enum: [open, closed], default: open}}
      additionalProperties: false
"""


def document(size: int = SIZE) -> str:
    """An OpenAPI 3.0 document in YAML of about `size` characters."""
    filler = "It says what was ordered, by whom, and when. " * 4
    count = size // (len(OPERATION.format(n=0, filler=filler)) + len(SCHEMA.format(n=0)))
    paths = "".join(OPERATION.format(n=n, filler=filler) for n in range(count))
    schemas = "".join(SCHEMA.format(n=n) for n in range(count))
    head = "openapi: 3.0.3\ninfo: {title: Things, version: 1.0.0}\n"
    return f"{head}tags: [{{name: things}}]\npaths:\n{paths}components:\n  schemas:\n{schemas}"


def measure() -> list[tuple[str, float, str]]:
    """Names, values and units. Ratios are to PyYAML's own safe loader on the same text, in the same run."""
    import yaml

    text = document()
    read = parse(text)
    check(read)
    baseline = _seconds(lambda: yaml.load(text, Loader=yaml.CSafeLoader))
    parsed = _seconds(lambda: parse(text))
    checked = _seconds(lambda: check(read))
    described = _seconds(lambda: (describe(read), operations(read), as_json(read)))
    return [
        ("specification of 1 MB: read", parsed, "s"),
        ("specification of 1 MB: read, to PyYAML's safe loader", parsed / baseline, "x"),
        ("specification of 1 MB: check", checked, "s"),
        ("specification of 1 MB: check, to PyYAML's safe loader", checked / baseline, "x"),
        ("specification of 1 MB: describe, list operations, write as JSON", described, "s"),
        ("specification of 1 MB: peak memory of a fresh process", _peak_memory(), "MB"),
    ]


def _seconds(work: Callable[[], object]) -> float:
    """The least processor time of a few rounds."""
    times = []
    for _ in range(ROUNDS):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return min(times)


def _peak_memory() -> float:
    code = "from benchmarks import specification; specification.once()"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return float(done.stdout)


def once() -> None:
    """Does all of it once and prints the peak memory of this process in MB."""
    read = parse(document())
    check(read)
    describe(read)
    operations(read)
    as_json(read)
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


if __name__ == "__main__":
    for name, value, unit in measure():
        print(f"{name}: {value:.2f} {unit}")
