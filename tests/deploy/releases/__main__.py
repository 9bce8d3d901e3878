"""Writes what this release stores (`tests.deploy.releases`)."""

from __future__ import annotations

import gzip
import json
import os
import shutil

from infra import outputs, template
from infra.deploy import account, backup, items, stacks
from infra.local import stack
from infra.local.emulator_process import Emulator
from infra.local.server import Background
from tests.client import Client
from tests.conftest import ROOT
from tests.deploy import releases


def main() -> None:
    """The command."""
    folder = releases.FOLDER / backup.release()
    shutil.rmtree(folder, ignore_errors=True)
    with Emulator() as emulator:
        os.environ.update(stack.environment(emulator.url), BACKUP_PASSPHRASE=releases.PASSPHRASE)
        here = account.find()
        base = stacks.apply(here, stacks.name("release", "base"), template.BASE, {"Stage": "release"})
        os.environ.update(outputs.environment(base))

        import app
        from chalicelib.organization import service

        service.bootstrap(releases.TOKEN)
        server = Background(app.app, assets=ROOT / "web" / "dist")
        os.environ["PORTICO_PORTAL_BASE_DOMAIN"] = f"localhost:{server.port}"
        with server:
            releases.fill(Client(server.port, token=releases.TOKEN))
        backup.run(here, "release", str(folder))
    lines = gzip.decompress((folder / backup.ITEMS).read_bytes()).splitlines()
    kinds = sorted({items.loads(line).get("kind", {"S": "(none)"})["S"] for line in lines})
    print(json.dumps(kinds))


if __name__ == "__main__":
    main()
