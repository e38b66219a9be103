"""One end for everything: every wait, retry and request of a run stays inside it."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from rotate.errors import OutOfTime


class Clock(Protocol):
    """Time as the middle sees it; real at the edge, fake in tests."""

    def now(self) -> datetime:
        """Return the time of day, in UTC."""

    def monotonic(self) -> float:
        """Return seconds that only ever grow."""

    def sleep(self, seconds: float) -> None:
        """Wait.

        Raises:
            Cancelled: the run was told to stop.
        """

    def check(self) -> None:
        """Return at once, unless the run was told to stop.

        Raises:
            Cancelled: the run was told to stop.
        """


class Deadline:
    """The moment by which a run has ended."""

    def __init__(self, *, clock: Clock, seconds: float) -> None:
        """Start counting: the end is `seconds` from now."""
        self.clock = clock
        self._end = clock.monotonic() + seconds

    def remaining(self) -> float:
        """Return the seconds that are left, zero at least."""
        return max(0.0, self._end - self.clock.monotonic())

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
            Cancelled: the run was told to stop meanwhile.
        """
        if seconds >= self.remaining():
            raise OutOfTime
        self.clock.sleep(seconds)

    def allowance(self, most: float) -> float:
        """Return how long one request may take, in seconds: `most`, or what is left if less.

        Raises:
            OutOfTime: no time is left.
        """
        left = self.remaining()
        if not left:
            raise OutOfTime
        return min(most, left)
