"""The organisation, and what a new installation begins with."""

from __future__ import annotations

import hmac
import secrets
import uuid
from functools import cache

from chalicelib.access import tokens
from chalicelib.applications import service as strategies
from chalicelib.errors import Conflict, NotFound
from chalicelib.organization.records import Organization
from chalicelib.settings import settings
from chalicelib.storage import keys, table
from chalicelib.storage.transaction import Transaction


def load() -> Organization:
    """The organisation's record. One trip. Raises NotFound before `bootstrap`."""
    organization = table.get(Organization, keys.Key(keys.ORGANIZATION))
    if organization is None:
        raise NotFound("This installation has not been set up.")
    return organization


def derived_key(purpose: str) -> bytes:
    """A key of this installation for one purpose, to sign with. One trip in a process's life."""
    return hmac.digest(_secret(settings().table), purpose.encode(), "sha256")


@cache
def _secret(_table: str) -> bytes:
    return load().secret.encode()


def bootstrap(token: str | None) -> str | None:
    """Set up a new installation: organisation, built-in strategy, first admin token. Idempotent.

    The built-in strategy is made with the organisation, once: later it may be deleted for good. Returns
    the text of a token that was made up, to be shown once; None where `token` was given or one exists.
    """
    organization = Organization(pk=keys.ORGANIZATION, id=str(uuid.uuid4()), secret=secrets.token_urlsafe(32))
    try:
        with Transaction() as tx:
            tx.insert(organization)
            tx.insert(strategies.built_in_strategy())
    except Conflict:
        pass  # set up before
    return tokens.bootstrap(token)
