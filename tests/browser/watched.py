"""A browser's page that is watched for what must not happen."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page

#: a script for each page of a context: it notes what the page's policy refused
NOTE_VIOLATIONS = """
window.violations = [];
document.addEventListener('securitypolicyviolation', (event) =>
  violations.push(`${event.effectiveDirective} ${event.blockedURI} ${event.sample}`));
"""


@dataclass
class Watched:
    """A page and what went wrong on it, or left it."""

    page: Page
    home: str
    requests: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    @property
    def foreign_requests(self) -> list[str]:
        return [url for url in self.requests if not url.startswith((self.home, "data:", "blob:"))]

    @property
    def violations(self) -> list[str]:
        found: list[str] = self.page.evaluate("window.violations")
        return found

    def assert_clean(self) -> None:
        """No script failed, the policy refused nothing, no request went elsewhere."""
        assert self.errors == []
        assert self.violations == []
        assert self.foreign_requests == []


_RUN = "axe.run(document, {resultTypes: ['violations'], rules: {'target-size': {enabled: true}}})"


def findings(page: Page, axe: str) -> list[tuple[str, list[str]]]:
    """What axe finds on a page: rule and the elements it is about. `axe`: its script. Targets of a finger are
    among what is checked, which they are not by default."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(axe)
    result: Any = page.evaluate(_RUN)
    return [
        (violation["id"], [node["html"][:200] for node in violation["nodes"]])
        for violation in result["violations"]
    ]
