"""How fast one credential may ask."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Event

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rotate.deadline import TO_FINISH
from rotate.errors import Cancelled, RateLimitOutlastsRun
from rotate.model.plan import Limits
from rotate.stores.pace import Pace
from tests.unit.fakes import FakeClock, deadline

FAR = 1e9
"""Seconds: a deadline that nobody meets."""

LIMITS = st.builds(
    Limits,
    points_per_minute=st.integers(5, 60),
    writes_per_minute=st.integers(1, 12),
    writes_per_hour=st.integers(1, 40),
)
REQUESTS = st.lists(
    st.tuples(st.floats(min_value=0, max_value=90), st.booleans()), min_size=1, max_size=120
)
"""Seconds after the request before, and whether something is written."""


def pace(seconds: float = 600.0, *, limits: Limits = Limits()) -> tuple[Pace, FakeClock]:  # noqa: B008 - a frozen value
    """Return a pace that ends with a deadline, and the clock of both."""
    clock = FakeClock()
    return Pace(deadline=deadline(seconds, clock=clock), limits=limits), clock


def ask(limited: Pace, *, write: bool = False) -> None:
    """Send a request that takes no time."""
    with limited.admitted(write=write):
        pass


def test_no_pause() -> None:
    """Without a limit nobody waits."""
    limited, clock = pace()
    ask(limited)
    assert clock.slept == []


def test_pause_holds_everyone_back() -> None:
    """Whoever asks during a pause waits for its end, and for no longer."""
    limited, clock = pace()
    limited.pause(30)
    clock.advance(10)
    ask(limited)
    ask(limited, write=True)
    assert clock.slept == [20]


@given(st.lists(st.floats(min_value=1, max_value=500), min_size=1))
def test_longest_pause_counts(pauses: list[float]) -> None:
    """Of several pauses the one that ends last is kept."""
    limited, clock = pace()
    for seconds in pauses:
        limited.pause(seconds)
    ask(limited)
    assert clock.monotonic() == max(pauses)


def test_pause_of_no_time() -> None:
    """Where GitHub asks to wait for no time at all, a second passes all the same."""
    limited, clock = pace()
    limited.pause(0)
    ask(limited)
    assert clock.slept == [1]


def test_unannounced_pauses_grow() -> None:
    """Where GitHub does not say how long, the pause is a minute, and then twice as long."""
    limited, clock = pace()
    for _ in range(3):
        limited.pause(None)
        ask(limited)
    assert clock.slept == [60, 120, 240]


def test_unannounced_pause_during_another() -> None:
    """Workers that meet the same limit at once cause one pause, not a longer one each."""
    limited, clock = pace()
    limited.pause(45)
    limited.pause(None)
    ask(limited)
    assert clock.slept == [45]


@pytest.mark.parametrize("seconds", [60, 3600, float("inf")])
def test_pause_beyond_the_deadline(seconds: float) -> None:
    """A pause that reaches the deadline is not waited for."""
    limited, clock = pace(60)
    limited.pause(seconds)
    with pytest.raises(RateLimitOutlastsRun):
        ask(limited)
    assert clock.slept == []


def test_empty_budget_beyond_the_deadline() -> None:
    """A budget that is not full again before the deadline is not waited for."""
    limited, clock = pace(60, limits=Limits(writes_per_minute=1))
    ask(limited, write=True)
    with pytest.raises(RateLimitOutlastsRun):
        ask(limited, write=True)
    assert clock.slept == []


def test_cancelled_while_waiting() -> None:
    """A run that is told to stop does not wait for the end of a pause."""
    limited, clock = pace()
    limited.pause(30)
    clock.stop()
    with pytest.raises(Cancelled):
        ask(limited)


def test_stopped_amid_writes() -> None:
    """What was begun to be written waits for the end of a pause, if a stopped run has the time."""
    limited, clock = pace()
    limited.prepay(1)
    clock.stop()
    limited.pause(TO_FINISH / 2)
    ask(limited, write=True)
    assert clock.slept == [TO_FINISH / 2]


def test_pause_that_grows_meanwhile() -> None:
    """A pause that another worker makes longer is waited for to its new end."""

    class GrowingClock(FakeClock):
        def sleep(self, seconds: float) -> None:
            super().sleep(seconds)
            if len(self.slept) == 1:
                limited.pause(15)

    clock = GrowingClock()
    limited = Pace(deadline=deadline(clock=clock), limits=Limits())
    limited.pause(30)
    ask(limited)
    assert clock.slept == [30, 15]


@pytest.mark.parametrize(("write", "burst"), [(False, 900), (True, 80)])
def test_bursts_are_not_delayed(write: bool, burst: int) -> None:
    """What GitHub allows in a minute may be sent at once; the next one waits out the minute."""
    limited, clock = pace()
    for _ in range(burst):
        ask(limited, write=write)
    assert clock.slept == []
    ask(limited, write=write)
    assert clock.slept == [61]


def test_writes_of_an_hour() -> None:
    """The write after an hour's worth waits until the first one is an hour ago."""
    limited, clock = pace(FAR)
    for _ in range(500):
        ask(limited, write=True)
    assert clock.monotonic() < 500
    ask(limited, write=True)
    assert clock.monotonic() == 3601


