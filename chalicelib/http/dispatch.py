"""The one way through: from an API Gateway event to an operation, and back.

Checks come in this order: 401, 403, 404, 400, 409. What an operation has to do with HTTP is done here, once:
host, credential, permission, path and query values, body, errors, entity tags, HEAD and OPTIONS, CORS, gzip,
the request's log line and its audit event.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import hmac
import json
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from chalicelib import clock
from chalicelib.access.principal import Admin, Anonymous, Principal, Viewer
from chalicelib.access.roles import Permission
from chalicelib.audit import events
from chalicelib.errors import (
    STALE,
    Conflict,
    Forbidden,
    Invalid,
    NotFound,
    ProblemError,
    TooLarge,
    Unauthorized,
    UnsupportedMediaType,
    Violation,
)
from chalicelib.http import answers, filters, hosts, log, problems, routing
from chalicelib.http.answers import Response
from chalicelib.http.filters import Listing
from chalicelib.http.operation import Host, Operation, Public
from chalicelib.http.request import Request
from chalicelib.http.types import read_uuid
from chalicelib.http.validation import read_body
from chalicelib.settings import settings
from chalicelib.storage import aws, blobs, keys, table
from chalicelib.storage.intent import Intent, intent
from chalicelib.storage.lists import Query
from chalicelib.storage.transaction import AlreadyCreated

#: a Lambda's answer may have 6 MB as base64 inside JSON; what is left for the body itself
ANSWER_LIMIT = 4_400_000
#: smaller bodies gain nothing from gzip
GZIP_FROM = 1024
UPLOAD_HEADER = "x-portico-upload"
#: what an operation says that is no list
NO_LIST = Listing(paged=False)
PRESIGNED_HEADER = "x-portico-answer"


@dataclass(eq=False, repr=False)
class Call:
    """What is known of a request while it is carried out."""

    request: Request
    host: Host | None = None
    portal_id: str | None = None
    principal: Principal | None = None
    operation: Operation | None = None
    denied: bool = False
    segments: tuple[str, ...] = ()
    started: float = field(default_factory=time.perf_counter)


def handle(event: dict[str, Any]) -> dict[str, Any]:
    """Carry out one proxy event. Never raises."""
    request = Request.from_event(event)
    request.trace_id = request.trace_id or str(uuid.uuid4())
    call = Call(request)
    counted = aws.Trips()
    trips_token = aws.trips.set(counted)
    intent_token = intent.set(Intent())
    logins_token = events.logins.set(())
    try:
        response = _respond(call)
        try:
            packed = _pack(call, response)
        except Exception:
            response = _unexpected(call)
            packed = _pack(call, response)
        _record(call, response.status, len(counted))
    finally:
        aws.trips.reset(trips_token)
        intent.reset(intent_token)
        events.logins.reset(logins_token)
    return packed


def _respond(call: Call) -> Response:
    try:
        return _answer(call)
    except ProblemError as error:
        return _problem(call, error)
    except Exception:
        return _unexpected(call)


def _unexpected(call: Call) -> Response:
    log.logger().exception("unexpected error", trace_id=call.request.trace_id)
    return _problem(call, ProblemError(f"Something went wrong. Trace id: {call.request.trace_id}"))


def _problem(call: Call, error: ProblemError) -> Response:
    body = json.dumps(problems.document(error, call.request.trace_id), ensure_ascii=False).encode()
    headers = {"Content-Type": problems.MEDIA_TYPE, "Cache-Control": "no-store", **error.headers}
    return Response(error.status, headers, body)


def _answer(call: Call) -> Response:
    request = call.request
    call.denied = True
    _check_origin(request)
    call.denied = False
    call.host, call.portal_id = hosts.resolve(request.host)
    call.segments = request.segments
    operations = routing.match(call.host, call.segments)
    if request.method == "OPTIONS":
        allow = routing.allowed(operations)
        return Response(204, {"Allow": allow, **_preflight(request, allow)})
    operation = call.operation = routing.choose(operations, request.method)
    call.principal = _authenticate(call, operation)
    if isinstance(operation.allow, Permission):
        call.denied = True
        _check_permission(call.principal, operation.allow)
        call.denied = False
    path_values = _path_values(operation, call.segments)
    try:
        arguments = path_values | _query_values(call, operation)
        if operation.body is not None:
            arguments["body"] = _body(call, operation)
    except (Invalid, UnsupportedMediaType) as error:
        _check_parent(call, operation)
        if isinstance(error, UnsupportedMediaType) and 415 not in operation.errors:
            raise Invalid([Violation("", error.detail, "invalid")]) from error
        raise
    return _carry_out(call, operation, arguments)


def _check_origin(request: Request) -> None:
    """Where CloudFront stands in front, refuse whoever comes around it."""
    secrets = settings().origin_secrets
    given = request.headers.get("x-portico-origin", "")
    if secrets and not any(hmac.compare_digest(given.encode(), known.encode()) for known in secrets):
        raise Forbidden("This address is not for direct use.")


def _authenticate(call: Call, operation: Operation) -> Principal:
    if operation.host is Host.PORTAL:
        from chalicelib.access import sessions

        refuse = operation.allow is Public.VISITOR
        cookies = call.request.headers.get("cookie", "")
        try:
            # a session that is used is no login: that was told when it began
            return sessions.authenticate(call.portal_id or "", cookies, refuse=refuse)
        except Unauthorized as error:
            events.login("invalid", error.outcome, error.principal_id)
            raise
    if operation.allow is Public.ANYONE:
        return Anonymous()
    from chalicelib.access import admin_sessions, tokens

    scheme, _, token = call.request.headers.get("authorization", "").partition(" ")
    token = token.strip()
    kind, outcome, principal_id = "invalid", "invalid", None
    try:
        if scheme.lower() != "bearer" or not token:
            raise Unauthorized("Send an access token: `Authorization: Bearer <token>`.")
        if admin_sessions.is_session(token):
            # as at portals: a session that is used is no login
            kind = "sso"
            admin = admin_sessions.authenticate(token)
            kind = ""
            return admin
        kind = "pat"
        admin = tokens.authenticate(token)
        outcome, principal_id = "success", admin.id
        return admin
    except Unauthorized as error:
        outcome, principal_id = error.outcome, error.principal_id
        error.headers["WWW-Authenticate"] = 'Bearer realm="portico"'
        raise
    finally:
        if kind:
            events.login(kind, outcome, principal_id)


def _check_permission(principal: Principal, permission: Permission) -> None:
    if not isinstance(principal, Admin) or not principal.may(permission):
        raise Forbidden(f"The token's role lacks the permission {permission.value!r}.")


def _path_values(operation: Operation, segments: tuple[str, ...]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for first, name, parameter, is_uuid, greedy in operation.path_values:
        text = "/".join(segments[first:]) if greedy else segments[first]
        values[parameter] = _uuid(name, text) if is_uuid else text
    return values


def _uuid(name: str, text: str) -> str:
    found = read_uuid(text)
    if found is None:
        raise NotFound(f"There is nothing of this id: {name} must be a UUID.")
    return found


def _query_values(call: Call, operation: Operation) -> dict[str, Any]:
    listing = operation.listing or NO_LIST
    query, found, other = filters.read(listing, call.request.query, call.request.path)
    values = _declared_values(operation, other, found)
    if found:
        raise Invalid(found)
    for name, hint in operation.special.items():
        if hint is Query:
            values[name] = query
        elif hint is Viewer:
            values[name] = Viewer(call.portal_id or "", call.principal or Anonymous())
        elif hint is Request:
            values[name] = call.request
        else:
            values[name] = call.principal
    return values


def _declared_values(
    operation: Operation, pairs: list[tuple[str, str]], found: list[Violation]
) -> dict[str, Any]:
    """Values of the query parameters that are an operation's own; what is wrong with them goes to `found`."""
    known = {parameter.name: parameter for parameter in operation.query_parameters}
    values: dict[str, Any] = {name: {} if known[name].deep else known[name].default for name in known}
    for name, value in pairs:
        path = filters.brackets(name) or [name]
        parameter = known.get(path[0])
        if parameter is None:
            continue  # a parameter nobody declared changes nothing
        if parameter.deep:
            if len(path) == 2 and path[1]:
                values[parameter.name][path[1]] = value
            else:
                found.append(Violation(name, f"write {parameter.name}[key]=value", "invalid", "query"))
        elif parameter.flag:
            if value not in ("", "true", "false"):
                found.append(
                    Violation(name, "must be true or false", "enum", "query", choices=("true", "false"))
                )
            values[parameter.name] = value != "false"
        else:
            values[parameter.name] = value
    return values


