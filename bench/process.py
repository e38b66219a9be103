"""Running a command, and what it took."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What one process took, its children included."""

    wall: float
    """Seconds from start to exit."""
    cpu: float
    """Seconds of user and system time."""
    peak: int
    """Most resident memory, in bytes."""


def measure(command: Sequence[str], environment: Mapping[str, str]) -> Measured:
    """Run a command to its end.

    Raises:
        subprocess.CalledProcessError: it failed, so that there is nothing to measure.
    """
    with TemporaryFile() as output:
        started = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603 - the commands are this benchmark's own
            command, env=dict(environment), stdout=output, stderr=subprocess.STDOUT
        )
        peak = _watch(process.pid)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            output.seek(0)
            raise subprocess.CalledProcessError(process.returncode, command, output.read())
    return Measured(wall=wall, cpu=usage.ru_utime + usage.ru_stime, peak=peak)


def _watch(pid: int) -> int:
    """Return the most memory a process had when it ends.

    `ru_maxrss` will not do: on Linux it begins with what the parent had at the fork.
    """
    peak = 0
    while os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
        for line in Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines():
            if line.startswith("VmHWM:"):
                peak = int(line.split()[1]) * 1024
        time.sleep(0.002)
    return peak
