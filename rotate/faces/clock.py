"""The real clock, which a signal can stop."""

from __future__ import annotations

import signal
import time
from datetime import UTC, datetime
from threading import Event

from rotate.errors import Cancelled


class SystemClock:
    """The machine's time; it fulfils `deadline.Clock`."""

    def __init__(self) -> None:
        """Run until `stop`."""
        self._stopped = Event()

    @property
    def stopped(self) -> bool:
        """Whether the run was told to stop."""
        return self._stopped.is_set()

    def stop(self, *_: object) -> None:
        """Tell the run to stop: sleepers wake, and nothing new is begun."""
        self._stopped.set()

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
        self._stopped.wait(seconds)
        self.check()

    def check(self) -> None:
        """Return at once, unless the run was told to stop.

        Raises:
            Cancelled: the run was told to stop.
        """
        if self.stopped:
            raise Cancelled
