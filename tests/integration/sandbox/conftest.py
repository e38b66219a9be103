"""The worlds that the sandbox's own tests look at."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox import Sandbox
from tests.openapi import witness
from tests.worlds.aws import aws_world
from tests.worlds.github import Client, github_world


@pytest.fixture(scope="module")
def world() -> Iterator[Sandbox]:
    """Live in a sandbox with an AWS, one for all tests of a module."""
    with aws_world() as sandbox:
        yield sandbox


@pytest.fixture
def client(pytestconfig: pytest.Config) -> Iterator[Client]:
    """Look at a new GitHub as an owner of `acme`.

    It answers as GitHub describes, and takes nothing that is not described.
    """
    contract = witness.contract(pytestconfig)
    with github_world() as client:
        exchanges = witness.witnessed(client.sandbox)
        yield client
    assert contract is None or not contract.deviations(exchanges, own=False)
