"""Previews: whoever keeps a portal looks at it as an approved developer would, without being one.

The console asks for a token, good for a minute and for once; the portal's own host takes it and answers
with the cookie of a session of an hour. Token and cookie are stored as hashes.
"""

from __future__ import annotations

import hashlib
import secrets

from chalicelib import clock
from chalicelib.access.principal import Developer
from chalicelib.access.records import PreviewSession, PreviewToken
from chalicelib.audit import events
from chalicelib.errors import Gone, NotFound, Stale
from chalicelib.storage import keys, table
from chalicelib.storage.transaction import Transaction

TOKEN_SECONDS = 60
SESSION_SECONDS = 3600


def _digest(text: str) -> str:
    # 190 random bits need no salt and no slow hash
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _now() -> int:
    return clock.now_ms() // 1000


def invite(portal_id: str, admin_id: str) -> str:
    """A token that begins one preview of the portal. One trip."""
    token = secrets.token_urlsafe(24)
    record = PreviewToken(
        pk=keys.one_time_token(_digest(token)),
        portal_id=portal_id,
        admin_id=admin_id,
        expires_at=_now() + TOKEN_SECONDS,
    )
    with Transaction() as tx:
        tx.insert(record)
    return token


def begin(portal_id: str, token: str) -> str:
    """Take a token for a session of this portal, and tell of it. Returns the cookie's text. Two trips.

    Raises NotFound for a token that is unknown, used or of another portal, Gone for one that is too old.
    """
    used = NotFound("This link has been used already, or it never was one.")
    invited = table.get(PreviewToken, keys.Key(keys.one_time_token(_digest(token))))
    if invited is None or invited.portal_id != portal_id:
        events.login("pat", "not_found")
        raise used
    if invited.expires_at <= _now():
        events.login("pat", "token_expired", invited.admin_id)
        raise Gone("This link is too old.")
    cookie = secrets.token_urlsafe(32)
    session = PreviewSession(
        pk=keys.session(_digest(cookie)),
        portal_id=portal_id,
        admin_id=invited.admin_id,
        expires_at=_now() + SESSION_SECONDS,
    )
    try:
        with Transaction() as tx:
            tx.delete(invited)
            tx.insert(session)
    except Stale:  # two at once: the other was first
        events.login("pat", "not_found", invited.admin_id)
        raise used from None
    events.login("pat", "success", invited.admin_id)
    return cookie


def developer(portal_id: str, cookie: str) -> Developer | None:
    """Who looks with this cookie, None where it stands for no session of this portal. One trip."""
    session = _session(cookie)
    if session is None or session.portal_id != portal_id or session.expires_at <= _now():
        return None
    return Developer("preview", portal_id, preview=True)


def end(portal_id: str, cookie: str) -> None:
    """End the session of a cookie, if there is one, and tell of it. Two trips."""
    session = _session(cookie)
    if session is None or session.portal_id != portal_id:
        return
    try:
        with Transaction() as tx:
            tx.delete(session)
    except Stale:  # ended twice at once
        return
    events.login("pat", "success", session.admin_id)


def _session(cookie: str) -> PreviewSession | None:
    return table.get(PreviewSession, keys.Key(keys.session(_digest(cookie))))
