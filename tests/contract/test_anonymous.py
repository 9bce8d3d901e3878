"""What an anonymous visitor may not see answers exactly as what does not exist, on every route of a portal.

Each route has a case: values of its path, and of its filters, that name something hidden. Each is asked for
twice, once as it is and once with every hidden value replaced by one of the same form that nothing has; both
answers must be the same to the byte. What has no value to ask with (lists, pages, maps of the site) is asked
for before and after the hidden things are made.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import pytest

from chalicelib.catalog.images import addresses
from chalicelib.catalog.records import Image
from chalicelib.http import routing
from chalicelib.http.operation import Host, Operation
from chalicelib.storage import keys
from chalicelib.storage import table as storage
from tests.client import Client
from tests.conftest import TOKEN
from tests.contract.catalog.test_images import png, uri

Params = dict[str, str]
ROUTES = {
    f"{operation.method} {operation.path}": operation
    for operation in routing.load_all()
    if operation.host is Host.PORTAL
}
JSON, HTML, MARKDOWN = "application/json", "text/html", "text/markdown"
NODES = "application/vnd.konnect.document-nodes+json"
SPEC = '{"openapi":"3.0.3","info":{"title":"T","version":"1.0.0"},"paths":{"/a":{"get":{"responses":{}}}}}'


@dataclass
class Api:
    """An API with all that can be asked of it: under a portal's eyes or not."""

    id: str
    slug: str
    name: str
    version_id: str
    documents: list[str]
    icon: str
    created_at: str

    @property
    def names(self) -> list[str]:
        return [self.id, self.slug]


@dataclass
class World:
    """A portal with something public, and what an anonymous visitor of it must not notice."""

    portal: Any
    other: Any
    guest: Client
    shown: Api
    #: answers to everything that has no value to ask with, from before there was anything hidden
    before: dict[tuple[str, str], Any] = field(default_factory=dict)
    #: private here, published elsewhere, not published at all
    apis: list[Api] = field(default_factory=list)
    #: ids and slugs of documents of the shown API, each with its path on the site
    documents: dict[str, str] = field(default_factory=dict)
    #: paths of pages
    pages: list[str] = field(default_factory=list)
    #: names of snippets
    snippets: list[str] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    times: list[str] = field(default_factory=list)
    #: keys of images
    media: list[str] = field(default_factory=list)
    twins: dict[str, str] = field(default_factory=dict)

    def hide(self, *values: str) -> None:
        """Remember values as hidden, each with one like it that nothing has."""
        for value in values:
            self.twins.setdefault(value, twin(value))

    def without(self, text: str) -> str:
        """A text with every hidden value replaced by its twin."""
        for value in sorted(self.twins, key=len, reverse=True):
            text = text.replace(value, self.twins[value])
        return text


def twin(value: str) -> str:
    """Another value of the same form and length."""
    if re.fullmatch(r"[0-9a-f-]{36}", value):
        return str(uuid.uuid4())
    if re.fullmatch(r"\d{4}-\d\d-\d\dT.*Z", value):
        return "2001" + value[4:]
    letters = iter(uuid.uuid4().hex * 20)
    return re.sub(
        r"[a-z0-9]",
        lambda _: next(letters).translate({ord(d): "klmnopqrst"[int(d)] for d in "0123456789"}),
        value,
    )


def mark(word: str) -> str:
    return f"{word}-{uuid.uuid4().hex}"


class Maker:
    """Fills portals, over the management API."""

    def __init__(self, admin: Client) -> None:
        self.admin = admin

    def document(self, api_id: str, **members: Any) -> Any:
        body = {"content": "# Text", "title": mark("title"), "status": "published", **members}
        return self.admin.made(f"/v3/apis/{api_id}/documents", body)

    def api(self, word: str, portal: Any = None, visibility: str = "public") -> Api:
        body = {"name": mark(word), "spec_content": SPEC, "attributes": {word: [mark("value")]}}
        made = self.admin.made("/v3/apis", body)
        url = f"/v3/apis/{made['id']}"
        if portal is not None:
            publication = {"visibility": visibility, "auth_strategy_ids": None}
            assert self.admin.put(f"{url}/publications/{portal['id']}", publication).status == 200
        assert self.admin.put(f"{url}/images/icon", {"data": uri(png())}).status == 201
        document = self.document(made["id"])
        image = storage.get(Image, keys.Key(keys.api(made["id"]), keys.IMAGE))
        assert image is not None
        assert image.content is not None
        return Api(
            id=made["id"],
            slug=made["slug"],
            name=made["name"],
            version_id=made["current_version_summary"]["id"],
            documents=[document["id"], document["slug"]],
            icon=image.content,
            created_at=made["created_at"],
        )

    def page(self, portal: Any, **members: Any) -> Any:
        body = {"slug": mark("page"), "content": "# Text", "status": "published", "visibility": "public"}
        return self.admin.made(f"/v3/portals/{portal['id']}/pages", {**body, **members})

    def snippet(self, portal: Any, **members: Any) -> Any:
        body = {"name": mark("snippet"), "content": "Text", "status": "published", "visibility": "public"}
        return self.admin.made(
            f"/v3/portals/{portal['id']}/snippets", {**body, "title": mark("title"), **members}
        )

    def menu(self, portal: Any, *more: Any) -> None:
        shown = {"path": "/", "title": "Home", "visibility": "public", "external": False}
        body = {"menu": {"main": [shown, *more], "footer_bottom": [shown, *more]}}
        assert self.admin.put(f"/v3/portals/{portal['id']}/customization", body).status == 200


