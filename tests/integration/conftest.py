"""The world that every test here runs the program in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.integration.warm import warm_python
from tests.integration.world import World, standard_world
from tests.openapi import witness


@pytest.fixture(scope="session")
def python() -> Iterator[Sequence[str]]:
    """Return the command that runs the program: a Python that need not start from nothing."""
    with warm_python() as python:
        yield python


@pytest.fixture
def world(tmp_path: Path, pytestconfig: pytest.Config, python: Sequence[str]) -> Iterator[World]:
    """Open the standard world, where GitHub is asked, and answers, only what it describes."""
    contract = witness.contract(pytestconfig)
    with standard_world(tmp_path, python=python) as world:
        exchanges = witness.witnessed(world.sandbox)
        yield world
    assert contract is None or not contract.deviations(exchanges)
