"""OpenAPI and Swagger documents for the server-rendered reference."""

from __future__ import annotations

from typing import Any

from chalicelib.catalog.specification.detect import SpecType
from chalicelib.catalog.specification.lenient import items, members, text
from chalicelib.catalog.specification.operations import http_operations, requirements
from chalicelib.site.reference.fields import LINE, NAME, Fields, anchor, cut
from chalicelib.site.reference.model import (
    Body,
    Entry,
    Field,
    Group,
    Reference,
    Response,
    Schema,
    Scheme,
)

ENTRIES = 1_000
SCHEMAS = 1_000
UNTAGGED = "Operations"


class OpenApi:
    """One document, described piece by piece."""

    def __init__(self, value: dict[str, Any], kind: SpecType, switches: dict[str, bool]) -> None:
        self.value, self.kind, self.switches = value, kind, switches
        self.fields = Fields(value, kind)
        self.swagger = kind.name == "oas2"
        self.used: dict[str, int] = {}
        for name in self._schemas():
            target = ("#/definitions/" if self.swagger else "#/components/schemas/") + name.replace(
                "~", "~0"
            ).replace("/", "~1")
            self.fields.named[target] = self.unique(anchor("schema", name))

    def unique(self, wanted: str) -> str:
        """An id that no other element has."""
        count = self.used.get(wanted, 0)
        self.used[wanted] = count + 1
        return f"{wanted}-{count + 1}" if count else wanted

    def _schemas(self) -> dict[str, Any]:
        if self.swagger:
            return members(self.value.get("definitions"))
        return members(members(self.value.get("components")).get("schemas"))

    def reference(self) -> Reference:
        """The whole document."""
        info = members(self.value.get("info"))
        groups, truncated = self._groups()
        schemas = self._schema_list() if self.switches["show_schemas"] else ()
        return Reference(
            title=self.fields.line(info.get("title")),
            version=self.fields.line(info.get("version")),
            description=self.fields.prose(info.get("description")),
            servers=self._servers(),
            schemes=self._schemes(),
            groups=groups,
            schemas=schemas,
            truncated=truncated or self.fields.exhausted,
        )

    def _servers(self) -> tuple[tuple[str, str], ...]:
        if self.swagger:
            host = text(self.value.get("host"))
            schemes = [text(one) for one in items(self.value.get("schemes"))] or ["https"]
            base = text(self.value.get("basePath"))
            return (
                tuple((cut(f"{scheme}://{host}{base}", LINE), "") for scheme in schemes[:5]) if host else ()
            )
        servers = (members(one) for one in items(self.value.get("servers"))[:20])
        line = self.fields.line
        return tuple((line(one.get("url"), LINE), line(one.get("description"), LINE)) for one in servers)

    def _schemes(self) -> tuple[Scheme, ...]:
        if self.swagger:
            found = members(self.value.get("securityDefinitions"))
        else:
            found = members(members(self.value.get("components")).get("securitySchemes"))
        return tuple(self._scheme(name, self.fields.follow(one)) for name, one in list(found.items())[:50])

    def _scheme(self, name: str, scheme: dict[str, Any]) -> Scheme:
        line = self.fields.line
        kind = line(scheme.get("type"))
        where = f"{line(scheme.get('in'))} {line(scheme.get('name'))}".strip()
        words = {
            "apiKey": f"API key in {where}",
            "http": f"HTTP {line(scheme.get('scheme')) or 'authentication'}",
            "basic": "HTTP basic",
            "oauth2": "OAuth 2",
            "openIdConnect": f"OpenID Connect: {line(scheme.get('openIdConnectUrl'), LINE)}",
            "mutualTLS": "Client certificate (mutual TLS)",
        }.get(kind, kind or "Unknown kind")
        return Scheme(line(name), words, self.fields.prose(scheme.get("description")))

    def _groups(self) -> tuple[tuple[Group, ...], bool]:
        groups: dict[str, Group] = {}
        for tag in items(self.value.get("tags"))[:ENTRIES]:
            name = self.fields.line(members(tag).get("name"))
            if name:
                groups.setdefault(name, Group(name, self.fields.prose(members(tag).get("description"))))
        count = 0
        webhooks = Group("Webhooks")
        for kind, member in (("path", "paths"), ("webhook", "webhooks")):
            for path, item in members(self.value.get(member)).items():
                if path.startswith("x-"):
                    continue
                path_item = self.fields.follow(item)
                for _, method, operation in http_operations(path_item):
                    if self._hidden(operation):
                        continue
                    count += 1
                    if count > ENTRIES:
                        return self._filled(groups, webhooks), True
                    entry = self._entry(kind, path, method, operation, path_item)
                    if kind == "webhook":
                        webhooks.entries.append(entry)
                        continue
                    tags = [cut(text(tag), NAME) for tag in items(operation.get("tags"))[:1] if text(tag)]
                    # under its first tag only: an operation is one, however many ways lead to it
                    name = tags[0] if tags else UNTAGGED
                    groups.setdefault(name, Group(name)).entries.append(entry)
        return self._filled(groups, webhooks), False

    def _filled(self, groups: dict[str, Group], webhooks: Group) -> tuple[Group, ...]:
        return tuple(group for group in (*groups.values(), webhooks) if group.entries)

    def _hidden(self, operation: dict[str, Any]) -> bool:
        if self.switches["hide_internal"] and operation.get("x-internal") is True:
            return True
        return self.switches["hide_deprecated"] and operation.get("deprecated") is True

    def _entry(
        self, kind: str, path: str, method: str, operation: dict[str, Any], path_item: dict[str, Any]
    ) -> Entry:
        parameters: dict[tuple[str, str], dict[str, Any]] = {}
        for one in (*items(path_item.get("parameters")), *items(operation.get("parameters"))):
            followed = self.fields.follow(one)
            parameters[text(followed.get("in")), text(followed.get("name"))] = followed
        shown = [one for one in parameters.values() if text(one.get("in")) not in ("body", "formData")]
        request, required = self._request(operation, list(parameters.values()))
        return Entry(
            anchor=self.unique(anchor(kind if kind == "webhook" else method.lower(), path)),
            method=method,
            path=path,
            summary=self.fields.line(operation.get("summary"), LINE),
            description=self.fields.prose(operation.get("description")),
            deprecated=operation.get("deprecated") is True,
            security=self._security(operation),
            parameters=tuple(self._parameter(one) for one in shown[:200] if not self.fields.exhausted),
            request=request,
            request_required=required,
            responses=tuple(
                self._response(status, one)
                for status, one in list(members(operation.get("responses")).items())[:50]
                if not status.startswith("x-")
            ),
        )

    def _security(self, operation: dict[str, Any]) -> str:
        stated = operation.get("security", self.value.get("security"))
        return security_words(requirements(stated)) or ("none" if stated == [] else "")

    def _parameter(self, parameter: dict[str, Any]) -> Field:
        schema = parameter.get("schema")
        if schema is None:
            content = next(iter(members(parameter.get("content")).values()), None)
            schema = members(content).get("schema", parameter if self.swagger else {})
        notes = tuple(
            note
            for note in self.fields.notes({k: v for k, v in parameter.items() if k == "example"})
            if schema is not parameter
        )
        return self.fields.field(
            text(parameter.get("name")),
            schema,
            place=cut(text(parameter.get("in")), 40),
            required=parameter.get("required") is True,
            deprecated=parameter.get("deprecated") is True,
            description=parameter.get("description"),
            notes=notes,
        )

    def _request(
        self, operation: dict[str, Any], parameters: list[dict[str, Any]]
    ) -> tuple[tuple[Body, ...], bool]:
        if self.swagger:
            consumes = items(operation.get("consumes")) or items(self.value.get("consumes"))
            media_type = text(consumes[0]) if consumes else ""
            form = [one for one in parameters if text(one.get("in")) == "formData"]
            if form:
                fields = tuple(self._parameter(one) for one in form)
                return (Body(media_type or "application/x-www-form-urlencoded", "form", fields=fields),), True
            bodies = [one for one in parameters if text(one.get("in")) == "body"]
            if bodies:
                body = self.fields.body(media_type or "application/json", bodies[0])
                return (body,), bodies[0].get("required") is True
            return (), False
        described = self.fields.follow(operation.get("requestBody"))
        return self._bodies(described.get("content")), described.get("required") is True

    def _bodies(self, content: Any) -> tuple[Body, ...]:
        return tuple(
            self.fields.body(media_type, members(one))
            for media_type, one in list(members(content).items())[:10]
        )

    def _response(self, status: str, response: Any) -> Response:
        followed = self.fields.follow(response)
        bodies = self._bodies(followed.get("content"))
        if self.swagger and "schema" in followed:
            examples = members(followed.get("examples"))
            content = {
                "schema": followed["schema"],
                **({"example": next(iter(examples.values()))} if examples else {}),
            }
            bodies = (self.fields.body(next(iter(examples), "application/json"), content),)
        headers = tuple(
            self.fields.field(
                name,
                self.fields.follow(one).get("schema", self.fields.follow(one)),
                description=self.fields.follow(one).get("description"),
            )
            for name, one in list(members(followed.get("headers")).items())[:50]
            if not self.fields.exhausted
        )
        return Response(status, self.fields.prose(followed.get("description")), headers, bodies)

    def _schema_list(self) -> tuple[Schema, ...]:
        found = []
        prefix = "#/definitions/" if self.swagger else "#/components/schemas/"
        for name, schema in list(self._schemas().items())[:SCHEMAS]:
            if self.fields.exhausted:
                break
            target = prefix + name.replace("~", "~0").replace("/", "~1")
            followed = self.fields.follow(schema)
            if self.switches["hide_internal"] and followed.get("x-internal") is True:
                continue
            found.append(
                Schema(
                    self.fields.named[target],
                    name,
                    self.fields.type(schema),
                    self.fields.prose(followed.get("description")),
                    self.fields.rows(schema),
                    self.fields.notes(followed),
                )
            )
        return tuple(found)


def security_words(alternatives: tuple[tuple[str, ...], ...]) -> str:
    """`Key and Bearer, or OpenId, or none`; empty where nothing is said."""
    words = [" and ".join(cut(name, NAME) for name in names) if names else "none" for names in alternatives]
    words.sort(key=lambda word: word == "none")
    return cut(", or ".join(words), LINE)