def _body(call: Call, operation: Operation) -> Any:
    request = call.request
    assert operation.body is not None
    upload = request.headers.get(UPLOAD_HEADER)
    if upload:
        from chalicelib.uploads import service as uploads

        raw = uploads.take(upload, operation.limit)
    else:
        raw = request.body(operation.limit)
    if not raw.strip() and operation.body_optional:
        return None
    media_type = request.media_type
    if media_type and media_type != "application/json" and not media_type.endswith("+json"):
        raise UnsupportedMediaType(f"Send JSON (Content-Type: application/json), not {media_type!r}.")
    return read_body(operation.body, raw)


def _check_parent(call: Call, operation: Operation) -> None:
    """A wrong body for something that is not there is 404, not 400: look, now that it matters.

    The nearest operation that gets the thing the path goes through is run for its NotFound.
    """
    for length in range(len(operation.segments), 0, -1):
        if not operation.segments[length - 1].startswith("{"):
            continue
        if operation.method == "PUT" and length == len(operation.segments):
            continue  # a PUT makes what is not there
        segments = call.segments[:length]
        try:
            parent = routing.match(operation.host, segments).get("GET")
        except NotFound:
            continue
        if parent is not None and parent is not operation:
            arguments = _path_values(parent, segments) | {
                name: Viewer(call.portal_id or "", call.principal or Anonymous())
                for name, hint in parent.special.items()
                if hint is Viewer
            }
            parent.handler(**arguments)
            return


