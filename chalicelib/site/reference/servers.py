"""Which hosts the interactive reference may call, for the page's policy."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import Any

from chalicelib.catalog.specification.lenient import items, members, text

#: origins that one page allows, and addresses that one server may have by its variables
MOST, MOST_EACH = 50, 20
_VARIABLE = re.compile(r"\{([^{}]*)\}")
#: encrypted, or on the visitor's own machine; a `*` stands for one or more first labels
_ORIGIN = re.compile(
    r"(https://(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*|http://(?:localhost|127\.0\.0\.1))(:[0-9]{1,5})?(?=[/?#]|$)",
    re.IGNORECASE,
)


def reachable(document: dict[str, Any], *, custom: bool) -> str:
    """Sources for `connect-src`: the servers of an OpenAPI document and of its operations, and where its
    clients get tokens. `custom`: visitors may name servers of their own, so any encrypted one."""
    if "asyncapi" in document:
        return ""
    found = dict.fromkeys(itertools.islice(_origins(document), MOST))
    if custom:
        found = {"https:": None, **{one: None for one in found if not one.startswith("https:")}}
    return " ".join(found)


def _origins(document: dict[str, Any]) -> Iterator[str]:
    for address in _addresses(document):
        match = _ORIGIN.match(address)
        if match:
            yield match[0].lower()


def _addresses(document: dict[str, Any]) -> Iterator[str]:
    if isinstance(document.get("swagger"), str):
        schemes = [text(one) for one in items(document.get("schemes"))] or ["https"]
        yield from (f"{scheme}://{text(document.get('host'))}" for scheme in schemes)
        flows = list(members(document.get("securityDefinitions")).values())
    else:
        yield from _servers(document)
        for item in members(document.get("paths")).values():
            yield from _servers(members(item))
            for operation in members(item).values():
                yield from _servers(members(operation))
        schemes_ = members(members(document.get("components")).get("securitySchemes")).values()
        flows = [flow for one in schemes_ for flow in members(members(one).get("flows")).values()]
    yield from (text(members(flow).get("tokenUrl")) for flow in flows)


def _servers(parent: dict[str, Any]) -> Iterator[str]:
    for server in items(parent.get("servers")):
        url, variables = text(members(server).get("url")), members(members(server).get("variables"))
        names = list(dict.fromkeys(_VARIABLE.findall(url)))
        choices = [_values(members(variables.get(name))) for name in names]
        for values in itertools.islice(itertools.product(*choices), MOST_EACH):
            chosen = dict(zip(names, values, strict=True))
            yield _VARIABLE.sub(lambda match, chosen=chosen: chosen[match[1]], url)  # type: ignore[misc]


def _values(variable: dict[str, Any]) -> list[str]:
    """What a variable may be; where that is not said, anything (`*`)."""
    return [str(one) for one in items(variable.get("enum")) if isinstance(one, str | int)] or ["*"]
