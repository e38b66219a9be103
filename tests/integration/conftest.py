"""The world that every test here runs the program in."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.world import World, standard_world
from tests.openapi import witness


@pytest.fixture
def world(tmp_path: Path, pytestconfig: pytest.Config) -> Iterator[World]:
    """Open the standard world, where GitHub is asked, and answers, only what it describes."""
    contract = witness.contract(pytestconfig)
    with standard_world(tmp_path) as world:
        exchanges = witness.witnessed(world.sandbox)
        yield world
    assert contract is None or not contract.deviations(exchanges)
