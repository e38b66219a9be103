"""A GitHub whose every exchange is kept, and what it is measured by."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox.faults import Exchange
from tests.openapi import witness
from tests.openapi.contract import Contract
from tests.worlds.github import Client, github_world


@pytest.fixture
def contract(pytestconfig: pytest.Config) -> Contract:
    """Return GitHub's description; without it there is nothing to test."""
    found = witness.contract(pytestconfig)
    if found is None:
        pytest.skip("GitHub's description cannot be fetched without npm")
    return found


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Iterator[Client]:
    """Look at a new GitHub as an owner of `acme`, and let this process live there."""
    with github_world() as client:
        for name, value in client.sandbox.environment.items():
            monkeypatch.setenv(name, value)
        for name in ("NO_PROXY", "no_proxy", "https_proxy"):
            monkeypatch.delenv(name, raising=False)
        yield client


@pytest.fixture
def exchanges(client: Client) -> list[Exchange]:
    """Return what is asked and answered in this test."""
    return witness.witnessed(client.sandbox)
