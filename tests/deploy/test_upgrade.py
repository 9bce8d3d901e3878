"""What earlier releases stored is read by this one."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from infra import template
from infra.deploy import account, backup, restore, stacks
from tests.client import Client
from tests.deploy import releases
from tests.deploy.test_backup import use

KEPT = sorted(folder for folder in releases.FOLDER.iterdir() if (folder / backup.MANIFEST).exists())


@pytest.fixture(params=KEPT, ids=[folder.name for folder in KEPT])
def admin(request: pytest.FixtureRequest, server: int) -> Iterator[Client]:
    """The management API over what a release stored."""
    folder: Path = request.param
    before = dict(os.environ)
    os.environ[backup.PASSPHRASE] = releases.PASSPHRASE
    name = "r" + folder.name.replace(".", "-")
    here = account.find()
    use(stacks.apply(here, stacks.name(name, "base"), template.BASE, {"Stage": name}))
    restore.run(here, name, str(folder))
    yield Client(server, token=releases.TOKEN)
    os.environ.clear()
    os.environ.update(before)


def test_what_a_release_stored_is_read_and_can_be_changed(
    admin: Client, visitor: Callable[[Any], Client]
) -> None:
    from chalicelib.audit import deliverer
    from chalicelib.audit.signing import signer

    found = releases.seen(admin, visitor)
    assert found == {
        "portal": ["kept", "Kept – für später", {"team": "one"}],
        "colour": "#123456",
        "pages": found["pages"],
        "snippets": True,
        "api": ["Kept API", {"domains": ["web"]}, {"a": "b"}],
        "specification": [releases.SPECIFICATION],
        "documents": ["start"],
        "icon": "valid",
        "published": ["Kept API"],
        "page": True,
        "tokens": ["first-token", "viewer"],
        "audit": True,
    }
    assert {"guide"} <= {slug.strip("/") for slug in found["pages"]}
    webhook = admin.get("/v3/audit-log-webhook").json()
    (destination,) = deliverer.load_destinations([webhook["audit_log_destination_id"]]).values()
    assert deliverer.open_target(destination).secret == releases.SECRET
    assert signer().kid
    (portal,) = admin.get("/v3/portals").json()["data"]
    assert admin.patch(f"/v3/portals/{portal['id']}", {"display_name": "New"}).status == 200
    assert admin.delete(f"/v3/portals/{portal['id']}", query={"force": "true"}).status == 204


def test_the_first_release_is_among_them() -> None:
    assert "0.1.0" in [folder.name for folder in KEPT]
