"""The real clock, which a signal can stop."""

from __future__ import annotations

import signal
import socket
import time
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Event, Thread
from typing import Protocol

from rotate.deadline import Clock
from rotate.errors import Cancelled


class StoppableClock(Clock, Protocol):
    """A clock that tells when the run is told to stop."""

    def on_stop(self, act: Callable[[], None]) -> None:
        """Let `act` be called once the run is told to stop, beside what is under way."""


class SystemClock:
    """The machine's time; it fulfils `StoppableClock`."""

    def __init__(self) -> None:
        """Run until `stop`."""
        self._stop = Event()
        self.stopped_at: float | None = None

    @property
    def stopped(self) -> bool:
        """Whether the run was told to stop."""
        return self.stopped_at is not None

    def stop(self) -> None:
        """Tell the run to stop: sleepers wake, and nothing new is begun."""
        if not self.stopped:
            self.stopped_at = self.monotonic()
            self._stop.set()

    def on_stop(self, act: Callable[[], None]) -> None:
        """Let a thread that ends with the process call `act`, once the run is told to stop."""

        def wait() -> None:
            self._stop.wait()
            act()

        Thread(target=wait, daemon=True).start()

    def stop_on_signals(self) -> None:
        """Stop when the job is cancelled.

        GitHub's runner sends SIGINT, then SIGTERM after 7.5 s, and kills 2.5 s later:
        https://docs.github.com/actions/reference/workflows-and-actions/workflow-cancellation

        A thread listens for them. Python calls a handler in the main thread alone, amid whatever it
        does there, with whatever lock it holds; and not at all while it waits, where two signals
        come together and the kernel gives both to another thread.
        """
        # Windows has pipes, too, but before Python 3.12 none that does not block:
        # https://docs.python.org/3/library/os.html#os.set_blocking
        hears, tells = socket.socketpair()
        tells.setblocking(False)
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _carry_on)
        # Detached, it is never closed.
        signal.set_wakeup_fd(tells.detach())
        Thread(target=self._listen, args=(hears,), daemon=True).start()

    def _listen(self, hears: socket.socket) -> None:
        with hears:
            # To the last: nobody may tell what nobody listens to.
            while hears.recv(1):
                self.stop()

    def now(self) -> datetime:
        """Return the time of day, in UTC."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return seconds that only ever grow."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Wait; less where the run is told to stop, and after that a second at most.

        Whoever began to wait at that very moment may not know yet that there is less time.
        """
        if self.stopped:
            time.sleep(min(seconds, 1.0))
        else:
            self._stop.wait(seconds)

    def check(self) -> None:
        """Return at once, unless the run was told to stop.

        Raises:
            Cancelled: the run was told to stop.
        """
        if self.stopped:
            raise Cancelled


def _carry_on(*_: object) -> None:
    """Handle a signal: without a handler of Python's the thread would be told nothing."""
