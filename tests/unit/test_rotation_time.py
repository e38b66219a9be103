"""A run that time, or a person, stops."""

from __future__ import annotations

import pytest

from rotate.errors import OutOfTime, RateLimitOutlastsRun, RotateError
from rotate.model.registry import Authorization, TokenSource
from rotate.report import Outcome, Result
from tests.unit.examples import plan, repository, target
from tests.unit.fakes import FakeReporter, FakeTokens
from tests.unit.world import World, outcomes

API, WEB = repository("acme/api"), repository("acme/web")
SERVER, USER, SECRET = target().names


@pytest.mark.parametrize("error", [OutOfTime(), RateLimitOutlastsRun(60)])
@pytest.mark.parametrize(
    ("what", "outcome"),
    [
        ("public_key", Outcome.NOT_ATTEMPTED),
        (SECRET, Outcome.FAILED),
    ],
)
def test_time_runs_out(error: RotateError, what: str, outcome: Outcome, world: World) -> None:
    """A target that time stops is not attempted, unless a part of it was written."""
    world.refuse(what, target(), error)
    (result,) = world.rotate(plan()).results
    assert (result.outcome, result.reason) == (outcome, str(error))


def test_time_runs_out_before_the_first_write(world: World) -> None:
    """A target of which nothing could be written for lack of time is not attempted."""
    for name in (SERVER, USER):
        world.refuse(name, target(), OutOfTime())
    assert outcomes(world.rotate(plan())) == {target().label: Outcome.NOT_ATTEMPTED}


def test_no_time_at_all(world: World) -> None:
    """Without time, GitHub is asked for nothing."""
    report = world.rotate(plan(timeout=0.0))
    assert outcomes(report) == {target().label: Outcome.NOT_ATTEMPTED}
    assert not world.store.asked


def test_time_runs_out_while_aws_answers(world: World) -> None:
    """Where AWS takes all the time, nothing is written any more."""

    class SlowTokens(FakeTokens):
        def authorize(self, source: TokenSource) -> Authorization:
            world.store.public_key_read.wait(timeout=5)
            world.clock.advance(600)
            return super().authorize(source)

    world.tokens = SlowTokens()
    report = world.rotate(plan(timeout=600.0))
    assert outcomes(report) == {target().label: Outcome.NOT_ATTEMPTED}
    assert not world.store.values(target())


def test_cancelled(world: World) -> None:
    """A run that is told to stop begins no further target, and says which were not attempted."""

    class StoppingReporter(FakeReporter):
        def finished(self, result: Result) -> None:
            world.clock.stop()

    world.reporter = StoppingReporter()
    report = world.rotate(plan(API, WEB, concurrency=1))
    assert outcomes(report) == {API.label: Outcome.ROTATED, WEB.label: Outcome.NOT_ATTEMPTED}
    assert not world.store.values(WEB)
