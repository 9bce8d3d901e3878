"""From a host and a path to an operation.

`MODULES` says which module holds the operations below which path, so that a cold start imports the module
of its own request and no other; it is also the map for whoever looks for an operation. In the tree a static
segment wins over a variable one, `{path+}` takes what nothing else takes.
"""

from __future__ import annotations

import importlib
import threading
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from chalicelib.errors import MethodNotAllowed, NotFound
from chalicelib.http import operation as declared
from chalicelib.http.operation import Host, Operation

#: host and path prefix (`*`: any one segment) → module. The longest prefix that fits decides.
MODULES: dict[Host, dict[str, str]] = {
    Host.ADMIN: {
        "": "chalicelib.console.routes",
        "console/preview-frame": "chalicelib.site.preview.routes",
        "openapi.json": "chalicelib.http.describe.routes",
        "portico/v1/preview": "chalicelib.site.preview.routes",
        "portico/v1/tokens": "chalicelib.access.routes",
        "portico/v1/sign-in": "chalicelib.access.sign_in.routes",
        "portico/v1/sessions": "chalicelib.access.sign_in.routes",
        "portico/v1/uploads": "chalicelib.uploads.routes",
        "portico/v1/portals": "chalicelib.portals.previews.routes",
        "portico/v1/portals/*/custom-domain": "chalicelib.domains.routes",
        "portico/v1/apis": "chalicelib.catalog.overviews.routes",
        "portico/v1/specifications": "chalicelib.catalog.summaries.routes",
        "portico/v1/audit-destinations": "chalicelib.audit.destinations.routes",
        "portico/v1/audit-events": "chalicelib.audit.logs.routes",
        "portico/v1/audit-replay": "chalicelib.audit.replays.routes",
        "portico/v1/portals/*/audit-replay": "chalicelib.audit.replays.routes",
        "portico/v1/audit-keys": "chalicelib.audit.keys.routes",
        "v2/application-auth-strategies": "chalicelib.applications.strategies.routes",
        "v2/audit-log-destinations": "chalicelib.audit.destinations.routes",
        "v2/audit-log-webhook": "chalicelib.audit.webhooks.routes",
        "v2/audit-log-webhook/jwks.json": "chalicelib.audit.keys.routes",
        "v2/audit-log-replay-job": "chalicelib.audit.replays.routes",
        "v3/audit-logs": "chalicelib.audit.logs.routes",
        "v3/audit-log-destinations": "chalicelib.audit.destinations.routes",
        "v3/audit-log-webhook": "chalicelib.audit.webhooks.routes",
        "v3/audit-log-replay-job": "chalicelib.audit.replays.routes",
        "v3/users": "chalicelib.organization.routes",
        "v3/organizations": "chalicelib.organization.routes",
        "v3/available-regions": "chalicelib.organization.routes",
        "v3/portal-roles": "chalicelib.developers.roles.routes",
        "v3/portals": "chalicelib.portals.routes",
        "v3/portals/*/audit-log-webhook": "chalicelib.audit.webhooks.routes",
        "v3/portals/*/audit-log-replay-job": "chalicelib.audit.replays.routes",
        "v3/portals/*/custom-domain": "chalicelib.domains.routes",
        "v3/portals/*/assets": "chalicelib.portals.assets.routes",
        "v3/portals/*/customization": "chalicelib.portals.customization.routes",
        "v3/portals/*/integrations": "chalicelib.portals.integrations.routes",
        "v3/portals/*/pages": "chalicelib.content.pages.routes",
        "v3/portals/*/snippets": "chalicelib.content.snippets.routes",
        "v3/portals/*/default-content": "chalicelib.content.default.routes",
        "v3/portals/*/api-publications": "chalicelib.catalog.publications.routes",
        "v3/api-publications": "chalicelib.catalog.publications.routes",
        "v3/api-attributes": "chalicelib.catalog.attributes.routes",
        "v3/apis": "chalicelib.catalog.apis.routes",
        "v3/apis/validate-specification": "chalicelib.catalog.versions.routes",
        "v3/apis/*/versions": "chalicelib.catalog.versions.routes",
        "v3/apis/*/specifications": "chalicelib.catalog.specifications.routes",
        "v3/apis/*/operations": "chalicelib.catalog.operations.routes",
        "v3/apis/*/documents": "chalicelib.catalog.documents.routes",
        "v3/apis/*/images": "chalicelib.catalog.images.routes",
        "v3/apis/*/publications": "chalicelib.catalog.publications.routes",
        "_media": "chalicelib.site.media",
    },
    Host.PORTAL: {
        "": "chalicelib.site.routes",
        "_preview-mode": "chalicelib.site.preview_mode",
        "openapi.json": "chalicelib.http.describe.routes",
        "api/v3/portal": "chalicelib.portal_api.portal",
        "api/v3/customization": "chalicelib.portal_api.portal",
        "api/v3/integrations": "chalicelib.portal_api.portal",
        "api/v3/assets": "chalicelib.portal_api.portal",
        "api/v3/pages": "chalicelib.portal_api.content",
        "api/v3/snippets": "chalicelib.portal_api.content",
        "api/v3/apis": "chalicelib.portal_api.apis",
        "api/v3/api-attributes": "chalicelib.portal_api.apis",
        "api/v3/apis/*/versions": "chalicelib.portal_api.versions",
        "api/v3/apis/*/specifications": "chalicelib.portal_api.versions",
        "api/v3/apis/*/documents": "chalicelib.portal_api.documents",
        "api/v3/apis/*/images": "chalicelib.portal_api.images",
        "_media": "chalicelib.site.media",
    },
}


