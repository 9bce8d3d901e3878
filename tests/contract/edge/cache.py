"""CloudFront as infra/edge.yaml sets it up, in front of the product's local server: the behaviours by path,
the real function (in Node), key and time to live by the cache policy, what goes on to the origin, tags.

What it knows of CloudFront that the template does not say: the key has no host unless a header puts it there,
errors are kept for the error caching minimum at least, cookies and the Host of a viewer go on as the origin
request policy says, and headers of the origin's definition replace a viewer's.
"""

from __future__ import annotations

import fnmatch
import itertools
import json
import subprocess
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from typing import Any, Self

from infra import template
from infra.web_build import find_node
from tests.client import Client, Reply

SECRET = "the-secret-between-cloudfront-and-the-api"
#: what CloudFront may keep besides errors: rather more than it is known to
KEPT = {*range(200, 400), 404, 410} - {304}
HARNESS = """
const handler = new Function(process.argv[1] + '; return handler;')();
require('readline').createInterface({ input: process.stdin }).on('line', (line) => {
  console.log(JSON.stringify(handler(JSON.parse(line))));
});
"""


class Function:
    """The viewer-request function, as the template has it, in a Node process."""

    def __init__(self, code: str) -> None:
        self._process = subprocess.Popen(
            [find_node() / "node", "-e", HARNESS, code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __call__(self, event: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(event) + "\n")
        self._process.stdin.flush()
        found: dict[str, Any] = json.loads(self._process.stdout.readline())
        return found

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()


@dataclass
class Entry:
    """What is kept of an answer."""

    reply: tuple[int, list[tuple[str, str]], bytes]
    until: float
    tags: set[str]
    path: str


@dataclass
class Edge:
    """One edge location of one distribution. `now` is its clock, in seconds; `origin` tells what was asked of
    the origin, as method and path."""

    port: int
    now: float = 0
    kept: dict[tuple[Any, ...], Entry] = field(default_factory=dict)
    origin: list[str] = field(default_factory=list)

    def __enter__(self) -> Self:
        stack = template.load(template.EDGE)
        self.resources = stack["Resources"]
        self.config = self.resources["Main"]["Properties"]["DistributionConfig"]
        self.function = Function(self.resources["ViewerRequest"]["Properties"]["FunctionCode"])
        self.ids = itertools.count()
        return self

    def __exit__(self, *_: object) -> None:
        self.function.end()

    def behaviour(self, path: str) -> dict[str, Any]:
        """The first whose pattern fits, else the default one."""
        for one in self.config["CacheBehaviors"]:
            if fnmatch.fnmatchcase(path, one["PathPattern"]):
                return dict(one)
        return dict(self.config["DefaultCacheBehavior"])

    def policy(self, behaviour: dict[str, Any], name: str) -> dict[str, Any]:
        resource = self.resources[behaviour[f"{name}Id"]["Ref"]]["Properties"]
        found: dict[str, Any] = resource[f"{name}Config"]
        return found

    def invalidate(self, items: list[str]) -> None:
        """By tags, written `#tag`."""
        gone = {item.removeprefix("#").lower() for item in items}
        self.kept = {key: one for key, one in self.kept.items() if not one.tags & gone}

    def paths(self) -> set[str]:
        """Of what is kept."""
        return {one.path for one in self.kept.values()}

    def send(self, method: str, host: str, target: str, headers: dict[str, str], body: bytes | None) -> Any:
        """What a viewer gets: status, headers, body."""
        path, _, query = target.partition("?")
        behaviour = self.behaviour(path)
        if method not in behaviour["AllowedMethods"]:
            return 403, [], b""
        event = _event(method, host, path, query, headers, f"request-{next(self.ids)}")
        answer = self.function(event) if "FunctionAssociations" in behaviour else event["request"]
        if "statusCode" in answer:
            found = [(name, one["value"]) for name, one in answer.get("headers", {}).items()]
            return answer["statusCode"], found, b""
        cache = self.policy(behaviour, "CachePolicy")
        key = self._key(cache, answer)
        entry = self.kept.get(key)
        if method in behaviour["CachedMethods"] and entry is not None and entry.until > self.now:
            return self._told(behaviour, entry.reply, hit=True)
        reply = self._fetch(behaviour, cache, answer, body)
        seconds = self._seconds(cache, reply)
        if method == "GET" and seconds > 0:
            name = self.config["CacheTagConfig"]["HeaderName"].lower()
            tags = dict(reply[1]).get(name, "")
            self.kept[key] = Entry(
                reply, self.now + seconds, {one.strip().lower() for one in tags.split(",")}, answer["uri"]
            )
        return self._told(behaviour, reply, hit=False)

    def _key(self, cache: dict[str, Any], request: dict[str, Any]) -> tuple[Any, ...]:
        given = cache["ParametersInCacheKeyAndForwardedToOrigin"]
        assert given["CookiesConfig"] == {"CookieBehavior": "none"}
        assert given["QueryStringsConfig"] == {"QueryStringBehavior": "all"}
        named = given["HeadersConfig"].get("Headers", [])
        headers = tuple((name, request["headers"].get(name, {}).get("value")) for name in sorted(named))
        return request["uri"], _query(request), headers, _encodings(given, request)

    def _fetch(
        self, behaviour: dict[str, Any], cache: dict[str, Any], request: dict[str, Any], body: bytes | None
    ) -> Any:
        given = cache["ParametersInCacheKeyAndForwardedToOrigin"]
        passed = self.policy(behaviour, "OriginRequestPolicy")
        assert passed["HeadersConfig"]["HeaderBehavior"] == "allExcept"
        assert passed["CookiesConfig"] == {"CookieBehavior": "all"}
        left_out = set(passed["HeadersConfig"]["Headers"]) - set(given["HeadersConfig"]["Headers"])
        headers = {name: one["value"] for name, one in request["headers"].items() if name not in left_out}
        headers["accept-encoding"] = _encodings(given, request)
        if request["cookies"]:
            headers["cookie"] = "; ".join(
                f"{name}={one['value']}" for name, one in request["cookies"].items()
            )
        (origin,) = [one for one in self.config["Origins"] if one["Id"] == behaviour["TargetOriginId"]]
        for own in origin["OriginCustomHeaders"]:
            headers[own["HeaderName"]] = SECRET
        headers["host"] = "api.execute-api.invalid"
        query = _query(request)
        target = request["uri"] + (f"?{query}" if query else "")
        self.origin.append(f"{request['method']} {target}")
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request(request["method"], target, body, headers)
            reply = connection.getresponse()
            found = [(name.lower(), value) for name, value in reply.getheaders()]
            return reply.status, found, reply.read()
        finally:
            connection.close()

    def _seconds(self, cache: dict[str, Any], reply: Any) -> float:
        status, headers, _ = reply
        directives = dict(
            one.strip().lower().partition("=")[::2]
            for one in dict(headers).get("cache-control", "").split(",")
        )
        if directives.keys() & {"no-store", "no-cache", "private"}:
            seconds = float(cache["MinTTL"])
        else:
            said = directives.get("s-maxage") or directives.get("max-age") or cache["DefaultTTL"]
            seconds = min(max(float(said), cache["MinTTL"]), cache["MaxTTL"])
        for one in self.config["CustomErrorResponses"]:
            if one["ErrorCode"] == status:
                return max(seconds, float(one["ErrorCachingMinTTL"]))
        return seconds if status in KEPT else 0

    def _told(self, behaviour: dict[str, Any], reply: Any, *, hit: bool) -> Any:
        status, headers, body = reply
        security = self.policy(behaviour, "ResponseHeadersPolicy")["SecurityHeadersConfig"]
        values = {
            "strict-transport-security": ("StrictTransportSecurity", "max-age=31536000"),
            "x-content-type-options": ("ContentTypeOptions", "nosniff"),
            "referrer-policy": ("ReferrerPolicy", security["ReferrerPolicy"]["ReferrerPolicy"]),
            "content-security-policy": (
                "ContentSecurityPolicy",
                security["ContentSecurityPolicy"]["ContentSecurityPolicy"],
            ),
        }
        named = {name for name, _ in headers}
        for name, (member, value) in values.items():
            if security[member]["Override"]:
                headers = [(one, old) for one, old in headers if one != name]
            elif name in named:
                continue
            headers = [*headers, (name, value)]
        return status, [*headers, ("x-cache", "Hit" if hit else "Miss")], body


def _event(method: str, host: str, path: str, query: str, headers: dict[str, str], request_id: str) -> Any:
    sent = {name.lower(): value for name, value in headers.items()}
    cookies = SimpleCookie(sent.pop("cookie", ""))
    sent["host"] = host
    names: dict[str, list[str]] = {}
    for pair in filter(None, query.split("&")):
        name, _, value = pair.partition("=")
        names.setdefault(name, []).append(value)
    return {
        "version": "1.0",
        "context": {"requestId": request_id},
        "viewer": {"ip": "198.51.100.1"},
        "request": {
            "method": method,
            "uri": path,
            "querystring": {
                name: {"value": values[0]}
                if len(values) == 1
                else {"value": values[0], "multiValue": [{"value": value} for value in values]}
                for name, values in names.items()
            },
            "headers": {name: {"value": value} for name, value in sent.items()},
            "cookies": {name: {"value": one.coded_value} for name, one in cookies.items()},
        },
    }


def _query(request: dict[str, Any]) -> str:
    """A function may leave the query as it was, or put a text in its place."""
    if isinstance(request["querystring"], str):
        return request["querystring"]
    return "&".join(
        f"{name}={one['value']}"
        for name, found in request["querystring"].items()
        for one in found.get("multiValue", [found])
    )


def _encodings(given: dict[str, Any], request: dict[str, Any]) -> str:
    """Accept-Encoding as CloudFront makes it: what of both the viewer and the policy know."""
    wanted = request["headers"].get("accept-encoding", {}).get("value", "")
    known = {"br": given["EnableAcceptEncodingBrotli"], "gzip": given["EnableAcceptEncodingGzip"]}
    return ",".join(name for name, on in known.items() if on and name in wanted)


class Viewer(Client):
    """A client of the edge. `cookies` go along with each request."""

    def __init__(
        self, edge: Edge, host: str, token: str | None = None, cookies: dict[str, str] | None = None
    ) -> None:
        super().__init__(edge.port, host, token)
        self.edge, self.cookies = edge, cookies or {}

    def _exchange(self, method: str, target: str, raw: bytes | None, sent: dict[str, str]) -> Any:
        sent = {name: value for name, value in sent.items() if name != "Host"}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return self.edge.send(method, self.host.partition(":")[0], target, sent, raw)

    def at(self, host: str) -> Viewer:
        return Viewer(self.edge, host)

    def with_cookies(self, **cookies: str) -> Viewer:
        """The same viewer with these cookies."""
        return Viewer(self.edge, self.host, self.token, cookies)

    def hit(self, path: str, **more: Any) -> bool:
        """Whether an answer comes from the cache."""
        reply: Reply = self.get(path, **more)
        return reply.headers["x-cache"] == "Hit"
