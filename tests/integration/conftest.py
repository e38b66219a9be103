"""The world that every test here runs the program in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.world import World, standard_world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Open the standard world; no test may leave it with a secret in sight.

    Here rather than in each test, so that none can be written without the search.
    """
    with standard_world(tmp_path) as world:
        yield world
    for shown in world.shown:
        assert not shown.leaked(world.sandbox.canaries)
        assert not shown.masked_late()
    assert not list(tmp_path.iterdir()), "the program left files behind"