@dataclass(eq=False, repr=False)
class Node:
    """One segment of the tree."""

    static: dict[str, Node] = field(default_factory=dict)
    variable: Node | None = None
    greedy: Node | None = None
    operations: dict[str, Operation] = field(default_factory=dict)


_trees: dict[Host, Node] = {Host.ADMIN: Node(), Host.PORTAL: Node()}
_planted = 0
_lock = threading.Lock()


def _plant() -> None:
    """Take operations declared since the last time into the trees."""
    global _planted  # noqa: PLW0603 - the registry only grows
    if _planted == len(declared.REGISTRY):
        return
    with _lock:
        while _planted < len(declared.REGISTRY):
            _insert(declared.REGISTRY[_planted])
            _planted += 1


def _insert(op: Operation) -> None:
    node = _trees[op.host]
    for segment in op.segments:
        if segment.endswith("+}"):
            node.greedy = node.greedy or Node()
            node = node.greedy
        elif segment.startswith("{"):
            node.variable = node.variable or Node()
            node = node.variable
        else:
            node = node.static.setdefault(segment, Node())
    if op.method in node.operations:
        raise RuntimeError(f"{op.method} {op.path} is declared twice")
    node.operations[op.method] = op


def load_all(*hosts: Host) -> list[Operation]:
    """Import every module and return all operations, of all hosts unless some are named: in the order of
    MODULES, whatever was imported before."""
    wanted = hosts or tuple(MODULES)
    modules = list(dict.fromkeys(module for host in wanted for module in MODULES[host].values()))
    for module in modules:
        _import(module)
    _plant()
    place = {module: number for number, module in enumerate(modules)}
    found = [op for op in declared.REGISTRY if op.host in wanted]
    return sorted(found, key=lambda op: place.get(op.handler.__module__, len(place)))


@cache
def _import(module: str) -> None:
    importlib.import_module(module)


@cache
def _prefixes(host: Host) -> dict[str | None, Any]:
    """MODULES as a tree: part of a prefix → the tree below it, with the module under None."""
    tree: dict[str | None, Any] = {}
    for prefix, module in MODULES[host].items():
        node = tree
        for part in prefix.split("/") if prefix else ():
            node = node.setdefault(part, {})
        node[None] = module
    return tree


def _module(host: Host, segments: tuple[str, ...]) -> str | None:
    nodes = [_prefixes(host)]
    found: str | None = nodes[0].get(None)
    for segment in segments:
        # what is static comes first, and wins among prefixes of one length
        nodes = [node[part] for node in nodes for part in (segment, "*") if part in node]
        if not nodes:
            break
        found = next((node[None] for node in nodes if None in node), found)
    return found


def match(host: Host, segments: tuple[str, ...]) -> dict[str, Operation]:
    """The operations of a path by method. Raises NotFound where no operation has this path."""
    module = _module(host, segments)
    if module is not None:
        _import(module)
    _plant()
    node = _find(_trees[host], segments, 0)
    if node is None:
        raise NotFound("There is nothing at this path.")
    return node.operations


def _find(node: Node, segments: tuple[str, ...], at: int) -> Node | None:
    if at == len(segments):
        return node if node.operations else None
    for child in (node.static.get(segments[at]), node.variable):
        if child is not None:
            found = _find(child, segments, at + 1)
            if found is not None:
                return found
    return node.greedy if node.greedy is not None and node.greedy.operations else None


def allowed(operations: dict[str, Operation]) -> str:
    """The value of an Allow header."""
    methods = set(operations) | {"OPTIONS"}
    if "GET" in methods:
        methods.add("HEAD")
    return ", ".join(sorted(methods))


def choose(operations: dict[str, Operation], method: str) -> Operation:
    """The operation of a method; HEAD is served by GET. Raises MethodNotAllowed."""
    found = operations.get("GET" if method == "HEAD" else method)
    if found is None:
        allow = allowed(operations)
        raise MethodNotAllowed(f"{method} is not possible here; {allow} are.", {"Allow": allow})
    return found
