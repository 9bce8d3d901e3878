"""Accounts of the user pool in the emulator, and the way through its sign-in page without a browser."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import secrets
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlencode, urlsplit

from chalicelib.settings import settings
from infra.local import accounts, stack
from tests.client import Client, Reply

SIGN_IN, SESSIONS, CURRENT = "/portico/v1/sign-in", "/portico/v1/sessions", "/portico/v1/sessions/current"
NONCE = "a-nonce-of-the-tests"


class Person(NamedTuple):
    """Somebody in the pool. `id`: as the pool knows the person."""

    email: str
    password: str
    id: str


@dataclass
class Accounts:
    """The pool, with the console of the server at `port` as its client."""

    port: int
    endpoint: str
    pool: str

    @property
    def cognito(self) -> Any:
        return stack.client("cognito-idp", self.endpoint)

    def person(self, *groups: str, name: str = "") -> Person:
        """Somebody new in these groups, with a password that need not be changed."""
        email, password = f"{uuid.uuid4().hex[:12]}@example.com", "Passw0rd-of-the-tests"
        attributes = [{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}]
        if name:
            attributes.append({"Name": "name", "Value": name})
        user = {"UserPoolId": self.pool, "Username": email}
        made = self.cognito.admin_create_user(**user, UserAttributes=attributes, MessageAction="SUPPRESS")[
            "User"
        ]
        self.cognito.admin_set_user_password(**user, Password=password, Permanent=True)
        for group in groups:
            self.cognito.admin_add_user_to_group(**user, GroupName=group)
        found = {one["Name"]: one["Value"] for one in made["Attributes"]}
        return Person(email, password, found["sub"])

    def authorize(self, verifier: str, nonce: str = NONCE, **more: str) -> str:
        """The address that the console goes to."""
        asked = Client(self.port).get(SIGN_IN).json()["account"]["sign_in_url"]
        digest = hashlib.sha256(verifier.encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        added = {"nonce": nonce, "state": "a-state", "code_challenge": challenge, **more}
        return f"{asked}&{urlencode(added)}"

    def prove(self, person: Person, asked: dict[str, str], first: str = "") -> str:
        """Where the sign-in page sends this person. `asked`: what the page was opened with."""
        form = {**asked, "username": person.email, "password": person.password}
        status, headers, page = self._send("POST", "/login", form)
        asked_for = re.search(r'name="np_token" value="([^"]+)"', page)
        if asked_for:
            chosen = {"np_token": asked_for[1], "new_password": first, "confirm_password": first}
            status, headers, page = self._send("POST", "/login", chosen)
        assert status == 302, page
        return headers["location"]

    def visit(self, url: str) -> str:
        """Where an address of the pool leads."""
        status, headers, page = self._send("GET", f"{urlsplit(url).path}?{urlsplit(url).query}")
        assert status == 302, page
        return headers["location"]

    def code(self, person: Person, verifier: str, first: str = "", **changed: str) -> str:
        """The code that a browser comes back with when this person has signed in. `first`: the password that
        is chosen at the first time."""
        query = parse_qs(urlsplit(self.authorize(verifier)).query)
        asked = {name: values[0] for name, values in query.items()} | changed
        where = urlsplit(self.prove(person, asked, first))
        assert where.path == "/console/sign-in"
        return parse_qs(where.query)["code"][0]

    def _send(
        self, method: str, path: str, form: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str], str]:
        connection = HTTPConnection(urlsplit(self.endpoint).netloc, timeout=30)
        try:
            kind = {"Content-Type": "application/x-www-form-urlencoded"}
            connection.request(method, path, urlencode(form) if form else None, kind)
            answer = connection.getresponse()
            headers = {name.lower(): value for name, value in answer.getheaders()}
            return answer.status, headers, answer.read().decode()
        finally:
            connection.close()

    def sign_in(self, person: Person, first: str = "", **changed: str) -> Reply:
        """All the way: what the service answers. Keywords are members of the request to it."""
        verifier = secrets.token_urlsafe(48)
        code = self.code(person, verifier, first=first)
        body = {"code": code, "code_verifier": verifier, "nonce": NONCE, **changed}
        return Client(self.port).post(SESSIONS, body)

    def signed_in(self, person: Person, first: str = "") -> Client:
        """The management API as this person."""
        reply = self.sign_in(person, first)
        assert reply.status == 201, reply.text
        return Client(self.port, token=reply.json()["token"])


@contextmanager
def provided(port: int, endpoint: str) -> Iterator[Accounts]:
    """With accounts, until the end of the block: the product at `port` lets people sign in."""
    pool = os.environ["PORTICO_ADMIN_POOL"]
    before = {name: os.environ.get(name) for name in ("PORTICO_ADMIN_POOL_CLIENT", "PORTICO_ADMIN_POOL_URL")}
    os.environ.update(accounts.environment(endpoint, pool, [f"http://localhost:{port}"]))
    settings.cache_clear()
    try:
        yield Accounts(port, endpoint, pool)
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        settings.cache_clear()
