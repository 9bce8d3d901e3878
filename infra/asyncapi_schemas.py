"""Brings the official AsyncAPI schemas to where the product reads them: `python -m infra.asyncapi_schemas`.

They are published as an npm package, @asyncapi/specs, which the front end's lock file pins (its reference of
AsyncAPI documents needs them, too). What is copied here goes into the Lambda package with chalicelib.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from pathlib import Path

from chalicelib.catalog.specification.official import ASYNCAPI_FOLDER

from . import web_build

PACKAGE = "node_modules/@asyncapi/specs"
#: written last, so that a copy cut short has none
STAMP = "VERSION"

_SCHEMA = re.compile(r"[23]\.[0-9]+\.0\.json")


def install() -> Path:
    """Copies the schemas of AsyncAPI 2 and 3 unless they are there. Raises web_build.BuildError."""
    lock = json.loads((web_build.WEB / "package-lock.json").read_text(encoding="utf-8"))
    version = lock["packages"][PACKAGE]["version"]
    stamp = ASYNCAPI_FOLDER / STAMP
    if stamp.is_file() and stamp.read_text() == version:
        return ASYNCAPI_FOLDER
    package = web_build.packages() / PACKAGE.removeprefix("node_modules/")
    ASYNCAPI_FOLDER.mkdir(exist_ok=True)
    for name in ("LICENSE", "NOTICE"):
        _copy(package / name)
    for schema in sorted((package / "schemas").iterdir()):
        if _SCHEMA.fullmatch(schema.name):
            _copy(schema)
    stamp.write_text(version)
    return ASYNCAPI_FOLDER


def _copy(source: Path) -> None:
    # whoever reads meanwhile sees the whole file or none
    part = ASYNCAPI_FOLDER / f"{source.name}.{os.getpid()}"
    shutil.copy(source, part)
    part.replace(ASYNCAPI_FOLDER / source.name)


def main() -> int:
    try:
        install()
    except web_build.BuildError as error:
        print(f"AsyncAPI schemas: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
