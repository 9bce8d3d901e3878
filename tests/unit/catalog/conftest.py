from __future__ import annotations

import pytest

from infra import asyncapi_schemas


@pytest.fixture(scope="session")
def asyncapi() -> None:
    """The official AsyncAPI schemas are where the product reads them."""
    asyncapi_schemas.install()
