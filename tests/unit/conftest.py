"""No test of this tier may reach a network, and every property is tried with the same examples."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import settings
from pytest_socket import disable_socket

from rotate.errors import RotateError
from tests.unit.examples import GITHUB_TOKEN, PASSWORD
from tests.unit.world import World

settings.register_profile("unit", deadline=None, derandomize=True, max_examples=75)
settings.load_profile("unit")

_OF_THE_MACHINE = ("AWS_", "GITHUB_", "GH_", "INPUT_", "SSL_CERT", "ACTIONS_", "NETRC")


@pytest.fixture(autouse=True)
def _no_network() -> None:
    """Make every attempt to open a socket fail that could lead out of the machine."""
    disable_socket(allow_unix_socket=True)


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away whatever the machine's environment says of networks, AWS and GitHub."""
    for name in os.environ:
        if name.upper().startswith(_OF_THE_MACHINE) or name.upper().endswith(("_PROXY", "_BUNDLE")):
            monkeypatch.delenv(name)


@pytest.fixture(autouse=True)
def _no_secret_in_errors(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Fail a test in which any error, raised to whomever, holds one of the example's secrets."""
    shown: list[str] = []
    build = RotateError.__init__

    def remember(error: RotateError, what: str, *, where: str, remedy: str) -> None:
        build(error, what, where=where, remedy=remedy)
        # The text, and not the error: a test may look for what an error is let go with.
        shown.append(f"{error!r}{error}{error.remedy}")

    monkeypatch.setattr(RotateError, "__init__", remember)
    yield
    for text in shown:
        assert not [secret for secret in (PASSWORD, GITHUB_TOKEN) if secret in text]


@pytest.fixture
def world() -> World:
    """Return a world in which all is well."""
    return World()