@pytest.fixture(scope="module")
def world(server: int, table: str) -> World:
    admin = Client(server, token=TOKEN)
    make = Maker(admin)
    here, there = (admin.made("/v3/portals", {"name": mark("portal")}) for _ in range(2))
    make.menu(here)
    front = make.page(here, slug="/")
    make.page(here, parent_page_id=front["id"])
    make.snippet(here)
    world = World(here, there, Client(server, here["default_domain"]), make.api("shown", here))
    world.before = {(url, form): ask(world, url, form) for url, form in unvalued(world)}
    _hide_apis(world, make)
    _hide_content(world, make)
    return world


def _hide_apis(world: World, make: Maker) -> None:
    world.apis = [
        make.api("private", world.portal, "private"),
        make.api("elsewhere", world.other),
        make.api("nowhere"),
    ]
    for api in world.apis:
        world.hide(api.id, api.slug, api.name, api.version_id, *api.documents, api.created_at)
        world.media.append(_key(world.portal, api))
    world.media += [_key(world.other, world.apis[1]), _key(world.other, world.shown)]
    world.media.append(_key(world.portal, world.shown, "0" * 64))
    world.hide(*world.media)
    unpublished = make.document(world.shown.id, status="unpublished")
    below = make.document(world.shown.id, parent_document_id=unpublished["id"])
    path = f"{unpublished['slug']}/{below['slug']}"
    world.documents = {unpublished["id"]: unpublished["slug"], unpublished["slug"]: unpublished["slug"]}
    world.documents |= {below["id"]: path, below["slug"]: path}
    world.hide(*world.documents)


def _key(portal: Any, api: Api, digest: str | None = None) -> str:
    return addresses.at_portal(portal["id"], api.id, digest or api.icon).removeprefix("/_media/")


def _hide_content(world: World, make: Maker) -> None:
    unpublished = make.page(world.portal, status="unpublished")
    below = make.page(world.portal, parent_page_id=unpublished["id"])
    private = make.page(world.portal, visibility="private")
    elsewhere = make.page(world.other)
    world.pages = [
        unpublished["slug"],
        f"{unpublished['slug']}/{below['slug']}",
        private["slug"],
        elsewhere["slug"],
    ]
    snippets = [
        make.snippet(world.portal, status="unpublished"),
        make.snippet(world.portal, visibility="private"),
        make.snippet(world.other),
    ]
    world.snippets = [snippet["name"] for snippet in snippets]
    hidden = [unpublished, below, private, elsewhere, *snippets]
    world.titles = [one["title"] for one in hidden]
    world.times = [one["created_at"] for one in hidden]
    world.hide(*world.snippets, *world.titles, *(one["id"] for one in hidden))
    world.hide(*(part for path in world.pages for part in path.split("/")))
    item = {"path": f"/{private['slug']}", "title": mark("title"), "visibility": "private", "external": False}
    make.menu(world.portal, item)


def ask(world: World, url: str, form: str = JSON) -> Any:
    """An answer without what is its own: status, headers, body."""
    reply = world.guest.get(url, headers={"Accept": form, "Accept-Encoding": "identity"})
    trace = reply.headers.pop("x-trace-id")
    for name in ("date", "server"):
        reply.headers.pop(name, None)
    return reply.status, reply.headers, reply.body.replace(trace.encode(), b"TRACE")


# the cases: of every route with a value in its path, which values name something hidden


def _apis(world: World) -> Iterator[Params]:
    for api in world.apis:
        for name in api.names:
            yield {"apiIdOrSlug": name}


