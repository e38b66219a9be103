"""GitHub's rate limits are waited for, but never past the deadline."""

from __future__ import annotations

import time
from collections.abc import Mapping

import pytest

from sandbox import Fault
from sandbox.github import Limits
from tests.integration.world import (
    NAMES,
    PASSWORD,
    ROTATION,
    SERVER,
    TOKEN_PROVED,
    USER,
    World,
    advice,
    outcomes,
)

DAY = 86400
SECONDARY = {"message": "You have exceeded a secondary rate limit."}


def reset_in(seconds: float) -> dict[str, str]:
    """Return the headers of the primary limit, which ends in so many seconds."""
    return {"x-ratelimit-remaining": "0", "x-ratelimit-reset": f"{time.time() + seconds:.0f}"}


@pytest.mark.parametrize(
    ("status", "headers"),
    [(403, {"retry-after": "1"}), (429, reset_in(1))],
    ids=["403 with retry-after", "429 with reset"],
)
def test_short_wait(world: World, status: int, headers: Mapping[str, str]) -> None:
    """Where GitHub says when to come back, that is when the request is sent again."""
    limit = Fault(method="PUT", path=PASSWORD, status=status, headers=headers, body=SECONDARY)
    world.fault(limit)
    run = world.action()
    assert run.exit_status == 0
    assert world.repository() == world.fresh()
    assert world.asked == {**ROTATION, "github PUT": 4}
    *_, refused, repeated = [each for each in world.sandbox.requests if each.method == "PUT"]
    assert (repeated.when - refused.when).total_seconds() >= 1


@pytest.mark.parametrize(
    ("status", "headers"),
    [
        pytest.param(403, {"retry-after": f"{DAY}"}, id="403 retry after a day"),
        pytest.param(429, {"retry-after": f"{DAY}"}, id="429 retry after a day"),
        pytest.param(403, reset_in(DAY), id="403 reset in a day"),
        pytest.param(403, {}, id="403 unannounced"),
        pytest.param(429, {}, id="429 unannounced"),
    ],
)
def test_wait_past_the_deadline(world: World, status: int, headers: Mapping[str, str]) -> None:
    """A limit that outlasts the run ends it at once, and nothing more is asked of GitHub."""
    world.fault(Fault(service="github", status=status, headers=headers, body=SECONDARY, times=None))
    run = world.action({"repositories": "acme/ops, acme/api", "timeout": "50s", "concurrency": "1"})
    assert run.exit_status == 1
    assert world.repository() == world.stale
    assert world.asked == {**TOKEN_PROVED, "github GET": 1}
    left_out: tuple[str, list[str]] = ("not-attempted", [])
    assert outcomes(run) == {"repository acme/ops": left_out, "repository acme/api": left_out}
    assert "rate limit" in run.log
    assert "`secrets: password`" in run.annotations[0].message
    assert run.seconds < 30


def test_limit_in_the_midst_of_a_target(world: World) -> None:
    """What was written before the limit is reported, and the password stays as it was."""
    headers = {"retry-after": f"{DAY}"}
    limit = Fault(method="PUT", path=PASSWORD, status=403, headers=headers, body=SECONDARY)
    world.fault(limit)
    run = world.action()
    assert run.exit_status == 1
    assert world.repository() == world.stale
    assert outcomes(run) == {"repository acme/ops": ("failed", [SERVER, USER])}
    assert world.asked == ROTATION
    assert "rate limit" in advice(run)


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
    world.github.response_time = 0.02
    assert world.action().exit_status == 0
    assert any(each.status == 403 for each in world.sandbox.requests)
    assert world.repository() == world.fresh()
