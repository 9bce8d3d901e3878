"""Signing in with an account of the user pool: who it is, which role that gives, then a session of ours."""

from __future__ import annotations

from chalicelib import clock
from chalicelib.access import admin_sessions
from chalicelib.access.principal import Admin
from chalicelib.access.roles import Role
from chalicelib.access.sign_in import pool
from chalicelib.access.sign_in.schemas import AccountSignIn, CreateSession, SessionOut, SignInOut
from chalicelib.audit import events
from chalicelib.errors import Forbidden, NotFound, Unauthorized


def ways(origin: str) -> SignInOut:
    """How people sign in at the console of this origin."""
    if not pool.configured():
        return SignInOut(account=None)
    return SignInOut(
        account=AccountSignIn(sign_in_url=pool.sign_in_url(origin), sign_out_url=pool.sign_out_url(origin))
    )


def sign_in(origin: str, body: CreateSession) -> SessionOut:
    """A session for whom the pool's code stands for. One trip, besides those to the pool.

    Raises NotFound without a pool, Unauthorized where the code or what it brings is not good, Forbidden where
    the person has no role, Unavailable where the pool does not answer.
    """
    if not pool.configured():
        raise NotFound("There are no accounts here. Sign in with an access token.")
    try:
        person = pool.person(pool.exchange(origin, body.code, body.code_verifier), body.nonce)
    except Unauthorized as error:
        events.login("invalid", error.outcome)
        raise
    proof = "sso" if person.federated else "basic"
    if person.role is None:
        events.login(proof, "disabled", person.id)
        groups = ", ".join(Role)
        where = "your identity provider names no role for it" if person.federated else "it is in no group"
        raise Forbidden(
            f"Your account has no role here: {where}. Ask an admin for one of {groups}, then sign in again."
        )
    record, token = admin_sessions.create(person.id, person.name, person.email, person.role, proof)
    events.login(proof, "success", person.id)
    return SessionOut(token=token, expires_at=clock.rfc3339(record.expires_at * 1000))


def sign_out(admin: Admin) -> None:
    """End the session that a request came with. Two trips. Raises NotFound where it came with a token."""
    record = admin_sessions.find(admin.id, admin.session) if admin.session else None
    if record is None:
        raise NotFound("This is an access token and no session. Revoke it instead.")
    admin_sessions.end(record)
    events.login(record.proof, "success", admin.id)
