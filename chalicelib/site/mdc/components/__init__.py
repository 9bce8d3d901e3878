"""The components a page may use, by name."""

from __future__ import annotations

import functools
from collections.abc import Mapping

from chalicelib.site.mdc.components import content, dynamic, layout, media, navigation, panels
from chalicelib.site.mdc.components.base import Component


@functools.cache
def registry() -> tuple[Mapping[str, Component], frozenset[str]]:
    """All components by name, and the names of those that may stand in a line of text."""
    modules = (layout, content, media, navigation, panels, dynamic)
    found = {component.name: component for module in modules for component in module.COMPONENTS}
    return found, frozenset(name for name, component in found.items() if component.inline)
