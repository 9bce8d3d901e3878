"""Third-party scripts on a portal's pages: what was set, kept as it was set."""

from __future__ import annotations

from pydantic import ValidationError

from chalicelib.access.principal import Viewer
from chalicelib.errors import Invalid
from chalicelib.http.validation import violations
from chalicelib.portals import singletons
from chalicelib.portals.integrations.schemas import IntegrationsIn, IntegrationsOut, UpdateIntegrations
from chalicelib.portals.records import Integrations


def get(portal_id: str) -> IntegrationsOut:
    """What was set. One trip. Raises NotFound."""
    return _show(singletons.read(portal_id, Integrations)[1])


def replace(portal_id: str, body: IntegrationsIn) -> IntegrationsOut:
    """Set all anew: what is left out is removed. Two trips. Raises NotFound, Conflict for a stale caller."""
    sent = body.model_dump(exclude_unset=True)

    def apply(record: Integrations) -> None:
        record.settings = sent

    return _show(singletons.change(portal_id, Integrations, apply))


def update(portal_id: str, body: UpdateIntegrations) -> IntegrationsOut:
    """Merge into what was set; null removes. Two trips.

    Raises NotFound, Conflict for a stale caller, Invalid where an integration would not be complete.
    """
    sent = body.model_dump(exclude_unset=True)

    def apply(record: Integrations) -> None:
        settings = singletons.merged(record.settings, sent)
        try:
            IntegrationsIn.model_validate(settings)
        except ValidationError as error:
            raise Invalid(violations(error)) from error
        record.settings = settings

    return _show(singletons.change(portal_id, Integrations, apply))


def for_viewer(viewer: Viewer) -> IntegrationsOut:
    """Those that are switched on, which run on every page for every visitor. One trip."""
    _, record = singletons.read(viewer.portal_id, Integrations)
    enabled = {name: one for name, one in record.settings.items() if one is not None and one["enabled"]}
    return IntegrationsOut.model_validate(enabled).at(record.rev or 0)


def _show(record: Integrations) -> IntegrationsOut:
    return IntegrationsOut.model_validate(record.settings).at(record.rev or 0)
