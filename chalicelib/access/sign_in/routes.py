"""Signing in to the console with an account, and out."""

from __future__ import annotations

from chalicelib.access.principal import Admin, Principal
from chalicelib.access.roles import Permission
from chalicelib.access.sign_in import service
from chalicelib.access.sign_in.schemas import CreateSession, SessionOut, SignInOut
from chalicelib.http.operation import Public, operation
from chalicelib.http.request import Request


@operation("get-sign-in", "GET", "/portico/v1/sign-in", allow=Public.ANYONE, errors=())
def get_sign_in(request: Request) -> SignInOut:
    """Get the ways to sign in"""
    return service.ways(request.origin)


@operation(
    "create-session",
    "POST",
    "/portico/v1/sessions",
    allow=Public.ANYONE,
    errors=(400, 401, 403, 404, 503),
)
def create_session(request: Request, body: CreateSession) -> SessionOut:
    """Sign in with an authorization code of the user pool; the session lasts 12 hours"""
    return service.sign_in(request.origin, body)


@operation(
    "delete-session",
    "DELETE",
    "/portico/v1/sessions/current",
    allow=Permission.VIEW,
    errors=(401, 403, 404),
)
def delete_session(principal: Principal) -> None:
    """Sign out: the session whose token is sent ends at once"""
    assert isinstance(principal, Admin)
    service.sign_out(principal)
