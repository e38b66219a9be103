"""The process as a whole, before anything else is imported."""

from __future__ import annotations

import gc
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Timer
from typing import NoReturn

_SELDOM = 50_000
"""Objects that are made before Python looks for cycles among them; its own default is 2,000."""


def begin() -> None:
    """Set up a process that runs once and ends.

    Until the run has begun, a cancelled one just ends: there is nothing to tell, nor to trace.
    Hardly anything that is imported is ever let go, so that to look for garbage in it is in vain.
    """
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    gc.set_threshold(_SELDOM)


@contextmanager
def ended_after(seconds: float, last_words: Callable[[], None]) -> Iterator[None]:
    """End the process as a failed one if what is done within takes longer than that.

    Every read of an answer has its limit. But an answer that comes byte by byte may take as many
    reads as it likes, and a name server has no limit at all.
    """

    def give_up() -> None:
        last_words()
        end(1)

    timer = Timer(seconds, give_up)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def end(status: int) -> NoReturn:
    """End the process, at the latest when what it said has been taken.

    It leaves its memory to the system: to take everything apart first would be a twentieth of the
    time of a rotation.
    """
    try:
        for stream in (sys.stdout, sys.stderr):
            stream.flush()
    except OSError:
        # Nobody knows what came of it, whatever came of it.
        status = status or 1
    os._exit(status)
