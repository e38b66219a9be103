"""No test of this tier may open a socket, and every property is tried with the same examples."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

from tests.unit.world import World

settings.register_profile("unit", deadline=None, derandomize=True, max_examples=75)
settings.load_profile("unit")

_OF_THE_MACHINE = ("AWS_", "GITHUB_", "GH_", "INPUT_", "SSL_CERT", "ACTIONS_", "NETRC")


@pytest.fixture(autouse=True)
def _no_network(socket_disabled: None) -> None:
    """Make every attempt to open a socket fail."""


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away whatever the machine's environment says of networks, AWS and GitHub."""
    for name in os.environ:
        if name.upper().startswith(_OF_THE_MACHINE) or name.upper().endswith(("_PROXY", "_BUNDLE")):
            monkeypatch.delenv(name)


@pytest.fixture
def world() -> World:
    """Return a world in which all is well."""
    return World()
