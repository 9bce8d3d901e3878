"""Makes an API, and a version of it from a specification of 1 MB; writes to stderr what this process took."""

from __future__ import annotations

import json
import resource
import sys
from pathlib import Path
from typing import Any

import app
from benchmarks import installation, specification
from benchmarks.answers import body
from infra.local import events

REAL = Path(__file__).resolve().parents[3] / "shared" / "specs" / "mesh-openapi-1MB.yaml"


def post(path: str, sent: Any) -> Any:
    headers = [
        ("host", "localhost"),
        ("authorization", f"Bearer {installation.TOKEN}"),
        ("content-type", "application/json"),
    ]
    event = events.proxy("POST", path, b"", headers, json.dumps(sent).encode(), "127.0.0.1", 80)
    answer = app.app(event, events.Context("benchmark"))
    found = json.loads(body(answer))
    assert answer["statusCode"] == 201, found
    return found


def main() -> None:
    text = REAL.read_text() if REAL.exists() else specification.document()
    api = post("/v3/apis", {"name": "Of one megabyte"})
    version = post(f"/v3/apis/{api['id']}/versions", {"version": "1.0.0", "spec": {"content": text}})
    used = resource.getrusage(resource.RUSAGE_SELF)
    told = {
        "seconds": used.ru_utime + used.ru_stime,
        "megabytes": used.ru_maxrss / 1024,
        "bytes": len(text.encode()),
        "messages": len(version["spec"]["validation_messages"]),
    }
    sys.stderr.write(json.dumps(told))


if __name__ == "__main__":
    main()
