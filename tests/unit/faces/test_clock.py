"""The real clock, which a signal can stop."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from queue import Empty, SimpleQueue
from threading import Timer

import pytest

from rotate.errors import Cancelled
from rotate.faces.clock import SystemClock

SIGNALS = [signal.SIGINT, signal.SIGTERM]


@pytest.fixture
def clock() -> SystemClock:
    """Return a clock."""
    return SystemClock()


def test_now(clock: SystemClock) -> None:
    """The time of day is in UTC."""
    assert clock.now().tzinfo is UTC
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(minutes=1)


def test_time_passes(clock: SystemClock) -> None:
    """Time passes in sleep, all of it where nobody stops the clock."""
    before = clock.monotonic()
    clock.sleep(1.1)
    assert clock.monotonic() - before >= 1.1


def test_runs(clock: SystemClock) -> None:
    """A clock that nobody stopped lets everybody begin."""
    clock.check()
    assert not clock.stopped


def test_stopped(clock: SystemClock) -> None:
    """A clock that is stopped lets nobody begin, from the moment when it was stopped first."""
    before = clock.monotonic()
    clock.stop()
    first = clock.stopped_at
    clock.stop()
    assert clock.stopped
    assert first is not None
    assert before <= first == clock.stopped_at
    with pytest.raises(Cancelled):
        clock.check()


@pytest.mark.parametrize(("asked", "least", "most"), [(0.05, 0.05, 0.5), (60, 1, 30)])
def test_sleep_of_the_stopped(asked: float, least: float, most: float, clock: SystemClock) -> None:
    """Whoever sleeps on once the clock is stopped does sleep, but not for long in one go."""
    clock.stop()
    before = clock.monotonic()
    clock.sleep(asked)
    assert least <= clock.monotonic() - before < most


def test_sleepers_wake(clock: SystemClock) -> None:
    """Whoever sleeps when the clock is stopped wakes at once."""
    timer = Timer(0.01, clock.stop)
    timer.start()
    before = clock.monotonic()
    clock.sleep(60)
    timer.join()
    assert clock.monotonic() - before < 30


@pytest.mark.parametrize("number", SIGNALS)
def test_signals(number: signal.Signals, clock: SystemClock) -> None:
    """A cancelled job stops the clock, and does not kill the run."""
    clock.stop_on_signals()
    signal.raise_signal(number)
    clock.sleep(60)
    assert clock.stopped


def test_signals_on_windows(clock: SystemClock, monkeypatch: pytest.MonkeyPatch) -> None:
    """A signal is heard without what Windows has only from Python 3.12 on."""
    monkeypatch.delattr(os, "set_blocking")
    clock.stop_on_signals()
    signal.raise_signal(signal.SIGINT)
    clock.sleep(60)
    assert clock.stopped


@pytest.mark.parametrize("is_late", [False, True])
def test_on_stop(is_late: bool, clock: SystemClock) -> None:
    """What is to happen when the clock is stopped happens once, and not before."""
    happened: SimpleQueue[bool] = SimpleQueue()
    if is_late:
        clock.stop()
    clock.on_stop(lambda: happened.put(clock.stopped))
    clock.stop()
    assert happened.get(timeout=60)
    clock.stop()
    with pytest.raises(Empty):
        happened.get(timeout=0.05)


def test_waiting_keeps_no_process() -> None:
    """A process ends although somebody in it still waits for the clock to be stopped."""
    program = """
from rotate.faces.clock import SystemClock
clock = SystemClock()
clock.stop_on_signals()
clock.on_stop(print)
"""
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)  # noqa: S603 - our own Python


def test_nothing_to_hear(clock: SystemClock) -> None:
    """Where no signal can come any more, the clock runs on."""
    hears, tells = socket.socketpair()
    tells.close()
    clock._listen(hears)
    assert not clock.stopped
