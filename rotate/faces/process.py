"""The process as a whole, before anything else is imported."""

from __future__ import annotations

import gc
import os
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from threading import Thread, Timer
from time import sleep
from typing import NoReturn, TextIO

_SELDOM = 100_000
"""Objects that are made before Python looks for cycles among them; its own default is 2,000."""

_TO_SPEAK = 0.5
"""Seconds in which last words are said, or else nobody listens."""


def begin() -> None:
    """Set up a process that runs once and ends.

    Until the run has begun, a cancelled one just ends: there is nothing to tell, nor to trace.
    Hardly anything that is imported is ever let go, so that to look for garbage in it is in vain.
    """
    sys.stdout, sys.stderr = _Stream(sys.stdout), _Stream(sys.stderr)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    gc.set_threshold(_SELDOM)


class _Stream(TextIOWrapper):
    """Takes whatever is said, heard or not: whoever stops listening must not stop what is done.

    It hands each line on at once: a mask must reach the runner before any later line of either
    stream.
    """

    def __init__(self, stream: TextIO | None) -> None:
        """Take the place of a stream; of none at all, where it was closed before the start."""
        stream = stream or Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - for good
        super().__init__(
            stream.buffer,
            encoding=stream.encoding,
            errors="backslashreplace",
            line_buffering=True,
        )
        self.is_heard = True
        # Let go, it would close what both of them write to.
        self._replaced = stream

    def write(self, text: str, /) -> int:
        with self._noticing():
            super().write(text)
        return len(text)

    def flush(self) -> None:
        with self._noticing():
            super().flush()

    @contextmanager
    def _noticing(self) -> Iterator[None]:
        # A pipe that nobody reads, a disk that is full, a terminal that was closed.
        try:
            yield
        except OSError:
            self.is_heard = False


@contextmanager
def ended_after(seconds: float, last_words: Callable[[], None]) -> Iterator[None]:
    """End the process as a failed one if what is done within takes longer than that.

    It is for what cannot be hung up, such as a question to a name server.
    """
    with _after(seconds, partial(_give_up, last_words)):
        yield


def cut_short(*, hang_up_after: float, end_after: float, last_words: Callable[[], None]) -> None:
    """Hang up every connection after so many seconds; end the process if it is there after more.

    It waits for all that time, beside what is under way, and has no way back: a process that is to
    be killed has nothing else to do.
    """
    sleep(hang_up_after)
    _hang_up()
    sleep(end_after - hang_up_after)
    _give_up(last_words)


def _give_up(last_words: Callable[[], None]) -> NoReturn:
    """End the process as a failed one, heard or not: a pipe may be full that nobody empties."""
    speaker = Thread(target=last_words)
    speaker.start()
    speaker.join(_TO_SPEAK)
    # Whoever speaks before us may hold a stream for ever; what was said by lines is out by now.
    os._exit(1)


@contextmanager
def hung_up_after(seconds: float) -> Iterator[None]:
    """Hang up every connection if what is done within takes longer than that.

    Every read of an answer has its limit. But an answer that comes byte by byte, headers too, may
    take as many reads as it likes. Hung up, it is a request that failed.
    """
    with _after(seconds, _hang_up):
        yield


@contextmanager
def _after(seconds: float, act: Callable[[], None]) -> Iterator[None]:
    timer = Timer(seconds, act)
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        # Of two that end at the same time, it must not act on what comes next.
        timer.join()


def _hang_up() -> None:
    """Shut down every connection that the process has open, whichever library opened it."""
    # Windows has no such folder, and what stands in it may be closed by now, or no connection.
    with suppress(OSError):
        for entry in Path("/dev/fd").iterdir():
            with suppress(OSError):
                _shut_down(int(entry.name))


def _shut_down(descriptor: int) -> None:
    connection = socket.socket(fileno=descriptor)
    try:
        # What connects processes of one machine is nobody's answer.
        if connection.family != socket.AF_UNIX:
            connection.shutdown(socket.SHUT_RDWR)
    finally:
        # It is closed by those who opened it.
        connection.detach()


def end(status: int) -> NoReturn:
    """End the process, at the latest when what it said has been taken.

    It leaves its memory to the system: to take everything apart first would be a twentieth of the
    time of a rotation.
    """
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
        if isinstance(stream, _Stream) and not stream.is_heard:
            # Nobody knows what came of it, whatever came of it.
            status = status or 1
    os._exit(status)
