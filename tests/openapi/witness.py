"""GitHub's description brought to the tests: those that are about it, and those it watches."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path

import pytest

from sandbox import Sandbox
from sandbox.faults import Exchange
from tests.openapi.contract import HOST, Contract
from tests.openapi.description import UnavailableError, description


def contract(config: pytest.Config) -> Contract | None:
    """Return what judges exchanges; None where GitHub's description cannot be fetched.

    Where `CI` is `true` it fails instead: there npm is known to be installed.
    """
    found = _contract(config.rootpath / ".pytest_cache" / "openapi")
    if isinstance(found, Contract):
        return found
    if os.environ.get("CI") == "true":
        pytest.fail(f"{found}, and in CI it must be", pytrace=False)
    return None


def witnessed(sandbox: Sandbox) -> list[Exchange]:
    """Return a list to which every exchange with GitHub is added from now on."""
    exchanges: list[Exchange] = []

    def told(exchange: Exchange) -> None:
        if exchange.host == HOST:
            exchanges.append(exchange)

    sandbox.witness(told)
    return exchanges


@cache
def _contract(folder: Path) -> Contract | str:
    """Return the contract, once for all that ask, or what is missing for it."""
    folder.mkdir(parents=True, exist_ok=True)
    try:
        return Contract(description(folder))
    except UnavailableError as error:
        return str(error)
