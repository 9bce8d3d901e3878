"""Destinations: the rules of making, changing, testing and deleting one."""

from __future__ import annotations

import time
import uuid
from typing import Any

from chalicelib import clock
from chalicelib.audit import attempts, outbound, shapes
from chalicelib.audit.deliverer import open_target
from chalicelib.audit.destinations.schemas import (
    CreateDestination,
    DestinationOut,
    ShapeOut,
    TestOut,
    UpdateDestination,
    UpdateShape,
)
from chalicelib.audit.entries import TEST, Entry
from chalicelib.audit.formats import render
from chalicelib.audit.records import Destination, secret_purpose
from chalicelib.audit.shapes import Event
from chalicelib.audit.signing import signer
from chalicelib.errors import Conflict, NotFound
from chalicelib.organization import service as organization
from chalicelib.storage import keys, lists, secrets, table
from chalicelib.storage.intent import expect
from chalicelib.storage.lists import CursorPage, FlatCursorPage, Place, Query
from chalicelib.storage.transaction import Transaction, retrying

#: members that are stored as they come
SIMPLE = ("name", "endpoint", "log_format", "skip_ssl_verification")


def find(destination_id: str) -> Destination | None:
    """The destination's record. One trip."""
    return table.get(Destination, keys.Key(keys.destination(destination_id)))


def load(destination_id: str) -> Destination:
    """As `find`. Raises NotFound."""
    destination = find(destination_id)
    if destination is None:
        raise NotFound("There is no audit log destination of this id.")
    return destination


def show(destination: Destination) -> DestinationOut:
    """A destination as the wire has it."""
    return DestinationOut(
        id=destination.id,
        **{name: getattr(destination, name) for name in SIMPLE},
        created_at=clock.rfc3339(destination.created_at),
        updated_at=clock.rfc3339(destination.updated_at),
    ).at(destination.rev)


def show_shape(destination: Destination) -> ShapeOut:
    """How a destination is spoken to, as the wire has it."""
    return ShapeOut(
        id=destination.id,
        name=destination.name,
        endpoint=destination.endpoint,
        log_format=destination.log_format,
        shape=destination.shape,
        header_name=destination.header_name,
        uses=destination.uses,
    ).at(destination.rev)


def create(body: CreateDestination) -> DestinationOut:
    """A new destination. Two trips."""
    return show(make(**{name: getattr(body, name) for name in (*SIMPLE, "authorization")}))


def make(
    *,
    name: str,
    endpoint: str,
    log_format: str = "cef",
    skip_ssl_verification: bool = False,
    authorization: str | None = None,
) -> Destination:
    """Store a new destination. One trip, two with a secret."""
    destination_id = str(uuid.uuid4())
    destination = Destination(
        pk=keys.destination(destination_id),
        id=destination_id,
        name=name,
        endpoint=endpoint,
        log_format=log_format,
        skip_ssl_verification=skip_ssl_verification,
        secret=secrets.encrypt(authorization, secret_purpose(destination_id)) if authorization else None,
    )
    with Transaction() as tx:
        tx.insert(destination)
    return destination


def page(query: Query) -> FlatCursorPage[DestinationOut]:
    """Destinations, newest first. Two trips."""
    found, previous, following = _cut(query)
    return FlatCursorPage([show(destination) for destination in found], query, previous, following)


def shapes_page(query: Query) -> CursorPage[ShapeOut]:
    """How destinations are spoken to, newest first. Two trips."""
    found, previous, following = _cut(query)
    return CursorPage([show_shape(destination) for destination in found], query, previous, following)


def _cut(query: Query) -> tuple[list[Destination], Place | None, Place | None]:
    rows, previous, following = lists.cut(lists.read("destinations"), query)
    found = table.get_many(Destination, [keys.Key(keys.destination(row["id"])) for row in rows])
    return found, previous, following


def update(destination_id: str, body: UpdateDestination) -> DestinationOut:
    """Change what was sent. Two trips, three with a secret. Raises NotFound, Conflict."""
    return show(change(destination_id, {name: getattr(body, name) for name in body.model_fields_set}))


def change(destination_id: str, given: dict[str, Any], *, as_read: bool = True) -> Destination:
    """Change these members. `as_read`: it is the record that the caller's If-Match is about."""
    secret = given.get("authorization")
    sealed = secrets.encrypt(secret, secret_purpose(destination_id)) if secret else None

    def work() -> Destination:
        destination = load(destination_id)
        if as_read:
            expect(destination)
        for name in SIMPLE:
            if name in given:
                setattr(destination, name, given[name])
        if sealed is not None:
            destination.secret = sealed
        with Transaction() as tx:
            tx.update(destination)
        return destination

    return retrying(work)


def update_shape(destination_id: str, body: UpdateShape) -> ShapeOut:
    """Change how it is spoken to. Two trips. Raises NotFound, Conflict."""

    def work() -> Destination:
        destination = load(destination_id)
        expect(destination)
        for name in body.model_fields_set:
            setattr(destination, name, getattr(body, name))
        with Transaction() as tx:
            tx.update(destination)
        return destination

    return show_shape(retrying(work))


def delete(destination_id: str) -> None:
    """Delete a destination that no webhook uses (Conflict otherwise). Two trips. Raises NotFound."""

    def work() -> None:
        destination = load(destination_id)
        expect(destination)
        if destination.uses:
            raise Conflict(
                "Conflict: the destination is in use by an audit log webhook. Give that another one first."
            )
        with Transaction() as tx:
            tx.delete(destination)

    retrying(work)


def test(destination_id: str, principal_id: str) -> TestOut:
    """Send a test event now, once. Two trips, and the destination's own time (15 seconds at most)."""
    destination = load(destination_id)
    target = open_target(destination)
    entry: Entry = {
        "id": str(uuid.uuid4()),
        "ts": clock.now_ms(),
        "type": TEST,
        "org_id": organization.load().id,
        "seq": "",
        "src": "",
        "request": f"/portico/v1/audit-destinations/{destination_id}/test",
        "trace_id": "",
        "user_agent": "",
        "principal_id": principal_id,
    }
    event = Event(entry, render(entry, destination.log_format, signer()))
    request = shapes.build(target, [event])
    started = time.perf_counter()
    reply = outbound.post(request.url, request.headers, request.body, verify=target.verify)
    took = time.perf_counter() - started
    verdict = shapes.judge(target, reply, [event])
    return TestOut(
        delivered=not (verdict.failed or verdict.split or verdict.bad or verdict.again),
        status=reply.status,
        message=attempts.excerpt(reply, target.secret),
        duration_ms=round(took * 1000),
    )
