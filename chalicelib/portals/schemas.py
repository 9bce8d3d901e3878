"""Wire models of portals."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from chalicelib.http.models import ABSENT, Closed, Out, ReadOnly
from chalicelib.http.types import Hostname, Labels, LabelsUpdate, Name, Time, Uuid, Visibility

Description = Annotated[str, Field(max_length=512)]


class UpdatePortal(Closed):
    """Changes to a portal: what is left out stays."""

    id: ReadOnly
    created_at: ReadOnly
    updated_at: ReadOnly
    default_domain: ReadOnly
    canonical_domain: ReadOnly
    name: Name = ABSENT
    display_name: Name = ABSENT
    description: Description | None = None
    authentication_enabled: bool = True
    rbac_enabled: bool = False
    sipr_enabled: bool = False
    default_api_visibility: Visibility = "private"
    default_page_visibility: Visibility = "private"
    default_application_auth_strategy_id: Uuid | None = None
    auto_approve_developers: bool = False
    auto_approve_applications: bool = False
    notifications_developer_pii_visibility_enabled: bool = False
    labels: LabelsUpdate = None


class CreatePortal(UpdatePortal):
    """A new portal. What is left out takes the product's defaults: private, with developer accounts."""

    name: Name


class PortalOut(Out):
    """A portal."""

    id: Uuid
    created_at: Time
    updated_at: Time
    name: Name
    display_name: Name
    description: Description | None
    authentication_enabled: bool
    rbac_enabled: bool
    sipr_enabled: bool
    default_api_visibility: Visibility
    default_page_visibility: Visibility
    default_application_auth_strategy_id: Uuid | None
    auto_approve_developers: bool
    auto_approve_applications: bool
    default_domain: Hostname
    canonical_domain: Hostname
    labels: Labels = Field(default_factory=dict)
    notifications_developer_pii_visibility_enabled: bool = False


class PortalContextOut(Out):
    """What a portal's website needs to know first."""

    portal_id: Uuid
    org_id: Uuid
    basic_auth_enabled: bool
    oidc_auth_enabled: bool
    saml_auth_enabled: bool
    authentication_enabled: bool
    rbac_enabled: bool
    name: str
    canonical_domain: str