def _carry_out(call: Call, operation: Operation, arguments: dict[str, Any]) -> Response:
    request = call.request
    given = request.headers.get("if-match", "").strip()
    expected = None
    if given and given != "*" and request.method not in ("GET", "HEAD"):
        expected = answers.revision(given)
        if expected is None:
            raise Conflict(STALE)
    wish = Intent(expected_rev=expected)
    key = request.headers.get("idempotency-key", "").strip()
    if key and request.method == "POST" and operation.status == 201 and _getter(call, "-") is not None:
        wish.idempotency, wish.fingerprint = _idempotency(call, key)
        done = _already(call, wish)
        if done is not None:
            return done
    intent.set(wish)
    try:
        return answers.render(operation.handler(**arguments), operation.status)
    except AlreadyCreated:
        done = _already(call, wish)
        if done is None:
            raise Conflict("Conflict: the same request is being carried out. Repeat it.") from None
        return done


def _idempotency(call: Call, key: str) -> tuple[str, str]:
    _, principal_id = events.who(call.principal)
    text = "\n".join([principal_id or "", call.portal_id or "", call.request.path, key])
    digest = hashlib.sha256(text.encode()).hexdigest()
    sent = call.request.headers.get(UPLOAD_HEADER, "").encode() + b"\n" + call.request.raw_body
    return keys.idempotency(digest), hashlib.sha256(sent).hexdigest()


def _already(call: Call, wish: Intent) -> Response | None:
    """The current state of what an earlier request with this Idempotency-Key created."""
    assert wish.idempotency is not None
    item = table.get_item(keys.Key(wish.idempotency))
    if item is None or int(item["expires_at"]["N"]) * 1000 < clock.now_ms():
        return None
    if item["fingerprint"]["S"] != wish.fingerprint:
        raise Conflict("Conflict: this Idempotency-Key was used for another request body.")
    getter = _getter(call, item["path_id"]["S"])
    assert call.operation is not None
    assert getter is not None
    try:
        result = getter.handler(**_path_values(getter, (*call.segments, item["path_id"]["S"])))
    except NotFound:
        raise Conflict("Conflict: what this Idempotency-Key created has been deleted since.") from None
    return answers.render(result, call.operation.status)


def _getter(call: Call, created_id: str) -> Operation | None:
    """The operation that gets what this one creates; None where it creates nothing that has a path."""
    try:
        return routing.match(call.host or Host.ADMIN, (*call.segments, created_id)).get("GET")
    except NotFound:
        return None


def _preflight(request: Request, allow: str) -> dict[str, str]:
    if "access-control-request-method" not in request.headers:
        return {}
    return {
        "Access-Control-Allow-Methods": allow,
        "Access-Control-Allow-Headers": "Authorization, Content-Type, Content-Encoding, If-Match, "
        "If-None-Match, Idempotency-Key, X-Portico-Upload, X-Portico-Answer",
        "Access-Control-Max-Age": "600",
    }


