"""Writes the types of the console's API client from the operation table: `python -m infra.web_types`."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from infra.web_build import WEB, BuildError, find_node, packages

FILE = WEB / "console" / "api" / "schema.d.ts"
#: members with a default may be left out of a request
OPTIONS = ("--default-non-nullable=false", "--empty-objects-unknown")


def generate() -> str:
    """The types of everything `/openapi.json` of the admin host describes. Raises BuildError."""
    from chalicelib.http.describe import openapi
    from chalicelib.http.operation import Host

    program = packages() / "openapi-typescript" / "bin" / "cli.js"
    with tempfile.TemporaryDirectory() as folder:
        document, made = Path(folder, "openapi.json"), Path(folder, "schema.d.ts")
        document.write_text(json.dumps(openapi.document(Host.ADMIN)))
        done = subprocess.run(  # noqa: S603
            [find_node() / "node", program, document, "--output", made, *OPTIONS],
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise BuildError(f"The types could not be made:\n{done.stdout}{done.stderr}")
        return made.read_text()


def main() -> int:
    try:
        FILE.write_text(generate())
    except BuildError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"wrote {FILE.relative_to(WEB.parent)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
