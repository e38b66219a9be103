"""One end for everything."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rotate.deadline import TO_FINISH, Deadline
from rotate.errors import Cancelled, OutOfTime
from tests.unit.fakes import FakeClock, deadline

SECONDS = st.floats(min_value=0, max_value=1e6)


@given(SECONDS, SECONDS)
def test_remaining(seconds: float, passed: float) -> None:
    """What remains shrinks as time passes, to zero and never below."""
    clock = FakeClock()
    end = deadline(seconds, clock=clock)
    clock.advance(passed)
    assert end.remaining() == max(0.0, seconds - passed)


def test_check() -> None:
    """Something may be started as long as time is left."""
    clock = FakeClock()
    end = deadline(10, clock=clock)
    end.check()
    clock.advance(10)
    with pytest.raises(OutOfTime):
        end.check()


def test_stopped_run_starts_nothing() -> None:
    """A run that was told to stop starts nothing, whatever time is left: `timeout` is no reason."""
    clock = FakeClock()
    end = deadline(clock=clock)
    clock.stop()
    for seconds in (0, TO_FINISH):
        clock.advance(seconds)
        with pytest.raises(Cancelled):
            end.check()


@example([100.0])
@example([99.0, 1.0])
@given(st.lists(st.floats(min_value=0, max_value=100), max_size=20))
def test_sleep_never_passes_the_end(waits: list[float]) -> None:
    """No wait ends at the deadline or later; one that would is not begun."""
    clock = FakeClock()
    end = deadline(100, clock=clock)
    for seconds in waits:
        before = clock.monotonic()
        if seconds < end.remaining():
            end.sleep(seconds)
            assert clock.monotonic() == before + seconds
        else:
            with pytest.raises(OutOfTime):
                end.sleep(seconds)
            assert clock.monotonic() == before
    assert clock.monotonic() < 100


@given(SECONDS, SECONDS)
def test_stopped_run_has_little_time(seconds: float, passed: float) -> None:
    """What is under way when the run is told to stop has a few seconds, and never more than it had.

    They pass.
    """
    clock = FakeClock()
    end = deadline(seconds, clock=clock)
    clock.stop()
    assert end.remaining() == min(seconds, TO_FINISH)
    clock.advance(passed)
    assert end.remaining() == max(0.0, min(seconds, TO_FINISH) - passed)


class Interrupted(FakeClock):
    """Time in which the run is told to stop a second after somebody began to sleep."""

    def sleep(self, seconds: float) -> None:
        """Wake whoever sleeps then."""
        super().sleep(1 if self.stopped_at is None else seconds)
        if self.stopped_at is None:
            self.stop()


@pytest.mark.parametrize("seconds", [1.5, TO_FINISH + 0.5])
def test_short_sleep_goes_on(seconds: float) -> None:
    """A wait that the run's stop interrupts goes on where there is time for it."""
    clock = Interrupted()
    clock.advance(100)
    Deadline(clock=clock, seconds=600).sleep(seconds)
    assert clock.slept == [1, seconds - 1]


def test_long_sleep_ends() -> None:
    """A wait that would outlast a stopped run ends, and is not begun."""
    clock = Interrupted()
    end = Deadline(clock=clock, seconds=600)
    for _ in range(2):
        with pytest.raises(Cancelled):
            end.sleep(TO_FINISH + 1)
    assert clock.slept == [1]


@given(SECONDS)
def test_allowance(most: float) -> None:
    """A request may take what it asks for, or what is left if that is less."""
    assert deadline(30).allowance(most) == min(most, 30)


def test_no_allowance_without_time() -> None:
    """A request without time is not begun."""
    with pytest.raises(OutOfTime):
        deadline(0).allowance(10)


def test_no_allowance_in_the_end_of_a_stopped_run() -> None:
    """A request for which a stopped run has no time is told the reason: `timeout` is none."""
    clock = FakeClock()
    end = deadline(clock=clock)
    clock.stop()
    assert end.allowance(10) == TO_FINISH
    clock.advance(TO_FINISH)
    with pytest.raises(Cancelled):
        end.allowance(10)
