"""How fast one GitHub credential may ask, shared by all workers that use it.

The limits are GitHub's documented ones; bursts are allowed, as GitHub allows them:
https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore, Lock, Semaphore

from rotate.deadline import Deadline
from rotate.errors import RateLimitOutlastsRun
from rotate.model.plan import Limits
from rotate.stores.rate_limit import UNANNOUNCED_WAIT

_READ, _WRITE = 1, 5
"""Points that a request costs."""

_SHORTEST_PAUSE = 1.0
"""Seconds; a `Retry-After: 0` would otherwise be asked again at once, and again."""

_MARGIN = 1.0
"""Seconds added to every window: what is sent a minute apart may arrive a little closer."""


class Pace:
    """Admits requests as fast as the limits allow, and none while GitHub asks for patience."""

    def __init__(self, *, deadline: Deadline, limits: Limits) -> None:
        """Begin with every budget full."""
        self._deadline = deadline
        self._lock = Lock()
        self._concurrent = BoundedSemaphore(limits.concurrent)
        self._points = _Window(limits.points_per_minute, 60)
        self._writes = (
            _Window(limits.writes_per_minute, 60),
            _Window(limits.writes_per_hour, 3600),
        )
        self._prepaid = Semaphore(0)
        self._resume_at = 0.0
        self._unannounced = UNANNOUNCED_WAIT

    def prepay(self, writes: int) -> None:
        """Wait until so many writes may follow each other, and take them out of the budgets.

        What belongs together is then written together, or not begun.

        Raises:
            RateLimitOutlastsRun: that is not before the deadline; nothing was waited for.
            Cancelled: the run was told to stop.
        """
        self._wait(points=_WRITE * writes, writes=writes)
        self._prepaid.release(writes)

    @contextmanager
    def admitted(self, *, write: bool) -> Iterator[None]:
        """Wait until a request may be sent, and hold its place while it is under way.

        Raises:
            RateLimitOutlastsRun: that is not before the deadline; nothing was waited for.
            Cancelled: the run was told to stop.
        """
        if write and self._prepaid.acquire(blocking=False):
            self._wait(points=0, writes=0)
        else:
            self._wait(points=_WRITE if write else _READ, writes=int(write))
        with self._concurrent:
            yield

    def pause(self, seconds: float | None) -> None:
        """Hold every worker back for that long; None, where GitHub does not say how long.

        A longer pause that is in force already stays.
        """
        now = self._deadline.clock.monotonic()
        with self._lock:
            if seconds is None and self._resume_at <= now:
                seconds, self._unannounced = self._unannounced, self._unannounced * 2
            self._resume_at = max(self._resume_at, now + max(seconds or 0.0, _SHORTEST_PAUSE))

    def _wait(self, *, points: int, writes: int) -> None:
        while seconds := self._claim(points, writes):
            if seconds >= self._deadline.remaining():
                self._deadline.clock.check()
                raise RateLimitOutlastsRun(seconds)
            self._deadline.sleep(seconds)

    def _claim(self, points: int, writes: int) -> float:
        """Take a cost out of the budgets; return the seconds to wait where one is empty."""
        now = self._deadline.clock.monotonic()
        budgets = {self._points: points, **dict.fromkeys(self._writes, writes)}
        costs = {window: cost for window, cost in budgets.items() if cost}
        with self._lock:
            waits = (window.wait(cost, now) for window, cost in costs.items())
            seconds = max(0.0, self._resume_at - now, *waits)
            if not seconds:
                for window, cost in costs.items():
                    window.spend(cost, now)
        return seconds


class _Window:
    """A budget that may be spent at any speed, but not twice within its seconds."""

    def __init__(self, budget: int, seconds: float) -> None:
        self._budget = budget
        self._seconds = seconds + _MARGIN
        self._spent: deque[tuple[float, int]] = deque()
        self._sum = 0

    def wait(self, cost: int, now: float) -> float:
        """Return the seconds until `cost` can be spent."""
        self._forget(now)
        missing = self._sum + cost - self._budget
        seconds = 0.0
        for moment, spent in self._spent:
            if missing <= 0:
                break
            missing -= spent
            seconds = moment + self._seconds - now
        return seconds

    def _forget(self, now: float) -> None:
        while self._spent and self._spent[0][0] <= now - self._seconds:
            self._sum -= self._spent.popleft()[1]

    def spend(self, cost: int, now: float) -> None:
        """Take `cost` out of the budget."""
        self._spent.append((now, cost))
        self._sum += cost
