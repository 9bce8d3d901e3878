"""From the demonstration's files to calls of the management API: what is missing is made, what differs is
changed."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from infra.demo.client import Api, DemoError, Json

FILES = Path(__file__).parent
Say = Callable[[str], None]
_API = ("name", "slug", "description", "version", "labels", "attributes")


def load() -> Json:
    """The demonstration: its portals, its APIs, and published specifications to take where they are."""
    import yaml

    found: Json = yaml.safe_load((FILES / "demo.yaml").read_text(encoding="utf-8"))
    return found


def published(entries: Iterable[Json], folder: Path, portals: Iterable[Json]) -> list[Json]:
    """The APIs of the published specifications that are in a folder, for all public portals."""
    where = {portal["name"]: portal["default_api_visibility"] for portal in portals}
    return [
        {
            "name": entry["name"],
            "slug": entry["slug"],
            "description": entry["description"],
            "icon": "document",
            "labels": {"team": "published"},
            "attributes": {"domain": [entry["domain"]], "maturity": ["stable"]},
            "spec": folder / entry["file"],
            "portals": where,
        }
        for entry in entries
        if (folder / entry["file"]).is_file()
    ]


class Filler:
    """Brings an installation to the state that the files describe, and counts what it did."""

    def __init__(self, api: Api, say: Say) -> None:
        self.api, self.say = api, say
        self.done: Counter[str] = Counter()

    def portal(self, wanted: Json) -> Json:
        """One portal with its appearance, pages and snippets; the portal as the API has it."""
        self.say(f"portal {wanted['display_name']}")
        members = {
            name: value
            for name, value in wanted.items()
            if name not in ("logo", "customization", "pages", "snippets")
        }
        found = self.api.every("/v3/portals", **{"filter[name][eq]": wanted["name"]})
        portal = self._ensure("/v3/portals", found[0] if found else None, members)
        path = f"/v3/portals/{portal['id']}"
        self._set("PATCH", f"{path}/customization", wanted["customization"])
        if "logo" in wanted:
            self._set("PUT", f"{path}/assets/logo", {"data": _icon(wanted["logo"])})
        names = {one["name"]: one for one in self.api.every(f"{path}/snippets")}
        usual = {"visibility": wanted["default_page_visibility"], "status": "published"}
        for snippet in wanted.get("snippets", []):
            self._entry(f"{path}/snippets", names.get(snippet["name"]), {**usual, **snippet})
        tree = self.api.call("GET", f"{path}/pages")["data"]
        self._pages(f"{path}/pages", tree, wanted.get("pages", []), usual)
        # what the built-in content has beyond these pages; it leaves alone what is there
        self.api.call("POST", f"{path}/default-content")
        return portal

    def _pages(self, path: str, tree: list[Json], wanted: list[Json], usual: Json) -> None:
        """Pages under one parent. `usual`: members that each has unless it says otherwise."""
        there = {page["slug"].strip("/") or "home": page for page in tree}
        for page in wanted:
            found = there.get(page["slug"].strip("/") or "home")
            own = {name: value for name, value in page.items() if name != "pages"}
            made = self._entry(path, found, {**usual, **own})
            below = (found or {}).get("children") or []
            self._pages(path, below, page.get("pages", []), {**usual, "parent_page_id": made["id"]})

    def _entry(self, path: str, found: Json | None, wanted: Json) -> Json:
        members = {name: value for name, value in wanted.items() if name != "file"}
        members["content"] = _text("pages", wanted["file"])
        if found is not None:
            found = self.api.call("GET", f"{path}/{found['id']}")
            members["slug" if "slug" in members else "name"] = found["slug" if "slug" in members else "name"]
        return self._ensure(path, found, members)

    def api_with(self, wanted: Json, portals: dict[str, str]) -> None:
        """One API with its versions, documents and icon, published to `portals` (name → id)."""
        self.say(f"API {wanted['name']}")
        members: Json = {name: wanted[name] for name in _API if name in wanted}
        found = [
            one
            for one in self.api.every("/v3/apis", **{"filter[name][eq]": wanted["name"]})
            if one["slug"] == wanted["slug"]
        ]
        if "spec" in wanted and not found:
            members["spec_content"] = wanted["spec"].read_text(encoding="utf-8")
        api = self._ensure("/v3/apis", found[0] if found else None, members)
        path = f"/v3/apis/{api['id']}"
        self._versions(f"{path}/versions", wanted.get("versions", []))
        tree = self.api.call("GET", f"{path}/documents")["data"]
        self._documents(f"{path}/documents", tree, wanted.get("documents", []), None)
        image = self.api.find(f"{path}/images/icon")
        if image is None or image["status"] != "valid":
            self.api.call("PUT", f"{path}/images/icon", {"data": _icon(wanted["icon"])})
            self.done["created"] += 1
        for name, visibility in wanted["portals"].items():
            place = f"{path}/publications/{portals[name]}"
            there = self.api.find(place)
            if there is None or there["visibility"] != visibility:
                self.api.call("PUT", place, {"visibility": visibility})
                self.done["updated" if there else "created"] += 1

    def _versions(self, path: str, wanted: list[Json]) -> None:
        there = {one["version"]: one for one in self.api.every(path)}
        for version in wanted:
            name, content = str(version["version"]), _text("specs", version["file"])
            if name not in there:
                self.api.call("POST", path, {"version": name, "spec": {"content": content}})
                self.done["created"] += 1
                continue
            one = f"{path}/{there[name]['id']}"
            if self.api.call("GET", one)["spec"].get("content") != content:
                self.api.call("PATCH", one, {"spec": {"content": content}})
                self.done["updated"] += 1

    def _documents(self, path: str, tree: list[Json], wanted: list[Json], parent: str | None) -> None:
        there = {one["slug"]: one for one in tree}
        for document in wanted:
            members = {
                "slug": document["slug"],
                "content": _text("documents", document["file"]),
                "status": "published",
                "parent_document_id": parent,
            }
            found = there.get(document["slug"])
            full = self.api.call("GET", f"{path}/{found['id']}") if found else None
            made = self._ensure(path, full, members)
            inner = (found or {}).get("children") or []
            self._documents(path, inner, document.get("documents", []), made["id"])

    def _ensure(self, path: str, found: Json | None, members: Json) -> Json:
        """Make what is missing, or change what differs from `members`; what there is then."""
        if found is None:
            self.done["created"] += 1
            made: Json = self.api.call("POST", path, members)
            return made
        different = {name: value for name, value in members.items() if found.get(name) != value}
        if not different:
            self.done["unchanged"] += 1
            return found
        self.done["updated"] += 1
        changed: Json = self.api.call("PATCH", f"{path}/{found['id']}", different)
        return changed

    def _set(self, method: str, path: str, body: Json) -> None:
        """Set what there is one of, where it does not say all of `body` yet."""
        if _has(self.api.call("GET", path), body):
            self.done["unchanged"] += 1
            return
        self.api.call(method, path, body)
        self.done["updated"] += 1


def _has(found: Any, wanted: Any) -> bool:
    if isinstance(wanted, dict) and isinstance(found, dict):
        return all(_has(found.get(name), value) for name, value in wanted.items())
    return bool(found == wanted)


def _text(kind: str, name: str) -> str:
    return (FILES / kind / name).read_text(encoding="utf-8")


def _icon(name: str) -> str:
    data = base64.b64encode((FILES / "icons" / f"{name}.svg").read_bytes()).decode()
    return f"data:image/svg+xml;base64,{data}"


def fill(api: Api, specs: Path, say: Say) -> tuple[list[Json], Counter[str]]:
    """Everything; the portals, and how much was created, updated and unchanged. Raises DemoError."""
    wanted: Any = load()
    filler = Filler(api, say)
    made = [filler.portal(portal) for portal in wanted["portals"]]
    ids = {portal["name"]: portal["id"] for portal in made}
    for one in (*wanted["apis"], *published(wanted["published"], specs, wanted["portals"])):
        filler.api_with(one, ids)
    return made, filler.done


__all__ = ["DemoError", "fill"]
