"""One end for everything."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

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
    """A run that was told to stop starts nothing, whatever time is left."""
    clock = FakeClock()
    end = deadline(clock=clock)
    clock.stop()
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


@given(SECONDS)
def test_allowance(most: float) -> None:
    """A request may take what it asks for, or what is left if that is less."""
    assert deadline(30).allowance(most) == min(most, 30)


def test_no_allowance_without_time() -> None:
    """A request without time is not begun."""
    with pytest.raises(OutOfTime):
        deadline(0).allowance(10)
