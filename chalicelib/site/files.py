"""A portal's own files, each under an address that names its content: stylesheet, logo, favicon."""

from __future__ import annotations

from chalicelib.errors import NotFound
from chalicelib.http import answers
from chalicelib.http.answers import Answer
from chalicelib.portals.assets import service as images
from chalicelib.portals.assets.service import Asset
from chalicelib.site import policy
from chalicelib.site.state import Site, Visit
from chalicelib.storage import blobs

CSS = "custom.css"
BUILT_IN = "built-in"


def _contents(site: Site) -> dict[str, str]:
    """What names the content of each file that there is. There is always an image; a built-in logo is no
    file of the site, which then shows the portal's name alone."""
    found = {str(Asset.FAVICON): BUILT_IN}
    for asset in Asset:
        digest = getattr(site.assets, asset) if site.assets is not None else None
        if digest is not None:
            found[asset] = digest
    if site.customization is not None and site.customization.css is not None:
        found[CSS] = site.customization.css
    return found


def paths(site: Site) -> dict[str, str]:
    """The address of each file that there is."""
    return {name: f"/_site/{name}?v={content[:16]}" for name, content in _contents(site).items()}


def answer(visit: Visit, name: str, version: str) -> Answer:
    """A file; kept for ever under the address that names its present content. Raises NotFound."""
    site = visit.site
    contents = _contents(site)
    if name not in (CSS, *Asset) or (name == CSS and name not in contents):
        raise NotFound("There is no such file.")
    named = contents.get(name, BUILT_IN)[:16] == version
    caching = policy.caching(visit, kept=policy.IMMUTABLE if named else policy.PUBLIC_CACHE)
    if name == CSS:
        return Answer(
            blobs.get(contents[CSS]),
            headers={**caching, **policy.data()},
            media_type="text/css; charset=utf-8",
        )
    image = images.of(site.assets, Asset(name))
    found = answers.image(image.data, image.media_type)
    found.headers.update(caching)
    return found
