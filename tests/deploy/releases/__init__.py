"""What releases have written, kept as backups: a later release reads them all (`test_upgrade.py`).

    python -m tests.deploy.releases

writes the folder of this release (pyproject.toml's version), as part of making a release.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.client import Client

FOLDER = Path(__file__).parent
#: of the secrets in the backups, which are made up
PASSPHRASE = "a release of its own"
TOKEN = "ptc_the-token-of-a-release"
SECRET = "Bearer of-a-release"
SPECIFICATION = '{"openapi": "3.1.0", "info": {"title": "Kept", "version": "1.0.0"}, "paths": {}}'
ICON = "data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4="


def fill(admin: Client) -> None:
    """One of each thing that people make, by the management API."""
    portal = admin.made(
        "/v3/portals",
        {
            "name": "kept",
            "display_name": "Kept – für später",
            "authentication_enabled": False,
            "default_api_visibility": "public",
            "default_page_visibility": "public",
            "labels": {"team": "one"},
        },
    )
    path = f"/v3/portals/{portal['id']}"
    done = [
        admin.patch(
            f"{path}/customization", {"theme": {"colors": {"primary": "#123456"}}, "css": "a { b: c }"}
        ),
        admin.put(f"{path}/assets/logo", {"data": ICON}),
        admin.post(f"{path}/default-content"),
    ]
    page = admin.made(
        f"{path}/pages", {"slug": "guide", "title": "Guide", "content": "# Guide", "status": "published"}
    )
    admin.made(f"{path}/pages", {"slug": "part", "content": "# Part", "parent_page_id": page["id"]})
    admin.made(
        f"{path}/snippets", {"name": "help", "content": "Help", "visibility": "public", "status": "published"}
    )
    api = admin.made(
        "/v3/apis",
        {
            "name": "Kept API",
            "spec_content": SPECIFICATION,
            "attributes": {"domains": ["web"]},
            "labels": {"a": "b"},
        },
    )
    at = f"/v3/apis/{api['id']}"
    document = admin.made(f"{at}/documents", {"slug": "start", "title": "Start", "content": "# Start"})
    admin.made(f"{at}/documents", {"slug": "more", "content": "# More", "parent_document_id": document["id"]})
    destination = admin.made(
        "/v3/audit-log-destinations",
        {"name": "SIEM", "endpoint": "https://s.example.com", "authorization": SECRET, "log_format": "json"},
    )
    admin.made("/portico/v1/audit-keys", {})
    admin.made("/portico/v1/tokens", {"name": "viewer", "role": "viewer"})
    webhook = {"audit_log_destination_id": destination["id"], "enabled": True}
    done += [
        admin.put(f"{at}/images/icon", {"data": ICON}),
        admin.put(f"{at}/publications/{portal['id']}", {"visibility": "public"}),
        admin.patch("/v3/audit-log-webhook", webhook),
    ]
    for reply in done:
        assert reply.status < 300, reply.text


def seen(admin: Client, visitor: Any) -> dict[str, Any]:
    """What a reader makes of it; the same whichever release reads."""
    (portal,) = admin.get("/v3/portals").json()["data"]
    path = f"/v3/portals/{portal['id']}"
    (api,) = admin.get("/v3/apis").json()["data"]
    at = f"/v3/apis/{api['id']}"
    versions = admin.get(f"{at}/versions").json()["data"]
    site = visitor(portal)
    return {
        "portal": [portal["name"], portal["display_name"], portal["labels"]],
        "colour": admin.get(f"{path}/customization").json()["theme"]["colors"]["primary"],
        "pages": sorted(one["slug"] for one in admin.get(f"{path}/pages").json()["data"]),
        "snippets": "help" in [one["name"] for one in admin.get(f"{path}/snippets").json()["data"]],
        "api": [api["name"], api["attributes"], api["labels"]],
        "specification": [
            admin.get(f"{at}/versions/{one['id']}").json()["spec"]["content"] for one in versions
        ],
        "documents": sorted(one["slug"] for one in admin.get(f"{at}/documents").json()["data"]),
        "icon": admin.get(f"{at}/images/icon").json()["status"],
        "published": [one["name"] for one in site.get("/api/v3/apis").json()["data"]],
        "page": "Guide" in site.get("/guide").text,
        "tokens": sorted(one["name"] for one in admin.get("/portico/v1/tokens").json()["data"]),
        "audit": admin.get("/v3/audit-log-webhook").json()["enabled"],
    }
