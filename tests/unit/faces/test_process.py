"""The process as a whole."""

from __future__ import annotations

import os
import subprocess
import sys
from errno import ENOSPC
from io import StringIO
from queue import SimpleQueue

import pytest

from rotate.faces import process

BEGUN = """
import gc, signal, sys
process.begin()
print(sys.stdout.line_buffering, sys.stderr.line_buffering, chr(0xD800))
print(signal.getsignal(signal.SIGINT) == signal.SIG_DFL, gc.isenabled(), gc.get_threshold()[0])
"""

ENDED = """
import atexit, sys
atexit.register(print, "torn down", flush=True)
print("said", end="")
print("told", end="", file=sys.stderr)
process.end({status})
"""

LIMITED = """
import time
with process.ended_after({limit}, lambda: print("gave up", end="")):
    time.sleep({takes})
print("done", end="")
"""


class FullDisk(StringIO):
    """What standard output is where it leads to a disk that is full."""

    def flush(self) -> None:
        """Fail, as the last line cannot be written."""
        raise OSError(ENOSPC, "No space left on device")


def run(program: str) -> subprocess.CompletedProcess[str]:
    """Run a program that knows the module as a process of its own."""
    code = f"from rotate.faces import process\n{program}"
    return subprocess.run(  # noqa: S603 - our own Python, with a program of ours
        [sys.executable, "-c", code], capture_output=True, check=False, text=True, timeout=60
    )


def test_begin() -> None:
    """A line is sent at once, whatever it holds; a run can be cancelled from the start."""
    assert run(BEGUN).stdout == "True True \\ud800\nTrue True 50000\n"


@pytest.mark.parametrize("status", [0, 1, 2])
def test_end(status: int) -> None:
    """A process ends at once with its status, and nothing that it said is lost."""
    done = run(ENDED.format(status=status))
    assert (done.returncode, done.stdout, done.stderr) == (status, "said", "told")


@pytest.mark.parametrize(
    ("limit", "takes", "status", "said"), [(0.1, 60, 1, "gave up"), (60, 0.1, 0, "done")]
)
def test_ended_after(limit: float, takes: float, status: int, said: str) -> None:
    """What takes too long ends with the process, as failed; what is done in time goes on."""
    done = run(LIMITED.format(limit=limit, takes=takes))
    assert (done.returncode, done.stdout, done.stderr) == (status, said, "")


def test_giving_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last words come before the end."""
    happened: SimpleQueue[object] = SimpleQueue()
    monkeypatch.setattr(os, "_exit", happened.put)
    with process.ended_after(0, lambda: happened.put("gave up")):
        assert [happened.get(timeout=60) for _ in range(2)] == ["gave up", 1]


@pytest.mark.parametrize(("status", "seen"), [(0, 1), (1, 1), (2, 2)])
def test_end_unheard(status: int, seen: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """What could not be said is no success."""
    monkeypatch.setattr(sys, "stdout", FullDisk())
    monkeypatch.setattr(os, "_exit", sys.exit)
    with pytest.raises(SystemExit) as ended:
        process.end(status)
    assert ended.value.code == seen
