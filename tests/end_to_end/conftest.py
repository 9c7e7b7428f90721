"""The story, told on the module's gateway."""

from __future__ import annotations

import pytest

from support.gateway import Gateway
from support.story import Story, tell


@pytest.fixture(scope="module")
def story(gateway: Gateway) -> Story:
    """The owner's table and role, the caller's user and function."""
    return tell(gateway)