def _versions(parameter: str) -> Callable[[World], Iterator[Params]]:
    def cases(world: World) -> Iterator[Params]:
        for api in world.apis:
            for name in (*api.names, *world.shown.names):
                yield {"apiIdOrSlug": name, parameter: api.version_id}

    return cases


def _documents(world: World) -> Iterator[Params]:
    for api in world.apis:
        for document in api.documents:
            for name in (*api.names, *world.shown.names):
                yield {"apiIdOrSlug": name, "documentIdOrSlug": document}
    for document in world.documents:
        for name in world.shown.names:
            yield {"apiIdOrSlug": name, "documentIdOrSlug": document}


def _images(world: World) -> Iterator[Params]:
    return ({**case, "imageType": "icon"} for case in _apis(world))


def _media(world: World) -> Iterator[Params]:
    return ({"key": key} for key in world.media)


def _pages(world: World) -> Iterator[Params]:
    for path in world.pages:
        yield {"pagePath": path}
        yield {"pagePath": f"/{path}"}


def _snippets(world: World) -> Iterator[Params]:
    return ({"snippetName": name} for name in world.snippets)


def _site(world: World) -> Iterator[Params]:
    for path in (*world.pages, *world.snippets):
        yield {"path": path}
        yield {"path": f"{path}.md"}
    for api in world.apis:
        yield {"path": f"apis/{api.id}"}
        for rest in ("", "/docs", "/reference", "/openapi.json", "/openapi.yaml", "/sitemap.xml", ".md"):
            yield {"path": f"apis/{api.slug}{rest}"}
        for document in api.documents:
            yield {"path": f"apis/{api.slug}/docs/{document}"}
            yield {"path": f"apis/{world.shown.slug}/docs/{document}"}
        yield {"path": f"apis/{world.shown.slug}/reference/{api.version_id}"}
    for path in world.documents.values():
        yield {"path": f"apis/{world.shown.slug}/docs/{path}"}
        yield {"path": f"apis/{world.shown.slug}/docs/{path}.md"}


_API = "GET /api/v3/apis/{apiIdOrSlug}"
CASES: dict[str, Callable[[World], Iterator[Params]]] = {
    _API: _apis,
    f"{_API}/actions": _apis,
    f"{_API}/versions": _apis,
    f"{_API}/versions/{{versionId}}": _versions("versionId"),
    f"{_API}/versions/{{versionId}}/raw": _versions("versionId"),
    f"{_API}/specifications": _apis,
    f"{_API}/specifications/{{specId}}": _versions("specId"),
    f"{_API}/specifications/{{specId}}/raw": _versions("specId"),
    f"{_API}/documents": _apis,
    f"{_API}/documents/{{documentIdOrSlug}}": _documents,
    f"{_API}/images/{{imageType}}/raw": _images,
    "GET /api/v3/pages/{pagePath}": _pages,
    "GET /api/v3/snippets/{snippetName}": _snippets,
    "GET /_media/{key}": _media,
    "GET /{path+}": _site,
}
#: forms that a route answers in, where they are more than one
FORMS = {
    f"{_API}/documents/{{documentIdOrSlug}}": (JSON, MARKDOWN, NODES),
    "GET /{path+}": (HTML, MARKDOWN),
}
#: routes whose values name nothing that can be hidden, and why
OPEN = {
    "GET /_site/{name}": "the portal's own stylesheet, logo and favicon are everyone's",
    "GET /_preview-mode/{token}": "whoever knows the token may use it, once: it is all that there is",
}


# of every filter, which values name something hidden


def _named(world: World) -> list[str]:
    return [api.name for api in world.apis]


VALUES: dict[str, dict[str, Callable[[World], list[str]]]] = {
    "GET /api/v3/apis": {
        "id": lambda world: [api.id for api in world.apis],
        "name": _named,
        "version": lambda _: ["1.0.0"],
        "description": _named,
        "created_at": lambda world: [api.created_at for api in world.apis],
        "updated_at": lambda world: [api.created_at for api in world.apis],
    },
    "GET /api/v3/pages": {
        "title": lambda world: world.titles,
        "slug": lambda world: world.pages,
        "visibility": lambda _: ["private"],
    },
    "GET /api/v3/snippets": {
        "title": lambda world: world.titles,
        "name": lambda world: world.snippets,
        "visibility": lambda _: ["private"],
    },
    "GET /api/v3/api-attributes": {"key": lambda _: ["private", "elsewhere", "nowhere"]},
}


