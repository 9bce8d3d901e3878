"""What tests of the site stand on: a portal with something to see, made through the management API."""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Callable
from typing import Any

from tests.client import Client

SVG = "data:image/svg+xml;base64,PHN2ZyB4bWxucz0iaHR0cDovL3d3dy53My5vcmcvMjAwMC9zdmciLz4="
SPEC: dict[str, Any] = {
    "openapi": "3.1.0",
    "info": {"title": "Pets", "version": "1.0.0", "description": "All about pets."},
    "servers": [{"url": "https://pets.example.com/v1"}],
    "paths": {
        "/pets": {
            "get": {
                "operationId": "listPets",
                "summary": "List pets",
                "parameters": [{"name": "kind", "in": "query", "schema": {"type": "string"}}],
                "responses": {"200": {"description": "Pets."}},
            }
        }
    },
}


class Maker:
    """Makes things of one portal; everything is published and public unless said otherwise."""

    def __init__(self, admin: Client, portal: Any) -> None:
        self.admin, self.portal = admin, portal
        self.path = f"/v3/portals/{portal['id']}"

    @property
    def visitor(self) -> Client:
        return self.admin.at(self.portal["default_domain"])

    def page(self, slug: str, content: str = "Text", **members: Any) -> Any:
        body = {"slug": slug, "content": content, "visibility": "public", "status": "published", **members}
        return self.admin.made(f"{self.path}/pages", body)

    def snippet(self, name: str, content: str, **members: Any) -> Any:
        body = {"name": name, "content": content, "visibility": "public", "status": "published", **members}
        return self.admin.made(f"{self.path}/snippets", body)

    def customize(self, **members: Any) -> None:
        done(self.admin.patch(f"{self.path}/customization", members))

    def api(
        self, name: str | None = None, spec: Any = None, *, visibility: str | None = "public", **members: Any
    ) -> Any:
        """An API, published here unless `visibility` is None. `spec`: an object, or its text."""
        body = {"name": name or f"api {uuid.uuid4()}", **members}
        if spec is not None:
            body["spec_content"] = spec if isinstance(spec, str) else json.dumps(spec)
        api = self.admin.made("/v3/apis", body)
        if visibility is not None:
            self.publish(api, visibility)
        return api

    def publish(self, api: Any, visibility: str = "public") -> None:
        path = f"/v3/apis/{api['id']}/publications/{self.portal['id']}"
        done(self.admin.put(path, {"visibility": visibility, "auth_strategy_ids": None}))

    def document(self, api: Any, content: str, **members: Any) -> Any:
        body = {"content": content, "status": "published", **members}
        return self.admin.made(f"/v3/apis/{api['id']}/documents", body)


def done(reply: Any) -> Any:
    """A reply that must be a success."""
    assert reply.status < 300, (reply.status, reply.text)
    return reply


def title(html: str) -> str:
    """A page's title, as it is written."""
    found = re.search("<title>(.*?)</title>", html, re.DOTALL)
    assert found, html[:500]
    return found[1]


def meta(html: str, name: str) -> list[str]:
    """The contents of a page's meta elements of this name or property."""
    return re.findall(rf'<meta (?:name|property)="{re.escape(name)}" content="([^"]*)">', html)


MakePortal = Callable[..., Any]
