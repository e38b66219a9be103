"""One step's process: both of its streams read as they come, cancelled as GitHub cancels."""

from __future__ import annotations

import os
import re
import selectors
import signal
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from sandbox.runner.log import JobLog

Signals = tuple[tuple[signal.Signals, float], ...]
"""Each signal and the seconds until the next."""

CANCELLATION: Signals = ((signal.SIGINT, 7.5), (signal.SIGTERM, 2.5), (signal.SIGKILL, 0.0))
"""How GitHub cancels a job.

Source: https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-cancellation
"""

SHUTDOWN: Signals = ((signal.SIGTERM, 10.0), (signal.SIGKILL, 0.0))
"""How Docker stops a container, where the machine of a self-hosted runner shuts down.

Source: https://docs.docker.com/reference/cli/docker/container/stop/
"""

_GLANCE_SECONDS = 0.1
_CHUNK = 65536
_LINE_BREAK = re.compile(r"\r\n|\r|\n")
_LAST_BREAK = re.compile(r"(\r\n|\r|\n)\Z")


@dataclass(frozen=True, kw_only=True)
class Finished:
    """An exit status, negative for a signal, the raw streams, and how long it took."""

    exit_status: int
    stdout: str
    stderr: str
    seconds: float


def run_process(
    command: Sequence[str],
    *,
    environment: Mapping[str, str],
    folder: Path,
    log: JobLog,
    timeout: float,
    cancel: threading.Event | None,
    signals: Signals,
) -> Finished:
    """Run the command, feeding its lines to the log; `TimeoutError` after so many seconds."""
    started = time.monotonic()
    process = subprocess.Popen(  # noqa: S603  the command is the caller's own
        command,
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    if cancel is not None:
        threading.Thread(target=_cancel, args=(process, cancel, signals), daemon=True).start()
    with _time_limit(process, timeout), process:
        stdout, stderr = _read(process, log)
        exit_status = process.wait()
        seconds = time.monotonic() - started
    return Finished(exit_status=exit_status, stdout=stdout, stderr=stderr, seconds=seconds)


def _read(process: subprocess.Popen[bytes], log: JobLog) -> tuple[str, str]:
    """Return both streams whole, having fed their lines to the log as they came.

    Where both have something to read, standard output goes first: a mask that was flushed
    there is then in force before what was written to standard error after it.
    """
    streams = {stream: _Lines(log) for stream in (process.stdout, process.stderr) if stream}
    with selectors.DefaultSelector() as selector:
        for stream in streams:
            selector.register(stream, selectors.EVENT_READ)
        while selector.get_map():
            ready = {key.fileobj for key, _ in selector.select()}
            for stream in (stream for stream in streams if stream in ready):
                if not streams[stream].take(os.read(stream.fileno(), _CHUNK)):
                    selector.unregister(stream)
    stdout, stderr = (lines.received.decode("utf-8", "replace") for lines in streams.values())
    return stdout, stderr


class _Lines:
    """One stream, cut into lines as .NET's `StreamReader.ReadLine` cuts the runner's."""

    def __init__(self, log: JobLog) -> None:
        self.received = b""
        self._log = log
        self._fed = 0

    def take(self, data: bytes) -> bool:
        """Take what was read and tell whether there may be more."""
        self.received += data
        end = self.received.rfind(b"\n") + 1 if data else len(self.received)
        text = self.received[self._fed : end].decode("utf-8", "replace")
        self._fed = max(self._fed, end)
        if text:
            for line in _LINE_BREAK.split(_LAST_BREAK.sub("", text)):
                self._log.feed(line)
        return bool(data)


@contextmanager
def _time_limit(process: subprocess.Popen[bytes], seconds: float) -> Iterator[None]:
    # Not wait(timeout=...), which polls and would blur how long the process took.
    timer = threading.Timer(seconds, process.kill)
    timer.start()
    try:
        yield
        if timer.finished.is_set():
            raise TimeoutError(f"the step took longer than {seconds} seconds")
    finally:
        timer.cancel()


def _cancel(process: subprocess.Popen[bytes], cancel: threading.Event, signals: Signals) -> None:
    while not cancel.wait(_GLANCE_SECONDS):
        if process.returncode is not None:
            return
    for number, pause in signals:
        process.send_signal(number)
        with suppress(subprocess.TimeoutExpired):
            process.wait(pause)
            return
