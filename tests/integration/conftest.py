"""The world that every test here runs the program in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.world import World, standard_world
from tests.openapi import witness


@pytest.fixture
def world(tmp_path: Path, pytestconfig: pytest.Config) -> Iterator[World]:
    """Open the standard world; no test may leave it with a secret in sight.

    Nor may GitHub have been asked or have answered anything but what it describes. Here rather
    than in each test, so that none can be written without the search.
    """
    contract = witness.contract(pytestconfig)
    with standard_world(tmp_path) as world:
        exchanges = witness.witnessed(world.sandbox)
        yield world
    assert contract is None or not contract.deviations(exchanges)
    for shown in world.shown:
        assert not shown.leaked(world.sandbox.canaries)
        assert not shown.masked_late()
    assert not list(tmp_path.iterdir()), "the program left files behind"