def test_writes_that_belong_together() -> None:
    """Writes that were paid for together are not held up by an empty budget; the next one is."""
    limited, clock = pace(limits=Limits(writes_per_minute=3, points_per_minute=16))
    limited.prepay(3)
    for write in (True, False, True, True):
        ask(limited, write=write)
    assert clock.slept == []
    ask(limited, write=True)
    assert clock.slept == [61]


def test_too_many_writes_that_belong_together() -> None:
    """Writes for which there is no time together are not begun, and cost nothing."""
    limited, clock = pace(60, limits=Limits(writes_per_minute=3))
    ask(limited, write=True)
    with pytest.raises(RateLimitOutlastsRun):
        limited.prepay(3)
    limited.prepay(2)
    assert clock.slept == []


def test_pause_between_writes_that_belong_together() -> None:
    """A pause holds a write back that was paid for, too."""
    limited, clock = pace()
    limited.prepay(1)
    limited.pause(30)
    ask(limited, write=True)
    assert clock.slept == [30]


def test_reads_beside_many_writes() -> None:
    """Reads do not wait for writes, though more belong together than a minute allows."""
    limited, clock = pace(limits=Limits(writes_per_minute=2))
    limited.prepay(3)
    ask(limited)
    assert clock.slept == []


def test_a_write_costs_as_much_as_five_reads() -> None:
    """Reads and writes are paid from one budget of points."""
    limited, clock = pace(limits=Limits(points_per_minute=12))
    for write in (True, False, True, False):
        ask(limited, write=write)
    assert clock.slept == []
    ask(limited)
    assert clock.slept == [61]


@given(LIMITS, REQUESTS)
def test_limits_are_never_exceeded(limits: Limits, requests: list[tuple[float, bool]]) -> None:
    """In no window is more sent than its limit allows, whatever is asked when."""
    limited, clock = pace(FAR, limits=limits)
    sent: list[tuple[float, bool]] = []
    for seconds, write in requests:
        clock.advance(seconds)
        with limited.admitted(write=write):
            sent.append((clock.monotonic(), write))
    for start, _ in sent:
        minute = [write for moment, write in sent if start <= moment < start + 60]
        hour = [write for moment, write in sent if start <= moment < start + 3600]
        assert len(minute) + 4 * sum(minute) <= limits.points_per_minute
        assert sum(minute) <= limits.writes_per_minute
        assert sum(hour) <= limits.writes_per_hour


@given(LIMITS, REQUESTS)
def test_nobody_waits_longer_than_needed(
    limits: Limits, requests: list[tuple[float, bool]]
) -> None:
    """Nobody waits longer than for the widest window to pass."""
    limited, clock = pace(FAR, limits=limits)
    for seconds, write in requests:
        clock.advance(seconds)
        before = clock.monotonic()
        ask(limited, write=write)
        assert clock.monotonic() - before <= (3601.001 if write else 61.001)


def test_what_was_spent_is_forgotten() -> None:
    """The books hold no more than the last minute, or hour: a long run does not fill the memory."""
    limited, clock = pace(FAR)
    for _ in range(50):
        ask(limited, write=True)
        clock.advance(600)
    kept = [len(window._spent) for window in (limited._points, *limited._writes)]
    assert kept == [1, 1, 7]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda limited: limited._claim(1, 1), id="claim"),
        pytest.param(lambda limited: limited.pause(1), id="pause"),
    ],
)
def test_one_at_a_time(change: Callable[[Pace], object]) -> None:
    """Whoever looks into the books to change them has them alone: no point is spent twice."""
    limited, _ = pace()
    with ThreadPoolExecutor(1) as workers:
        with limited._lock:
            changing = workers.submit(change, limited)
            with pytest.raises(TimeoutError):
                changing.result(timeout=0.05)
        changing.result(timeout=60)


def test_requests_under_way() -> None:
    """No more requests are under way at once than the limit says."""
    limited, _ = pace(limits=replace(Limits(), concurrent=1))
    begun, first_done = Event(), Event()

    def second() -> bool:
        begun.set()
        with limited.admitted(write=False):
            return first_done.is_set()

    with ThreadPoolExecutor(1) as workers:
        with limited.admitted(write=False):
            waiting = workers.submit(second)
            begun.wait(timeout=5)
            first_done.set()
        assert waiting.result(timeout=5)


def test_place_is_given_back_after_a_failure() -> None:
    """A request that fails gives its place to the next one."""
    limited, _ = pace(limits=replace(Limits(), concurrent=1))
    for _ in range(3):
        with pytest.raises(KeyError), limited.admitted(write=False):
            raise KeyError("name")
