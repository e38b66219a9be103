"""GitHub's rate limits are waited for, but never past the deadline."""

from __future__ import annotations

from sandbox.github import Limits
from tests.integration.world import (
    NAMES,
    TOKEN_PROVED,
    World,
    outcomes,
)

DAY = 86400
SECONDARY = {"message": "You have exceeded a secondary rate limit."}


def test_primary_limit(world: World) -> None:
    """When the hour's requests are used up, what was rotated is kept and the rest is named."""
    world.github.limits = Limits(allowance=4)
    inputs = {"repositories": "acme/api, acme/web, globex/ml", "concurrency": "1"}
    run = world.action(inputs)
    assert run.exit_status == 1
    assert world.repository("acme/api") == world.fresh()
    assert world.repository("acme/web") == world.repository("globex/ml") == {}
    assert outcomes(run) == {
        "repository acme/api": ("rotated", list(NAMES)),
        "repository acme/web": ("not-attempted", []),
        "repository globex/ml": ("not-attempted", []),
    }
    assert world.asked == {**TOKEN_PROVED, "github GET": 1, "github PUT": 3}


def test_secondary_limit(world: World) -> None:
    """A limit on concurrent requests holds every worker back, and then all is written."""
    world.github.limits = Limits(concurrent=1)
    world.github.response_time = 0.2
    assert world.action().exit_status == 0
    assert any(each.status == 403 for each in world.sandbox.requests)
    assert world.repository() == world.fresh()
