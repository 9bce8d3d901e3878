"""AsyncAPI documents for the server-rendered reference."""

from __future__ import annotations

from typing import Any

from chalicelib.catalog.specification.detect import SpecType
from chalicelib.catalog.specification.lenient import items, members, text
from chalicelib.catalog.specification.operations import iterate
from chalicelib.site.reference.fields import LINE, NAME, Fields, anchor, cut
from chalicelib.site.reference.model import Body, Entry, Field, Group, Reference, Response, Schema, Scheme
from chalicelib.site.reference.openapi import ENTRIES, SCHEMAS, security_words


class AsyncApi:
    """One document, described piece by piece."""

    def __init__(self, value: dict[str, Any], kind: SpecType, switches: dict[str, bool]) -> None:
        self.value, self.kind, self.switches = value, kind, switches
        self.fields = Fields(value, kind)
        self.components = members(value.get("components"))
        self.used: dict[str, int] = {}
        for name in members(self.components.get("schemas")):
            self.fields.named[f"#/components/schemas/{name}"] = self.unique(anchor("schema", name))

    def unique(self, wanted: str) -> str:
        count = self.used.get(wanted, 0)
        self.used[wanted] = count + 1
        return f"{wanted}-{count + 1}" if count else wanted

    def reference(self) -> Reference:
        """The whole document."""
        info = members(self.value.get("info"))
        group = Group("Channels", entries=self._entries())
        return Reference(
            title=self.fields.line(info.get("title")),
            version=self.fields.line(info.get("version")),
            description=self.fields.prose(info.get("description")),
            servers=self._servers(),
            schemes=self._schemes(),
            groups=(group,) if group.entries else (),
            schemas=self._schemas() if self.switches["show_schemas"] else (),
            truncated=len(group.entries) >= ENTRIES or self.fields.exhausted,
        )

    def _servers(self) -> tuple[tuple[str, str], ...]:
        found = []
        for name, one in list(members(self.value.get("servers")).items())[:20]:
            server = self.fields.follow(one)
            address = text(server.get("url")) or (
                f"{text(server.get('protocol'))}://{text(server.get('host'))}{text(server.get('pathname'))}"
            )
            line = self.fields.line
            found.append((line(address, LINE), line(server.get("description"), LINE) or line(name)))
        return tuple(found)

    def _schemes(self) -> tuple[Scheme, ...]:
        found = []
        for name, one in list(members(self.components.get("securitySchemes")).items())[:50]:
            scheme = self.fields.follow(one)
            line = self.fields.line
            found.append(
                Scheme(line(name), line(scheme.get("type")), self.fields.prose(scheme.get("description")))
            )
        return tuple(found)

    def _entries(self) -> list[Entry]:
        described: dict[tuple[str, str], tuple[dict[str, Any], dict[str, Any]]] = {}
        for name, method, one, details in self._described():
            described.setdefault((name, method), (one, details))
        entries: list[Entry] = []
        for operation in iterate(self.value, self.kind):
            if len(entries) >= ENTRIES:
                break
            if self.switches["hide_deprecated"] and operation.deprecated:
                continue
            channel, details = described.get(self._key(operation), ({}, {}))
            if self.switches["hide_internal"] and details.get("x-internal") is True:
                continue
            entries.append(
                Entry(
                    anchor=self.unique(anchor(operation.method or "channel", operation.path)),
                    method=operation.method,
                    path=operation.path,
                    summary=self.fields.line(operation.summary or channel.get("title"), LINE),
                    description=self.fields.prose(operation.description or channel.get("description")),
                    deprecated=operation.deprecated,
                    security=security_words(operation.security),
                    parameters=self._parameters(channel),
                    responses=tuple(self._messages(channel, details)),
                    messages=True,
                    reply=self.fields.line(operation.reply),
                )
            )
        return entries

    def _key(self, operation: Any) -> tuple[str, str]:
        if self.kind.version.startswith("2"):
            return operation.path, operation.method
        return (operation.operation_id, operation.method) if operation.method else (operation.path, "")

    def _described(self) -> Any:
        """(name, method, channel, operation) of everything that `iterate` lists."""
        if self.kind.version.startswith("2"):
            for address, one in members(self.value.get("channels")).items():
                channel = self.fields.follow(one)
                for method in ("publish", "subscribe"):
                    if isinstance(channel.get(method), dict):
                        yield address, method.upper(), channel, members(channel[method])
                yield address, "", channel, {}
            return
        for name, one in members(self.value.get("operations")).items():
            operation = self.fields.follow(one)
            channel = self.fields.follow(operation.get("channel"))
            yield name, text(operation.get("action")).upper()[:20], channel, operation
        for name, one in members(self.value.get("channels")).items():
            channel = self.fields.follow(one)
            yield text(channel.get("address")) or name, "", channel, {}

    def _parameters(self, channel: dict[str, Any]) -> tuple[Field, ...]:
        found = []
        for name, one in list(members(channel.get("parameters")).items())[:100]:
            parameter = self.fields.follow(one)
            schema = parameter.get(
                "schema",
                {"type": "string", **{k: v for k, v in parameter.items() if k in ("enum", "default")}},
            )
            found.append(
                self.fields.field(
                    name, schema, place="address", required=True, description=parameter.get("description")
                )
            )
        return tuple(found)

    def _messages(self, channel: dict[str, Any], operation: dict[str, Any]) -> Any:
        message = operation.get("message")
        if message is not None:
            chosen = items(members(message).get("oneOf")) or [message]
        else:
            chosen = items(operation.get("messages")) or list(members(channel.get("messages")).values())
        for one in chosen[:20]:
            if self.fields.exhausted:
                return
            self.fields.left -= 1
            name, _ = self.fields.name(one)
            described = self.fields.follow(one)
            payload = described.get("payload")
            if isinstance(payload, dict) and "schemaFormat" in payload and "schema" in payload:
                payload = payload["schema"]
            _, link = self.fields.name(payload)
            content = {"schema": payload, "examples": described.get("examples")}
            body = Body(
                media_type=cut(
                    text(described.get("contentType"))
                    or text(self.value.get("defaultContentType"))
                    or "payload",
                    NAME,
                ),
                type=self.fields.type(payload) if payload is not None else "",
                link=link,
                fields=() if link or payload is None else self.fields.rows(payload),
                example=self.fields.example(content),
            )
            headers = (
                self.fields.rows(described.get("headers")) if described.get("headers") is not None else ()
            )
            title = text(described.get("title")) or text(described.get("name")) or name or "Message"
            yield Response(
                self.fields.line(title),
                self.fields.prose(described.get("description") or described.get("summary")),
                headers,
                (body,),
            )

    def _schemas(self) -> tuple[Schema, ...]:
        found = []
        for name, schema in list(members(self.components.get("schemas")).items())[:SCHEMAS]:
            if self.fields.exhausted:
                break
            followed = self.fields.follow(schema)
            found.append(
                Schema(
                    self.fields.named[f"#/components/schemas/{name}"],
                    name,
                    self.fields.type(schema),
                    self.fields.prose(followed.get("description")),
                    self.fields.rows(schema),
                    self.fields.notes(followed),
                )
            )
        return tuple(found)
