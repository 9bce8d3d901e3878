"""Requests to addresses that are not ours: to public addresses only, and never further than asked.

The name is resolved here, the address checked, and exactly that address connected to, so that a name cannot
point elsewhere between check and connection. Redirects are not followed, proxies not used, answers read up
to a limit, and everything ends at one deadline. On one's own machine (the AWS emulator) the loopback
interface is allowed too, without TLS if need be; private networks are not, there neither.
"""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import re
import socket
import ssl
import threading
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import SplitResult, urlsplit

from chalicelib.settings import settings

#: seconds until there is a connection, and until the answer has been read
CONNECT_SECONDS, TOTAL_SECONDS = 5.0, 15.0
#: of a name that has many
TRIED_ADDRESSES = 2
ANSWER_LIMIT = 4 * 1024 * 1024
URL_LIMIT = 2048

#: address ranges in which IPv4 addresses, private ones too, hide behind public-looking ones
_TUNNELS = [
    ipaddress.ip_network(text) for text in ("64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32")
]
_HOST = re.compile(r"[a-z0-9_]([a-z0-9_.-]*[a-z0-9_])?\.?", re.IGNORECASE)

Address = ipaddress.IPv4Address | ipaddress.IPv6Address


class Refused(ValueError):
    """An address that nothing is sent to; the text says why."""


class Reply(NamedTuple):
    """What came back. `status` is None where there was no answer; `error` then says why."""

    status: int | None
    headers: Mapping[str, str] = {}
    body: bytes = b""
    error: str = ""


def local() -> bool:
    """Whether this installation runs on somebody's own machine."""
    return settings().endpoint is not None


def check(url: str) -> SplitResult:
    """The parts of an endpoint's URL, if something could be sent there. Raises Refused.

    A name is looked up only when something is sent: what it points to may change at any time.
    """
    if len(url) > URL_LIMIT or not url.isascii() or any(ord(char) <= 32 or ord(char) == 127 for char in url):
        raise Refused("must be a valid URL")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise Refused("must be a valid URL") from None
    if parts.scheme not in ("https", "http") or not host or port == 0:
        raise Refused("must be a valid URL")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise Refused("must be a valid URL, without user, password and fragment")
    try:
        addresses = [ipaddress.ip_address(host)]
    except ValueError:
        if not _HOST.fullmatch(host) or ".." in host:
            raise Refused("must be a valid URL") from None
        addresses = _spelled(host)
    loopback = _is_local_name(host) or any(address.is_loopback for address in addresses)
    if parts.scheme == "http" and not (local() and loopback):
        raise Refused("must be a valid URL that begins with https://")
    if not all(allowed(address) for address in addresses) or (loopback and not local()):
        raise Refused("must be a valid URL of a public address")
    return parts


def _is_local_name(host: str) -> bool:
    name = host.rstrip(".").lower()
    return name == "localhost" or name.endswith(".localhost")


def _spelled(host: str) -> list[Address]:
    """The address of a host that is a number in another spelling (`0x7f.1`), which resolvers understand."""
    if not re.fullmatch(r"[0-9a-fx.]+", host, re.IGNORECASE):
        return []
    try:
        return [ipaddress.IPv4Address(socket.inet_aton(host))]
    except OSError:
        return []


def allowed(address: Address) -> bool:
    """Whether something may be sent to this address."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return allowed(address.ipv4_mapped)
        if address.scope_id is not None or any(address in tunnel for tunnel in _TUNNELS):
            return False
    if address.is_loopback:
        return local()
    special = address.is_multicast or address.is_reserved or address.is_link_local or address.is_unspecified
    return address.is_global and not special


def resolve(host: str, port: int) -> list[str]:
    """The addresses of a host that may be connected to. Raises Refused, and OSError where there are none."""
    if _is_local_name(host) and local():
        return ["127.0.0.1", "::1"]
    answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    found = list(dict.fromkeys(str(answer[4][0]) for answer in answers))
    good = [text for text in found if allowed(ipaddress.ip_address(text))]
    if not good:
        raise Refused(f"{host} is no public address")
    return good


def post(url: str, headers: Mapping[str, str], body: bytes, *, verify: bool = True) -> Reply:
    """Send a request; never raises for what the other side does. `verify`: its certificate must be good."""
    return _send("POST", url, headers, body, verify)


def get(url: str) -> Reply:
    """Ask for what is at an address; never raises for what the other side does."""
    return _send("GET", url, {}, None, verify=True)


def _send(method: str, url: str, headers: Mapping[str, str], body: bytes | None, verify: bool) -> Reply:
    try:
        parts = check(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        addresses = resolve(parts.hostname or "", port)
    except Refused as refused:
        return Reply(None, error=f"not sent: {refused}")
    except OSError as error:
        return Reply(None, error=f"the name is not known: {error}")
    connection = _Connection(parts.hostname or "", port, addresses, _context(parts.scheme, verify))
    deadline = threading.Timer(TOTAL_SECONDS, connection.cut)
    deadline.daemon = True
    deadline.start()
    try:
        target = parts.path or "/"
        target += f"?{parts.query}" if parts.query else ""
        connection.request(method, target, body, dict(headers))
        answer = connection.getresponse()
        data = answer.read(ANSWER_LIMIT)
        if answer.length and len(data) < ANSWER_LIMIT:
            return Reply(None, error="the answer broke off")
        return Reply(answer.status, {name.lower(): value for name, value in answer.getheaders()}, data)
    except (OSError, http.client.HTTPException, ValueError) as error:
        if connection.was_cut:
            return Reply(None, error=f"no answer within {TOTAL_SECONDS:.0f} seconds")
        return Reply(None, error=_say(error))
    finally:
        deadline.cancel()
        connection.close()


def _say(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the certificate is not good: {error.verify_message}"
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return f"{type(error).__name__}: {error}"[:200]


def _context(scheme: str, verify: bool) -> ssl.SSLContext | None:
    if scheme != "https":
        return None
    context = ssl.create_default_context()
    if not verify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


class _Connection(http.client.HTTPConnection):
    """Connects to addresses that have been checked, and to no other, under the host's own name."""

    def __init__(self, host: str, port: int, addresses: list[str], context: ssl.SSLContext | None) -> None:
        super().__init__(host, port, timeout=TOTAL_SECONDS)
        self.default_port = 443 if context else 80
        self.addresses = addresses
        self.context = context
        self.was_cut = False

    def connect(self) -> None:
        self.sock: Any = self._connected()
        self.sock.settimeout(TOTAL_SECONDS)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self.context is not None:
            self.sock = self.context.wrap_socket(
                self.sock, server_hostname=self.host, do_handshake_on_connect=False
            )
            self.sock.do_handshake()

    def _connected(self) -> socket.socket:
        failed: OSError | None = None
        for address in self.addresses[:TRIED_ADDRESSES]:
            try:
                return socket.create_connection((address, self.port), CONNECT_SECONDS)
            except OSError as error:
                failed = failed or error
        raise failed or OSError("no address")

    def cut(self) -> None:
        """End it from another thread, whatever it waits for."""
        self.was_cut = True
        with contextlib.suppress(OSError):
            if self.sock is not None:
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)  # TLS would wait for the other side
