"""The real clock, which a signal can stop."""

from __future__ import annotations

import signal
import time
from datetime import UTC, datetime

from rotate.errors import Cancelled

_TICK = 0.1
"""Seconds in which a sleeper learns that the run was told to stop."""


class SystemClock:
    """The machine's time; it fulfils `deadline.Clock`."""

    def __init__(self) -> None:
        """Run until `stop`."""
        self.stopped = False
        """Whether the run was told to stop."""

    def stop(self, *_: object) -> None:
        """Tell the run to stop: sleepers wake, and nothing new is begun.

        It takes no lock, as an `Event` would: a signal comes between any two instructions of the
        main thread, which may hold that very lock.
        """
        self.stopped = True

    def stop_on_signals(self) -> None:
        """Stop when the job is cancelled.

        GitHub's runner sends SIGINT, then SIGTERM after 7.5 s, and kills 2.5 s later:
        https://docs.github.com/actions/reference/workflows-and-actions/workflow-cancellation
        """
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self.stop)

    def now(self) -> datetime:
        """Return the time of day, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds that only ever grow."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait.

        Raises:
            Cancelled: the run was told to stop.
        """
        end = time.monotonic() + seconds
        while not self.stopped and (left := end - time.monotonic()) > 0:
            time.sleep(min(_TICK, left))
        self.check()

    def check(self) -> None:
        """Return at once, unless the run was told to stop.

        Raises:
            Cancelled: the run was told to stop.
        """
        if self.stopped:
            raise Cancelled
