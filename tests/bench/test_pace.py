"""The pace under GitHub's documented limits, as the benchmark simulates it."""

from __future__ import annotations

import pytest

from bench.pace import simulate


def test_fleet_uses_what_is_allowed() -> None:
    """A fleet gets 95 % of the allowed rate, and not one request is refused."""
    simulation = simulate(5000)
    assert simulation.refused == 0
    assert simulation.share >= 0.95


def test_one_repository_never_waits() -> None:
    """A single target is done within a burst: it takes its four requests and no more."""
    assert simulate(1).hours * 3600 == pytest.approx(4 * 0.08)
