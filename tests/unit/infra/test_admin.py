"""Whose accounts `make admin` gives a role."""

from __future__ import annotations

from typing import Any

import pytest

from infra.deploy import admin


def account(status: str, **attributes: str) -> dict[str, Any]:
    return {
        "UserStatus": status,
        "Attributes": [{"Name": name, "Value": value} for name, value in attributes.items()],
    }


@pytest.mark.parametrize(
    ("user", "theirs"),
    [
        (account("CONFIRMED", email="a@example.com"), True),
        (account("FORCE_CHANGE_PASSWORD", email="a@example.com", email_verified="false"), True),
        (account("EXTERNAL_PROVIDER", email="a@example.com", email_verified="true"), True),
        (account("EXTERNAL_PROVIDER", email="a@example.com", email_verified="false"), False),
        (account("EXTERNAL_PROVIDER", email="a@example.com"), False),
    ],
)
def test_an_address_that_a_provider_has_not_verified_is_nobodys(user: dict[str, Any], theirs: bool) -> None:
    assert admin._is_theirs(user) is theirs
