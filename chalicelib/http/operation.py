"""An operation is declared once, on the function that carries it out:

    @operation("create-portal-page", "POST", "/v3/portals/{portalId}/pages", allow=Permission.EDIT_CONTENT)
    def create_page(portal_id: Id, body: CreatePage) -> PageOut:
        return service.create(portal_id, body)

The path and the id are the contract's own. The function's parameters say what it takes: path values by name
(`portalId` → `portal_id`), `body`, and, by their type, `Query` (a list's page, filters and sort), `Viewer`
(on a portal's host), `Principal`, `Request`; any other is a query parameter with a default. Everything else,
from routing to the audit event, is done by `dispatch`.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, TypeVar, get_type_hints

from chalicelib.access.principal import Principal, Viewer
from chalicelib.access.roles import Permission
from chalicelib.http.filters import Listing
from chalicelib.http.request import Request
from chalicelib.storage.lists import Query

if TYPE_CHECKING:
    from pydantic import TypeAdapter

#: a path value that must be a UUID; anything else is not found
Id = Annotated[str, "uuid"]

#: bytes of JSON that an operation reads unless it says otherwise
BODY_LIMIT = 1024 * 1024

F = TypeVar("F", bound=Callable[..., Any])


class Host(StrEnum):
    """Which kind of host an operation answers on."""

    ADMIN = "admin"
    PORTAL = "portal"


class Public(StrEnum):
    """Operations that ask for no permission.

    ANYONE: on the admin host, without a token. VISITOR: on a portal's host, where a bad session cookie is
    refused (401). GUEST: on a portal's host, where a bad cookie counts as none.
    """

    ANYONE = "anyone"
    VISITOR = "visitor"
    GUEST = "guest"


class Parameter(NamedTuple):
    """A query parameter. `flag`: true for `?force` and `?force=true`; `deep`: `selected[key]=value`."""

    name: str
    default: Any
    flag: bool = False
    deep: bool = False


class PathValue(NamedTuple):
    """A value in a path: the number of its segment (of a greedy one the first), its name in the contract and
    in the function, and whether it must be a UUID."""

    segment: int
    name: str
    parameter: str
    uuid: bool
    greedy: bool


@dataclass(eq=False, repr=False)
class Operation:
    """What is declared of one operation. `errors`: the statuses its contract lists besides success; `also`:
    other statuses of success, with the same body."""

    id: str
    method: str
    path: str
    allow: Permission | Public
    handler: Callable[..., Any]
    host: Host
    status: int
    errors: tuple[int, ...]
    listing: Listing | None
    limit: int
    summary: str
    tag: str
    media_type: str = "application/json"
    also: tuple[int, ...] = ()

    @cached_property
    def segments(self) -> tuple[str, ...]:
        return tuple(self.path.strip("/").split("/")) if self.path != "/" else ()

    @cached_property
    def hints(self) -> dict[str, Any]:
        return get_type_hints(self.handler, include_extras=True)

    @cached_property
    def path_values(self) -> tuple[PathValue, ...]:
        """The values of its path, in order."""
        found = []
        for index, segment in enumerate(self.segments):
            if segment.startswith("{"):
                name = segment[1:-1].rstrip("+")
                parameter = snake(name)
                is_id = self.hints.get(parameter) == Id
                found.append(PathValue(index, name, parameter, is_id, greedy=segment.endswith("+}")))
        return tuple(found)

    @cached_property
    def special(self) -> dict[str, Any]:
        """Parameters that are filled by their type: name → Query, Viewer, Principal or Request."""
        wanted: tuple[Any, ...] = (Query, Viewer, Principal, Request)
        return {name: hint for name, hint in self.hints.items() if name != "return" and hint in wanted}

    @cached_property
    def body_type(self) -> Any:
        """The body's type, None where there is none."""
        return self.hints.get("body")

    @cached_property
    def body(self) -> TypeAdapter[Any] | None:
        if "body" not in self.hints:
            return None
        from pydantic import TypeAdapter

        return TypeAdapter(self.body_type)

    @cached_property
    def body_optional(self) -> bool:
        """Whether the body may be left out altogether."""
        return "body" in self.hints and self.signature.parameters["body"].default is None

    @cached_property
    def result(self) -> Any:
        """The type of what the function returns."""
        return self.hints.get("return")

    @cached_property
    def signature(self) -> inspect.Signature:
        return inspect.signature(self.handler)

    @cached_property
    def query_parameters(self) -> tuple[Parameter, ...]:
        taken = {"body", *(value.parameter for value in self.path_values), *self.special}
        found = []
        for name, parameter in self.signature.parameters.items():
            if name in taken:
                continue
            hint = self.hints[name]
            found.append(
                Parameter(
                    name,
                    parameter.default,
                    flag=hint is bool,
                    deep=getattr(hint, "__origin__", None) is dict,
                )
            )
        return tuple(found)


#: all operations declared so far, in order
REGISTRY: list[Operation] = []


def snake(name: str) -> str:
    """`apiIdOrSlug` → `api_id_or_slug`"""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", r"_\1", name).lower()


def operation(
    op_id: str,
    method: str,
    path: str,
    *,
    allow: Permission | Public,
    status: int | None = None,
    errors: tuple[int, ...] = (400, 401, 403, 404),
    listing: Listing | None = None,
    limit: int = BODY_LIMIT,
    media_type: str = "application/json",
    also: tuple[int, ...] = (),
) -> Callable[[F], F]:
    """Declare an operation. `status`: of success; by default 201 for POST, 204 for DELETE, else 200."""

    def declare(handler: F) -> F:
        portal_side = allow in (Public.VISITOR, Public.GUEST)
        REGISTRY.append(
            Operation(
                id=op_id,
                method=method,
                path=path,
                allow=allow,
                handler=handler,
                host=Host.PORTAL if portal_side else Host.ADMIN,
                status=status or {"POST": 201, "DELETE": 204}.get(method, 200),
                errors=errors,
                listing=listing,
                limit=limit,
                summary=(handler.__doc__ or op_id).strip().partition("\n")[0],
                tag=handler.__module__.removeprefix("chalicelib.").removesuffix(".routes"),
                media_type=media_type,
                also=also,
            )
        )
        return handler

    return declare