def unvalued(world: World) -> Iterator[tuple[str, str]]:
    """Addresses, and forms of answer, that name nothing hidden."""
    for route in ROUTES.values():
        if "{" not in route.path:
            yield from ((route.path, form) for form in (JSON, HTML, MARKDOWN))
            yield from ((f"{route.path}?sort={name}", JSON) for name in _sorts(route))
    for name in world.shown.names:
        api = f"/api/v3/apis/{name}"
        yield from (
            (api + rest, JSON) for rest in ("", "/actions", "/versions", "/documents", "/images/icon/raw")
        )
    for rest in ("", "/docs", "/reference", "/sitemap.xml", f"/docs/{world.shown.documents[1]}"):
        yield from ((f"/apis/{world.shown.slug}{rest}", form) for form in (HTML, MARKDOWN))
    yield from ((f"/apis?{query}", HTML) for query in ("", "q=private", "page=2"))
    yield "/api/v3/api-attributes?selected[private]=x", JSON
    for path, filters in VALUES.items():
        for name in set(filters) & {"visibility", "key", "version"}:
            for value in filters[name](world):
                yield f"{path.removeprefix('GET ')}?filter[{name}]={value}", JSON


def _sorts(route: Operation) -> Iterator[str]:
    if route.listing is not None:
        for name in route.listing.sort:
            yield from (name, f"{name}%20desc")


@pytest.mark.parametrize("route", ROUTES)
def test_every_route_has_a_case(route: str) -> None:
    if "{" in route:
        assert route in CASES or route in OPEN, (
            f"{route} has no case here: add to CASES which values of its path name something hidden, "
            "or say in OPEN why there is nothing to hide"
        )
    else:
        assert route.startswith("GET "), f"{route} has no case here: say how an anonymous visitor calls it"
    listing = ROUTES[route].listing
    filters = set(listing.filters) - {"attributes"} if listing is not None else set()
    missing = filters - VALUES.get(route, {}).keys()
    assert not missing, f"{route}: add to VALUES which values of the filters {missing} name something hidden"


def test_no_case_is_out_of_date() -> None:
    assert not (CASES.keys() | OPEN.keys() | VALUES.keys()) - ROUTES.keys()


@pytest.mark.parametrize("route", CASES)
def test_what_is_hidden_answers_as_what_does_not_exist(world: World, route: str) -> None:
    template = route.removeprefix("GET ")
    cases = list(CASES[route](world))
    assert cases
    for case in cases:
        url = template
        for name, value in case.items():
            url = url.replace(f"{{{name}+}}", quote(value)).replace(f"{{{name}}}", quote(value, safe=""))
        assert world.without(url) != url, f"{url} names nothing hidden"
        for form in FORMS.get(route, (JSON,)):
            _same(world, url, form)


@pytest.mark.parametrize(
    ("route", "name"), [(route, name) for route, filters in VALUES.items() for name in filters]
)
def test_filters_find_nothing_hidden(world: World, route: str, name: str) -> None:
    listing = ROUTES[route].listing
    assert listing is not None
    for value in VALUES[route][name](world):
        for op in listing.filters[name].ops:
            url = f"{route.removeprefix('GET ')}?filter[{name}][{op}]={quote(value)}"
            if value in world.twins:
                _same(world, url, JSON)


def test_attributes_of_hidden_apis_are_not_found(world: World) -> None:
    for key in ("private", "elsewhere", "nowhere"):
        for rest in ("", "=value", "[contains]=value", "[neq]=value"):
            found, expected = (
                ask(world, f"/api/v3/apis?filter[attributes.{name}]{rest}") for name in (key, "x" * len(key))
            )
            assert found == expected


def _same(world: World, url: str, form: str) -> None:
    status, headers, body = ask(world, url, form)
    twin_status, twin_headers, twin_body = ask(world, world.without(url), form)
    assert status == twin_status, f"{url} ({form})"
    assert headers == twin_headers, f"{url} ({form})"
    assert world.without(body.decode()) == twin_body.decode(), f"{url} ({form})"


def test_what_lists_everything_shows_nothing_hidden(world: World) -> None:
    wrong = [
        f"{url} ({form})" for url, form in unvalued(world) if ask(world, url, form) != world.before[url, form]
    ]
    assert not wrong


def test_what_is_shown_is_there(world: World) -> None:
    assert ask(world, f"/api/v3/apis/{world.shown.slug}")[0] == 200
    assert ask(world, f"/apis/{world.shown.slug}", HTML)[0] == 200
    assert len(world.before) > 50
    answered = [url for (url, _), (status, _, _) in world.before.items() if status == 200]
    assert "/sitemap.xml" in answered
    assert "/api/v3/pages" in answered