def _pack(call: Call, response: Response) -> dict[str, Any]:
    """Entity tags, CORS, gzip, limits; then the form API Gateway takes."""
    request = call.request
    headers = {"X-Content-Type-Options": "nosniff", "Vary": "Accept-Encoding", **response.headers}
    headers.setdefault("Cache-Control", "no-store")
    headers["X-Trace-Id"] = request.trace_id
    origin = request.headers.get("origin", "").lower()
    if origin and call.host is Host.ADMIN and origin in settings().allowed_origins:
        headers["Access-Control-Allow-Origin"] = request.headers["origin"]
        headers["Access-Control-Expose-Headers"] = "ETag, X-Trace-Id, Location"
        headers["Vary"] += ", Origin"
    body = response.body
    tag = headers.get("ETag")
    if tag and request.method in ("GET", "HEAD") and response.status == 200 and _matches(request, tag):
        response.status, body = 304, b""
    # API Gateway turns base64 into bytes only for who sends Accept: to the others, text goes as text
    as_text = "accept" not in request.headers and "Content-Encoding" not in headers and _is_text(headers)
    compressible = len(body) >= GZIP_FROM and "Content-Encoding" not in headers and not as_text
    if compressible and request.accepts_gzip():
        body = gzip.compress(body, 5, mtime=0)
        headers["Content-Encoding"] = "gzip"
    if len(body) > ANSWER_LIMIT:
        body = _too_large(call, response, headers)
    if request.method == "HEAD":
        headers["Content-Length"] = str(len(body))
        body = b""
    many = {name: [value] for name, value in headers.items()}
    if response.cookies:
        many["Set-Cookie"] = list(response.cookies)
    return {
        "statusCode": response.status,
        "headers": {},
        "multiValueHeaders": many,
        "body": body.decode() if as_text else base64.b64encode(body).decode(),
        "isBase64Encoded": not as_text,
    }


def _is_text(headers: dict[str, str]) -> bool:
    media_type = headers.get("Content-Type", "").partition(";")[0]
    return media_type.startswith("text/") or media_type.endswith(("json", "xml", "yaml"))


def _too_large(call: Call, response: Response, headers: dict[str, str]) -> bytes:
    """An answer that a Lambda cannot carry: by a presigned address where asked for, else 413 naming it."""
    headers.pop("ETag", None)
    # how it is told hangs on this request's headers and no address of its own: nobody may keep it
    headers.pop("Cache-Tag", None)
    headers["Cache-Control"] = "no-store"
    if call.request.headers.get(PRESIGNED_HEADER, "").lower() == "presigned":
        headers.pop("Content-Encoding", None)
        headers["Location"] = blobs.presigned(response.body, headers.pop("Content-Type", answers.JSON))
        response.status = 303
        return b""
    done = "" if call.request.method in ("GET", "HEAD") else "What was asked is done. "
    problem = TooLarge(
        f"{done}The answer is too large to be sent uncompressed. Accept gzip (Accept-Encoding: gzip), or "
        "send X-Portico-Answer: presigned and follow the Location of the answer."
    )
    refused = _problem(call, problem)
    response.status = refused.status
    headers.pop("Content-Encoding", None)
    headers.update(refused.headers)
    return refused.body


def _matches(request: Request, tag: str) -> bool:
    given = request.headers.get("if-none-match", "")
    return any(one.strip().removeprefix("W/") in (tag, "*") for one in given.split(",")) if given else False


def _told_path(call: Call) -> str:
    """The path as it may be written down: without a one-time token that stands in it."""
    path, operation = call.request.path, call.operation
    if operation is None or "{token}" not in operation.segments:
        return path
    given = path.strip("/").split("/")
    shown = [
        "*" if name == "{token}" else part for name, part in zip(operation.segments, given, strict=False)
    ]
    return "/" + "/".join(shown)


def _record(call: Call, status: int, trips: int) -> None:
    request, operation, path = call.request, call.operation, _told_path(call)
    action = operation.id if operation is not None else "none"
    kind, principal_id = events.who(call.principal)
    log.request(
        trace_id=request.trace_id,
        operation=action,
        method=request.method,
        path=path,
        host=request.host,
        principal=f"{kind}:{principal_id}" if principal_id else kind,
        status=status,
        duration_ms=round((time.perf_counter() - call.started) * 1000, 2),
        trips=trips,
    )
    declared = operation.query_parameters if operation is not None and request.query else ()
    events.emit(
        events.Facts(
            operation=action,
            method=request.method,
            path=path,
            query=events.query_text(request.query, [one.name for one in declared if one.flag]),
            status=status,
            principal=call.principal,
            portal_id=call.portal_id,
            logins=events.logins.get(),
            denied=call.denied,
            trace_id=request.trace_id,
            source_ip=request.client_ip,
            user_agent=request.headers.get("user-agent", ""),
        )
    )
