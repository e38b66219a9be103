"""The image, built once, and the world that a container of it is run in."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from sandbox.container import Container, build, missing
from tests.integration.world import World, standard_world


@pytest.fixture(scope="session")
def container() -> Iterator[Container]:
    """Build the image and lay it out.

    Where that cannot be done the tests are skipped. Where `CI` is `true` they fail instead: there
    all that it takes is known to be installed, and a skipped test would be a hole that nobody sees.
    """
    if lack := missing():
        stop = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        stop(f"the image cannot be built: {lack}")
    with TemporaryDirectory() as folder:
        yield build(Path(folder))


@pytest.fixture
def world(container: Container, tmp_path: Path) -> Iterator[World]:
    """Open the standard world, in which the action is a container."""
    with standard_world(tmp_path, container=container) as world:
        yield world
