"""One end for everything: every wait, retry and request of a run stays inside it."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from rotate.errors import OutOfTime

TO_FINISH = 6.0
"""Seconds in which a run that was told to stop finishes what is under way.

GitHub's runner kills it ten seconds after its first signal; it should have reported by then.
https://docs.github.com/actions/reference/workflows-and-actions/workflow-cancellation
"""


class Clock(Protocol):
    """Time as the middle sees it; real at the edge, fake in tests."""

    @property
    def stopped_at(self) -> float | None:
        """The moment, by `monotonic`, when the run was told to stop; None while it was not."""

    def now(self) -> datetime:
        """Return the time of day, in UTC."""

    def monotonic(self) -> float:
        """Return seconds that only ever grow."""

    def sleep(self, seconds: float) -> None:
        """Wait; less where the run is told to stop, so that whoever waits can think again."""

    def check(self) -> None:
        """Return at once, unless the run was told to stop.

        Raises:
            Cancelled: the run was told to stop.
        """


class Deadline:
    """The moment by which a run has ended; sooner where it is told to stop.

    What is under way then, a write that is asked for again above all, has `TO_FINISH` left.
    """

    def __init__(self, *, clock: Clock, seconds: float) -> None:
        """Start counting: the end is `seconds` from now."""
        self.clock = clock
        self._end = clock.monotonic() + seconds

    def remaining(self) -> float:
        """Return the seconds that are left, zero at least."""
        stopped_at = self.clock.stopped_at
        end = self._end if stopped_at is None else min(self._end, stopped_at + TO_FINISH)
        return max(0.0, end - self.clock.monotonic())

    def check(self) -> None:
        """Return if something may still be started.

        Raises:
            OutOfTime: no time is left.
            Cancelled: the run was told to stop.
        """
        self.clock.check()
        if not self.remaining():
            raise OutOfTime

    def sleep(self, seconds: float) -> None:
        """Wait, but never into the deadline.

        Raises:
            OutOfTime: the wait would not end in time; it was not begun.
            Cancelled: it would not, for the run was told to stop, perhaps meanwhile.
        """
        if seconds >= self.remaining():
            self.clock.check()
            raise OutOfTime
        end = self.clock.monotonic() + seconds
        self.clock.sleep(seconds)
        if (left := end - self.clock.monotonic()) > 0:
            self.sleep(left)

    def allowance(self, most: float) -> float:
        """Return how long one request may take, in seconds: `most`, or what is left if less.

        Raises:
            OutOfTime: no time is left.
            Cancelled: none is, for the run was told to stop.
        """
        left = self.remaining()
        if not left:
            self.clock.check()
            raise OutOfTime
        return min(most, left)
