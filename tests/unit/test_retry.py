"""Asking again, where asking again can help."""

from __future__ import annotations

import gc
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rotate.deadline import TO_FINISH
from rotate.errors import (
    AwsCredentialsNotYetKnown,
    Cancelled,
    GitHubTokenRejected,
    GitHubUnavailable,
    OutOfTime,
    RateLimited,
    RotateError,
)
from rotate.retry import persistently
from tests.unit.fakes import FakeClock, deadline

UNAVAILABLE = GitHubUnavailable("GitHub answered HTTP 502", where="GET /")


class Service:
    """Fails in the given ways, one after the other, and then answers."""

    def __init__(self, failures: Iterable[Exception]) -> None:
        """Take the failures."""
        self.failures = list(failures)
        self.asked = 0

    def ask(self) -> str:
        """Fail or answer."""
        self.asked += 1
        if self.failures:
            raise self.failures.pop(0)
        return "answer"


def test_answer_at_once() -> None:
    """What succeeds is asked once, and nobody waits."""
    clock, service = FakeClock(), Service([])
    assert persistently(service.ask, deadline=deadline(clock=clock)) == "answer"
    assert (service.asked, clock.slept) == (1, [])


@pytest.mark.parametrize("refusals", [0, 1])
@pytest.mark.parametrize("outages", [0, 1])
def test_nothing_is_left_behind(outages: int, refusals: int) -> None:
    """A call leaves nothing that refers to itself, for which Python must search."""

    def failing() -> Service:
        # Not in `ask`, through which the errors come: what they come through must not hold them.
        failures: list[Exception] = [
            GitHubUnavailable("HTTP 502", where="GET /") for _ in range(outages)
        ]
        failures += [GitHubTokenRejected("GET /") for _ in range(refusals)]
        return Service(failures)

    def ask() -> None:
        with suppress(GitHubTokenRejected):
            persistently(failing().ask, deadline=deadline())

    ask()
    gc.collect()
    gc.disable()
    try:
        ask()
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_failure_keeps_no_frames() -> None:
    """An error that is final lets go of the frames that it came through, which hold it in turn."""
    with pytest.raises(GitHubTokenRejected) as caught:
        persistently(Service([GitHubTokenRejected("GET /")]).ask, deadline=deadline())
    assert Path(caught.traceback[-1].path).name == "retry.py"


@given(st.integers(min_value=0, max_value=GitHubUnavailable.attempts - 1))
def test_passing_errors(failures: int) -> None:
    """Passing errors are survived, with a wait before each new request."""
    clock, service = FakeClock(), Service([UNAVAILABLE] * failures)
    assert persistently(service.ask, deadline=deadline(clock=clock)) == "answer"
    assert len(clock.slept) == failures
    assert all(0 <= seconds <= 2**n / 2 for n, seconds in enumerate(clock.slept))
    # Full jitter may well draw next to nothing, but not exactly nothing.
    assert all(clock.slept)


@pytest.mark.parametrize(
    ("error", "attempts"),
    [
        (UNAVAILABLE, 5),
        (AwsCredentialsNotYetKnown(operation="ecr", what="UnrecognizedClientException"), 4),
        (RateLimited(where="GET /", wait=None), 1),
        (GitHubTokenRejected("GET /"), 1),
    ],
)
def test_attempts(error: Exception, attempts: int) -> None:
    """A request is made as often as the error allows, and the error then is the answer."""
    service = Service([error] * 200)
    with pytest.raises(type(error)) as caught:
        persistently(service.ask, deadline=deadline(1e6))
    assert caught.value is error
    assert service.asked == attempts


def test_permanent_error_after_a_passing_one() -> None:
    """A permanent error ends the asking, whatever came before."""
    service = Service([UNAVAILABLE, GitHubTokenRejected("GET /")])
    with pytest.raises(GitHubTokenRejected):
        persistently(service.ask, deadline=deadline())
    assert service.asked == 2


def test_deadline_ends_the_asking() -> None:
    """Where the next wait would reach the deadline, the last error is the answer at once."""
    clock, service = FakeClock(), Service([UNAVAILABLE] * 9)
    with pytest.raises(GitHubUnavailable):
        persistently(service.ask, deadline=deadline(0, clock=clock))
    assert (service.asked, clock.slept) == (1, [])


@pytest.mark.parametrize("end", [OutOfTime(), Cancelled()])
def test_what_took_the_time_is_the_answer(end: RotateError) -> None:
    """Where the time ran out after a failure, that failure is the cause, and not the clock."""
    service = Service([UNAVAILABLE] + [end] * 9)
    with pytest.raises(GitHubUnavailable):
        persistently(service.ask, deadline=deadline())


@pytest.mark.parametrize("end", [OutOfTime(), Cancelled()])
def test_no_time_for_one_attempt(end: RotateError) -> None:
    """Where nothing was asked, what ended the run is the cause."""
    service = Service([end])
    with pytest.raises(type(end)):
        persistently(service.ask, deadline=deadline())
    assert service.asked == 1


def test_stopped() -> None:
    """What is under way when the run is told to stop is asked again, for it is to be finished."""
    clock, service = FakeClock(), Service([UNAVAILABLE] * 2)
    end = deadline(clock=clock)
    clock.stop()
    assert persistently(service.ask, deadline=end) == "answer"
    assert (service.asked, len(clock.slept)) == (3, 2)


def test_stopped_for_too_long() -> None:
    """Where a stopped run has no time to ask again, the last error is the answer."""
    clock, service = FakeClock(), Service([UNAVAILABLE] * 9)
    end = deadline(clock=clock)
    clock.stop()
    clock.advance(TO_FINISH)
    with pytest.raises(GitHubUnavailable):
        persistently(service.ask, deadline=end)
    assert (service.asked, clock.slept) == (1, [])


def test_faults_of_the_program_are_not_repeated() -> None:
    """An error that is not ours comes out at once."""
    service = Service([KeyError("name")])
    with pytest.raises(KeyError):
        persistently(service.ask, deadline=deadline())
    assert service.asked == 1
