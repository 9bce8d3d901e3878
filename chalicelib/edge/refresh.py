"""Taking changed pages out of CloudFront: the worker's task.

All pages of a portal carry its tag, and any change may show on any of them (menus, the catalog), so the
portal's tag goes. Many messages of one portal are one invalidation: when one began is noted, and a message
of an earlier change has nothing left to do.
"""

from __future__ import annotations

from collections.abc import Iterable

from chalicelib import clock
from chalicelib.catalog.records import Api
from chalicelib.edge import changes, cloudfront
from chalicelib.edge.cloudfront import Target
from chalicelib.http.log import logger
from chalicelib.portals.records import Portal
from chalicelib.settings import settings
from chalicelib.storage import aws, keys, table
from chalicelib.storage.records import dispatch

#: clocks may disagree by so much
SKEW_MS = 2_000
#: how long a note of when is of use
NOTE_SECONDS = 86_400
#: where CloudFront does not take it (it takes so many at a time), the message waits, longer each time
TRIES = 8
LONGEST_WAIT_SECONDS = 300


def run(partitions: list[str], until: int, tries: int = 0) -> None:
    """Invalidate what these partitions show on, unless that was begun after `until` (ms) already. Three or
    four trips, and CloudFront's. Raises botocore's errors after as many tries as make sense."""
    now = clock.now_ms()
    shown, tags = _shown_at(partitions)
    wanted = {Target(distribution=settings().distribution): tags} if tags else {}
    portals = _not_since(shown, until)
    for portal_id, portal in portals.items():
        for target in _targets(portal):
            wanted.setdefault(target, []).append(f"p-{portal_id}")
    try:
        for target, found in wanted.items():
            cloudfront.invalidate(target, found)
    except Exception as error:
        if tries >= TRIES:
            raise
        _again(partitions, until, tries, error)
        return
    for portal_id in portals:
        _note(portal_id, now)


def _shown_at(partitions: Iterable[str]) -> tuple[list[str], list[str]]:
    """The portals that these partitions show at, and tags of what is nowhere any more. One trip at most."""
    ids = dict(found for pk in partitions if (found := keys.shown(pk)) is not None)
    portals = {id_: None for id_, kind in ids.items() if kind == "portal"}
    apis = [id_ for id_, kind in ids.items() if kind == "api"]
    there = {api.id: api for api in table.get_many(Api, [keys.Key(keys.api(id_)) for id_ in apis])}
    for api in there.values():
        portals |= dict.fromkeys(api.portal_ids)
    # what is left of a deleted API tells its portals itself, while it is being cleared away
    return list(portals), [f"api-{id_}" for id_ in apis if id_ not in there]


def _not_since(portal_ids: Iterable[str], until: int) -> dict[str, Portal | None]:
    """Those of these portals that were not invalidated after `until`; None for one that is gone. One trip."""
    places = {id_: (keys.Key(keys.portal(id_)), keys.Key(keys.refreshed(id_))) for id_ in portal_ids}
    found = table.get_items([key for pair in places.values() for key in pair])
    return {
        id_: table.decode(Portal, found[portal]) if portal in found else None
        for id_, (portal, note) in places.items()
        if note not in found or int(found[note]["begun"]["N"]) <= until + SKEW_MS
    }


def _targets(portal: Portal | None) -> list[Target]:
    """Where a portal's pages may be kept. One trip where it has a distribution of its own. What a portal that
    is gone had of its own, distribution or domain, is being undone."""
    found = [Target(distribution=settings().distribution)]
    if portal is None:
        return found
    if portal.distribution is not None:
        from chalicelib.domains.records import Distribution

        own = table.get(Distribution, keys.Key(keys.distribution(portal.distribution)))
        if own is not None and own.distribution_id is not None:
            found = [Target(distribution=own.distribution_id)]
    if portal.domain is not None and settings().tenant_distribution:
        from chalicelib.domains.edge_aws import tenant_name

        found.append(Target(tenant=tenant_name(portal.domain["id"])))
    return found


def _note(portal_id: str, begun: int) -> None:
    """Note when an invalidation began that is made now. One trip."""
    item = {
        "pk": {"S": keys.refreshed(portal_id)},
        "sk": {"S": keys.SELF},
        "begun": {"N": str(begun)},
        "expires_at": {"N": str(begun // 1000 + NOTE_SECONDS)},
    }
    dispatch("PutItem", {"TableName": settings().table, "Item": item})


def _again(partitions: list[str], until: int, tries: int, error: Exception) -> None:
    """Send the message once more, after a while."""
    wait = min(5 * 2**tries, LONGEST_WAIT_SECONDS)
    logger().warning("an invalidation has to wait", reason=str(error), again_in_seconds=wait)
    aws.client("sqs").send_message(
        QueueUrl=settings().queue_url,
        MessageBody=changes.message(partitions, until, tries + 1),
        DelaySeconds=wait,
    )
